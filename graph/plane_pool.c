#include "graph/plane_pool.h"

#include "base/shape.h"
#include "graph/match.h"
#include "graph/ops/common.h"
#include "graph/view.h"

/* Elements of an image's map. One work-group reads as many in 40 us on a core, where the launch it saves and the wait
 * behind that cost as much as half of the map on another core. On GPUs, by estimate, a saved launch is worth about a
 * quarter of it, and the rest is lost: little, beside the convolutions that make such maps. */
enum { MAX_MAP = 1 << 18 };

static const struct {
    const char *op;
    bool max;
} POOLS[] = {
    {"adaptive_avg_pool2d", false}, {"adaptive_max_pool2d", true}, {"reduce_mean", false}, {"reduce_max", true}};

/* Only pixels are pooled, each as it is. */
static bool pools_pixels(const ig_node *node, const ig_shape *map)
{
    const ig_attr *axes = ig_node_attr(node, "axes");
    if (!axes)
        return true;
    bool pixels = ig_node_attr(node, "of")->i == IG_ACT_NONE;
    for (int i = 0; i < axes->n_list; i++)
        pixels = pixels && ig_shape_axis(map, axes->list[i]) >= 2;
    return pixels;
}

static bool read_pool(const ig_graph *graph, const ig_node *node, ig_plane_pool *out)
{
    for (int i = 0; i < IG_COUNT(POOLS); i++) {
        if (!ig_node_is(node, POOLS[i].op))
            continue;
        *out = (ig_plane_pool){node->inputs[0], POOLS[i].max};
        const ig_shape *map = &graph->values[out->map].shape;
        return map->rank == 4 && pools_pixels(node, map) &&
               ig_shape_elems(&graph->values[node->output].shape) == ig_op_span(map, 0, 2);
    }
    return false;
}

bool ig_match_plane_pool(const ig_rewrite *rewrite, int value, ig_plane_pool *out)
{
    const int source = ig_match_before_view(rewrite, value);
    return ig_match_only_reader(rewrite, source) && read_pool(rewrite->in, ig_match_producer(rewrite, source), out);
}

bool ig_plane_pool_is_small(const ig_graph *graph, const ig_plane_pool *pool)
{
    return ig_op_span(&graph->values[pool->map].shape, 1, 4) <= MAX_MAP;
}
