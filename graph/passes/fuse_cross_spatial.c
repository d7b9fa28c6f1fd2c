/* Two maps that weigh each other by their means, and the gate of pixels this makes, become one node.
 *
 *   before   a -> mean -> softmax -+
 *            b -------------------+- matmul -+
 *            b -> mean -> softmax -+          +- add -> sigmoid -+
 *            a -------------------+- matmul -+                   |
 *            x -------------------------------------------------+- mul "y" -> y
 *   after    x, a, b -> cross_spatial_attention "y" -> y
 *
 * Reshapes in between may be any: they move nothing. */
#include "base/shape.h"
#include "graph/match.h"
#include "graph/ops/common.h"

enum {
    MAX_ELEMS = 1 << 18
}; /* of an image: one work-group reads it all, with more a launch for each step is quicker */

/* What `value` is before any reshapes. */
static int before_reshapes(const ig_rewrite *rewrite, int value)
{
    const ig_node *node = ig_match_producer(rewrite, value);
    for (; ig_node_is(node, "reshape"); node = ig_match_producer(rewrite, value))
        value = node->inputs[0];
    return value;
}

/* The node that computes `value`, reshaped at most, if it is an `op` for one reader alone; else NULL. */
static const ig_node *inner(const ig_rewrite *rewrite, int value, const char *op)
{
    while (ig_match_inner(rewrite, value, "reshape"))
        value = ig_match_producer(rewrite, value)->inputs[0];
    return ig_match_inner(rewrite, value, op);
}

/* One mean for each plane of [N, C, ...]. */
static bool is_plane_mean(const ig_graph *graph, const ig_node *node)
{
    if (ig_node_is(node, "adaptive_avg_pool2d"))
        return ig_node_attr(node, "size")->list[0] == 1 && ig_node_attr(node, "size")->list[1] == 1;
    if (!ig_node_is(node, "reduce_mean") || ig_node_attr(node, "of")->i != IG_ACT_NONE)
        return false;
    const ig_shape *in = &graph->values[node->inputs[0]].shape;
    if (ig_node_attr(node, "axes")->n_list != in->rank - 2)
        return false;
    for (int i = 0; i < in->rank - 2; i++)
        if (ig_shape_axis(in, ig_node_attr(node, "axes")->list[i]) < 2)
            return false;
    return true;
}

typedef struct weighted {
    int from, map; /* values: the means' map, and the one they weigh */
} weighted;

/* [N, 1, C] times [N, C, S] */
static bool read_product(const ig_rewrite *rewrite, int value, weighted *out)
{
    const ig_value *values = rewrite->in->values;
    const ig_node *product = inner(rewrite, value, "matmul");
    const ig_node *softmax = product ? ig_match_inner(rewrite, product->inputs[0], "softmax") : NULL;
    if (!softmax)
        return false;
    const ig_shape *row = &values[softmax->output].shape, *matrix = &values[product->inputs[1]].shape;
    const ig_node *mean = ig_match_producer(rewrite, before_reshapes(rewrite, softmax->inputs[0]));
    if (row->rank != 3 || row->dim[1] != 1 || matrix->rank != 3 || matrix->dim[0] != row->dim[0] ||
        ig_shape_axis(row, ig_node_attr(softmax, "axis")->i) != 2 || !is_plane_mean(rewrite->in, mean))
        return false;
    *out = (weighted){mean->inputs[0], before_reshapes(rewrite, product->inputs[1])};
    const ig_shape *map = &values[out->map].shape;
    return map->rank >= 3 && map->dim[0] == row->dim[0] && map->dim[1] == row->dim[2] &&
           ig_shape_equal(map, &values[out->from].shape);
}

/* A number for each pixel of maps like `x`. */
static bool is_pixel_gate(const ig_shape *gate, const ig_shape *x)
{
    ig_shape expected = *x;
    if (x->rank < 3)
        return false;
    expected.dim[1] = 1;
    return ig_shape_equal(gate, &expected);
}

static bool read_gate(const ig_rewrite *rewrite, int gate, weighted sides[2])
{
    const ig_node *sigmoid = inner(rewrite, gate, "sigmoid");
    const ig_node *add = sigmoid ? inner(rewrite, sigmoid->inputs[0], "add") : NULL;
    return add && read_product(rewrite, add->inputs[0], &sides[0]) &&
           read_product(rewrite, add->inputs[1], &sides[1]) && sides[0].from == sides[1].map &&
           sides[0].map == sides[1].from;
}

static bool legal(const ig_rewrite *rewrite, const ig_replacement *out)
{
    ig_op_context call;
    ig_shape shapes[3];
    for (int k = 0; k < out->n_inputs; k++)
        shapes[k] = rewrite->in->values[out->inputs[k]].shape;
    return ig_op_span(&shapes[0], 1, shapes[0].rank) <= MAX_ELEMS &&
           ig_op_call(&call, out->op, out->attrs, shapes, out->n_inputs, NULL) == IG_OK;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    (void)error;
    for (int side = 0; ig_node_is(node, "mul") && side < 2 && !out->last; side++) {
        const int x = node->inputs[side], gate = node->inputs[1 - side];
        weighted sides[2];
        if (!is_pixel_gate(&rewrite->in->values[gate].shape, &rewrite->in->values[x].shape) ||
            !read_gate(rewrite, gate, sides))
            continue;
        out->op = &ig_op_cross_spatial_attention;
        ig_op_attr_defaults(out->op, out->attrs);
        out->inputs[0] = x;
        out->inputs[1] = sides[0].from;
        out->inputs[2] = sides[0].map;
        out->n_inputs = 3;
        out->last = legal(rewrite, out) ? node : NULL;
    }
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_cross_spatial;
const ig_pass ig_pass_fuse_cross_spatial = {
    .name = "fuse_cross_spatial",
    .doc = "two maps that weigh each other by their means, and the gate this makes, become one step",
    .run = run,
};
