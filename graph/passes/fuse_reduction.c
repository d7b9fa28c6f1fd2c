/* An activation that only a mean or a maximum reads is done by that, element by element.
 *
 *   before   x -> abs -> reduce_mean "y" -> y               after   x -> reduce_mean "y" {of: abs} -> y
 *
 * Where x has no other reader, the activation is left to the epilogue of what computes x. */
#include "base/shape.h"
#include "graph/match.h"
#include "graph/ops/common.h"

/* Operators that reduce whole maps, when they have one bin, and their general form. */
static const struct {
    const char *name;
    const ig_op *op;
    bool bins;
} REDUCTIONS[] = {{"reduce_mean", &ig_op_reduce_mean, false},
                  {"reduce_max", &ig_op_reduce_max, false},
                  {"adaptive_avg_pool2d", &ig_op_reduce_mean, true},
                  {"adaptive_max_pool2d", &ig_op_reduce_max, true}};

static int find_reduction(const ig_graph *graph, const ig_node *node)
{
    const ig_shape *shape = &graph->values[node->output].shape;
    for (int i = 0; i < IG_COUNT(REDUCTIONS); i++)
        if (ig_node_is(node, REDUCTIONS[i].name))
            return !REDUCTIONS[i].bins || ig_op_span(shape, 2, 4) == 1 ? i : -1;
    return -1;
}

/* The activation in front that the reduction can do, or NULL. */
static const ig_node *find_activation(const ig_rewrite *rewrite, const ig_node *node)
{
    const ig_attr *of = ig_node_attr(node, "of");
    const ig_node *inner = ig_match_only_reader(rewrite, node->inputs[0]) && (!of || of->i == IG_ACT_NONE)
                               ? ig_match_producer(rewrite, node->inputs[0])
                               : NULL;
    if (!inner || ig_activation_find(inner->op->name) == IG_ACT_NONE || ig_node_has_epilogue(inner))
        return NULL;
    return ig_match_only_reader(rewrite, inner->inputs[0]) ? NULL : inner;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    (void)error;
    const int reduction = find_reduction(rewrite->in, node);
    const ig_node *activation = reduction >= 0 ? find_activation(rewrite, node) : NULL;
    if (!activation)
        return IG_OK;
    out->op = REDUCTIONS[reduction].op;
    ig_op_attr_defaults(out->op, out->attrs);
    ig_attr *axes = ig_match_set(out, "axes"), *keepdims = ig_match_set(out, "keepdims");
    if (REDUCTIONS[reduction].bins) {
        axes->n_list = 2;
        axes->list[0] = 2;
        axes->list[1] = 3;
        keepdims->i = 1;
    } else {
        *axes = *ig_node_attr(node, "axes");
        *keepdims = *ig_node_attr(node, "keepdims");
    }
    ig_match_set(out, "of")->i = ig_activation_find(activation->op->name);
    out->inputs[0] = activation->inputs[0];
    out->n_inputs = 1;
    out->last = node;
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_reduction;
const ig_pass ig_pass_fuse_reduction = {
    .name = "fuse_reduction",
    .doc = "an activation that only a mean or a maximum reads is done by that",
    .run = run,
};
