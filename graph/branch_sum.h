/* A value as a sum of linear maps - convolutions, linear layers, norms, factors, the identity - of one other value. */
#ifndef IG_GRAPH_BRANCH_SUM_H
#define IG_GRAPH_BRANCH_SUM_H

#include "graph/rewrite.h"

enum { IG_MAX_TERMS = 8 };

/* One linear map: nodes of the input graph, NULL where there is none. */
typedef struct ig_term {
    const ig_node *map;            /* conv2d or linear; NULL: the identity */
    const ig_node *before, *after; /* batch norms */
    const ig_node *times;          /* parameter */
    double factor;
} ig_term;

/* A value as a sum of maps of `source`. No terms: it is only itself. */
typedef struct ig_sum {
    int source, count;
    ig_term terms[IG_MAX_TERMS];
} ig_sum;

/* What `node` makes of its inputs' sums: `sums` are those of the values of `rewrite->in`, filled from front to back. */
void ig_sum_see(const ig_rewrite *rewrite, const ig_sum *sums, const ig_node *node, ig_sum *out);
/* True when the value has a sum and may vanish into a larger one. */
bool ig_sum_is_part(const ig_rewrite *rewrite, const ig_sum *sums, int value);

#endif
