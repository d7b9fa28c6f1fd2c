#include "cli/bench_row.h"

#include "cli/verification.h"

#include <stdio.h>
#include <string.h>

enum { WARMUP_RUNS = 3, REFERENCE_WARMUP_RUNS = 0, MIN_RUNS = 5 };

/* --- verifying ---------------------------------------------------------------------------------------------------- */

static ig_status verify_now(app *a, bench_row *row, const char *folder, const ig_bench_key *key, ig_error *error)
{
    ig_verify_result result;
    ig_status status = verification_run(&row->e, 0, NULL, NULL, &result, error);
    row->max_rel_error = result.max_relative_error;
    row->verified = status == IG_OK;
    ig_error ignored;
    if (row->verified && folder && ig_bench_remember(folder, key, row->max_rel_error, &ignored))
        report_warning(&a->log, "the verdict cannot be remembered in %s: %s", folder, ignored.message);
    return status;
}

/* No time may stand beside an output that nobody compared with the reference. */
static ig_status verify(app *a, const bench_args *args, const backend *b, bench_row *row, ig_error *error)
{
    if (b->reference) { /* it is what all others are compared with */
        row->verified = true;
        return IG_OK;
    }
    char folder[CACHE_PATH + 16];
    ig_plan_totals totals;
    ig_plan_get_totals(row->e.plan, &totals);
    snprintf(folder, sizeof folder, "%s/verified", b->cache);
    ig_bench_key key = {
        .plan_hash = totals.hash,
        .weights_hash = ig_weights_hash(row->m.weights),
        .input_hash = model_input_hash(&row->m),
        .device = b->name,
        .driver = b->driver,
        .version = ig_version(),
    };
    if (b->cache[0] && !args->no_remember && ig_bench_recall(folder, &key, &row->max_rel_error)) {
        row->verified = row->remembered = true;
        return IG_OK;
    }
    return verify_now(a, row, b->cache[0] ? folder : NULL, &key, error);
}

/* --- timing ------------------------------------------------------------------------------------------------------- */

static ig_status run_once(void *user, ig_error *error)
{
    bench_row *row = user;
    return engine_run(&row->e, &row->m.input, row->outputs, error);
}

static void report_run(void *user, int done, int total)
{
    bench_row *row = user;
    progress_step(&row->bar, row->m.info.name, done, total);
}

ig_bench_params bench_row_params(app *a, const bench_args *args, const backend *b, bench_row *row)
{
    return (ig_bench_params){
        .run = run_once,
        .user = row,
        .warmup = b->reference ? REFERENCE_WARMUP_RUNS : WARMUP_RUNS,
        .max_runs = (int)args->runs,
        .min_runs = args->runs < MIN_RUNS ? (int)args->runs : MIN_RUNS,
        .seconds = args->seconds,
        .cancel = a->interrupted,
        .report = report_run,
    };
}

ig_status bench_row_time_pair(app *a, bench_row *row, const ig_bench_params *params,
                              ig_status (*other)(void *user, ig_error *error), ig_bench_pair *out, ig_error *error)
{
    progress_begin(&row->bar, "bench", a->quiet);
    ig_status status = ig_bench_compare(params, other, out, error);
    progress_end(&row->bar);
    return status;
}

void bench_row_begin_line(table *t, const char *name, const bench_row *row, const backend *b, bool ok)
{
    const ig_shape *shape = &row->m.input.shape;
    table_text(t, name);
    if (shape->rank > 0)
        table_shape(t, shape);
    else
        table_none(t);
    table_text(t, b->name);
    table_text(t, b->driver);
    table_bool(t, ok);
    table_text(t, ok ? "yes" : "FAILED");
}

static ig_status measure(app *a, const bench_args *args, const backend *b, bench_row *row, ig_error *error)
{
    const ig_bench_params params = bench_row_params(a, args, b, row);
    progress_begin(&row->bar, "bench", a->quiet);
    ig_status status = ig_bench_measure(&params, &row->stats, error);
    progress_end(&row->bar);
    return status;
}

ig_status bench_row_open(app *a, const bench_args *args, const common_args *common, const char *name, const backend *b,
                         bench_row *row, ig_error *error)
{
    /* The reference is timed on the graph as described: it has no use for fused operators. */
    engine_params params = {.optimize = !b->reference};
    ig_status status = model_load_all(a, common, name, NULL, WEIGHTS_SEEDED, &row->m, error);
    if (!status)
        status = model_alloc_outputs(&row->m, &row->outputs, error);
    if (!status)
        status = engine_open(a, b, &row->m, &params, &row->e, error);
    return status ? status : verify(a, args, b, row, error);
}

ig_status bench_row_run(app *a, const bench_args *args, const common_args *common, const char *name, const backend *b,
                        bench_row *row, ig_error *error)
{
    ig_status status = bench_row_open(a, args, common, name, b, row, error);
    if (!status)
        status = measure(a, args, b, row, error);
    return status ? status : bench_row_hold(a, b, row, row->stats.median, error);
}

void bench_row_close(bench_row *row)
{
    engine_close(&row->e);
    tensors_release(&row->outputs, row->m.info.n_outputs);
    model_release(&row->m);
}
