/* What differs between two plans, step by step. */
#ifndef INGOT_CLI_PLAN_DIFF_H
#define INGOT_CLI_PLAN_DIFF_H

#include "cli/plan_text.h"

/* What became of a step; a step that fits several is the first of them. */
typedef enum change_kind {
    CHANGE_REMOVED,
    CHANGE_ADDED,
    CHANGE_CHANGED, /* kernel, rung or launch */
    CHANGE_MOVED,   /* runs before or after others than it did */
    CHANGE_PLACED,  /* only lies elsewhere in memory */
    CHANGE_SAME,
    CHANGE_KINDS
} change_kind;
extern const char *const change_names[CHANGE_KINDS];

typedef struct plan_change {
    change_kind kind;
    int a, b; /* steps of either plan; -1: there is none */
} plan_change;

typedef struct plan_diff {
    plan_change *changes; /* every step once, in the order of the plans */
    int n_changes;
    int counts[CHANGE_KINDS];
} plan_diff;

/* Steps pair up by path; several of one path in their order. NO_MEMORY. Release with plan_diff_release() in any case.
 */
ig_status plan_diff_make(const plan_text *a, const plan_text *b, plan_diff *out, ig_error *error) IG_MUST_USE;
void plan_diff_release(plan_diff *d);

#endif
