/* The convolution along the channels of a small map's means becomes one node with them, as in efficient channel
 * attention.
 *
 *   before   x -> mean -> reshape -> conv2d "y" -> y         after   x -> channel_conv "y" -> y
 *
 * The reshape, or what else moves nothing, makes a row or a column of the means of an image. */
#include "base/error.h"
#include "base/shape.h"
#include "graph/match.h"
#include "graph/ops/common.h"
#include "graph/plane_pool.h"

/* One channel to one, which stays as long as it is along its kernel. */
static bool is_along_a_line(const ig_node *node)
{
    if (!ig_node_is(node, "conv2d") || ig_node_attr(node, "branches")->n_words > 0)
        return false;
    const int64_t *kernel = ig_node_attr(node, "kernel")->list, *pad = ig_node_attr(node, "pad")->list;
    bool plain = ig_node_attr(node, "out")->i == 1 && ig_node_attr(node, "pad_mode")->i == IG_PAD_ZERO;
    for (int axis = 0; axis < 2; axis++)
        plain = plain && ig_node_attr(node, "stride")->list[axis] == 1 &&
                ig_node_attr(node, "dilation")->list[axis] == 1 && 2 * pad[axis] == kernel[axis] - 1;
    return plain;
}

/* It has one channel, and each image's means along the right axis. */
static bool legal(const ig_rewrite *rewrite, const ig_node *conv, const ig_replacement *out)
{
    ig_op_context call;
    const ig_value *values = rewrite->in->values;
    return ig_op_call(&call, out->op, out->attrs, &values[out->inputs[0]].shape, 1, NULL) == IG_OK &&
           ig_shape_equal(&call.output, &values[conv->output].shape) &&
           ig_shape_equal(&call.output, &values[conv->inputs[0]].shape);
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    ig_plane_pool pool;
    if (!is_along_a_line(node) || !ig_match_plane_pool(rewrite, node->inputs[0], &pool) || pool.max ||
        !ig_plane_pool_is_small(rewrite->in, &pool))
        return IG_OK;
    const char **words = ig_arena_array(rewrite->out->arena, IG_LAYER_WORDS, sizeof *words);
    int count = 0;
    if (!words || !ig_match_put_layer(rewrite, node, words, &count))
        return ig_fail_memory(error, IG_LAYER_WORDS * sizeof *words);
    out->op = &ig_op_channel_conv;
    ig_op_attr_defaults(out->op, out->attrs);
    *ig_match_set(out, "kernel") = *ig_node_attr(node, "kernel");
    ig_attr *conv = ig_match_set(out, "conv");
    conv->words = words;
    conv->n_words = count;
    out->inputs[0] = pool.map;
    out->n_inputs = 1;
    if (legal(rewrite, node, out))
        out->last = node;
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_channel_conv;
const ig_pass ig_pass_fuse_channel_conv = {
    .name = "fuse_channel_conv",
    .doc = "a convolution along the channels of a small map's means becomes one step with them",
    .run = run,
};
