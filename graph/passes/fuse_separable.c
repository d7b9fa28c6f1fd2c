/* A depthwise convolution and the 1x1 convolution behind it become one step, with the activation between them.
 *
 *   before   x -> conv2d "a" (depthwise) -> relu6 "r" -> conv2d "y" (1x1) -> y
 *   after    x -> separable_conv2d "y" -> y
 *
 * The map between the two is never stored. The tensors keep their names: the same checkpoint fits. It runs once the
 * other passes have folded norms and joined activations, as none of them looks into the fused step. */
#include "base/error.h"
#include "graph/conv_parts.h"
#include "graph/match.h"
#include "graph/ops/common.h"

enum {
    MAX_WORDS = 2 * IG_LAYER_WORDS,
    /* A work-group multiplies all channels of its pixels: smaller maps have too few pixels for groups that keep a
     * device busy. What that costs the depthwise shows where the 1x1 convolution is a small part. */
    MIN_PIXELS = 28 * 28
};

/* --- finding it --------------------------------------------------------------------------------------------------- */

static bool is_depthwise(const ig_graph *graph, const ig_node *node)
{
    return node->op == &ig_op_conv2d && ig_node_attr(node, "branches")->n_words == 0 &&
           ig_node_attr(node, "groups")->i == graph->values[node->inputs[0]].shape.dim[1] &&
           ig_node_attr(node, "out")->i == ig_node_attr(node, "groups")->i;
}

/* The depthwise convolution whose result, behind one activation at most, `node` alone reads; or NULL. */
static const ig_node *depthwise_before(const ig_rewrite *rewrite, const ig_node *node, ig_activation *between)
{
    const ig_node *before = ig_match_conv_before(rewrite, node, between);
    return before && is_depthwise(rewrite->in, before) ? before : NULL;
}

/* On two cores, blocks of MobileNetV2 from 384 to 64 channels on 14x14 pixels took 1.3 times as long in one step as in
 * two. MobileNetV1 as a whole, with blocks from 512 to 512, ran 1.02 times as fast with its small maps in one step. */
static bool pays(const ig_graph *graph, const ig_node *depthwise, const ig_node *pointwise)
{
    const ig_shape *x = &graph->values[depthwise->inputs[0]].shape;
    return x->dim[2] * x->dim[3] >= MIN_PIXELS || 2 * ig_node_attr(pointwise, "out")->i > x->dim[1];
}

/* --- writing it down ---------------------------------------------------------------------------------------------- */

static ig_status rewrite_pair(const ig_rewrite *rewrite, const ig_node *depthwise, ig_activation between,
                              const ig_node *pointwise, ig_replacement *out, ig_error *error)
{
    static const char *const WINDOW[] = {"kernel", "stride", "pad", "dilation"};
    const char **words = ig_arena_array(rewrite->out->arena, MAX_WORDS, sizeof *words);
    int count = 0;
    if (!words || !ig_match_put_layer(rewrite, depthwise, words, &count) ||
        !ig_match_put_layer(rewrite, pointwise, words, &count))
        return ig_fail_memory(error, MAX_WORDS * sizeof *words);
    out->op = &ig_op_separable_conv2d;
    ig_op_attr_defaults(out->op, out->attrs);
    for (int i = 0; i < IG_COUNT(WINDOW); i++)
        *ig_rewrite_attr(out->op, out->attrs, WINDOW[i]) = *ig_node_attr(depthwise, WINDOW[i]);
    *ig_match_set(out, "out") = *ig_node_attr(pointwise, "out");
    ig_attr *activation = ig_rewrite_attr(out->op, out->attrs, "between"), *convs = ig_match_set(out, "convs");
    activation->i = between;
    activation->given = between != IG_ACT_NONE;
    convs->words = words;
    convs->n_words = count;
    out->inputs[0] = depthwise->inputs[0];
    out->n_inputs = 1;
    return IG_OK;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    ig_activation between;
    ig_op_context call;
    const ig_node *depthwise = ig_is_pointwise(node) ? depthwise_before(rewrite, node, &between) : NULL;
    if (!depthwise || !pays(rewrite->in, depthwise, node))
        return IG_OK;
    const ig_shape *input = &rewrite->in->values[depthwise->inputs[0]].shape;
    ig_status status = rewrite_pair(rewrite, depthwise, between, node, out, error);
    if (status == IG_OK && ig_op_call(&call, out->op, out->attrs, input, 1, NULL) == IG_OK)
        out->last = node; /* else it has more channels than the operator takes */
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_separable;
const ig_pass ig_pass_fuse_separable = {
    .name = "fuse_separable",
    .doc = "a depthwise convolution and the 1x1 convolution behind it become one step that stores no map between them",
    .run = run,
    .once = true,
};
