/* The mean and the maximum over a map's channels, one behind the other, become one node that reads the map once.
 *
 *   before   x -+- reduce_mean over C -+- concat "y" -> y    after   x -> channel_pool "y" -> y
 *               +- reduce_max over C --+ */
#include "base/shape.h"
#include "graph/match.h"
#include "graph/ops/common.h"

/* What `node` reduces over the channels, which stay as one; -1 if it does not. */
static int reduced_map(const ig_graph *graph, const ig_node *node)
{
    const ig_shape *map = node ? &graph->values[node->inputs[0]].shape : NULL;
    const ig_attr *axes = node ? ig_node_attr(node, "axes") : NULL;
    const bool channels = axes && map->rank == 4 && axes->n_list == 1 && ig_shape_axis(map, axes->list[0]) == 1;
    return channels && ig_node_attr(node, "keepdims")->i && ig_node_attr(node, "of")->i == IG_ACT_NONE ? node->inputs[0]
                                                                                                       : -1;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    (void)error;
    if (!ig_node_is(node, "concat") || node->n_inputs != 2)
        return IG_OK;
    const int mean = reduced_map(rewrite->in, ig_match_inner(rewrite, node->inputs[0], "reduce_mean"));
    const int max = reduced_map(rewrite->in, ig_match_inner(rewrite, node->inputs[1], "reduce_max"));
    const ig_shape *shape = &rewrite->in->values[node->output].shape;
    if (mean < 0 || mean != max || ig_shape_axis(shape, ig_node_attr(node, "axis")->i) != 1)
        return IG_OK;
    out->op = &ig_op_channel_pool;
    ig_op_attr_defaults(out->op, out->attrs);
    out->inputs[0] = mean;
    out->n_inputs = 1;
    out->last = node;
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_channel_pool;
const ig_pass ig_pass_fuse_channel_pool = {
    .name = "fuse_channel_pool",
    .doc = "mean and maximum over the channels of a map, one behind the other, become one step",
    .run = run,
};
