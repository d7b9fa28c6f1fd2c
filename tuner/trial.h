/* Candidates of one task on the device: built, checked against the reference, timed. */
#ifndef IG_TUNER_TRIAL_H
#define IG_TUNER_TRIAL_H

#include "runtime/session.h"
#include "tuner/task.h"

typedef struct ig_trial_rig {
    ig_device *device;
    const ig_tune_db *db; /* for the steps around the task's */
    const ig_tune_task *task;
    ig_weights *weights;
    ig_tensor input, want; /* and what the reference makes of it */
    int64_t enough_ns;     /* of launches, and a candidate's time is known */
} ig_trial_rig;

/* Runs the reference. Error: NO_MEMORY, CANCELLED. Close in any case. */
ig_status ig_trial_rig_open(ig_device *device, const ig_tune_db *db, const ig_tune_task *task, int64_t enough_ns,
                            const volatile bool *cancel, ig_trial_rig *out, ig_error *error) IG_MUST_USE;
void ig_trial_rig_close(ig_trial_rig *rig);

/* A candidate in a session of its own. */
typedef struct ig_trial_run {
    ig_plan_pin pin;
    ig_plan *plan;
    ig_session *session;
    int step; /* the task's, among the plan's */
} ig_trial_run;

/* Opens and verifies: `*end` is OK, WRONG or FAILED, and the run is open in the first case alone. Only a host out of
 * memory is an error. Close in any case. */
ig_status ig_trial_run_open(const ig_trial_rig *rig, const ig_tune_candidate *candidate, ig_trial_run *run,
                            ig_trial_end *end, ig_error *error) IG_MUST_USE;
void ig_trial_run_close(ig_trial_run *run);

/* Opens, verifies, times and closes. Gives up as soon as the median is above `stop_ns` (0: never). */
ig_status ig_trial_measure(const ig_trial_rig *rig, const ig_tune_candidate *candidate, int64_t stop_ns, ig_trial *out,
                           ig_error *error) IG_MUST_USE;

/* The better of two, launched in turn. */
typedef struct ig_trial_duel {
    int64_t time_ns[2]; /* medians */
    double spread;      /* of the first: (95th - 5th percentile) / median */
    double gain;        /* lower quartile of the second's time / the first's, pair by pair */
    int64_t runs;       /* of each */
} ig_trial_duel;
ig_status ig_trial_compare(const ig_trial_rig *rig, const ig_tune_candidate *first, const ig_tune_candidate *second,
                           ig_trial_duel *out, ig_error *error) IG_MUST_USE;

#endif
