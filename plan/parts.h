/* What plan/parts.c and plan/reuse.c know about where values go. */
#ifndef IG_PLAN_PARTS_H
#define IG_PLAN_PARTS_H

#include "plan/plan.h"

/* Where a storage went. */
typedef struct ig_home {
    int storage; /* -1: it stays */
    int64_t at;
    bool movable; /* who writes and reads its values can do that anywhere */
} ig_home;

typedef struct ig_finder {
    ig_plan *plan;
    const ig_plan_params *params;
    bool *anywhere; /* per value: all its readers can read it anywhere */
    ig_home *homes; /* per storage */
} ig_finder;

/* The operator has kernels, and each of them can. */
bool ig_finder_all_kernels(const ig_plan *plan, const ig_op *op, bool (*can)(const ig_kernel_def *kernel));

/* The storage that holds the value by now, and where. */
ig_place ig_finder_locate(const ig_finder *f, int value);

/* Puts the concat's result where one of its inputs already lies as the result wants it, when the others may overwrite
 * what else lies there. */
void ig_finder_adopt(ig_finder *f, int node);
/* Puts the result of an element-wise node where its first input lies, when nobody needs that any more. */
void ig_finder_overwrite(ig_finder *f, int node);

#endif
