/* Timing for the device probe: enough work for the host's clock, a few repeats, their middle and their best. */
#include "autotune/probe.h"

#include "base/error.h"
#include "base/stats.h"

#include <stdlib.h>

/* Long beside a wait, a few dozen microseconds, and short beside the slices in which a system gives its processors to
 * other programs: the best of many such timings is one that had the device for itself. */
static const int64_t LONG_ENOUGH_NS = 3000000;
enum { MAX_LAUNCHES = 256, MAX_ROUNDS = 1 << 24, MAX_GROWTH = 16, TRIES = 3 };

/* --- jobs --------------------------------------------------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

ig_status ig_probe_open_job(const ig_probe *probe, ig_program *program, const char *name, int64_t lanes,
                            const ig_buffer *const *buffers, int n_buffers, ig_probe_job *job, ig_error *error)
{
    *job = (ig_probe_job){.groups = 1, .rounds_arg = -1};
    ig_status status = ig_kernel_create(program, name, &job->kernel, error);
    if (!status)
        status = ig_kernel_max_group(job->kernel, &job->lanes, error);
    job->lanes = least(least(job->lanes, probe->limits->max_work_item[0]), lanes);
    for (int i = 0; i < n_buffers && !status; i++)
        status = ig_kernel_set_buffer(job->kernel, i, buffers[i], error);
    return status;
}

void ig_probe_close_jobs(ig_probe_job *jobs, int n_jobs)
{
    for (int i = 0; i < n_jobs; i++)
        ig_kernel_destroy(&jobs[i].kernel);
}

/* Work-groups that keep the device busy: processors take one at a time, GPUs hide waiting behind many. Every work-item
 * has room for a result of the widest vector. */
int64_t ig_probe_busy_groups(const ig_probe *probe)
{
    const int64_t each = probe->limits->type == IG_DEVICE_CPU ? 8 : 32;
    return least(probe->limits->compute_units * each,
                 probe->buffer_bytes / (IG_PROBE_LANES * IG_PROBE_MAX_WIDTH * (int64_t)sizeof(float)));
}

/* --- times -------------------------------------------------------------------------------------------------------- */

static ig_status run_job(const ig_probe *probe, const ig_probe_job *job, int64_t *ns, ig_error *error)
{
    const bool by_arg = job->rounds_arg >= 0;
    if (probe->cancel && *probe->cancel)
        return ig_fail(error, IG_E_CANCELLED, "interrupted");
    ig_status status = by_arg ? ig_kernel_set_int(job->kernel, job->rounds_arg, job->rounds, error) : IG_OK;
    const int64_t groups[3] = {job->groups, 1, 1}, lanes[3] = {job->lanes, 1, 1};
    const int64_t start = ig_host_ns();
    for (int i = 0; i < (by_arg ? 1 : job->rounds) && !status; i++)
        status = ig_queue_kernel(probe->device, job->kernel, groups, lanes, NULL, error);
    if (!status)
        status = ig_queue_finish(probe->device, error);
    *ns = ig_host_ns() - start;
    return status;
}

/* The first run pays for what a driver does at a first launch. */
static ig_status find_rounds(const ig_probe *probe, ig_probe_job *job, ig_error *error)
{
    const int most = job->rounds_arg >= 0 ? MAX_ROUNDS : MAX_LAUNCHES;
    int64_t ns;
    job->rounds = 1;
    ig_status status = run_job(probe, job, &ns, error);
    if (!status)
        status = run_job(probe, job, &ns, error);
    while (!status && ns < LONG_ENOUGH_NS && job->rounds < most) {
        const int64_t growth = LONG_ENOUGH_NS / (ns + 1) + 2;
        job->rounds *= (int)(growth < MAX_GROWTH ? growth : MAX_GROWTH);
        job->rounds = job->rounds < most ? job->rounds : most;
        status = run_job(probe, job, &ns, error);
    }
    return status;
}

ig_status ig_probe_time(const ig_probe *probe, ig_probe_job *jobs, int n_jobs, int repeats, ig_probe_rates *out,
                        ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < n_jobs && !status; i++) {
        out[i].count = 0;
        if (jobs[i].rounds == 0)
            status = find_rounds(probe, &jobs[i], error);
    }
    for (int r = 0; r < repeats && !status; r++) {
        if (r > 0 && ig_host_ns() > probe->hurry_ns)
            break;
        for (int i = 0; i < n_jobs && !status; i++) {
            int64_t ns = 0;
            status = run_job(probe, &jobs[i], &ns, error);
            out[i].of[out[i].count++] = jobs[i].amount * jobs[i].rounds / (double)(ns + 1);
        }
    }
    return status;
}

double ig_probe_best(const ig_probe_rates *rates)
{
    double best = 0;
    for (int i = 0; i < rates->count; i++)
        best = rates->of[i] > best ? rates->of[i] : best;
    return best;
}

ig_status ig_probe_find_fastest(const ig_probe *probe, ig_probe_job *jobs, int n_jobs, int *fastest, ig_error *error)
{
    double best = 0;
    *fastest = 0;
    for (int i = 0; i < n_jobs; i++) {
        ig_probe_rates rates;
        ig_status status = ig_probe_time(probe, &jobs[i], 1, TRIES, &rates, error);
        if (status)
            return status;
        if (ig_probe_best(&rates) > best) {
            best = ig_probe_best(&rates);
            *fastest = i;
        }
    }
    return IG_OK;
}

/* --- summaries ---------------------------------------------------------------------------------------------------- */

static ig_roof summarize(double *values, int count)
{
    ig_stats stats;
    ig_stats_summarize(values, count, &stats);
    return (ig_roof){.median = stats.median, .best = stats.max, .spread = stats.spread};
}

ig_roof ig_probe_rate(const ig_probe_rates *rates)
{
    ig_probe_rates sorted = *rates;
    return summarize(sorted.of, sorted.count);
}

ig_roof ig_probe_cost_us(const ig_probe_rates *rates)
{
    const double us_per_ns = 1e-3;
    double costs[IG_PROBE_REPEATS];
    for (int i = 0; i < rates->count; i++)
        costs[i] = us_per_ns / rates->of[i];
    ig_roof roof = summarize(costs, rates->count);
    roof.best = costs[0];
    return roof;
}

ig_roof ig_probe_gain(const ig_probe_rates *first, const ig_probe_rates *second)
{
    double gains[IG_PROBE_REPEATS];
    for (int i = 0; i < first->count; i++)
        gains[i] = first->of[i] / second->of[i];
    ig_roof roof = summarize(gains, first->count);
    roof.best = ig_probe_best(first) / ig_probe_best(second);
    return roof;
}
