/* The memory part of the device probe: bandwidth of memory and of caches, and what local memory gains. */
#include "autotune/probe.h"

static const double SLOW_COPY_NS = 2e8; /* a longer copy is cut: no cache makes it this slow */
enum { TILE = 1024, COPIES = 3 };

/* Each work-item copies `each` vectors of `width` floats: a processor's long runs, a GPU's neighbours, and as many of
 * them as there can be. */
static const struct {
    const char *kernel;
    int width, lanes, each;
} copies[COPIES] = {
    {"probe_copy_16", 16, 1, 256}, {"probe_copy_4", 4, IG_PROBE_LANES, 16}, {"probe_copy_4", 4, IG_PROBE_LANES, 1}};

static ig_status open_copy(const ig_probe *probe, int index, int64_t bytes, ig_probe_job *job, ig_error *error)
{
    const ig_buffer *const buffers[] = {probe->in, probe->out};
    ig_status status =
        ig_probe_open_job(probe, probe->program, copies[index].kernel, copies[index].lanes, buffers, 2, job, error);
    if (status)
        return status;
    const int64_t group_bytes = copies[index].each * job->lanes * copies[index].width * (int64_t)sizeof(float);
    job->groups = bytes / group_bytes;
    job->amount = 2.0 * (double)(job->groups * group_bytes);
    status = ig_kernel_set_int(job->kernel, 2, copies[index].each, error);
    return status ? status : ig_kernel_set_int(job->kernel, 3, 1, error);
}

static ig_status probe_copies(const ig_probe *probe, int64_t bytes, bool again, ig_roof *out, ig_error *error)
{
    ig_probe_job jobs[COPIES] = {{.kernel = NULL}};
    ig_probe_rates rates;
    int fastest = 0;
    ig_status status = IG_OK;
    for (int i = 0; i < COPIES && !status; i++) {
        status = open_copy(probe, i, bytes, &jobs[i], error);
        jobs[i].rounds_arg = again ? 3 : -1;
        jobs[i].rounds = again ? 0 : 1; /* once is long enough */
    }
    if (!status)
        status = ig_probe_find_fastest(probe, jobs, COPIES, &fastest, error);
    if (!status)
        status = ig_probe_time(probe, &jobs[fastest], 1, IG_PROBE_REPEATS, &rates, error);
    if (!status)
        *out = ig_probe_rate(&rates);
    ig_probe_close_jobs(jobs, COPIES);
    return status;
}

/* Memory that was never written may all be one page. Also tells how much a device copies in a time that can be waited
 * for: an interpreter's is a few kilobytes. */
static ig_status touch_memory(const ig_probe *probe, int64_t *bytes, ig_error *error)
{
    ig_probe_job job;
    ig_probe_rates rates;
    ig_status status = open_copy(probe, 0, IG_ROOF_CACHED_BYTES / 2, &job, error);
    if (!status)
        status = ig_probe_time(probe, &job, 1, 1, &rates, error);
    ig_probe_close_jobs(&job, 1);
    if (status)
        return status;
    const double most = SLOW_COPY_NS * ig_probe_best(&rates) / 2;
    *bytes = most < (double)probe->buffer_bytes ? (int64_t)most : probe->buffer_bytes;
    if (*bytes < IG_ROOF_CACHED_BYTES / 2)
        *bytes = IG_ROOF_CACHED_BYTES / 2;
    ig_probe back = *probe;
    back.in = probe->out;
    back.out = probe->in;
    status = open_copy(&back, 0, *bytes, &job, error);
    job.rounds = 1;
    if (!status)
        status = ig_probe_time(probe, &job, 1, 1, &rates, error);
    ig_probe_close_jobs(&job, 1);
    return status;
}

static ig_status probe_bandwidth(ig_probe *probe, ig_error *error)
{
    int64_t bytes = 0;
    ig_status status = touch_memory(probe, &bytes, error);
    if (!status)
        status = probe_copies(probe, bytes, false, &probe->roofs->copy_gbytes_per_s, error);
    return status ? status
                  : probe_copies(probe, IG_ROOF_CACHED_BYTES / 2, true, &probe->roofs->cached_gbytes_per_s, error);
}

static ig_status probe_local(ig_probe *probe, ig_error *error)
{
    static const char *const kernels[2] = {"probe_read_local", "probe_read_global"};
    const ig_buffer *const buffers[] = {probe->in, probe->out};
    ig_probe_job jobs[2] = {{.kernel = NULL}};
    ig_probe_rates rates[2];
    ig_status status = IG_OK;
    for (int i = 0; i < 2 && !status; i++) {
        status = ig_probe_open_job(probe, probe->program, kernels[i], IG_PROBE_LANES, buffers, 2, &jobs[i], error);
        jobs[i].groups = ig_probe_busy_groups(probe);
        jobs[i].rounds_arg = 2;
        jobs[i].amount = (double)(TILE * jobs[i].groups * jobs[i].lanes);
    }
    if (!status)
        status = ig_probe_time(probe, jobs, 2, IG_PROBE_REPEATS, rates, error);
    if (!status)
        probe->roofs->local_gain = ig_probe_gain(&rates[0], &rates[1]);
    ig_probe_close_jobs(jobs, 2);
    return status;
}

ig_status ig_probe_memory(ig_probe *probe, ig_error *error)
{
    ig_status status = probe_bandwidth(probe, error);
    return status ? status : probe_local(probe, error);
}
