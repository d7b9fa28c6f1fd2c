/* Times of every step of a model, on a device or on the reference. */
#ifndef INGOT_CLI_PROFILE_H
#define INGOT_CLI_PROFILE_H

#include "cli/destination.h"

typedef struct profile_step {
    const char *path, *op, *kernel; /* borrowed from the engine */
    ig_shape output;
    ig_cost cost;
    double median_ms;
    ig_step_time last; /* of the last run */
} profile_step;

typedef struct profile {
    engine e;
    profile_step *steps;
    int n_steps;
    double *samples; /* ms, run after run of every step */
    bool from_events;
} profile;

int64_t profile_flops(const ig_cost *cost);
/* Release with profile_release() in any case, before `b` and `m`. */
ig_status profile_run(app *a, const backend *b, const model *m, int runs, profile *p, ig_error *error) IG_MUST_USE;
void profile_release(profile *p);
/* Writes the last run as trace-event JSON. */
ig_status profile_write_trace(const profile *p, const char *model_name, const char *device, const char *path,
                              ig_error *error) IG_MUST_USE;

#endif
