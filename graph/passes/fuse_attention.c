/* Scaled dot-product attention becomes one node that reads its projections where they lie.
 *
 *   before   qkv -> reshape -> permute -> slice -> reshape -> scale -+
 *            qkv -> ...            -> slice -> reshape -> permute ---+- matmul -> softmax -+
 *            qkv -> ...            -> slice -> reshape ------------------------------------+- matmul -> ... "y"
 *   after    qkv -> attention "y" {heads: ..., scale: ...}
 *
 * The scale may stand on either factor or on the scores. How the heads were cut out does not matter: what counts is
 * which element of the projections each matrix holds in which place, and that a layout of `attention` says the same. */
#include "graph/attention_match.h"
#include "graph/ops/common.h"

enum {
    MAX_SIZE = 128 /* a wider head's sums leave the nearest memory: two products that share their loads are quicker */
};

typedef struct wanted {
    ig_attention_layout layout;
    double scale; /* between the products */
} wanted;

static int64_t last_extent(const ig_graph *graph, int value)
{
    const ig_shape *shape = &graph->values[value].shape;
    return shape->dim[shape->rank - 1];
}

static bool read_pattern(const ig_rewrite *rewrite, const ig_node *mixed, ig_attention_match *out, double *factor)
{
    const ig_node *softmax = ig_attention_softmax(rewrite, mixed);
    if (!softmax)
        return false;
    const ig_node *scale = ig_match_inner(rewrite, softmax->inputs[0], "scale");
    const bool scaled = scale && ig_node_attr(scale, "offset")->f == 0;
    const ig_node *scores = ig_match_inner(rewrite, scaled ? scale->inputs[0] : softmax->inputs[0], "matmul");
    const int64_t size = last_extent(rewrite->in, mixed->output);
    if (!scores || size > MAX_SIZE || size != last_extent(rewrite->in, scores->inputs[0]))
        return false;
    *factor = scaled ? ig_node_attr(scale, "factor")->f : 1;
    *out = (ig_attention_match){.rewrite = rewrite,
                                .mixed = mixed,
                                .matrix = {scores->inputs[0], scores->inputs[1], mixed->inputs[1]},
                                .upright = {false, true, false},
                                .size = size};
    ig_attention_look_back(out);
    return true;
}

static bool fill(const ig_attention_match *match, const ig_view *const view[IG_ATTENTION_PARTS], const void *user,
                 ig_replacement *out)
{
    const wanted *w = user;
    (void)match;
    ig_match_set(out, "layout")->i = w->layout;
    ig_match_set(out, "scale")->f = w->scale * view[0]->factor * view[1]->factor;
    return view[2]->factor == 1;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    ig_attention_match match;
    wanted w;
    (void)error;
    if (!read_pattern(rewrite, node, &match, &w.scale))
        return IG_OK;
    out->op = &ig_op_attention;
    ig_op_attr_defaults(out->op, out->attrs);
    for (int layout = 0; layout < IG_LAYOUT_COUNT && !out->last; layout++) {
        w.layout = (ig_attention_layout)layout;
        ig_attention_find(&match, w.layout, fill, &w, out);
    }
    return IG_OK;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_attention;
const ig_pass ig_pass_fuse_attention = {
    .name = "fuse_attention",
    .doc = "two matrix products around a softmax become one step that keeps no matrix of scores",
    .run = run,
};
