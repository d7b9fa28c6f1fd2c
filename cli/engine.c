#include "cli/engine.h"

#include <stdlib.h>
#include <string.h>

/* --- opening ------------------------------------------------------------------------------------------------------ */

static ig_status make_plan(engine *e, ig_error *error)
{
    int64_t begin = clock_ns();
    ig_status status = IG_OK;
    e->graph = e->m->graph;
    if (e->b->reference && e->m->n_kernels > 0)
        return cli_fail(error, IG_E_USAGE, "the plain C reference has no kernels to choose from");
    if (e->params.optimize) {
        const pass_choice *choice = e->params.passes ? e->params.passes : &e->m->passes;
        ig_passes_params passes = {
            .keep = e->params.keep,
            .n_keep = e->params.n_keep,
            .disable = choice->off,
            .n_disable = choice->n_off,
            .local_is_cache = backend_local_is_cache(e->b),
        };
        status = ig_graph_optimize(e->m->graph, &passes, &e->optimized, error);
        e->graph = e->optimized;
    }
    phase_add(&e->a->times, PHASE_PASSES, begin);
    const int64_t planned = clock_ns();
    if (!status && !e->b->reference) {
        ig_plan_params params = {
            .limits = &ig_device_get_info(e->b->device)->limits,
            .db = backend_records(e->b, e->m->tuning),
            .keep_all = e->params.keep_all,
            .keep = e->params.keep,
            .n_keep = e->params.n_keep,
            .force_kernels = e->m->kernels,
            .n_force_kernels = e->m->n_kernels,
            .layout = e->m->layout,
            .no_chains = e->m->no_chains,
        };
        status = ig_plan_create(e->graph, &params, &e->plan, error);
    }
    phase_add(&e->a->times, PHASE_PLAN, planned);
    return status;
}

ig_status engine_open(app *a, const backend *b, const model *m, const engine_params *params, engine *e, ig_error *error)
{
    *e = (engine){.a = a, .b = b, .m = m, .params = *params};
    ig_status status = make_plan(e, error);
    if (status || b->reference)
        return status;
    status = ig_session_create(b->device, e->plan, m->weights, &e->session, error);
    if (status)
        return status;
    ig_session_timing timing;
    ig_session_get_timing(e->session, &timing);
    a->times.ns[PHASE_BUILD] += timing.build_ns;
    a->times.ns[PHASE_PACK] += timing.pack_ns;
    a->times.ns[PHASE_UPLOAD] += timing.upload_ns;
    return app_check_interrupt(a, error);
}

static void drop_kept(engine *e)
{
    for (int i = 0; i < e->n_kept; i++) {
        free((void *)(uintptr_t)e->kept[i].name);
        ig_tensor_release(&e->kept[i]);
    }
    e->n_kept = 0;
}

void engine_close(engine *e)
{
    drop_kept(e);
    free(e->kept);
    ig_session_destroy(&e->session);
    ig_plan_destroy(&e->plan);
    ig_graph_destroy(&e->optimized);
    memset(e, 0, sizeof *e);
}

/* --- the reference ------------------------------------------------------------------------------------------------ */

typedef struct reference_run {
    engine *e;
    ig_tensor *outputs;
    progress bar;
    int done, total;
} reference_run;

static ig_status keep_value(engine *e, const ig_tensor *value, ig_error *error)
{
    size_t bytes = (size_t)ig_shape_elems(&value->shape) * sizeof *value->data;
    ig_tensor *kept = realloc(e->kept, ((size_t)e->n_kept + 1) * sizeof *kept);
    if (!kept)
        return cli_fail_memory(error);
    e->kept = kept;
    char *name = malloc(strlen(value->name) + 1);
    float *data = malloc(bytes);
    if (!name || !data) {
        free(name);
        free(data);
        return cli_fail_memory(error);
    }
    e->kept[e->n_kept++] =
        (ig_tensor){.name = strcpy(name, value->name), .shape = value->shape, .data = memcpy(data, value->data, bytes)};
    return IG_OK;
}

static bool is_kept(const engine *e, const char *name)
{
    for (int i = 0; i < e->params.n_keep; i++)
        if (strcmp(e->params.keep[i], name) == 0)
            return true;
    return e->params.keep_all || ig_graph_is_selected(e->graph, name);
}

static ig_status take_value(void *user, const ig_tensor *value, ig_error *error)
{
    reference_run *run = user;
    engine *e = run->e;
    const ig_graph_info *info = &e->m->info;
    progress_step(&run->bar, value->name, ++run->done, run->total);
    for (int i = 0; run->outputs && i < info->n_outputs; i++) {
        if (run->outputs[i].data && strcmp(info->output_values[i], value->name) == 0)
            memcpy(run->outputs[i].data, value->data, (size_t)ig_shape_elems(&value->shape) * sizeof *value->data);
    }
    return is_kept(e, value->name) ? keep_value(e, value, error) : IG_OK;
}

static ig_status run_reference(engine *e, const ig_tensor *input, ig_tensor *outputs, ig_error *error)
{
    ig_graph_info info;
    ig_graph_get_info(e->graph, &info);
    reference_run run = {.e = e, .outputs = outputs, .total = info.n_layers};
    progress_begin(&run.bar, "reference", e->a->quiet);
    ig_reference_params params = {.input = input, .visit = take_value, .user = &run, .cancel = e->a->interrupted};
    drop_kept(e);
    ig_status status = ig_reference_run(e->graph, e->m->weights, &params, error);
    progress_end(&run.bar);
    return status;
}

/* --- running ------------------------------------------------------------------------------------------------------ */

void engine_note_run(engine *e, int64_t begin_ns)
{
    if (e->ran)
        return;
    phase_add(&e->a->times, PHASE_FIRST_RUN, begin_ns);
    e->a->times.total_ns = clock_ns() - e->a->times.started_ns;
    e->ran = true;
}

ig_status engine_run(engine *e, const ig_tensor *input, ig_tensor *outputs, ig_error *error)
{
    int64_t begin = clock_ns();
    ig_status status = app_check_interrupt(e->a, error);
    if (!status)
        status = e->b->reference
                     ? run_reference(e, input, outputs, error)
                     : ig_session_run(e->session, input, outputs, outputs ? e->m->info.n_outputs : 0, error);
    if (!status)
        engine_note_run(e, begin);
    return status;
}

ig_status engine_read(engine *e, const char *value, ig_tensor *out, ig_error *error)
{
    if (!e->b->reference)
        return ig_session_read(e->session, value, out, error);
    for (int i = 0; i < e->n_kept; i++)
        if (strcmp(e->kept[i].name, value) == 0) {
            *out = e->kept[i];
            size_t bytes = (size_t)ig_shape_elems(&out->shape) * sizeof *out->data;
            out->name = NULL;
            out->data = malloc(bytes);
            if (!out->data)
                return cli_fail_memory(error);
            memcpy(out->data, e->kept[i].data, bytes);
            return IG_OK;
        }
    return cli_fail(error, IG_E_INTERNAL, "the value %s was not kept", value);
}
