#include "bench/roofline.h"
#include "cli/plan_text.h"
#include "cli/target.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct plan_args {
    common_args common;
    const char *profile, *dump_after;
} plan_args;

static const option options[] = {
    {"profile", "NAME|FILE", "plan for a described device: of `ingot help profiles`, or of a file (docs/tuning.md)",
     OPTION_TEXT, offsetof(plan_args, profile)},
    {"dump-after", "PASS", "print the graph behind this pass as a model description instead", OPTION_TEXT,
     offsetof(plan_args, dump_after)},
};

static const column columns[] = {
    {"path", "step", 0},     {"op", "op", 0},         {"kernel", "kernel", 0}, {"rung", "rung", 0},
    {"output", "output", 0}, {"groups", "groups", 0}, {"local", "local", 0},   {"memory", "memory", 0},
    {"macs", "MACs", 0},     {"flops", "FLOPs", 0},   {"bytes", "bytes", 0},
};

/* Everything a plan is told with. */
typedef struct plan_report {
    const target *t;
    const model *m;
    const planned *p;
    ig_plan_totals totals;
    int n_computing; /* layers of the graph as described */
} plan_report;

static double steps_per_layer(const plan_report *r)
{
    return r->n_computing > 0 ? (double)r->totals.n_steps / r->n_computing : 0;
}

/* The plan's own text, and a line of totals behind it. Own: the caller's. */
static ig_status make_text(const plan_report *r, char **out, ig_error *error)
{
    enum { TOTALS_TEXT = 320 };
    const ig_plan_totals *t = &r->totals;
    char *plan = NULL;
    *out = NULL;
    ig_status status = ig_plan_print(r->p->plan, &plan, error);
    if (status)
        return status;
    size_t length = strlen(plan);
    *out = realloc(plan, length + TOTALS_TEXT);
    if (!*out) {
        free(plan);
        return cli_fail_memory(error);
    }
    snprintf(*out + length, TOTALS_TEXT,
             "totals steps=%d launches=%d computing_layers=%d steps_per_layer=%.3f feature_bytes=%" PRId64
             " feature_bytes_lower_bound=%" PRId64 " weight_bytes=%" PRId64 " hash=%016" PRIx64 "\n",
             t->n_steps, t->n_launches, r->n_computing, steps_per_layer(r), t->feature_bytes,
             t->feature_bytes_lower_bound, t->weight_bytes, t->hash);
    return IG_OK;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* Extents as the plan prints them, "4x2x1"; of a step with several launches all of its text. */
static void add_extents(table *t, const char *text)
{
    ig_shape extents = {.rank = 3};
    long long x, y, z;
    int length = 0;
    if (sscanf(text, "%lldx%lldx%lld%n", &x, &y, &z, &length) != 3 || text[length]) {
        table_text(t, text);
        return;
    }
    extents.dim[0] = x;
    extents.dim[1] = y;
    extents.dim[2] = z;
    table_shape(t, &extents);
}

static void add_row(table *t, const ig_step_info *step, const plan_step *line)
{
    table_text(t, step->path);
    table_text(t, step->op);
    table_text(t, step->kernel);
    table_text(t, ig_tune_rung_name(step->rung));
    table_shape(t, &step->output);
    add_extents(t, line->field[FIELD_GROUPS]);
    add_extents(t, line->field[FIELD_LOCAL]);
    table_text(t, line->field[FIELD_MEMORY]);
    table_int(t, step->cost.macs);
    table_int(t, ig_cost_flops(&step->cost));
    table_int(t, step->cost.bytes);
}

/* Launch and memory are taken from the plan's text, which is cut for that: they have no other public form. */
static ig_status list_steps(const plan_report *r, char *text, table *t, ig_error *error)
{
    plan_text lines;
    ig_step_info step;
    ig_status status = plan_text_parse(text, "the plan", &lines, error);
    for (int i = 0; i < lines.n_steps && !status && ig_plan_get_step(r->p->plan, i, &step); i++)
        add_row(t, &step, &lines.steps[i]);
    plan_text_release(&lines);
    return status;
}

static ig_status print_json(const plan_report *r, const table *steps, ig_error *error)
{
    const ig_plan_totals *t = &r->totals;
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, t->hash);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "model", r->m->info.name);
    cJSON_AddItemToObject(object, "shape", json_shape(&r->m->info.input_shape));
    cJSON_AddStringToObject(object, "device", r->t->limits.name);
    cJSON_AddStringToObject(object, "family", r->t->limits.family);
    cJSON_AddNumberToObject(object, "n_steps", t->n_steps);
    cJSON_AddNumberToObject(object, "launches", t->n_launches);
    cJSON_AddNumberToObject(object, "computing_layers", r->n_computing);
    cJSON_AddNumberToObject(object, "steps_per_layer", steps_per_layer(r));
    cJSON_AddNumberToObject(object, "feature_bytes", (double)t->feature_bytes);
    cJSON_AddNumberToObject(object, "feature_bytes_lower_bound", (double)t->feature_bytes_lower_bound);
    cJSON_AddNumberToObject(object, "weight_bytes", (double)t->weight_bytes);
    cJSON_AddStringToObject(object, "hash", hash);
    cJSON *rows = table_to_json(steps);
    cJSON_AddItemToObject(object, "steps", rows);
    if (rows)
        return json_print(object, error);
    cJSON_Delete(object);
    return cli_fail_memory(error);
}

static ig_status print_rows(const plan_report *r, char *text, output_format format, ig_error *error)
{
    table t;
    table_init(&t, columns, sizeof columns / sizeof *columns);
    ig_status status = list_steps(r, text, &t, error);
    if (!status)
        status = format == FORMAT_JSON ? print_json(r, &t, error) : table_print(&t, format, error);
    table_release(&t);
    return status;
}

static ig_status print_plan(const plan_report *r, output_format format, ig_error *error)
{
    char *text;
    ig_status status = make_text(r, &text, error);
    if (status || format != FORMAT_MD)
        return status ? status : print_rows(r, text, format, error);
    printf("%s", text);
    free(text);
    return IG_OK;
}

/* --- the command -------------------------------------------------------------------------------------------------- */

/* Without --device and --profile for a device of which nothing is known. */
static ig_status dump_graph(app *a, const plan_args *args, const model *m, target *t, ig_error *error)
{
    if (args->common.format != FORMAT_MD)
        return cli_fail(error, IG_E_USAGE, "--dump-after prints a model description, which has no other format");
    ig_graph *graph = NULL;
    char *text = NULL;
    ig_status status = target_open(a, args->common.device, args->profile, t, error);
    const ig_passes_params params = {.disable = m->passes.off,
                                     .n_disable = m->passes.n_off,
                                     .stop_after = args->dump_after,
                                     .local_is_cache = t->limits.local_is_cache};
    if (!status)
        status = ig_graph_optimize(m->graph, &params, &graph, error);
    if (!status)
        status = ig_graph_print(graph, &text, error);
    if (!status)
        printf("%s", text);
    free(text);
    ig_graph_destroy(&graph);
    return status;
}

/* Without --device and --profile the plan is the one that a run here would make. */
static ig_status plan_model(app *a, const plan_args *args, const model *m, target *t, planned *p, ig_error *error)
{
    const char *named = args->profile ? args->common.device : backend_selection(&args->common);
    ig_status status = target_open(a, named || args->profile ? named : "", args->profile, t, error);
    if (!status && t->b.reference) {
        status = cli_fail(error, IG_E_USAGE, "the plain C reference runs the graph itself: it has no plan");
        cli_expected(error, "--device of an OpenCL device, or --profile NAME");
    }
    if (!status)
        status = target_plan(a, t, m, p, error);
    if (status)
        return status;
    plan_report report = {.t = t, .m = m, .p = p, .n_computing = count_computing_layers(m->graph)};
    ig_plan_get_totals(p->plan, &report.totals);
    return print_plan(&report, (output_format)args->common.format, error);
}

static int run_plan(app *a, const void *args_pointer)
{
    const plan_args *args = args_pointer;
    ig_error error;
    model m = {0};
    target t = {0};
    planned p = {0};
    ig_status status = model_load(a, &args->common, args->common.positional.items[0], &args->common.shape, &m, &error);
    if (!status && args->dump_after)
        status = dump_graph(a, args, &m, &t, &error);
    else if (!status)
        status = plan_model(a, args, &m, &t, &p, &error);
    planned_release(&p);
    target_close(&t);
    model_release(&m);
    return app_finish(status, &error);
}

const command cmd_plan = {
    .name = "plan",
    .arguments = "MODEL",
    .brief = "Prints kernel, launch and memory of every step, for a device at hand or a described one",
    .details =
        "One line a step: index, path, kernel, rung of its tuning record, work-groups, work-items in one, memory\n"
        "(slab:offset+bytes); then the totals. `ingot diff` compares two of these texts.\n",
    .examples = "  ingot plan resnet18 --profile mali\n"
                "  ingot plan densenet121 --profile nvidia --passes -fold_batch_norm --format json\n"
                "  ingot plan mobilenet_v2 --profile ./my-board.yaml --batch 8\n"
                "  ingot plan fastvit_sa12 --dump-after merge_branches > merged.yaml\n",
    .common = COMMON_PLAN,
    .min_positional = 1,
    .max_positional = 1,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(plan_args),
    .run = run_plan,
};
