/* The means of a map along its rows and along its columns, one behind the other, become one node.
 *
 *   before   x -> mean over W -----------+
 *            x -> mean over H -> upright -+- concat "y" -> y      after   x -> coordinate_mean "y" -> y
 *
 * Upright: what a reshape or permute makes of [N, C, 1, W] so that the axes are those of [N, C, H, 1]. */
#include "base/shape.h"
#include "graph/match.h"
#include "graph/ops/common.h"

enum { HEIGHT = 2, WIDTH }; /* axes of a map */

/* A mean over that axis of a map, which stays with extent 1. */
static bool is_mean_over(const ig_graph *graph, const ig_node *node, int axis)
{
    if (!ig_node_is(node, "adaptive_avg_pool2d") && !ig_node_is(node, "reduce_mean"))
        return false;
    const ig_shape *in = &graph->values[node->inputs[0]].shape;
    const ig_attr *axes = ig_node_attr(node, "axes");
    ig_shape expected = *in;
    if (axes && ig_node_attr(node, "of")->i != IG_ACT_NONE)
        return false;
    if (in->rank != 4 || (axes && (axes->n_list != 1 || ig_shape_axis(in, axes->list[0]) != axis)))
        return false;
    expected.dim[axis] = 1;
    return ig_shape_equal(&graph->values[node->output].shape, &expected);
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    (void)error;
    if (!ig_node_is(node, "concat") || node->n_inputs != 2)
        return IG_OK;
    const int means[2] = {node->inputs[0], ig_match_before_view(rewrite, node->inputs[1])};
    const ig_node *rows = ig_match_producer(rewrite, means[0]), *columns = ig_match_producer(rewrite, means[1]);
    if (!ig_match_only_reader(rewrite, means[0]) || !ig_match_only_reader(rewrite, means[1]) ||
        !is_mean_over(rewrite->in, rows, WIDTH) || !is_mean_over(rewrite->in, columns, HEIGHT) ||
        rows->inputs[0] != columns->inputs[0])
        return IG_OK;
    const ig_shape *x = &rewrite->in->values[rows->inputs[0]].shape, *y = &rewrite->in->values[node->output].shape;
    const ig_shape expected = IG_SHAPE(x->dim[0], x->dim[1], x->dim[HEIGHT] + x->dim[WIDTH], 1);
    if (!ig_shape_equal(y, &expected))
        return IG_OK;
    out->op = &ig_op_coordinate_mean;
    ig_op_attr_defaults(out->op, out->attrs);
    out->inputs[0] = rows->inputs[0];
    out->n_inputs = 1;
    out->last = node;
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_coordinate_means;
const ig_pass ig_pass_fuse_coordinate_means = {
    .name = "fuse_coordinate_means",
    .doc = "means along rows and means along columns, one behind the other, become one step",
    .run = run,
};
