/* One network on its way through the bench: loaded, verified, timed. */
#ifndef INGOT_CLI_BENCH_ROW_H
#define INGOT_CLI_BENCH_ROW_H

#include "bench/bench.h"
#include "cli/engine.h"
#include "cli/progress.h"
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
    const char *compare; /* NULL: not asked for */
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
/* The columns that rows of pairs begin with: model, shape, device, driver, and whether it was verified, twice. */
void bench_row_begin_line(table *t, const char *name, const bench_row *row, const backend *b, bool ok);
/* Opens and times. */
ig_status bench_row_run(app *a, const bench_args *args, const common_args *common, const char *name, const backend *b,
                        bench_row *row, ig_error *error) IG_MUST_USE;
void bench_row_close(bench_row *row);

/* `ingot bench --stream` (stream_bench.c): its columns, and one row of them. Returns the exit code of the network. */
enum { STREAM_COLUMNS = 14 };
extern const column stream_columns[STREAM_COLUMNS];
int bench_stream(app *a, const bench_args *args, const char *name, const backend *b, table *t);

/* `ingot bench --compare` (compare_bench.c): USAGE unless there is such a comparison, columns, one row, all rows. */
enum { COMPARE_COLUMNS = 18 };
extern const column compare_columns[COMPARE_COLUMNS];
ig_status compare_check(const bench_args *args, ig_error *error) IG_MUST_USE;
int bench_compare(app *a, const bench_args *args, const char *name, const backend *b, table *t);
/* With the geometric means of the quotients; CSV has the rows alone. */
ig_status compare_print(const table *t, output_format format, ig_error *error) IG_MUST_USE;

/* `ingot bench --paper` (paper.c). Returns the exit code. */
int run_paper(app *a, const bench_args *args);

#endif
