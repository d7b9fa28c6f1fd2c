/* Times of every step of a model, on a device or on the reference. */
#ifndef INGOT_CLI_PROFILE_H
#define INGOT_CLI_PROFILE_H

#include "bench/roofline.h"
#include "cli/destination.h"

typedef struct profile {
    ig_measured_step *steps; /* strings borrowed from the engine; `ms` is the median */
    ig_step_time *last;      /* of the last run */
    int n_steps;
    double *samples;             /* ms, run after run of every step */
    int told_by[IG_CLOCK_COUNT]; /* how many steps by which clock */
} profile;

/* Times `runs` runs of what the engine runs, and holds every step against `roofs`; NULL: they are not known. Release
 * with profile_release() in any case, before the engine. */
ig_status profile_run(engine *e, const ig_device_roofs *roofs, int runs, profile *p, ig_error *error) IG_MUST_USE;
void profile_release(profile *p);
/* Writes the last run as trace-event JSON. */
ig_status profile_write_trace(const profile *p, const char *model_name, const char *device, const char *path,
                              ig_error *error) IG_MUST_USE;

#endif
