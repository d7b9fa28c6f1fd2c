/* Cross-covariance attention, that among channels, becomes one node that reads its projections where they lie.
 *
 *   before   qkv -> ... -> l2_normalize ------------+
 *            qkv -> ... -> l2_normalize -> permute -+- matmul -> mul t -> softmax -+
 *            qkv -> ... -----------------------------------------------------------+- matmul -> ... "y"
 *   after    qkv, t -> cross_covariance_attention "y" {heads: ...}
 *
 * The keys may be normalised before or behind their permute. As in fuse_attention, only the places of the elements
 * count, not the nodes that put them there. */
#include "graph/attention_match.h"
#include "graph/ops/common.h"

typedef struct wanted {
    int temperature; /* value */
    double eps;
} wanted;

/* [HEADS, 1, 1], perhaps with more extents of 1 in front. */
static bool is_temperature(const ig_shape *shape, int64_t heads)
{
    return shape->rank >= 3 && shape->dim[shape->rank - 3] == heads && ig_op_span(shape, 0, shape->rank) == heads;
}

static bool swaps_last_axes(const ig_node *permute, int rank)
{
    const ig_attr *dims = ig_node_attr(permute, "dims");
    for (int i = 0; i < rank; i++) {
        const int64_t from = dims->list[i] < 0 ? dims->list[i] + rank : dims->list[i];
        if (from != (i == rank - 1 ? rank - 2 : i == rank - 2 ? rank - 1 : i))
            return false;
    }
    return true;
}

/* The value whose lines along `axis`, counted from the end, were normalised to make `value`; -1: they were not. */
static int normalized(const ig_rewrite *rewrite, int value, int axis, double *eps)
{
    const ig_node *node = ig_match_producer(rewrite, value);
    const ig_shape *shape = &rewrite->in->values[value].shape;
    if (!ig_node_is(node, "l2_normalize") || ig_shape_axis(shape, ig_node_attr(node, "axis")->i) != shape->rank - axis)
        return -1;
    *eps = ig_node_attr(node, "eps")->f;
    return node->inputs[0];
}

/* The keys stand in the product as columns; `*upright` says whether the value found has them as rows. */
static int normalized_keys(const ig_rewrite *rewrite, int value, bool *upright, double *eps)
{
    const ig_node *permute = ig_match_producer(rewrite, value);
    *upright = ig_node_is(permute, "permute") && swaps_last_axes(permute, rewrite->in->values[value].shape.rank);
    return *upright ? normalized(rewrite, permute->inputs[0], 1, eps) : normalized(rewrite, value, 2, eps);
}

/* The product of the scores, and the temperatures it is multiplied by. */
static const ig_node *find_scores(const ig_rewrite *rewrite, const ig_node *softmax, wanted *w)
{
    const ig_node *mul = ig_match_inner(rewrite, softmax->inputs[0], "mul");
    const ig_shape *shape = &rewrite->in->values[softmax->output].shape;
    for (int side = 0; mul && shape->rank == 4 && side < 2; side++) {
        const ig_node *scores = ig_match_inner(rewrite, mul->inputs[side], "matmul");
        w->temperature = mul->inputs[1 - side];
        if (scores && is_temperature(&rewrite->in->values[w->temperature].shape, shape->dim[1]))
            return scores;
    }
    return NULL;
}

static bool read_pattern(const ig_rewrite *rewrite, const ig_node *mixed, ig_attention_match *out, wanted *w)
{
    const ig_node *softmax = ig_attention_softmax(rewrite, mixed);
    const ig_node *scores = softmax ? find_scores(rewrite, softmax, w) : NULL;
    if (!scores)
        return false;
    const ig_shape *shape = &rewrite->in->values[scores->output].shape;
    double eps = 0;
    *out =
        (ig_attention_match){.rewrite = rewrite, .mixed = mixed, .upright = {true, true, true}, .size = shape->dim[3]};
    out->matrix[0] = normalized(rewrite, scores->inputs[0], 1, &w->eps);
    out->matrix[1] = normalized_keys(rewrite, scores->inputs[1], &out->upright[1], &eps);
    out->matrix[2] = mixed->inputs[1];
    if (out->matrix[0] < 0 || out->matrix[1] < 0 || eps != w->eps)
        return false;
    ig_attention_look_back(out);
    return true;
}

static bool fill(const ig_attention_match *match, const ig_view *const view[IG_ATTENTION_PARTS], const void *user,
                 ig_replacement *out)
{
    const wanted *w = user;
    (void)match;
    out->inputs[out->n_inputs++] = w->temperature;
    ig_match_set(out, "eps")->f = w->eps;
    return view[0]->factor == 1 && view[1]->factor == 1 && view[2]->factor == 1;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    ig_attention_match match;
    wanted w;
    (void)error;
    if (!read_pattern(rewrite, node, &match, &w))
        return IG_OK;
    out->op = &ig_op_cross_covariance_attention;
    ig_op_attr_defaults(out->op, out->attrs);
    ig_attention_find(&match, IG_LAYOUT_TOKENS, fill, &w, out);
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_cross_covariance;
const ig_pass ig_pass_fuse_cross_covariance = {
    .name = "fuse_cross_covariance",
    .doc = "attention among channels, its normalised rows and temperatures included, becomes one step",
    .run = run,
};
