/* The device probe: one small measurement after the other, each by kernels of probe.cl. */
#include "autotune/probe.h"

#include "base/embed.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const int64_t HURRY_NS = 4000000000;
static const int64_t BUFFER_BYTES = 128 << 20; /* the largest caches hold less than two of these */
enum { CHAINS = 12, WIDTHS = 4 };

static const int widths[WIDTHS] = {1, 4, 8, IG_PROBE_MAX_WIDTH};

/* --- arithmetic --------------------------------------------------------------------------------------------------- */

static ig_status open_fma(const ig_probe *probe, ig_program *program, int width, ig_probe_job *job, ig_error *error)
{
    char name[32];
    const ig_buffer *out = probe->out;
    snprintf(name, sizeof name, "probe_fma_%d", width);
    ig_status status = ig_probe_open_job(probe, program, name, IG_PROBE_LANES, &out, 1, job, error);
    job->groups = ig_probe_busy_groups(probe);
    job->rounds_arg = 1;
    job->amount = 2.0 * CHAINS * width * (double)(job->groups * job->lanes);
    /* The chains run to 100, in half precision too. */
    if (!status)
        status = ig_kernel_set_float(job->kernel, 2, 0.99f, error);
    return status ? status : ig_kernel_set_float(job->kernel, 3, 1.0f, error);
}

/* The width that suits best; its job stays open. */
static ig_status find_width(const ig_probe *probe, ig_program *program, ig_probe_job *out, int *width, ig_error *error)
{
    ig_probe_job jobs[WIDTHS] = {{.kernel = NULL}};
    int fastest = 0;
    ig_status status = IG_OK;
    for (int i = 0; i < WIDTHS && !status; i++)
        status = open_fma(probe, program, widths[i], &jobs[i], error);
    if (!status)
        status = ig_probe_find_fastest(probe, jobs, WIDTHS, &fastest, error);
    *out = jobs[fastest];
    *width = widths[fastest];
    jobs[fastest].kernel = NULL;
    ig_probe_close_jobs(jobs, WIDTHS);
    return status;
}

static ig_status probe_arithmetic(ig_probe *probe, ig_error *error)
{
    ig_probe_job jobs[2] = {{.kernel = NULL}};
    ig_probe_rates rates[2];
    int half_width;
    ig_status status = find_width(probe, probe->program, &jobs[0], &probe->roofs->fma_width, error);
    if (!status && probe->half)
        status = find_width(probe, probe->half, &jobs[1], &half_width, error);
    if (!status)
        status = ig_probe_time(probe, jobs, probe->half ? 2 : 1, IG_PROBE_REPEATS, rates, error);
    if (!status)
        probe->roofs->fma_gflops = ig_probe_rate(&rates[0]);
    if (!status && probe->half)
        probe->roofs->fp16_gain = ig_probe_gain(&rates[1], &rates[0]);
    ig_probe_close_jobs(jobs, 2);
    return status;
}

/* --- launches ----------------------------------------------------------------------------------------------------- */

static ig_status probe_launches(ig_probe *probe, ig_error *error)
{
    const ig_buffer *out = probe->out;
    ig_probe_job jobs[2] = {{.kernel = NULL}};
    ig_probe_rates rates[2];
    ig_status status = ig_probe_open_job(probe, probe->program, "probe_launch", 1, &out, 1, &jobs[0], error);
    jobs[0].amount = 1;
    jobs[1] = jobs[0];
    jobs[1].rounds = 1;
    if (!status)
        status = ig_probe_time(probe, jobs, 2, IG_PROBE_REPEATS, rates, error);
    if (!status) {
        probe->roofs->launch_us = ig_probe_cost_us(&rates[0]);
        probe->roofs->wait_us = ig_probe_cost_us(&rates[1]);
    }
    ig_probe_close_jobs(jobs, 1);
    return status;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static ig_status open_probe(ig_probe *probe, ig_error *error)
{
    const ig_device_limits *limits = probe->limits;
    const char *source = ig_probe_text[0].text;
    probe->buffer_bytes = least(least(BUFFER_BYTES, limits->max_alloc_bytes), limits->global_mem_bytes / 8);
    ig_status status = ig_program_get(probe->device, source, "", &probe->program, error);
    /* A driver that names the extension and refuses the program has no half precision to gain from. */
    if (!status && limits->has_fp16 && ig_program_get(probe->device, source, "-DHALF", &probe->half, NULL))
        probe->half = NULL;
    if (!status)
        status = ig_buffer_create(probe->device, probe->buffer_bytes, &probe->in, error);
    return status ? status : ig_buffer_create(probe->device, probe->buffer_bytes, &probe->out, error);
}

static void close_probe(ig_probe *probe)
{
    ig_buffer_destroy(&probe->in);
    ig_buffer_destroy(&probe->out);
    ig_program_release(&probe->half);
    ig_program_release(&probe->program);
}

ig_status ig_device_probe(ig_device *device, const volatile bool *cancel, ig_device_roofs *out, ig_error *error)
{
    memset(out, 0, sizeof *out);
    ig_probe probe = {.device = device,
                      .limits = &ig_device_get_info(device)->limits,
                      .cancel = cancel,
                      .hurry_ns = ig_host_ns() + HURRY_NS,
                      .roofs = out};
    ig_status status = open_probe(&probe, error);
    if (!status)
        status = probe_launches(&probe, error);
    if (!status)
        status = probe_arithmetic(&probe, error);
    if (!status)
        status = ig_probe_memory(&probe, error);
    close_probe(&probe);
    return status;
}
