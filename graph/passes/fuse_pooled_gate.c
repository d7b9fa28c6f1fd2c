/* The mean or the maximum of each plane of a small map becomes part of the dense layers that read it: a gate of
 * channels is one step. So do both, where the layers see the sum of both.
 *
 *   before   x -> mean -> mlp "y" -> y                      after   x -> mlp "y" {pool: mean} -> y
 *
 *   before   x -+- mean -+- mlp "y" -> y                    after   x -> mlp "y" {pool: mean_max} -> y
 *               +- max --+
 *
 * What a reshape makes of the pooled vectors is as good as they are. */
#include "base/shape.h"
#include "graph/match.h"
#include "graph/mlp.h"
#include "graph/ops/common.h"
#include "graph/plane_pool.h"

/* The pools in front of the layers, for attribute `pool`. */
static int find_pools(const ig_rewrite *rewrite, const ig_node *mlp, int *map)
{
    ig_plane_pool pools[2] = {{-1, false}, {-1, false}};
    for (int k = 0; k < mlp->n_inputs; k++)
        if (!ig_match_plane_pool(rewrite, mlp->inputs[k], &pools[k]))
            return IG_MLP_NO_POOL;
    *map = pools[0].map;
    if (!ig_plane_pool_is_small(rewrite->in, &pools[0]))
        return IG_MLP_NO_POOL;
    if (mlp->n_inputs == 1)
        return pools[0].max ? IG_MLP_MAX : IG_MLP_MEAN;
    return pools[0].map == pools[1].map && pools[0].max != pools[1].max ? IG_MLP_MEAN_MAX : IG_MLP_NO_POOL;
}

/* The layers fit in local memory beside the pooled vectors, and make what they made. */
static bool legal(const ig_rewrite *rewrite, const ig_node *node, const ig_replacement *out)
{
    ig_op_context call;
    const ig_shape *map = &rewrite->in->values[out->inputs[0]].shape;
    return ig_op_call(&call, out->op, out->attrs, map, 1, NULL) == IG_OK &&
           ig_shape_equal(&call.output, &rewrite->in->values[node->output].shape);
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    (void)error;
    if (!ig_node_is(node, "mlp") || ig_node_attr(node, "pool")->i != IG_MLP_NO_POOL)
        return IG_OK;
    const int pool = find_pools(rewrite, node, &out->inputs[0]);
    if (pool == IG_MLP_NO_POOL)
        return IG_OK;
    out->op = node->op;
    out->n_inputs = 1;
    ig_op_attr_defaults(out->op, out->attrs);
    *ig_match_set(out, "dense") = *ig_node_attr(node, "dense");
    ig_match_set(out, "pool")->i = pool;
    if (legal(rewrite, node, out))
        out->last = node;
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_pooled_gate;
const ig_pass ig_pass_fuse_pooled_gate = {
    .name = "fuse_pooled_gate",
    .doc = "means and maxima of the planes of a small map become part of the dense layers that read them",
    .run = run,
};
