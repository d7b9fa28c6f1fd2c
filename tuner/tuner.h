/* The tuner, as its files share it. */
#ifndef IG_TUNER_TUNER_H
#define IG_TUNER_TUNER_H

#include "autotune/journal.h"
#include "ingot/tuner.h"
#include "tuner/trial.h"

#define IG_TUNER_LIMIT_S 30 /* for one trial, unless the caller says otherwise */

struct ig_tuner {
    ig_tuner_params params;
    ig_arena *arena;
    ig_kernel_set kernels;
    ig_tune_db *winners; /* what the records file holds */
    ig_tune_journal *journal;
    ig_tune_task *tasks;
    int n_tasks, cap_tasks;
    int64_t end_ns; /* 0: no budget */
    ig_tuner_result *result;
};

/* Searches and decides one problem; `end_ns` on the host's clock, 0: no end. Error: CANCELLED, IO, NO_MEMORY. */
ig_status ig_tuner_tune(ig_tuner *tuner, ig_tune_task *task, int64_t end_ns, ig_error *error) IG_MUST_USE;
/* Keeps the best candidate if it beats what planning takes once more, in turns; else that. */
ig_status ig_tuner_decide(ig_tuner *tuner, ig_tune_task *task, const ig_trial_rig *rig, ig_error *error) IG_MUST_USE;

/* A trial begins that should not take longer, or has ended (0). */
void ig_tuner_watch(const ig_tuner *tuner, double limit_s);
/* `candidate` may be NULL. */
void ig_tuner_report(const ig_tuner *tuner, const ig_tune_task *task, const ig_tune_candidate *candidate,
                     const char *outcome, bool done);

#endif
