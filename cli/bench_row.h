/* One network on its way through the bench: loaded, verified, timed. */
#ifndef INGOT_CLI_BENCH_ROW_H
#define INGOT_CLI_BENCH_ROW_H

#include "bench/bench.h"
#include "bench/roofline.h"
#include "cli/engine.h"
#include "cli/progress.h"
#include "cli/roofs.h"
#include "ingot/stream.h"

typedef struct bench_args {
    common_args common;
    int64_t runs;
    double seconds;
    bool no_remember;
    const char *paper;
    bool measure;
    bool stream;
    int64_t depth;
    const char *compare, *peers, *report; /* NULL: not asked for */
    const char *peer;                     /* NULL: all that there are */
    double peer_limit;
} bench_args;

/* The device's roofs, measured when the first time is held against them. */
typedef struct bench_roofs {
    bool asked, known;
    ig_device_roofs roofs;
} bench_roofs;

/* The columns that bench_row_begin_line() fills. */
#define BENCH_ROW_COLUMNS                                                                                              \
    {"model", "model", 0}, {"shape", "shape", 0}, {"device", "device", 0}, {"driver", NULL, 0}, {"verified", NULL, 0}, \
    {                                                                                                                  \
        NULL, "verified", 0                                                                                            \
    }

/* What all networks of one bench share. */
typedef struct bench_run {
    app *a;
    const bench_args *args;
    const backend *b;
    bench_roofs *roofs;
    struct html_report *report;    /* NULL: not asked for */
    const struct peer_host *peers; /* of --peers */
    table t;
} bench_run;

/* One network on its way through the bench. */
typedef struct bench_row {
    bench_roofs *roofs; /* shared; set by whoever makes the row */
    model m;
    engine e;
    ig_tensor *outputs;
    bool verified, remembered;
    double max_rel_error;
    ig_stats stats;
    bool held;       /* against the roofs: the next two are known */
    double least_ms; /* so long takes the arithmetic of the steps that do all that is counted, at best */
    double of_roof;  /* least_ms / the time */
    int n_reduced;   /* steps that do less */
    progress bar;
} bench_row;

/* Loads (with `common`'s overrides and shape) and verifies against the reference. Close with bench_row_close() in any
 * case. */
ig_status bench_row_open(app *a, const bench_args *args, const common_args *common, const char *name, const backend *b,
                         bench_row *row, ig_error *error) IG_MUST_USE;
/* Limits, warm-up and progress of timing the row. */
ig_bench_params bench_row_params(app *a, const bench_args *args, const backend *b, bench_row *row);
/* Times `params->run` and `other` in turn, with the row's progress bar. */
ig_status bench_row_time_pair(app *a, bench_row *row, const ig_bench_params *params,
                              ig_status (*other)(void *user, ig_error *error), ig_bench_pair *out,
                              ig_error *error) IG_MUST_USE;
/* Holds the time of an inference against the device's roofs: VERIFY when its arithmetic alone takes longer, even on
 * roofs that were measured once more. Roofs that cannot be measured refuse nothing. */
ig_status bench_row_hold(app *a, const backend *b, bench_row *row, double ms, ig_error *error) IG_MUST_USE;
/* The columns of_roof and reduced. */
void bench_row_add_roof(table *t, const bench_row *row);
/* Adds the steps of a network that was timed to the report, if there is one. */
ig_status bench_row_report(bench_run *r, const char *name, bench_row *row, ig_error *error) IG_MUST_USE;
/* The columns that rows of pairs begin with: model, shape, device, driver, and whether it was verified, twice. */
void bench_row_begin_line(table *t, const char *name, const bench_row *row, const backend *b, bool ok);
/* Opens, times, and holds the time against the roofs. */
ig_status bench_row_run(app *a, const bench_args *args, const common_args *common, const char *name, const backend *b,
                        bench_row *row, ig_error *error) IG_MUST_USE;
void bench_row_close(bench_row *row);

/* `ingot bench --stream` (stream_bench.c): its columns, and one row of them. Returns the exit code of the network. */
enum { STREAM_COLUMNS = 16 };
extern const column stream_columns[STREAM_COLUMNS];
int bench_stream(bench_run *r, const char *name);

/* `ingot bench --compare` (compare_bench.c, compare_print.c): USAGE unless there is such a comparison, columns, one
 * row, all rows. */
enum { COMPARE_COLUMNS = 20 };
extern const column compare_columns[COMPARE_COLUMNS];
ig_status compare_check(const bench_args *args, ig_error *error) IG_MUST_USE;
int bench_compare(bench_run *r, const char *name);
/* The geometric means of the quotients as a sentence; "" where there are none. */
enum { BENCH_NOTE = 512 };
void compare_note(const table *t, char out[BENCH_NOTE]);
/* With the geometric means; CSV has the rows alone. */
ig_status compare_print(const table *t, output_format format, ig_error *error) IG_MUST_USE;

/* `ingot bench --peers` (peers_bench.c, peers_print.c): what is timed without MODEL; USAGE for options that do not go
 * with it, columns, the rows of one network, all rows, and what the ratios beside each peer come to. */
enum { PEERS_MODELS = 14, PEERS_COLUMNS = 22 };
extern const char *const peers_models[PEERS_MODELS];
extern const column peers_columns[PEERS_COLUMNS];
ig_status peers_check(const bench_args *args, ig_error *error) IG_MUST_USE;
int bench_peers(bench_run *r, const char *name);
void peers_note(const table *t, char out[BENCH_NOTE]);
/* With the geometric means; CSV has the rows alone. */
ig_status peers_print(const table *t, output_format format, ig_error *error) IG_MUST_USE;

/* `ingot bench --paper` (paper.c). Returns the exit code. */
int run_paper(app *a, const bench_args *args);

#endif
