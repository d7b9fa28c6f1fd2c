/* What stands around a map becomes the padding of the convolution or mean that reads it.
 *
 *   before   x -> pad2d "p" {pad: [1, 1, 1, 1]} -> conv2d "y" -> y     after   x -> conv2d "y" {pad: 1} -> y
 *
 * An operator pads both sides alike, so the padding must be so. A mean takes zeros alone, a maximum nothing: it is
 * padded with what never wins. */
#include "graph/branch_sum.h"

#include "base/shape.h"
#include "graph/ops/common.h"

#include <string.h>

enum { TOP, BOTTOM, LEFT, RIGHT };

static int64_t mode_of(const ig_node *pad)
{
    return ig_node_attr(pad, "mode")->i;
}

/* The operator's own padding, if it has any, goes on with what `pad` begins. */
static bool pads_alike(const ig_node *pad, const ig_node *node)
{
    const bool zeros = mode_of(pad) == IG_PAD_ZERO;
    if (ig_node_is(node, "avg_pool2d")) /* with ceil_mode, where the map ends decides whether a last window is begun */
        return zeros && ig_node_attr(node, "count_include_pad")->i && !ig_node_attr(node, "ceil_mode")->i;
    if (!ig_node_is(node, "conv2d"))
        return false;
    const int64_t *own = ig_node_attr(node, "pad")->list;
    return (own[0] == 0 && own[1] == 0) || (zeros && ig_node_attr(node, "pad_mode")->i == IG_PAD_ZERO);
}

static bool is_symmetric(const ig_node *pad)
{
    const int64_t *sides = ig_node_attr(pad, "pad")->list;
    return sides[TOP] == sides[BOTTOM] && sides[LEFT] == sides[RIGHT];
}

static void rewrite(const ig_node *first, const ig_node *second, ig_attr *attrs)
{
    const int64_t *sides = ig_node_attr(first, "pad")->list;
    ig_attr *pad = ig_rewrite_attr(second->op, attrs, "pad");
    pad->list[0] += sides[TOP];
    pad->list[1] += sides[LEFT];
    pad->given = true;
    ig_attr *mode = ig_rewrite_attr(second->op, attrs, "pad_mode");
    if (mode) {
        mode->i = mode_of(first);
        mode->given = mode->i != IG_PAD_ZERO;
    }
}

/* The operator's rules say how much padding it takes. */
static bool takes_padding(const ig_graph *graph, const ig_node *first, const ig_node *second)
{
    ig_attr attrs[IG_MAX_ATTRS];
    ig_op_context call;
    ig_node_context(graph, second, &call);
    memcpy(attrs, second->attrs, (size_t)second->op->n_attrs * sizeof *attrs);
    rewrite(first, second, attrs);
    call.attrs = attrs;
    call.inputs[0] = graph->values[first->inputs[0]].shape;
    return second->op->infer(&call, NULL) == IG_OK &&
           ig_shape_equal(&call.output, &graph->values[second->output].shape);
}

static bool legal(const ig_graph *graph, const ig_node *first, const ig_node *second)
{
    return ig_node_is(first, "pad2d") && is_symmetric(first) && pads_alike(first, second) &&
           takes_padding(graph, first, second);
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_fusion FUSION = {.legal = legal, .rewrite = rewrite, .second_stays = true};
    return ig_rewrite_fuse(&FUSION, in, keep, out, error);
}

extern const ig_pass ig_pass_fold_pad;
const ig_pass ig_pass_fold_pad = {
    .name = "fold_pad",
    .doc = "what stands around a map becomes the padding of the convolution or mean that reads it",
    .run = run,
};
