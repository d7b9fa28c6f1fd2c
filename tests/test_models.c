/* Whole networks against numbers from elsewhere (the specifications' golden values, PyTorch), tap by tap.
 *
 *   test_models [--device D|ref] [--large] [--chains] [--only PART] FILE...
 *
 * On a device each network runs twice: as written with every tap kept, its programs built quickly, and optimised with
 * its outputs only, built as users build it. Networks marked `large` run with --large, and only they do. */
#include "ingot/ingot.h"
#include "tests/support/golden.h"
#include "tests/support/programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 1e-4;

typedef struct options {
    const char *device, *only;
    bool large, chains;
} options;

/* One network while it is checked. */
typedef struct trial {
    const golden *g;
    ig_device *device; /* NULL: the reference */
    bool chains;
    ig_graph *graph;
    ig_weights *weights;
    ig_tensor input;
    int checked, differ;
} trial;

static void report(trial *t, bool good, const char *why)
{
    t->checked++;
    t->differ += !good;
    if (!good)
        printf("     differs: %s\n", why);
}

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    trial *t = user;
    char why[512];
    ig_graph_info info;
    (void)error;
    ig_graph_get_info(t->graph, &info);
    for (int i = 0; i < t->g->n_taps; i++) {
        const char *name = ig_graph_find_value(t->graph, t->g->taps[i].path, NULL);
        if (name && strcmp(name, value->name) == 0)
            report(t, golden_check_tap(&t->g->taps[i], value, TOLERANCE, why, sizeof why), why);
    }
    if (t->g->n_outputs > 0 && strcmp(value->name, info.output_values[0]) == 0)
        report(t, golden_check_outputs(t->g, value, TOLERANCE, why, sizeof why), why);
    for (int i = 0; i < t->g->n_digests; i++)
        for (int k = 0; k < info.n_outputs; k++)
            if (strcmp(t->g->digests[i].output, info.output_names[k]) == 0 &&
                strcmp(value->name, info.output_values[k]) == 0)
                report(t, golden_check_digest(&t->g->digests[i], value, TOLERANCE, why, sizeof why), why);
    return IG_OK;
}

static ig_status run_reference(trial *t, ig_error *error)
{
    const ig_reference_params params = {.input = &t->input, .visit = visit, .user = t};
    return ig_reference_run(t->graph, t->weights, &params, error);
}

/* Reads every kept value back and looks at it as the reference's visitor does. */
static ig_status visit_session(trial *t, ig_session *session, const char *const *names, int n_names, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < n_names && !status; i++) {
        ig_tensor value;
        status = ig_session_read(session, names[i], &value, error);
        if (!status)
            status = visit(t, &value, error);
        ig_tensor_release(&value);
    }
    return status;
}

static ig_status run_planned(trial *t, const ig_graph *graph, const char *const *names, int n_names, ig_error *error)
{
    ig_plan *plan = NULL;
    ig_tune_db *db = NULL;
    ig_session *session = NULL;
    ig_status status = ig_tune_db_shipped(&db, error);
    const ig_plan_params params = {.limits = &ig_device_get_info(t->device)->limits,
                                   .db = db,
                                   .keep = names,
                                   .n_keep = n_names,
                                   .no_chains = !t->chains};
    if (!status)
        status = ig_plan_create(graph, &params, &plan, error);
    if (!status)
        status = ig_session_create(t->device, plan, t->weights, &session, error);
    if (!status)
        status = ig_session_run(session, &t->input, NULL, 0, error);
    if (!status)
        status = visit_session(t, session, names, n_names, error);
    ig_session_destroy(&session);
    ig_plan_destroy(&plan);
    ig_tune_db_destroy(&db);
    return status;
}

static ig_status run_device(trial *t, ig_error *error)
{
    const char *names[64];
    int n_names = 0;
    ig_graph_info info;
    ig_graph_get_info(t->graph, &info);
    for (int i = 0; i < info.n_outputs && n_names < 64; i++)
        names[n_names++] = info.output_values[i];
    for (int i = 0; i < t->g->n_taps && n_names < 64; i++)
        names[n_names++] = ig_graph_find_value(t->graph, t->g->taps[i].path, NULL);
    for (int i = 0; i < n_names; i++)
        if (!names[i])
            return IG_E_DATA;
    programs_build_quickly(!t->g->large);
    ig_status status = run_planned(t, t->graph, names, n_names, error);
    programs_build_quickly(false);
    ig_graph *optimized = NULL;
    const ig_passes_params passes = {.local_is_cache = ig_device_get_info(t->device)->limits.local_is_cache};
    if (!status)
        status = ig_graph_optimize(t->graph, &passes, &optimized, error);
    if (!status)
        status = run_planned(t, optimized, names, info.n_outputs, error);
    ig_graph_destroy(&optimized);
    return status;
}

static ig_status prepare(trial *t, ig_error *error)
{
    char path[1024];
    ig_graph_info info;
    const ig_graph_params params = {
        .input_shape = t->g->shape, .overrides = t->g->overrides, .n_overrides = t->g->n_overrides};
    snprintf(path, sizeof path, "%s/models/%s", INGOT_SOURCE_DIR, t->g->model);
    ig_status status = ig_graph_load(path, &params, &t->graph, error);
    if (!status)
        status = golden_weights(t->g, t->graph, &t->weights, error);
    if (status)
        return status;
    ig_graph_get_info(t->graph, &info);
    const int64_t elems = ig_shape_elems(&info.input_shape);
    t->input = (ig_tensor){info.input_name, info.input_shape, malloc((size_t)elems * sizeof(float))};
    if (!t->input.data)
        return IG_E_NO_MEMORY;
    golden_input(t->g, info.input_name, t->input.data, elems);
    return IG_OK;
}

static bool run_golden(const golden *g, const options *o, ig_device *device)
{
    trial t = {.g = g, .device = device, .chains = o->chains};
    ig_error error = {0};
    char shape[96] = "";
    ig_status status = prepare(&t, &error);
    if (!status)
        status = device ? run_device(&t, &error) : run_reference(&t, &error);
    const int outputs = g->n_digests + (g->n_outputs > 0);
    const int expected = g->n_taps + outputs * (device ? 2 : 1);
    const bool good = !status && t.differ == 0 && t.checked == expected;
    printf("%s %s %s: %d of %d checked, %d differ %s\n", good ? "ok  " : "FAIL", g->model,
           t.input.data ? ig_shape_text(&t.input.shape, shape, sizeof shape) : "", t.checked, expected, t.differ,
           status ? error.message : "");
    ig_tensor_release(&t.input);
    ig_weights_destroy(&t.weights);
    ig_graph_destroy(&t.graph);
    return good;
}

/* Number of networks run; failures are added to `*failed`. */
static int run_file(const char *path, const options *o, ig_device *device, int *failed)
{
    ig_arena *arena = ig_arena_create();
    ig_error error = {0};
    golden_list list = {0};
    int runs = 0;
    if (!arena || golden_load(path, arena, &list, &error)) {
        printf("FAIL %s:%d: %s\n", path, error.line, error.message);
        ++*failed;
    }
    for (int i = 0; i < list.count; i++) {
        const golden *g = &list.items[i];
        if (g->large != o->large || (o->only && !strstr(g->model, o->only)))
            continue;
        runs++;
        *failed += !run_golden(g, o, device);
    }
    ig_arena_destroy(&arena);
    return runs;
}

static int parse_options(int argc, char **argv, options *out)
{
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--large") == 0)
            out->large = true;
        else if (strcmp(argv[i], "--chains") == 0)
            out->chains = true;
        else if (strcmp(argv[i], "--device") == 0 && i + 1 < argc)
            out->device = argv[++i];
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            out->only = argv[++i];
        else
            return argc;
    }
    return i;
}

int main(int argc, char **argv)
{
    options o = {0};
    ig_error error = {0};
    ig_device *device = NULL;
    int failed = 0, runs = 0;
    const int first = parse_options(argc, argv, &o);
    if (first >= argc) {
        fprintf(stderr, "usage: test_models [--device D|ref] [--large] [--only PART] FILE...\n");
        return 64;
    }
    const bool reference = o.device && strcmp(o.device, "ref") == 0;
    if (!reference && ig_device_open(&(ig_device_params){.select = o.device}, &device, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 69;
    }
    for (int i = first; i < argc; i++)
        runs += run_file(argv[i], &o, device, &failed);
    ig_device_destroy(&device);
    return failed || runs == 0;
}
