#include "cli/bench_row.h"
#include "cli/destination.h"
#include "cli/html_report.h"
#include "cli/peer_host.h"

#include <stddef.h>

static const option options[] = {
    {"runs", "N", "timed runs of each network, at most", OPTION_INT, offsetof(bench_args, runs), "30", 1, 1000000},
    {"seconds", "S", "stop a network after that time, but not before 5 runs", OPTION_REAL,
     offsetof(bench_args, seconds), "3"},
    {"no-remember", NULL, "verify now even when this very plan was verified before", OPTION_FLAG,
     offsetof(bench_args, no_remember)},
    {"stream", NULL, "frames per second of a stream beside those of one frame after the other, timed in turn",
     OPTION_FLAG, offsetof(bench_args, stream)},
    {"depth", "N", "with --stream: frames in flight", OPTION_INT, offsetof(bench_args, depth), "3", 1,
     IG_STREAM_MAX_DEPTH},
    {"compare", "passes-off|-NAME|nchw|blocked|chains-off|tuning-shipped|tuning-off",
     "time each network against itself without any pass, without one, or in that layout", OPTION_TEXT,
     offsetof(bench_args, compare)},
    {"peers", "VENV", "time each network beside ONNX Runtime and tinygrad, as far as that Python has them", OPTION_TEXT,
     offsetof(bench_args, peers)},
    {"peer", "NAME", "with --peers: this one alone", OPTION_TEXT, offsetof(bench_args, peer)},
    {"peer-limit", "S", "with --peers: patience with one answer, the export of the network included", OPTION_REAL,
     offsetof(bench_args, peer_limit), "300"},
    {"report", "OUT.html", "also write tables, roofline and the time of every step as one HTML file", OPTION_TEXT,
     offsetof(bench_args, report)},
    {"paper", "NAME", "the figures a paper prints beside ours, and how they are counted; 'list' names the papers",
     OPTION_TEXT, offsetof(bench_args, paper)},
    {"measure", NULL, "with --paper: time the networks whose speed the paper states", OPTION_FLAG,
     offsetof(bench_args, measure)},
};

static const column columns[] = {
    {"model", "model", 0},         {"shape", "shape", 0},     {"batch", NULL, 0},
    {"device", "device", 0},       {"driver", NULL, 0},       {"verified", NULL, 0},
    {"remembered", NULL, 0},       {NULL, "verified", 0},     {"max_rel_error", "max rel error", 3},
    {"median_ms", "median ms", 4}, {"p95_ms", "p95 ms", 4},   {"spread", "spread", 3},
    {"runs", "runs", 0},           {"fps", "FPS", 4},         {"macs", "MACs", 0},
    {"params", "params", 0},       {"gflops", "GFLOP/s", 4},  {"least_ms", NULL, 4},
    {"of_roof", "of roof", 3},     {"reduced", "reduced", 0},
};

static const char *const default_models[] = {"mobilenet_v1", "mobilenet_v2", "resnet18", "mobilesteelnet", "sarsn34"};
enum { N_DEFAULT_MODELS = sizeof default_models / sizeof *default_models };

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void add_times(table *t, const bench_row *row)
{
    const ig_stats *s = &row->stats;
    double batch = row->m.input.shape.rank > 0 ? (double)row->m.input.shape.dim[0] : 1;
    table_real(t, row->max_rel_error);
    table_real(t, s->median);
    table_real(t, s->p95);
    table_real(t, s->spread);
    table_int(t, s->runs);
    table_real(t, s->median > 0 ? batch * 1e3 / s->median : 0);
    table_int(t, row->m.info.totals.cost.macs);
    table_int(t, row->m.info.totals.params);
    table_real(t, s->median > 0 ? (double)row->m.info.totals.flops / s->median / 1e6 : 0);
}

static void add_no_times(table *t, const bench_row *row, bool compared)
{
    if (compared)
        table_real(t, row->max_rel_error);
    else
        table_none(t);
    for (int i = 0; i < 5; i++) /* median_ms .. fps */
        table_none(t);
    if (row->m.graph) {
        table_int(t, row->m.info.totals.cost.macs);
        table_int(t, row->m.info.totals.params);
    } else {
        table_none(t);
        table_none(t);
    }
    table_none(t);
}

/* A time that was refused still says by how much it was off. */
static void add_roof(table *t, const bench_row *row)
{
    if (row->held)
        table_real(t, row->least_ms);
    else
        table_none(t);
    bench_row_add_roof(t, row);
}

static void add_row(table *t, const char *name, const backend *b, const bench_row *row, ig_status status)
{
    const ig_shape *shape = &row->m.input.shape;
    bool ok = status == IG_OK;
    table_text(t, name);
    if (shape->rank > 0) {
        table_shape(t, shape);
        table_int(t, shape->dim[0]);
    } else { /* the model was not even loaded */
        table_none(t);
        table_none(t);
    }
    table_text(t, b->name);
    table_text(t, b->driver);
    table_bool(t, ok && row->verified);
    table_bool(t, row->remembered);
    table_text(t, !ok ? "FAILED" : row->remembered ? "remembered" : "yes");
    if (ok)
        add_times(t, row);
    else
        add_no_times(t, row, status == IG_E_VERIFY);
    add_roof(t, row);
}

/* Returns the exit code of this network; a failure is reported, and its row carries no time. */
static int bench_one(bench_run *r, const char *name)
{
    ig_error error;
    bench_row row = {.roofs = r->roofs};
    ig_status status = bench_row_run(r->a, r->args, &r->args->common, name, r->b, &row, &error);
    if (!status)
        status = bench_row_report(r, name, &row, &error);
    int code = app_finish(status, &error);
    if (status != IG_E_CANCELLED)
        add_row(&r->t, name, r->b, &row, status);
    bench_row_close(&row);
    return code;
}

/* --- the ways to bench -------------------------------------------------------------------------------------------- */

/* What is timed of every network, and how all of it is printed. */
typedef struct bench_mode {
    const column *columns;
    int n_columns;
    int (*one)(bench_run *r, const char *name);
    ig_status (*print)(const table *t, output_format format, ig_error *error);
    void (*note)(const table *t, char out[BENCH_NOTE]); /* a sentence below the table; NULL: none */
    const char *const *models;                          /* without MODEL */
    int n_models;
} bench_mode;

static const bench_mode plain_mode = {
    columns, sizeof columns / sizeof *columns, bench_one, table_print, NULL, default_models, N_DEFAULT_MODELS};
static const bench_mode stream_mode = {stream_columns, STREAM_COLUMNS, bench_stream,    table_print,
                                       NULL,           default_models, N_DEFAULT_MODELS};
static const bench_mode compare_mode = {compare_columns, COMPARE_COLUMNS, bench_compare,   compare_print,
                                        compare_note,    default_models,  N_DEFAULT_MODELS};
static const bench_mode peers_mode = {peers_columns, PEERS_COLUMNS, bench_peers, peers_print,
                                      peers_note,    peers_models,  PEERS_MODELS};

static const bench_mode *mode_of(const bench_args *args)
{
    if (args->stream)
        return &stream_mode;
    if (args->compare)
        return &compare_mode;
    return args->peers ? &peers_mode : &plain_mode;
}

static ig_status check_args(const bench_args *args, ig_error *error)
{
    if ((args->paper != NULL) + args->stream + (args->compare != NULL) + (args->peers != NULL) > 1)
        return cli_fail(error, IG_E_USAGE, "--paper, --stream, --compare and --peers exclude each other");
    if (args->paper && args->report)
        return cli_fail(error, IG_E_USAGE, "--paper has no --report");
    ig_status status = peers_check(args, error);
    if (!status && args->report)
        status = check_can_create(args->report, error);
    return !status && args->compare ? compare_check(args, error) : status;
}

/* Table and report of all networks. */
static ig_status print_all(const bench_run *r, const bench_mode *mode, ig_error *error)
{
    char note[BENCH_NOTE] = "";
    if (mode->note)
        mode->note(&r->t, note);
    ig_status status = mode->print(&r->t, (output_format)r->args->common.format, error);
    return status || !r->report ? status : html_report_write(r->report, r, note, error);
}

static int bench_all(bench_run *r, const bench_mode *mode)
{
    const text_list *named = &r->args->common.positional;
    const char *const *models = named->count > 0 ? named->items : mode->models;
    int n_models = named->count > 0 ? named->count : mode->n_models;
    int code = 0;
    table_init(&r->t, mode->columns, mode->n_columns);
    for (int i = 0; i < n_models && !*r->a->interrupted; i++) {
        int one = mode->one(r, models[i]);
        code = code ? code : one;
    }
    if (r->t.n_cells > 0) {
        ig_error error;
        int printed = app_finish(print_all(r, mode, &error), &error);
        code = code ? code : printed;
    }
    table_release(&r->t);
    return code;
}

static int run_bench(app *a, const void *args_pointer)
{
    const bench_args *args = args_pointer;
    ig_error error;
    peer_host host;
    ig_status status = check_args(args, &error);
    if (!status && args->peers)
        status = peer_host_open(a, args->peers, args->peer, args->peer_limit, &host, &error);
    if (status)
        return app_finish(status, &error);
    if (args->paper)
        return run_paper(a, args);
    backend b;
    bench_roofs roofs = {.asked = false};
    html_report report = {.n_networks = 0};
    bench_run run = {.a = a,
                     .args = args,
                     .b = &b,
                     .roofs = &roofs,
                     .report = args->report ? &report : NULL,
                     .peers = args->peers ? &host : NULL};
    int code = app_finish(backend_open(a, backend_selection(&args->common), &b, &error), &error);
    if (!code)
        code = bench_all(&run, mode_of(args));
    html_report_release(&report);
    backend_close(&b);
    return *a->interrupted ? exit_code_of(IG_E_CANCELLED) : code;
}

const command cmd_bench = {
    .name = "bench",
    .arguments = "[MODEL...]",
    .brief = "Times networks whose output was verified against the reference",
    .details =
        "Without MODEL: the five shipped networks. Weights: seeded, unless --weights names a file. Times are\n"
        "the host's around one inference: write the input, run, read the outputs, wait. A verdict is\n"
        "remembered in the cache folder under a hash of plan, kernels, weights, input, device, driver and\n"
        "version. A time that the device's roofs (`ingot probe`) rule out is not reported either.\n"
        "With --stream each round sends some frames one by one and as many through a stream; the speed-up\n"
        "is the median over the rounds.\n"
        "With --compare each round times the network once with the passes and once without; --passes counts for\n"
        "both. Both are verified, and must agree.\n"
        "With --peers each round times a few frames in another runtime and as many here; ratio is its time\n"
        "by ours, the median over the rounds. VENV is a virtual environment or a Python that has what\n"
        "docs/benchmarks.md lists. The peer's outputs must be ours. Without MODEL: fourteen networks.\n"
        "With --report the steps of each network are timed as well, as `profile` does, and all of it is written as\n"
        "one HTML file that needs no other.\n"
        "With --paper every figure of a paper's tables stands beside ours, counted anew; MODEL picks rows. A\n"
        "figure that is said to be reproduced and is not makes the command fail.\n",
    .examples = "  ingot bench\n"
                "  ingot bench resnet18 --shape 8,3,224,224 --runs 100 --seconds 20\n"
                "  ingot bench mobilesteelnet --stream --depth 2\n"
                "  ingot bench resnet18 mobilenet_v2 --compare passes-off\n"
                "  ingot bench --compare -fuse_epilogue --format json\n"
                "  ingot bench resnet18 --peers .venv --peer onnxruntime\n"
                "  ingot bench sarsn34 densenet121 --report out.html\n"
                "  ingot bench --paper rkd_sarsn\n"
                "  ingot bench --paper list\n"
                "  ingot bench --device 0:0 --format json --no-remember\n",
    .common = COMMON_MODEL,
    .max_positional = -1,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(bench_args),
    .run = run_bench,
};
