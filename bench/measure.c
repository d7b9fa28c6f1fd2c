#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static ig_status fail(ig_error *error, ig_status status, const char *message)
{
    if (error) {
        memset(error, 0, sizeof *error);
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return status;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

typedef ig_status (*bench_run)(void *user, ig_error *error);

static ig_status run_once(const ig_bench_params *params, bench_run run, double *ms, ig_error *error)
{
    if (params->cancel && *params->cancel)
        return fail(error, IG_E_CANCELLED, "interrupted");
    double begin = now_ms();
    ig_status status = run(params->user, error);
    *ms = params->taken_ms ? *params->taken_ms : now_ms() - begin;
    return status;
}

/* One time of `run`, and one of `other` unless it is NULL; `turned`: the other comes first. */
static ig_status run_round(const ig_bench_params *params, bench_run other, bool turned, double ms[2], ig_error *error)
{
    ms[1] = 0;
    if (!other)
        return run_once(params, params->run, &ms[0], error);
    ig_status status = run_once(params, turned ? other : params->run, &ms[turned], error);
    return status ? status : run_once(params, turned ? params->run : other, &ms[!turned], error);
}

static bool enough(const ig_bench_params *params, int runs, double spent_ms)
{
    if (runs >= params->max_runs)
        return true;
    return runs >= params->min_runs && params->seconds > 0 && spent_ms >= params->seconds * 1e3;
}

static ig_status take_times(const ig_bench_params *params, bench_run other, double *times[2], int *runs,
                            ig_error *error)
{
    double ms[2];
    for (int i = 0; i < params->warmup; i++) {
        ig_status status = run_round(params, other, false, ms, error);
        if (status)
            return status;
    }
    double begin = now_ms();
    for (*runs = 0; !enough(params, *runs, now_ms() - begin); ++*runs) {
        ig_status status = run_round(params, other, *runs % 2 == 1, ms, error);
        if (status)
            return status;
        times[0][*runs] = ms[0];
        times[1][*runs] = ms[1];
        if (params->report)
            params->report(params->user, *runs + 1, params->max_runs);
    }
    return IG_OK;
}

static void summarize(const ig_bench_params *params, double *times[3], int runs, ig_bench_pair *out)
{
    for (int i = 0; i < 2; i++)
        if (params->rounds_ms[i]) /* summaries sort */
            memcpy(params->rounds_ms[i], times[i], (size_t)runs * sizeof *times[i]);
    for (int i = 0; i < runs; i++)
        times[2][i] = times[1][i] > 0 ? times[0][i] / times[1][i] : 0;
    ig_stats_summarize(times[0], runs, &out->first);
    ig_stats_summarize(times[1], runs, &out->second);
    ig_stats_summarize(times[2], runs, &out->ratio);
}

static ig_status measure(const ig_bench_params *params, bench_run other, ig_bench_pair *out, ig_error *error)
{
    if (params->max_runs < 1 || params->min_runs > params->max_runs)
        return fail(error, IG_E_USAGE, "the number of runs is out of range");
    const size_t room = (size_t)params->max_runs;
    double *all = calloc(3 * room, sizeof *all);
    if (!all)
        return fail(error, IG_E_NO_MEMORY, "memory ran out");
    double *times[3] = {all, all + room, all + 2 * room};
    int runs = 0;
    ig_status status = take_times(params, other, times, &runs, error);
    if (!status)
        summarize(params, times, runs, out);
    free(all);
    return status;
}

ig_status ig_bench_measure(const ig_bench_params *params, ig_stats *out, ig_error *error)
{
    ig_bench_pair pair;
    ig_status status = measure(params, NULL, &pair, error);
    if (!status)
        *out = pair.first;
    return status;
}

ig_status ig_bench_compare(const ig_bench_params *params, bench_run other, ig_bench_pair *out, ig_error *error)
{
    return measure(params, other, out, error);
}
