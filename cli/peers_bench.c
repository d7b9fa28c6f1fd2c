/* `ingot bench --peers`: networks in ingot and in peers, in turn, from the same input. */
#include "cli/bench_row.h"
#include "cli/peer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A peer sums in another order, which costs some 1e-6; another network is off by far more. */
#define PEER_TOLERANCE 1e-3

enum { FRAMES = 5, PAUSE_MS = 5, WARMUP_ROUNDS = 1 };

const char *const peers_models[PEERS_MODELS] = {
    "resnet18",           "resnet50",       "vgg16",      "mobilenet_v1", "mobilenet_v2",
    "mobilenet_v3_large", "shufflenet_v2",  "squeezenet", "densenet121",  "repvit_m1",
    "fastvit_sa12",       "mobilesteelnet", "sarsn34",    "ilcs",
};

const column peers_columns[PEERS_COLUMNS] = {
    BENCH_ROW_COLUMNS,
    {"peer", "peer", 0},
    {"peer_version", "version", 0},
    {"peer_device", NULL, 0},
    {"peer_threads", "threads", 0},
    {"peer_rel_error", NULL, 3},
    {"frames", NULL, 0},
    {"rounds", "rounds", 0},
    {"ingot_ms", "ingot ms", 4},
    {"peer_ms", "peer ms", 4},
    {"ratio", "ratio", 4},
    {"spread", "spread", 3},
    {"max_rel_error", "max rel error", 3},
    {"of_roof", "of roof", 3},
    {"reduced", NULL, 0},
    {"ingot_rounds_ms", NULL, 0},
    {"peer_rounds_ms", NULL, 0},
};

/* The row comes first: the bench's callbacks get all by one pointer. */
typedef struct peers_row {
    bench_row row;
    const char *name;
    peer peer;
    int threads;
    double rel_error;     /* of the peer's outputs, beside ours */
    double turn_ms;       /* a frame of the last turn: median */
    double *rounds_ms[2]; /* the peer's, ours */
    ig_bench_pair pair;   /* likewise */
} peers_row;

ig_status peers_check(const bench_args *args, ig_error *error)
{
    if (!args->peers)
        return args->peer ? cli_fail(error, IG_E_USAGE, "--peer goes with --peers") : IG_OK;
    if (!args->common.weights || strcmp(args->common.weights, "seeded") == 0)
        return IG_OK;
    cli_fail(error, IG_E_USAGE, "--peers has no use for a file of weights");
    cli_expected(error, "--weights seeded: peers make theirs by that rule");
    return IG_E_USAGE;
}

/* --- the same network --------------------------------------------------------------------------------------------- */

/* The output of ours that the peer's is compared with: where there is but one, by whatever name. */
static const ig_tensor *counterpart(const peers_row *p, const char *name)
{
    const int count = p->row.m.info.n_outputs;
    for (int i = 0; i < count; i++)
        if (count == 1 || strcmp(p->row.m.info.output_names[i], name) == 0)
            return &p->row.outputs[i];
    return NULL;
}

static ig_status fail_other(const peers_row *p, ig_error *error)
{
    cli_fail(error, IG_E_VERIFY, "%s computes another network than %s", p->name, p->row.m.info.name);
    cli_hint(error, "the peer runs the module of tests/gen/zoo with that model's default parameters");
    return IG_E_VERIFY;
}

static ig_status compare_output(peers_row *p, const ig_tensor *theirs, ig_error *error)
{
    const ig_tensor *ours = counterpart(p, theirs->name);
    char text[2][96];
    if (!ours) {
        fail_other(p, error);
        cli_found(error, "an output '%s', which is none of ours", theirs->name);
        return IG_E_VERIFY;
    }
    if (!ig_shape_equal(&theirs->shape, &ours->shape)) {
        fail_other(p, error);
        cli_expected(error, "'%s' of shape %s", ours->name, ig_shape_text(&ours->shape, text[0], sizeof text[0]));
        cli_found(error, "%s", ig_shape_text(&theirs->shape, text[1], sizeof text[1]));
        return IG_E_VERIFY;
    }
    ig_verify_item item = {.path = ours->name};
    ig_verify_compare(theirs, ours, PEER_TOLERANCE, &item);
    p->rel_error = item.relative_error > p->rel_error ? item.relative_error : p->rel_error;
    if (item.passed)
        return IG_OK;
    fail_other(p, error);
    cli_expected(error, "the same '%s' within %g of its largest value", ours->name, PEER_TOLERANCE);
    cli_found(error, "a difference of %.3g of it", item.relative_error);
    return IG_E_VERIFY;
}

/* A time beside another network's says nothing. */
static ig_status check_same(peers_row *p, ig_error *error)
{
    ig_status status = engine_run(&p->row.e, &p->row.m.input, p->row.outputs, error);
    if (!status && p->peer.n_outputs != p->row.m.info.n_outputs) {
        status = fail_other(p, error);
        cli_expected(error, "%d outputs", p->row.m.info.n_outputs);
        cli_found(error, "%d", p->peer.n_outputs);
    }
    for (int i = 0; i < p->peer.n_outputs && !status; i++)
        status = compare_output(p, &p->peer.outputs[i], error);
    return status;
}

/* --- a round ------------------------------------------------------------------------------------------------------ */

/* Nobody is timed against threads of the other side that still look for work. A peer answers when its threads sleep
 * (peer.py says why it has to see to that); those of an OpenCL driver are given a moment. Then each turn begins with a
 * frame that does not count: it wakes its own threads and fills the caches anew. */
static void let_rest(void)
{
    const struct timespec pause = {0, PAUSE_MS * 1000000L};
    nanosleep(&pause, NULL);
}

static void end_turn(peers_row *p, double ms[1 + FRAMES])
{
    ig_stats turn;
    ig_stats_summarize(ms + 1, FRAMES, &turn);
    p->turn_ms = turn.median;
}

static ig_status run_theirs(void *user, ig_error *error)
{
    peers_row *p = user;
    double ms[1 + FRAMES];
    let_rest();
    ig_status status = peer_run(&p->peer, 1 + FRAMES, ms, error);
    if (!status)
        end_turn(p, ms);
    return status;
}

static ig_status run_ours(void *user, ig_error *error)
{
    peers_row *p = user;
    double ms[1 + FRAMES];
    ig_status status = IG_OK;
    let_rest();
    for (int i = 0; i < 1 + FRAMES && !status; i++) {
        const int64_t begin_ns = clock_ns();
        status = engine_run(&p->row.e, &p->row.m.input, p->row.outputs, error);
        ms[i] = (double)(clock_ns() - begin_ns) / 1e6;
    }
    if (!status)
        end_turn(p, ms);
    return status;
}

static ig_status time_rounds(const bench_run *r, peers_row *p, ig_error *error)
{
    ig_bench_params params = bench_row_params(r->a, r->args, r->b, &p->row);
    params.run = run_theirs;
    params.user = p;
    params.warmup = WARMUP_ROUNDS;
    params.taken_ms = &p->turn_ms;
    for (int i = 0; i < 2; i++) {
        params.rounds_ms[i] = p->rounds_ms[i] = calloc((size_t)params.max_runs, sizeof(double));
        if (!p->rounds_ms[i])
            return cli_fail_memory(error);
    }
    ig_status status = bench_row_time_pair(r->a, &p->row, &params, run_ours, &p->pair, error);
    return status ? status : bench_row_hold(r->a, r->b, &p->row, p->pair.second.median, error);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* As many as compute for ingot: a CPU device's, one on the reference; else all the processor has. */
static int count_threads(const backend *b)
{
    if (b->reference)
        return 1;
    const ig_device_limits *limits = &ig_device_get_info(b->device)->limits;
    return limits->type == IG_DEVICE_CPU ? limits->compute_units : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static ig_status measure(const bench_run *r, peers_row *p, ig_error *error)
{
    const peer_params params = {
        .host = r->peers, .name = p->name, .model = p->row.m.info.name, .cache = r->b->cache, .threads = p->threads};
    ig_status status = peer_open(r->a, &params, &p->row.m.input, &p->peer, error);
    if (!status)
        status = check_same(p, error);
    return status ? status : time_rounds(r, p, error);
}

static void add_times(table *t, const peers_row *p)
{
    table_real(t, p->rel_error);
    table_int(t, FRAMES);
    table_int(t, p->pair.ratio.runs);
    table_real(t, p->pair.second.median);
    table_real(t, p->pair.first.median);
    table_real(t, p->pair.ratio.median);
    table_real(t, p->pair.ratio.spread);
    table_real(t, p->row.max_rel_error);
}

static void add_row(table *t, const char *network, const backend *b, const peers_row *p, bool ok)
{
    bench_row_begin_line(t, network, &p->row, b, ok);
    table_text(t, p->name);
    table_text(t, p->peer.version);
    table_text(t, p->peer.device);
    table_int(t, p->threads);
    if (ok)
        add_times(t, p);
    for (int i = 0; !ok && i < 8; i++) /* peer_rel_error .. max_rel_error */
        table_none(t);
    bench_row_add_roof(t, &p->row);
    table_list(t, ok ? p->rounds_ms[1] : NULL, p->pair.ratio.runs);
    table_list(t, ok ? p->rounds_ms[0] : NULL, p->pair.ratio.runs);
}

/* The row of one peer; `opened`: what became of our side, which was reported. Returns the exit code. */
static int bench_beside(bench_run *r, const char *network, peers_row *p, ig_status opened)
{
    ig_error error;
    ig_status status = opened ? opened : measure(r, p, &error);
    const int code = opened ? 0 : app_finish(status, &error);
    if (status != IG_E_CANCELLED)
        add_row(&r->t, network, r->b, p, status == IG_OK);
    peer_close(&p->peer);
    for (int i = 0; i < 2; i++) {
        free(p->rounds_ms[i]);
        p->rounds_ms[i] = NULL;
    }
    p->rel_error = 0;
    return code;
}

int bench_peers(bench_run *r, const char *name)
{
    ig_error error;
    peers_row p = {.row = {.roofs = r->roofs}, .threads = count_threads(r->b)};
    const ig_status opened = bench_row_open(r->a, r->args, &r->args->common, name, r->b, &p.row, &error);
    int code = app_finish(opened, &error);
    for (int i = 0; i < r->peers->n_names && !*r->a->interrupted; i++) {
        p.name = r->peers->names[i];
        const int one = bench_beside(r, name, &p, opened);
        code = code ? code : one;
    }
    if (!code) {
        const ig_status status = bench_row_report(r, name, &p.row, &error);
        code = app_finish(status, &error);
    }
    bench_row_close(&p.row);
    return code;
}
