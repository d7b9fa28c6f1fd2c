/* An instance norm ends the convolution in front of it.
 *
 *   before   x -> conv2d "a" -> group_norm "y" {groups: one a channel, affine: false} -> y
 *   after    x -> conv2d "y" {plane_norm: true} -> y
 *
 * It runs once, behind the passes that take a convolution for a linear map. */
#include "graph/rewrite.h"

static bool legal(const ig_graph *graph, const ig_node *first, const ig_node *second)
{
    return ig_node_is(first, "conv2d") && ig_node_is(second, "group_norm") && !ig_node_attr(second, "affine")->i &&
           ig_node_attr(second, "groups")->i == graph->values[second->output].shape.dim[1];
}

static void rewrite(const ig_node *first, const ig_node *second, ig_attr *attrs)
{
    ig_attr *norm = ig_rewrite_attr(first->op, attrs, IG_PLANE_NORM_ATTR);
    ig_attr *eps = ig_rewrite_attr(first->op, attrs, "plane_norm_eps");
    norm->i = 1;
    norm->given = true;
    eps->f = ig_node_attr(second, "eps")->f;
    eps->given = true;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_fusion FUSION = {legal, rewrite};
    return ig_rewrite_fuse(&FUSION, in, keep, out, error);
}

extern const ig_pass ig_pass_fold_plane_norm;
const ig_pass ig_pass_fold_plane_norm = {
    .name = "fold_plane_norm",
    .doc = "an instance norm ends the convolution in front of it",
    .run = run,
    .once = true,
};
