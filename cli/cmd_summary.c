#include "cli/target.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef struct summary_args {
    common_args common;
    const char *profile;
    int count, per, giga;
} summary_args;

/* The plan whose memory is told. */
typedef struct summary_plan {
    char target[IG_DEVICE_TEXT]; /* for whom */
    ig_plan_totals totals;
} summary_plan;

enum { PER_BATCH, PER_IMAGE };
static const char *const count_names[] = {"macs", "flops", "thop", "fvcore", "ptflops", NULL}; /* as ig_count_rule */
static const char *const per_names[] = {"batch", "image", NULL};
static const char *const giga_names[] = {"10^9", "2^30", NULL};
static const double giga_units[] = {1e9, 1073741824.0};

static const option options[] = {
    {"count", "RULE", "macs, flops, or as thop, fvcore or ptflops count (docs/counting.md)", OPTION_CHOICE,
     offsetof(summary_args, count), "macs", 0, 0, count_names},
    {"per", "batch|image", "count for the whole batch or for one image of it", OPTION_CHOICE,
     offsetof(summary_args, per), "batch", 0, 0, per_names},
    {"profile", "NAME|FILE", "plan for a described device: of `ingot help profiles`, or of a file (docs/tuning.md)",
     OPTION_TEXT, offsetof(summary_args, profile)},
    {"giga", "10^9|2^30", "what one G is", OPTION_CHOICE, offsetof(summary_args, giga), "10^9", 0, 0, giga_names},
};

static const column layer_columns[] = {
    {"path", "layer", 0}, {"op", "op", 0},       {"output", "output", 0}, {"params", "params", 0},
    {"macs", "MACs", 0},  {"flops", "FLOPs", 0}, {"count", "count", 0},   {"bytes", NULL, 0},
};
static const column parameter_columns[] = {{"name", "name", 0}, {"shape", "shape", 0}, {"kind", "kind", 0}};
enum {
    N_LAYER_COLUMNS = sizeof layer_columns / sizeof *layer_columns,
    N_PARAMETER_COLUMNS = sizeof parameter_columns / sizeof *parameter_columns
};

/* One image's share: batches are made of equal images. */
static int64_t share(const summary_args *args, const model *m, int64_t count)
{
    return args->per == PER_IMAGE ? count / m->info.input_shape.dim[0] : count;
}

static void list_layers(const summary_args *args, const model *m, table *t)
{
    ig_layer_info layer;
    table_init(t, layer_columns, N_LAYER_COLUMNS);
    for (int i = 0; ig_graph_get_layer(m->graph, i, &layer); i++) {
        table_text(t, layer.path);
        table_text(t, layer.op);
        table_shape(t, &layer.output);
        table_int(t, layer.params);
        table_int(t, layer.cost.macs);
        table_int(t, layer.flops);
        table_int(t, share(args, m, ig_graph_count_layer(m->graph, i, (ig_count_rule)args->count)));
        table_int(t, layer.cost.bytes);
    }
}

static cJSON *parameters_json(const model *m)
{
    table t;
    ig_param_info param;
    table_init(&t, parameter_columns, N_PARAMETER_COLUMNS);
    for (int i = 0; ig_graph_get_param(m->graph, i, &param); i++) {
        table_text(&t, param.name);
        table_shape(&t, &param.shape);
        table_text(&t, ig_param_kind_name(param.kind));
    }
    cJSON *list = table_to_json(&t);
    table_release(&t);
    return list;
}

static cJSON *named_shape(const char *name, const ig_shape *shape)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddItemToObject(object, "shape", json_shape(shape));
    return object;
}

static cJSON *count_json(const summary_args *args, const model *m)
{
    int64_t total = share(args, m, ig_graph_count_all(m->graph, (ig_count_rule)args->count));
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "rule", count_names[args->count]);
    cJSON_AddStringToObject(object, "per", per_names[args->per]);
    cJSON_AddNumberToObject(object, "total", (double)total);
    cJSON_AddStringToObject(object, "giga_unit", giga_names[args->giga]);
    cJSON_AddNumberToObject(object, "giga", (double)total / giga_units[args->giga]);
    return object;
}

static ig_status print_json(const summary_args *args, const model *m, const table *layers, const summary_plan *plan,
                            ig_error *error)
{
    const ig_graph_info *info = &m->info;
    const ig_graph_totals *totals = &info->totals;
    const struct {
        const char *key;
        int64_t value;
    } numbers[] = {
        {"params", totals->params},
        {"buffers", totals->buffers},
        {"macs", totals->cost.macs},
        {"flops", totals->flops},
        {"weight_bytes", totals->weight_bytes},
        {"feature_bytes", plan->totals.feature_bytes},
        {"feature_bytes_lower_bound", plan->totals.feature_bytes_lower_bound},
        {"feature_bytes_unshared", ig_graph_feature_bytes(m->graph, false)},
        {"feature_bytes_unshared_folded", ig_graph_feature_bytes(m->graph, true)},
    };
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "model", info->name);
    cJSON_AddItemToObject(object, "input", named_shape(info->input_name, &info->input_shape));
    cJSON *outputs = cJSON_AddArrayToObject(object, "outputs");
    for (int i = 0; i < info->n_outputs; i++)
        cJSON_AddItemToArray(outputs, named_shape(info->output_names[i], &info->output_shapes[i]));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cJSON_AddNumberToObject(object, numbers[i].key, (double)numbers[i].value);
    cJSON_AddStringToObject(object, "planned_for", plan->target);
    cJSON_AddItemToObject(object, "count", count_json(args, m));
    cJSON *parameters = parameters_json(m), *rows = table_to_json(layers);
    bool complete = parameters && rows;
    cJSON_AddItemToObject(object, "parameters", parameters);
    cJSON_AddItemToObject(object, "layers", rows);
    if (complete)
        return json_print(object, error);
    cJSON_Delete(object);
    return cli_fail_memory(error);
}

static ig_status print_md(const summary_args *args, const model *m, const table *layers, const summary_plan *plan,
                          ig_error *error)
{
    const ig_graph_info *info = &m->info;
    char shape[96];
    printf("# %s\n\n", info->name);
    if (info->doc && info->doc[0])
        printf("%s\n\n", info->doc);
    ig_status status = table_print(layers, FORMAT_MD, error);
    printf("\ninput           %s %s\n", info->input_name, ig_shape_text(&info->input_shape, shape, sizeof shape));
    for (int i = 0; i < info->n_outputs; i++)
        printf("output          %s %s\n", info->output_names[i],
               ig_shape_text(&info->output_shapes[i], shape, sizeof shape));
    printf("params          %lld\n", (long long)info->totals.params);
    printf("buffers         %lld\n", (long long)info->totals.buffers);
    printf("MACs            %lld\n", (long long)info->totals.cost.macs);
    printf("FLOPs           %lld\n", (long long)info->totals.flops);
    int64_t count = share(args, m, ig_graph_count_all(m->graph, (ig_count_rule)args->count));
    printf("count           %lld for each %s: %.6g x %s, by the rule %s (%s)\n", (long long)count, per_names[args->per],
           (double)count / giga_units[args->giga], giga_names[args->giga], count_names[args->count],
           ig_count_rule_doc((ig_count_rule)args->count));
    printf("weight bytes    %lld\n", (long long)info->totals.weight_bytes);
    printf("feature bytes   %lld planned for %s, %lld at least\n", (long long)plan->totals.feature_bytes, plan->target,
           (long long)plan->totals.feature_bytes_lower_bound);
    printf("unshared        %lld feature bytes with nothing reused, %lld with norms folded\n",
           (long long)ig_graph_feature_bytes(m->graph, false), (long long)ig_graph_feature_bytes(m->graph, true));
    return status;
}

/* Feature memory is that of the plan a run would make; without --device and --profile, for the limits every device
 * meets. */
static ig_status make_plan(app *a, const summary_args *args, const model *m, summary_plan *out, ig_error *error)
{
    target t;
    planned p = {0};
    ig_status status = target_open(a, args->common.device, args->profile, &t, error);
    if (!status)
        status = target_plan(a, &t, m, &p, error);
    if (!status) {
        memcpy(out->target, t.limits.name, sizeof out->target);
        ig_plan_get_totals(p.plan, &out->totals);
    }
    planned_release(&p);
    target_close(&t);
    return status;
}

static int run_summary(app *a, const void *args)
{
    const summary_args *own = args;
    const common_args *common = &own->common;
    ig_error error;
    model m;
    table layers;
    summary_plan plan;
    ig_status status = model_load(a, common, common->positional.items[0], &common->shape, &m, &error);
    /* A checkpoint that is named is also checked: this is how to see whether it fits. */
    if (!status && common->weights)
        status = model_load_weights(a, common, WEIGHTS_SEEDED, &m, &error);
    if (!status)
        status = make_plan(a, own, &m, &plan, &error);
    if (status) {
        model_release(&m);
        return app_finish(status, &error);
    }
    list_layers(own, &m, &layers);
    if (common->format == FORMAT_JSON)
        status = print_json(own, &m, &layers, &plan, &error);
    else if (common->format == FORMAT_CSV)
        status = table_print(&layers, FORMAT_CSV, &error);
    else
        status = print_md(own, &m, &layers, &plan, &error);
    table_release(&layers);
    model_release(&m);
    return app_finish(status, &error);
}

const command cmd_summary = {
    .name = "summary",
    .arguments = "MODEL",
    .brief = "Prints a network's layers, parameters, arithmetic and memory; needs no device",
    .details = "FLOPs = 2 x MACs + other arithmetic. Feature memory is the plan's, beside the least any plan needs;\n"
               "the plan is for --device or --profile, else for what every OpenCL 1.2 device is.\n"
               "--count adds what other tools would print for the reference implementation.\n",
    .examples = "  ingot summary mobilenet_v2 --set classes=6\n"
                "  ingot summary resnet50 --count thop --set classes=1000\n"
                "  ingot summary densenet121 --profile mali\n"
                "  ingot summary sarsn34 --shape 1,3,64,64 --format json\n"
                "  ingot summary ./my-network.yaml --weights my-network.safetensors\n",
    .common = COMMON_MODEL,
    .min_positional = 1,
    .max_positional = 1,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(summary_args),
    .run = run_summary,
};
