/* Least cuts: each node takes one of two sides, and every arc from the first side to the second costs its weight. */
#ifndef IG_PLAN_MIN_CUT_H
#define IG_PLAN_MIN_CUT_H

#include "base/arena.h"

typedef struct ig_min_cut ig_min_cut;
enum {
    IG_CUT_FIRST,
    IG_CUT_SECOND,
    IG_CUT_NODES
};                                          /* the nodes that stand for the sides; others count from IG_CUT_NODES */
#define IG_CUT_FORBIDDEN ((int64_t)1 << 50) /* a weight no least cut pays when there is another way */

/* Own: lives in `arena`. NULL: out of memory. */
ig_min_cut *ig_min_cut_create(ig_arena *arena, int n_nodes);
/* `weight` is paid when `from` is on the first side and `to` on the second. False: out of memory. */
bool ig_min_cut_add(ig_min_cut *cut, int from, int to, int64_t weight);
/* Fills `second` per node: as few as possible are on the first side. Call it once. */
void ig_min_cut_solve(ig_min_cut *cut, bool *second);

#endif
