/* Runs tests/ops/<op>.yaml through plan and session on an OpenCL device.
 *
 *   test_ops_device [--device D] [--profile FILE] [--sweep] [--fresh] [--kernel K] [--only CASE] FILE...
 *
 * Every other case is run in blocks of channels where a kernel of the operator can do that, with --profile the others.
 * --profile plans with the limits of a device profile (the device still runs it); --sweep repeats every case with every
 * kernel that is legal for it and with every value of every tunable; --fresh opens the device anew for each case, as
 * Oclgrind becomes slower with all it has run in a context; --kernel takes that one, for the cases it is legal for.
 * Where the device's own choice is run, every program is built as users build it; with --profile and --sweep each
 * kernel with its tunables and its epilogue is so once, and quickly for the cases behind the first. */
#include "autotune/db.h"
#include "ingot/ingot.h"
#include "plan/plan.h"
#include "tests/support/op_case.h"
#include "tests/support/programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 2e-5; /* float32 sums of up to some thousand terms, relative to the largest element */

typedef struct options {
    const char *device, *profile, *kernel, *only;
    bool sweep, fresh;
} options;

/* What stays open over all cases. */
typedef struct bench {
    options options;
    ig_device *device;
    ig_device_limits limits;
    ig_tune_db *db;
    build_list built; /* by --sweep and --profile */
    int n_cases;      /* of the open file */
    int runs, failures;
} bench;

/* How to plan one run of a case. */
typedef struct variant {
    const char *avoid[32];
    int n_avoid;
    const ig_tune_db *db;
    ig_layout layout;
} variant;

static void complain(bench *b, const op_case *c, const char *what, const char *why)
{
    b->failures++;
    printf("FAIL %s/%s with %s\n     %s:%d: %s\n     again: test_ops_device%s%s%s%s%s%s%s --only %s %s\n", c->op->name,
           c->name, what, c->file, c->line, why, b->options.device ? " --device " : "",
           b->options.device ? b->options.device : "", b->options.profile ? " --profile " : "",
           b->options.profile ? b->options.profile : "", b->options.sweep ? " --sweep" : "",
           b->options.kernel ? " --kernel " : "", b->options.kernel ? b->options.kernel : "", c->name, c->file);
}

static void complain_error(bench *b, const op_case *c, const char *what, const ig_error *error)
{
    char text[3072];
    ig_error_format(error, text, sizeof text);
    complain(b, c, what, text);
}

static ig_status run_session(bench *b, const op_case *c, const ig_graph *graph, const ig_plan *plan,
                             const ig_weights *weights, ig_tensor *result, ig_error *error)
{
    const ig_value *in = &graph->values[graph->input];
    const int64_t elems = ig_shape_elems(&in->shape);
    ig_tensor input = {.shape = in->shape, .data = malloc((size_t)elems * sizeof(float))};
    ig_session *session = NULL;
    if (!input.data)
        abort();
    op_case_fill_input(c, input.data, elems);
    ig_status status = ig_session_create(b->device, plan, weights, &session, error);
    if (!status)
        status = ig_session_run(session, &input, NULL, 0, error);
    if (!status)
        status = ig_session_read(session, "op", result, error);
    ig_session_destroy(&session);
    free(input.data);
    return status;
}

static void run_plan(bench *b, const op_case *c, const ig_graph *graph, const ig_plan *plan, const ig_weights *weights,
                     const char *word)
{
    ig_error error = {0};
    ig_tensor result = {0};
    char why[1024];
    if (run_session(b, c, graph, plan, weights, &result, &error))
        complain_error(b, c, word, &error);
    else if (!op_case_check(c, &result, TOLERANCE, why, sizeof why))
        complain(b, c, word, why);
    ig_tensor_release(&result);
}

/* The kernel that computes the case, beside the reorders around it. */
static const char *kernel_of(const ig_plan *plan, const ig_op *op)
{
    for (int i = 0; i < plan->n_steps; i++)
        if (plan->graph->nodes[plan->steps[i].node].op == op)
            return plan->steps[i].word;
    return "no kernel";
}

/* One planned run; `word` receives the kernel that computed it. False when no kernel is left to plan with, or none that
 * knows blocks where those are asked for. */
static bool run_variant(bench *b, const op_case *c, const ig_graph *graph, const ig_weights *weights,
                        const variant *how, char word[256])
{
    static const char *const keep[] = {"op"};
    ig_plan_params params = {.limits = &b->limits,
                             .db = how->db,
                             .keep = keep,
                             .n_keep = 1,
                             .avoid_kernels = how->avoid,
                             .n_avoid_kernels = how->n_avoid,
                             .force_kernels = &b->options.kernel,
                             .n_force_kernels = b->options.kernel != NULL,
                             .layout = how->layout,
                             .no_chains = true}; /* single steps share their programs from case to case */
    ig_error error = {0};
    ig_plan *plan = NULL;
    ig_status status = ig_plan_create(graph, &params, &plan, &error);
    if (status == IG_E_UNSUPPORTED && (how->n_avoid > 0 || b->options.kernel))
        return false;
    if (!status && how->layout == IG_LAYOUT_BLOCKED && !plan->own_graph) {
        ig_plan_destroy(&plan);
        return false;
    }
    snprintf(word, 256, "%s", status ? "no kernel" : kernel_of(plan, c->op));
    if (status) {
        complain_error(b, c, word, &error);
    } else {
        if (b->options.sweep || b->options.profile)
            programs_build_quickly(!build_list_add(&b->built, word));
        run_plan(b, c, graph, plan, weights, word);
    }
    b->runs++;
    ig_plan_destroy(&plan);
    return true;
}

/* Of a kernel's tunables only the width of vectors matters to an epilogue. */
static bool is_worth_sweeping(const op_case *c, const ig_ktune *tune)
{
    const int then = ig_op_attr_index(c->op, IG_EPILOGUE_ATTR);
    return then < 0 || c->attrs[then].n_words == 0 || strcmp(tune->name, "VW") == 0;
}

/* Values of every tunable of `kernel`, one at a time, as a record any problem of this family matches. Long ranges are
 * sampled, and each value is tried on some of the cases, about four in a long list, on others than the next value. */
static void sweep_tunables(bench *b, const op_case *c, const ig_graph *graph, const ig_weights *weights,
                           const ig_kernel_def *kernel, int case_index, variant how)
{
    ig_tune_db db = {0};
    const ig_tune_device device = {.family = b->limits.family, .name = "", .driver = ""};
    ig_tune_record record = {.device = &device, .kernel = kernel->name};
    char word[256];
    const int every = b->n_cases > 16 ? b->n_cases / 4 : 4;
    db.records = &record;
    db.count = 1;
    how.db = &db;
    for (int t = 0; t < kernel->n_tunes; t++)
        for (int v = 0; v < kernel->tunes[t].n_values; v += 1 + v * 2 / 3) {
            if ((case_index + t + v) % every != 0 || !is_worth_sweeping(c, &kernel->tunes[t]))
                continue;
            record.params.count = 0;
            ig_kernel_vars_set(&record.params, kernel->tunes[t].name, kernel->tunes[t].values[v]);
            run_variant(b, c, graph, weights, &how, word);
        }
}

static const ig_kernel_def *find_kernel(const ig_kernel_set *set, const char *word)
{
    for (int i = 0; i < set->count; i++) {
        const size_t length = strlen(set->kernels[i].name);
        if (strncmp(set->kernels[i].name, word, length) == 0 && word[length] == '<')
            return &set->kernels[i];
    }
    return NULL;
}

static void sweep(bench *b, const op_case *c, int case_index, const ig_graph *graph, const ig_weights *weights,
                  ig_layout layout)
{
    ig_arena *arena = ig_arena_create();
    ig_kernel_set set;
    variant how = {.layout = layout};
    char word[256];
    if (!arena || ig_kernel_set_load(arena, &set, NULL))
        abort();
    while (how.n_avoid < 32 && run_variant(b, c, graph, weights, &how, word)) {
        const ig_kernel_def *kernel = find_kernel(&set, word);
        if (!kernel)
            break; /* a view */
        sweep_tunables(b, c, graph, weights, kernel, case_index, how);
        how.avoid[how.n_avoid++] = kernel->name;
    }
    ig_arena_destroy(&arena);
}

static ig_status open_device(bench *b, ig_error *error)
{
    const ig_device_params params = {.select = b->options.device};
    ig_device_destroy(&b->device);
    return ig_device_open(&params, &b->device, error);
}

static void run_case(bench *b, const op_case *c, int case_index)
{
    ig_graph *graph = NULL;
    ig_weights *weights = NULL;
    ig_error error;
    char word[256];
    if (b->options.fresh && b->runs > 0 && open_device(b, &error)) {
        printf("FAIL %s/%s: %s\n", c->op->name, c->name, error.message);
        exit(69);
    }
    if (op_case_graph(c, &graph, &error) || op_case_weights(c, graph, &weights, &error)) {
        complain(b, c, "no plan", error.message);
    } else if (b->options.sweep) {
        sweep(b, c, case_index, graph, weights, IG_LAYOUT_NCHW);
        if (case_index % 2 == 0)
            sweep(b, c, case_index, graph, weights, IG_LAYOUT_BLOCKED);
    } else {
        const int before = b->failures, runs = b->runs;
        const bool blocks = (case_index + (b->options.profile != NULL)) % 2 == 0;
        variant how = {.db = b->options.profile ? NULL : b->db, .layout = blocks ? IG_LAYOUT_BLOCKED : IG_LAYOUT_NCHW};
        if (!run_variant(b, c, graph, weights, &how, word)) {
            how.layout = IG_LAYOUT_NCHW;
            run_variant(b, c, graph, weights, &how, word);
        }
        if (b->failures == before && b->runs > runs)
            printf("ok   %s/%s %s\n", c->op->name, c->name, word);
    }
    ig_weights_destroy(&weights);
    ig_graph_destroy(&graph);
}

static void run_file(bench *b, const char *path)
{
    ig_arena *arena = ig_arena_create();
    ig_error error;
    op_suite suite;
    if (!arena || op_suite_load(path, arena, &suite, &error)) {
        printf("FAIL %s: %s\n", path, error.message);
        b->failures++;
    } else {
        b->n_cases = suite.n_cases;
        for (int i = 0; i < suite.n_cases; i++)
            if (!suite.cases[i].refusal && (!b->options.only || strcmp(b->options.only, suite.cases[i].name) == 0))
                run_case(b, &suite.cases[i], i);
    }
    ig_arena_destroy(&arena);
}

/* The device's limits, or a profile's; what a buffer needs stays the device's. */
static ig_status open_bench(bench *b, ig_error *error)
{
    ig_status status = open_device(b, error);
    if (!status)
        status = ig_tune_db_shipped(&b->db, error);
    if (status)
        return status;
    const ig_device_limits *real = &ig_device_get_info(b->device)->limits;
    b->limits = *real;
    if (b->options.profile) {
        status = ig_device_limits_read(b->options.profile, &b->limits, error);
        b->limits.base_align_bytes = real->base_align_bytes;
        b->limits.whole_buffers = real->whole_buffers;
    }
    return status;
}

static int parse_options(int argc, char **argv, options *out)
{
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--sweep") == 0)
            out->sweep = true;
        else if (strcmp(argv[i], "--fresh") == 0)
            out->fresh = true;
        else if (strcmp(argv[i], "--device") == 0 && i + 1 < argc)
            out->device = argv[++i];
        else if (strcmp(argv[i], "--profile") == 0 && i + 1 < argc)
            out->profile = argv[++i];
        else if (strcmp(argv[i], "--kernel") == 0 && i + 1 < argc)
            out->kernel = argv[++i];
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            out->only = argv[++i];
        else
            return 0;
    }
    return i;
}

int main(int argc, char **argv)
{
    bench b = {.runs = 0};
    ig_error error;
    const int first = parse_options(argc, argv, &b.options);
    if (first == 0 || first == argc) {
        fprintf(stderr,
                "usage: test_ops_device [--device D] [--profile FILE] [--sweep] [--fresh] [--kernel K] [--only CASE] "
                "FILE...\n");
        return 64;
    }
    if (open_bench(&b, &error)) {
        char text[3072];
        ig_error_format(&error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        return 69;
    }
    for (int i = first; i < argc; i++)
        run_file(&b, argv[i]);
    printf("%d runs, %d failed, on %s\n", b.runs, b.failures, ig_device_get_info(b.device)->limits.name);
    ig_tune_db_destroy(&b.db);
    ig_device_destroy(&b.device);
    return b.failures || b.runs == 0;
}
