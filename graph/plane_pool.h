/* Means and maxima of whole planes, for passes that make them part of what reads them. */
#ifndef IG_GRAPH_PLANE_POOL_H
#define IG_GRAPH_PLANE_POOL_H

#include "graph/rewrite.h"

typedef struct ig_plane_pool {
    int map; /* value [N, C, H, W] */
    bool max;
} ig_plane_pool;
/* `value` is the mean or the maximum of each plane of a map, in their order and whatever its axes, and nobody but one
 * reader needs it. */
bool ig_match_plane_pool(const ig_rewrite *rewrite, int value, ig_plane_pool *out);
/* The map is small enough for one work-group, which then reads it alone. */
bool ig_plane_pool_is_small(const ig_graph *graph, const ig_plane_pool *pool);

#endif
