/* A 1x1 convolution and the depthwise separable one behind it become one step, with the activation between them.
 *
 *   before   x -> conv2d "a" (1x1) -> relu6 "r" -> separable_conv2d "y" -> y
 *   after    x -> inverted_residual "y" -> y
 *
 * The expanded map, the largest of such a block, is never stored: a work-group keeps the part that its pixels see in
 * local memory. That pays where local memory is cache, and is lost on GPUs, whose local memory holds too few pixels.
 * The tensors keep their names. */
#include "base/error.h"
#include "graph/conv_parts.h"
#include "graph/match.h"
#include "graph/ops/common.h"

#include <string.h>

enum {
    MAX_WORDS = 3 * IG_LAYER_WORDS,
    /* Eight regions of about 100 pixels, one for each of a few cores; smaller regions expand most pixels twice. */
    MIN_PIXELS = 28 * 28,
    /* Regions share span - stride rows of the expanded map with the next one, which both expand; each such pixel takes
     * as many multiply-adds as there are channels. A 3x3 depthwise of stride 1 gained 25 to 35 % behind 24 and 32
     * channels, nothing behind 64; of stride 2 it gained 30 % behind 96 channels. */
    MAX_SHARED = 96
};

/* --- finding it --------------------------------------------------------------------------------------------------- */

static bool pays(const ig_graph *graph, const ig_node *expand, const ig_node *separable)
{
    const ig_shape *x = &graph->values[expand->inputs[0]].shape;
    const ig_attr *kernel = ig_node_attr(separable, "kernel"), *stride = ig_node_attr(separable, "stride"),
                  *dilation = ig_node_attr(separable, "dilation");
    for (int axis = 0; axis < 2; axis++) {
        const int64_t span = (kernel->list[axis] - 1) * dilation->list[axis] + 1, step = stride->list[axis];
        if (x->dim[1] * (span - step) > MAX_SHARED * step)
            return false;
    }
    return x->dim[2] * x->dim[3] >= MIN_PIXELS;
}

static const ig_node *expansion_before(const ig_rewrite *rewrite, const ig_node *node, ig_activation *ahead)
{
    if (!ig_node_is(node, "separable_conv2d"))
        return NULL;
    const ig_node *expand = ig_match_conv_before(rewrite, node, ahead);
    return expand && ig_is_pointwise(expand) && pays(rewrite->in, expand, node) ? expand : NULL;
}

/* --- writing it down ---------------------------------------------------------------------------------------------- */

static void set_activation(ig_replacement *out, const char *name, ig_activation activation)
{
    ig_attr *attr = ig_rewrite_attr(out->op, out->attrs, name);
    attr->i = activation;
    attr->given = activation != IG_ACT_NONE;
}

static ig_status rewrite_block(const ig_rewrite *rewrite, const ig_node *expand, ig_activation ahead,
                               const ig_node *separable, ig_replacement *out, ig_error *error)
{
    static const char *const SAME[] = {"out", "kernel", "stride", "pad", "dilation"};
    const ig_attr *convs = ig_node_attr(separable, "convs");
    const char **words = ig_arena_array(rewrite->out->arena, MAX_WORDS, sizeof *words);
    int count = 0;
    if (!words || !ig_match_put_layer(rewrite, expand, words, &count))
        return ig_fail_memory(error, MAX_WORDS * sizeof *words);
    memcpy(words + count, convs->words, (size_t)convs->n_words * sizeof *words);
    out->op = &ig_op_inverted_residual;
    ig_op_attr_defaults(out->op, out->attrs);
    for (int i = 0; i < IG_COUNT(SAME); i++)
        *ig_rewrite_attr(out->op, out->attrs, SAME[i]) = *ig_node_attr(separable, SAME[i]);
    ig_match_set(out, "hidden")->i = ig_node_attr(expand, "out")->i;
    set_activation(out, "ahead", ahead);
    set_activation(out, "between", (ig_activation)ig_node_attr(separable, "between")->i);
    ig_attr *all = ig_match_set(out, "convs");
    all->words = words;
    all->n_words = count + convs->n_words;
    out->inputs[0] = expand->inputs[0];
    out->n_inputs = 1;
    return IG_OK;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    ig_activation ahead;
    ig_op_context call;
    const ig_node *expand = expansion_before(rewrite, node, &ahead);
    if (!expand)
        return IG_OK;
    const ig_shape *input = &rewrite->in->values[expand->inputs[0]].shape;
    ig_status status = rewrite_block(rewrite, expand, ahead, node, out, error);
    if (status == IG_OK && ig_op_call(&call, out->op, out->attrs, input, 1, NULL) == IG_OK)
        out->last = node; /* else the window is wider than the operator takes */
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_inverted_residual;
const ig_pass ig_pass_fuse_inverted_residual = {
    .name = "fuse_inverted_residual",
    .doc = "a 1x1 convolution and the separable one behind it become one step (where local memory is cache)",
    .run = run,
    .once = true,
    .wants_cache = true,
};
