/* One thing to tune: a step of a plan, on its own in a network of one node. */
#ifndef IG_TUNER_TASK_H
#define IG_TUNER_TASK_H

#include "autotune/search.h"
#include "plan/plan.h"

typedef struct ig_tune_task {
    ig_graph *graph; /* the step's node; what it reads beside the first input are parameters */
    ig_arena *arena; /* of the search */
    const char *path, *op;
    ig_call_layout layout;
    ig_tune_search search;
    uint64_t key;             /* of operator, layout and problem: alike steps are one task */
    int64_t macs;             /* of one call */
    int64_t bytes;            /* that it reads and writes at least */
    int count;                /* steps of all networks that are this task */
    int64_t base_ns, best_ns; /* what planning takes, and the winner; 0: not measured yet */
    ig_tune_level level;      /* it was tuned at before */
    int winner;               /* then: among the search's seeds */
} ig_tune_task;

/* True when there is something to choose: a kernel with tunables, or several kernels, in one launch. */
bool ig_tune_task_fits(const ig_plan *plan, const ig_step *step);
/* `kernels` must outlive the task, which needs the plan no more. Only `thorough` tasks try kernels of priority below 0.
 * Error: NO_MEMORY. Release with ig_tune_task_release() in any case. */
ig_status ig_tune_task_make(const ig_plan *plan, const ig_plan_params *params, const ig_step *step,
                            const ig_kernel_set *kernels, bool thorough, ig_tune_task *out,
                            ig_error *error) IG_MUST_USE;
void ig_tune_task_release(ig_tune_task *task);

#endif
