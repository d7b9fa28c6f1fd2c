/* Values that are other values in another order: what chains of reshape, permute and slice make, as offset and strides.
 */
#ifndef IG_GRAPH_VIEW_H
#define IG_GRAPH_VIEW_H

#include "graph/rewrite.h"

/* Element (i, j, ...) is factor * source[offset + i*stride[0] + j*stride[1] + ...]. */
typedef struct ig_view {
    int source;
    double factor;
    int64_t offset;
    int rank;
    int64_t extent[IG_MAX_RANK], stride[IG_MAX_RANK];
} ig_view;

/* `value` as itself. */
ig_view ig_view_identity(const ig_graph *graph, int value);
/* What stands `steps` nodes (reshape, permute, slice, scale) in front of `value`; false: the chain is not that long, or
 * strides cannot say it. */
bool ig_view_back(const ig_graph *graph, int value, int steps, ig_view *out);
/* The same elements in the same order, whatever the sources, factors and axes. */
bool ig_view_same(const ig_view *a, const ig_view *b);

#endif
