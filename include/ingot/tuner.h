/** @file tuner.h
 *  The tuner: finds the fastest kernel and parameters for each step of a network on the device at hand.
 *
 *  Every candidate is compared with the plain C reference before it may win, and the winner is timed again beside what
 *  planning would have taken, in turns; it is kept only where it is faster beyond the noise.
 */
#ifndef INGOT_TUNER_H
#define INGOT_TUNER_H

#include "ingot/base.h"
#include "ingot/device.h"
#include "ingot/graph.h"
#include "ingot/plan.h"
#include "ingot/tune.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Belongs to its device's thread. */
typedef struct ig_tuner ig_tuner;

/** One trial that has ended, or one problem that is done. Own: strings are borrowed for the call. */
typedef struct ig_tuner_progress {
    int problem, n_problems; /**< which of them, from 0 */
    const char *path, *op;   /**< the first step that poses the problem */
    int n_steps;             /**< of all networks that pose it */
    int n_trials;            /**< of this problem so far, those known from the journal included */
    const char *candidate;   /**< kernel{...} of the trial; of the winner when the problem is done */
    const char *
        outcome; /**< "ok", "slow", "wrong", "failed", "lost"; "kept", "won", "known" or "none right" when it is done */
    bool done;   /**< the problem is done */
    int64_t base_ns, best_ns; /**< what planning would take, and the best so far; 0: not known yet */
    double seconds_left;      /**< of the budget; negative: there is none */
} ig_tuner_progress;

typedef struct ig_tuner_params {
    ig_device *device;
    const ig_tune_db *db;        /**< what planning knows without the winners: what those have to beat */
    const char *records_path;    /**< the file of winners, written anew after each problem; NULL: none */
    const char *journal_path;    /**< the file of trials, through which tuning resumes; NULL: none */
    ig_tune_level level;         /**< QUICK or FULL; NONE means QUICK */
    double budget_s;             /**< of the whole run; 0: none */
    bool check;                  /**< measure again what records say, and search for nothing new */
    double trial_limit_s;        /**< told to `watch`; 0 means 30 */
    const char *date;            /**< "2026-01-31", for the records; may be NULL */
    const volatile bool *cancel; /**< may be NULL */
    /** A trial begins that should not take longer than `limit_ns`, or has ended (0). It may hang in the driver, where
     *  only another process can end it. May be NULL. */
    void (*watch)(void *user, int64_t limit_ns);
    void (*report)(void *user, const ig_tuner_progress *progress); /**< may be NULL */
    void *user;
} ig_tuner_params;

/** Opens journal and records. Own: destroy with ig_tuner_destroy(). Error: IO (another process tunes this device), DATA
 *  with file:line (records that do not read), PERMISSION, NO_MEMORY. */
ig_status ig_tuner_create(const ig_tuner_params *params, ig_tuner **out, ig_error *error) IG_MUST_USE;
void ig_tuner_destroy(ig_tuner **tuner);

/** Adds the problems that the steps of `graph` (what ig_graph_optimize() returned) pose; those that others pose already
 *  count once. The graph is borrowed for the call. Error: as ig_plan_create(). */
ig_status ig_tuner_add(ig_tuner *tuner, const ig_graph *graph, ig_layout layout, ig_error *error) IG_MUST_USE;

typedef struct ig_tuner_result {
    int n_problems, n_done, n_known; /**< all, those tuned now, and those tuned before at this level */
    int n_won;                       /**< where something faster was found */
    int n_trials;                    /**< measured now */
    int n_wrong, n_failed, n_lost;   /**< candidates that miscompute, that the driver refuses, that never ended */
    int64_t base_ns, best_ns;        /**< one launch of every step of every network: as planned before, and now */
} ig_tuner_result;

/** Tunes problem by problem, those that take longest first, until all are done or the budget is spent.
 *  Error: CANCELLED (what is done is kept), IO when records or journal cannot be written, NO_MEMORY. */
ig_status ig_tuner_run(ig_tuner *tuner, ig_tuner_result *result, ig_error *error) IG_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
