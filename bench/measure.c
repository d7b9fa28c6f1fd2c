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

static ig_status run_once(const ig_bench_params *params, double *ms, ig_error *error)
{
    if (params->cancel && *params->cancel)
        return fail(error, IG_E_CANCELLED, "interrupted");
    double begin = now_ms();
    ig_status status = params->run(params->user, error);
    *ms = now_ms() - begin;
    return status;
}

static bool enough(const ig_bench_params *params, int runs, double spent_ms)
{
    if (runs >= params->max_runs)
        return true;
    return runs >= params->min_runs && params->seconds > 0 && spent_ms >= params->seconds * 1e3;
}

static ig_status take_times(const ig_bench_params *params, double *times, int *runs, ig_error *error)
{
    double ignored;
    for (int i = 0; i < params->warmup; i++) {
        ig_status status = run_once(params, &ignored, error);
        if (status)
            return status;
    }
    double begin = now_ms();
    for (*runs = 0; !enough(params, *runs, now_ms() - begin); ++*runs) {
        ig_status status = run_once(params, &times[*runs], error);
        if (status)
            return status;
        if (params->report)
            params->report(params->user, *runs + 1, params->max_runs);
    }
    return IG_OK;
}

ig_status ig_bench_measure(const ig_bench_params *params, ig_bench_stats *out, ig_error *error)
{
    if (params->max_runs < 1 || params->min_runs > params->max_runs)
        return fail(error, IG_E_USAGE, "the number of runs is out of range");
    double *times = calloc((size_t)params->max_runs, sizeof *times);
    if (!times)
        return fail(error, IG_E_NO_MEMORY, "memory ran out");
    int runs = 0;
    ig_status status = take_times(params, times, &runs, error);
    if (!status)
        ig_bench_summarize(times, runs, out);
    free(times);
    return status;
}
