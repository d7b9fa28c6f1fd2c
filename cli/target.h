/* What a plan is made for: a device at hand, a described one, or the limits that every device meets. */
#ifndef INGOT_CLI_TARGET_H
#define INGOT_CLI_TARGET_H

#include "cli/backend.h"
#include "cli/model.h"
#include "ingot/plan.h"

typedef struct target {
    backend b; /* b.device is open when the limits are its own */
    ig_device_limits limits;
    ig_tune_db *db; /* NULL: kernel defaults only */
} target;

/* The device that `device` names (as backend_open() has it), else the profile (a shipped one's name or a file), else,
 * and for the reference, the generic limits. USAGE for both at once, and what opening a device or reading a profile
 * fails with. Release with target_close() in any case. */
ig_status target_open(app *a, const char *device, const char *profile, target *t, ig_error *error) IG_MUST_USE;
void target_close(target *t);

/* A model rewritten and planned for a target. */
typedef struct planned {
    ig_graph *graph;
    ig_plan *plan;
} planned;
/* Release with planned_release() in any case, before the model. */
ig_status target_plan(app *a, const target *t, const model *m, planned *out, ig_error *error) IG_MUST_USE;
void planned_release(planned *p);

/* Every shipped profile with its device. */
void profiles_print(void);

/* Layers of the graph that compute: neither views nor constants. */
int count_computing_layers(const ig_graph *graph);

#endif
