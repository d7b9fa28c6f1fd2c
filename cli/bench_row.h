/* One network on its way through the bench: loaded, verified, timed. */
#ifndef INGOT_CLI_BENCH_ROW_H
#define INGOT_CLI_BENCH_ROW_H

#include "bench/bench.h"
#include "cli/engine.h"
#include "cli/progress.h"

typedef struct bench_args {
    common_args common;
    int64_t runs;
    double seconds;
    bool no_remember;
    const char *paper;
    bool measure;
} bench_args;

/* One network on its way through the bench. */
typedef struct bench_row {
    model m;
    engine e;
    ig_tensor *outputs;
    bool verified, remembered;
    double max_rel_error;
    ig_bench_stats stats;
    progress bar;
} bench_row;

/* Loads (with `common`'s overrides and shape), verifies against the reference and times. Close with bench_row_close()
 * in any case. */
ig_status bench_row_run(app *a, const bench_args *args, const common_args *common, const char *name, const backend *b,
                        bench_row *row, ig_error *error) IG_MUST_USE;
void bench_row_close(bench_row *row);

/* `ingot bench --paper` (paper.c). Returns the exit code. */
int run_paper(app *a, const bench_args *args);

#endif
