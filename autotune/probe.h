/* Shared by the files of the device probe only: kernels timed over and over. */
#ifndef IG_AUTOTUNE_PROBE_H
#define IG_AUTOTUNE_PROBE_H

#include "cl/cl.h"
#include "ingot/probe.h"

/* The widest vectors and the work-groups of what is timed. */
enum { IG_PROBE_REPEATS = 25, IG_PROBE_LANES = 64, IG_PROBE_MAX_WIDTH = 16 };

typedef struct ig_probe {
    ig_device *device;
    const ig_device_limits *limits;
    const volatile bool *cancel;
    int64_t hurry_ns;           /* host clock: from then on nothing is repeated */
    ig_program *program, *half; /* of probe.cl; NULL: the device has no half precision */
    ig_buffer *in, *out;
    int64_t buffer_bytes; /* of each */
    ig_device_roofs *roofs;
} ig_probe;

/* A launch that is timed. Its work is asked for in rounds: by an int argument of the kernel, or by so many launches. */
typedef struct ig_probe_job {
    ig_kernel *kernel;
    int64_t groups, lanes;
    int rounds_arg; /* -1: launches */
    int rounds;     /* of one timing; 0: ig_probe_time() finds how many take long enough for the host's clock */
    double amount;  /* of a round, in the unit of the result */
} ig_probe_job;

/* Amount per nanosecond of every repeat. */
typedef struct ig_probe_rates {
    double of[IG_PROBE_REPEATS];
    int count;
} ig_probe_rates;

/* A kernel with its first `n_buffers` arguments set, in one work-group of `lanes` or what it can have. Close it in any
 * case. */
ig_status ig_probe_open_job(const ig_probe *probe, ig_program *program, const char *name, int64_t lanes,
                            const ig_buffer *const *buffers, int n_buffers, ig_probe_job *job,
                            ig_error *error) IG_MUST_USE;
void ig_probe_close_jobs(ig_probe_job *jobs, int n_jobs);
/* Work-groups of at most IG_PROBE_LANES that keep the device busy. */
int64_t ig_probe_busy_groups(const ig_probe *probe);

/* Times a job of every kind in turn, at most `repeats` times; the driver's work at a first launch is not timed. */
ig_status ig_probe_time(const ig_probe *probe, ig_probe_job *jobs, int n_jobs, int repeats, ig_probe_rates *out,
                        ig_error *error) IG_MUST_USE;
double ig_probe_best(const ig_probe_rates *rates);
/* Tries each of them and tells the fastest's index. */
ig_status ig_probe_find_fastest(const ig_probe *probe, ig_probe_job *jobs, int n_jobs, int *fastest,
                                ig_error *error) IG_MUST_USE;

/* Summaries. The first takes the rates as they are, the second the time of a round in microseconds, the third how
 * many times as fast the first is as the second, repeat by repeat. */
ig_roof ig_probe_rate(const ig_probe_rates *rates);
ig_roof ig_probe_cost_us(const ig_probe_rates *rates);
ig_roof ig_probe_gain(const ig_probe_rates *first, const ig_probe_rates *second);

/* Measures both memory roofs and what local memory gains (probe_memory.c). */
ig_status ig_probe_memory(ig_probe *probe, ig_error *error) IG_MUST_USE;

#endif
