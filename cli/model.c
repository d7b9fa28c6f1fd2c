#include "cli/model.h"

#include "cli/tuning.h"
#include "cli/zoo.h"

#include <stdlib.h>
#include <string.h>

/* --- overrides ---------------------------------------------------------------------------------------------------- */

/* Splits every `key=value`; `*keys` holds the texts the overrides point into. */
static ig_status split_overrides(const text_list *set, ig_override **out, char **keys, ig_error *error)
{
    size_t size = 1;
    for (int i = 0; i < set->count; i++)
        size += strlen(set->items[i]) + 1;
    *out = calloc((size_t)set->count + 1, sizeof **out);
    *keys = malloc(size);
    if (!*out || !*keys)
        return cli_fail_memory(error);
    char *at = *keys;
    for (int i = 0; i < set->count; i++) {
        strcpy(at, set->items[i]);
        char *equals = strchr(at, '=');
        if (!equals || equals == at || !equals[1]) {
            cli_fail(error, IG_E_USAGE, "--set takes a key and a value");
            cli_expected(error, "--set key=value, e.g. --set classes=6");
            cli_found(error, "%s", set->items[i]);
            return IG_E_USAGE;
        }
        *equals = '\0';
        (*out)[i] = (ig_override){at, equals + 1};
        at += strlen(set->items[i]) + 1;
    }
    return IG_OK;
}

/* The model with another number of samples: its own shape is known only once it is loaded. */
static ig_status load_batch(const char *path, ig_graph_params *params, int64_t batch, ig_graph **graph, ig_error *error)
{
    ig_graph_info info;
    if (params->input_shape.rank > 0) {
        cli_fail(error, IG_E_USAGE, "--batch and a shape exclude each other");
        cli_hint(error, "the first extent of the shape is the batch");
        return IG_E_USAGE;
    }
    ig_status status = ig_graph_load(path, params, graph, error);
    if (status)
        return status;
    ig_graph_get_info(*graph, &info);
    params->input_shape = info.input_shape;
    params->input_shape.dim[0] = batch;
    ig_graph_destroy(graph);
    return ig_graph_load(path, params, graph, error);
}

ig_status model_load(app *a, const common_args *args, const char *name, const ig_shape *shape, model *out,
                     ig_error *error)
{
    memset(out, 0, sizeof *out);
    int64_t begin = clock_ns();
    zoo z;
    char path[ZOO_PATH];
    zoo_open(&z);
    ig_status status = passes_choose(&args->passes, &out->passes, error);
    out->layout = (ig_layout)args->layout;
    out->no_chains = args->chains_off;
    out->tuning = (tuning_mode)args->tuning;
    out->kernels = args->kernels.items;
    out->n_kernels = args->kernels.count;
    if (!status)
        status = zoo_find(&z, name, path, error);
    ig_override *overrides = NULL;
    char *keys = NULL;
    if (!status)
        status = split_overrides(&args->set, &overrides, &keys, error);
    ig_graph_params params = {
        .overrides = overrides,
        .n_overrides = args->set.count,
        .input_shape = shape->rank > 0 ? *shape : args->shape,
        .include_dirs = z.include_dirs,
        .n_include_dirs = z.n_roots,
        .log = a->log,
    };
    if (!status)
        status = args->batch > 0 ? load_batch(path, &params, args->batch, &out->graph, error)
                                 : ig_graph_load(path, &params, &out->graph, error);
    if (!status)
        ig_graph_get_info(out->graph, &out->info);
    free(overrides);
    free(keys);
    phase_add(&a->times, PHASE_LOAD, begin);
    return status;
}

/* --- weights ------------------------------------------------------------------------------------------------------ */

static ig_status no_weights(const model *m, ig_error *error)
{
    cli_fail(error, IG_E_USAGE, "no weights are shipped with %s", m->info.name);
    cli_expected(error, "--weights FILE (safetensors) or --weights seeded");
    cli_hint(error, "seeded weights are numbers made from the tensors' names: good for tests, not for answers");
    return IG_E_USAGE;
}

ig_status model_load_weights(app *a, const common_args *args, weights_default missing, model *m, ig_error *error)
{
    const char *file = args->weights;
    if (!file && missing != WEIGHTS_SEEDED)
        file = m->info.weights_file;
    if (!file && missing == WEIGHTS_SHIPPED)
        return no_weights(m, error);
    int64_t begin = clock_ns();
    ig_status status = file && strcmp(file, "seeded") != 0
                           ? ig_weights_load(m->graph, file, &a->log, &m->weights, error)
                           : ig_weights_seeded(m->graph, &m->weights, error);
    phase_add(&a->times, PHASE_WEIGHTS, begin);
    return status;
}

/* --- input -------------------------------------------------------------------------------------------------------- */

static ig_status seed_input(model *m, ig_error *error)
{
    int64_t elems = ig_shape_elems(&m->info.input_shape);
    m->input.name = m->info.input_name;
    m->input.shape = m->info.input_shape;
    m->input.data = malloc((size_t)elems * sizeof *m->input.data);
    if (!m->input.data)
        return cli_fail_memory(error);
    ig_fill_seeded_input(m->info.input_name, m->input.data, elems);
    return IG_OK;
}

static ig_status check_tensor_shape(const common_args *args, const ig_tensor *tensor, const char *path, ig_error *error)
{
    char given[96], asked[96];
    if (args->shape.rank == 0 || ig_shape_equal(&args->shape, &tensor->shape))
        return IG_OK;
    cli_fail(error, IG_E_USAGE, "--shape and the shape of %s disagree", path);
    cli_expected(error, "%s", ig_shape_text(&args->shape, asked, sizeof asked));
    cli_found(error, "%s", ig_shape_text(&tensor->shape, given, sizeof given));
    cli_hint(error, "leave --shape out: the tensor's own shape is taken");
    return IG_E_USAGE;
}

ig_status model_load_graph(app *a, const common_args *args, const char *name, const char *tensor_path, model *out,
                           ig_error *error)
{
    ig_tensor tensor = {0};
    memset(out, 0, sizeof *out);
    ig_status status = tensor_path ? ig_tensor_read_npy(tensor_path, &tensor, error) : IG_OK;
    if (!status && tensor_path)
        status = check_tensor_shape(args, &tensor, tensor_path, error);
    if (!status)
        status = model_load(a, args, name, &tensor.shape, out, error);
    out->input = tensor;
    out->input.name = out->info.input_name;
    return status;
}

ig_status model_load_all(app *a, const common_args *args, const char *name, const char *tensor_path,
                         weights_default missing, model *out, ig_error *error)
{
    ig_status status = model_load_graph(a, args, name, tensor_path, out, error);
    if (!status && !tensor_path)
        status = seed_input(out, error);
    return status ? status : model_load_weights(a, args, missing, out, error);
}

uint64_t model_input_hash(const model *m)
{
    uint64_t hash = ig_hash_fnv64(IG_HASH_FNV64_SEED, m->info.input_name, strlen(m->info.input_name));
    const ig_shape *shape = &m->input.shape;
    hash = ig_hash_fnv64(hash, shape->dim, (size_t)shape->rank * sizeof *shape->dim);
    return ig_hash_fnv64(hash, m->input.data, (size_t)ig_shape_elems(shape) * sizeof *m->input.data);
}

void model_release(model *m)
{
    ig_weights_destroy(&m->weights);
    ig_graph_destroy(&m->graph);
    ig_tensor_release(&m->input);
}

ig_status model_alloc_outputs(const model *m, ig_tensor **out, ig_error *error)
{
    *out = calloc((size_t)m->info.n_outputs + 1, sizeof **out);
    if (!*out)
        return cli_fail_memory(error);
    for (int i = 0; i < m->info.n_outputs; i++) {
        ig_tensor *t = &(*out)[i];
        t->name = m->info.output_names[i];
        t->shape = m->info.output_shapes[i];
        t->data = malloc((size_t)ig_shape_elems(&t->shape) * sizeof *t->data);
        if (!t->data)
            return cli_fail_memory(error);
    }
    return IG_OK;
}

void tensors_release(ig_tensor **list, int count)
{
    for (int i = 0; *list && i < count; i++)
        ig_tensor_release(&(*list)[i]);
    free(*list);
    *list = NULL;
}
