/* Scaled dot-product attention becomes one node that reads its projections where they lie.
 *
 *   before   qkv -> reshape -> permute -> slice -> reshape -> scale -+
 *            qkv -> ...            -> slice -> reshape -> permute ---+- matmul -> softmax -+
 *            qkv -> ...            -> slice -> reshape ------------------------------------+- matmul -> ... "y"
 *   after    qkv -> attention "y" {heads: ..., scale: ...}
 *
 * The scale may stand on either factor or on the scores. How the heads were cut out does not matter: what counts is
 * which element of the projections each matrix holds in which place, and that a layout of `attention` says the same. */
#include "graph/attention.h"
#include "graph/match.h"
#include "graph/ops/common.h"
#include "graph/view.h"

enum {
    MAX_BACK = 8,
    MAX_SIZE = 128 /* a wider head's sums leave the nearest memory: two products that share their loads are quicker */
};

/* Two products around a softmax. */
typedef struct pattern {
    const ig_rewrite *rewrite;
    const ig_node *mixed;           /* the second product */
    int matrix[IG_ATTENTION_PARTS]; /* values: queries [.., T, D], keys [.., D, S], values [.., S, D] */
    double scale;                   /* between the products */
    ig_view back[IG_ATTENTION_PARTS][MAX_BACK];
    int n_back[IG_ATTENTION_PARTS];
} pattern;

static int64_t last_extent(const ig_graph *graph, int value)
{
    const ig_shape *shape = &graph->values[value].shape;
    return shape->dim[shape->rank - 1];
}

static bool softmax_along_keys(const ig_graph *graph, const ig_node *softmax)
{
    const ig_shape *shape = &graph->values[softmax->output].shape;
    return ig_shape_axis(shape, ig_node_attr(softmax, "axis")->i) == shape->rank - 1;
}

static bool read_pattern(const ig_rewrite *rewrite, const ig_node *mixed, pattern *out)
{
    const ig_node *softmax = ig_node_is(mixed, "matmul") ? ig_match_inner(rewrite, mixed->inputs[0], "softmax") : NULL;
    if (!softmax || !softmax_along_keys(rewrite->in, softmax))
        return false;
    const ig_node *scale = ig_match_inner(rewrite, softmax->inputs[0], "scale");
    const bool scaled = scale && ig_node_attr(scale, "offset")->f == 0;
    const ig_node *scores = ig_match_inner(rewrite, scaled ? scale->inputs[0] : softmax->inputs[0], "matmul");
    const int64_t size = last_extent(rewrite->in, mixed->output);
    if (!scores || size > MAX_SIZE || size != last_extent(rewrite->in, scores->inputs[0]))
        return false;
    *out = (pattern){.rewrite = rewrite,
                     .mixed = mixed,
                     .matrix = {scores->inputs[0], scores->inputs[1], mixed->inputs[1]},
                     .scale = scaled ? ig_node_attr(scale, "factor")->f : 1};
    for (int p = 0; p < IG_ATTENTION_PARTS; p++)
        while (out->n_back[p] < MAX_BACK &&
               ig_view_back(rewrite->in, out->matrix[p], out->n_back[p], &out->back[p][out->n_back[p]]))
            out->n_back[p]++;
    return true;
}

/* Axes of a part in the order in which its matrix holds them. */
static ig_view expected_matrix(const ig_attention *a, int part)
{
    static const int ORDER[IG_ATTENTION_PARTS][4] = {{0, 1, 2, 3}, {0, 1, 3, 2}, {0, 1, 2, 3}};
    const ig_attention_map map = ig_attention_part(a, part);
    ig_view out = {.offset = map.offset, .rank = 4};
    for (int i = 0; i < 4; i++) {
        out.extent[i] = map.extent[ORDER[part][i]];
        out.stride[i] = map.stride[ORDER[part][i]];
    }
    return out;
}

/* The result, in the order of its layout, as a view of the second product [B, HEADS, T, D]. */
static ig_view expected_result(const ig_attention *a)
{
    const int64_t rows = a->queries, size = a->size, image = a->heads * rows * size;
    if (a->layout == IG_LAYOUT_CHANNELS)
        return (ig_view){
            .rank = 4, .extent = {a->batch, a->heads, size, rows}, .stride = {image, rows * size, 1, size}};
    return (ig_view){.rank = 4, .extent = {a->batch, rows, a->heads, size}, .stride = {image, size, rows * size, 1}};
}

/* The last node behind the second product that holds nothing but the result, or NULL. A reshape keeps the order of the
 * elements, also where it joins axes that strides cannot join. */
static const ig_node *find_last(const pattern *p, const ig_attention *a, const ig_shape *result)
{
    const ig_graph *graph = p->rewrite->in;
    const ig_view expected = expected_result(a);
    const ig_node *node = p->mixed, *last = NULL;
    bool in_order = false;
    for (int steps = 0; steps < MAX_BACK && node; steps++) {
        ig_view view;
        if (steps > 0 && !ig_node_is(node, "reshape") && !ig_node_is(node, "permute"))
            break;
        if (ig_view_back(graph, node->output, steps, &view))
            in_order = ig_view_same(&view, &expected);
        else
            in_order = in_order && ig_node_is(node, "reshape");
        if (in_order && ig_shape_equal(&graph->values[node->output].shape, result))
            last = node;
        node = ig_match_only_reader(p->rewrite, node->output);
    }
    return last;
}

/* Whether `attention` of this layout, on the sources of these views, computes the pattern. */
static bool legal(const pattern *p, ig_attention_layout layout, const ig_view *const view[IG_ATTENTION_PARTS],
                  ig_replacement *out)
{
    const ig_graph *graph = p->rewrite->in;
    const int64_t size = last_extent(graph, p->matrix[0]);
    const ig_shape *source = &graph->values[view[0]->source].shape;
    if (source->rank < 2)
        return false;
    const int64_t width = source->dim[layout == IG_LAYOUT_CHANNELS ? 1 : source->rank - 1];
    ig_op_context call = {.op = out->op, .attrs = out->attrs, .n_inputs = out->n_inputs};
    for (int k = 0; k < out->n_inputs; k++) {
        out->inputs[k] = view[k]->source;
        call.inputs[k] = graph->values[view[k]->source].shape;
    }
    ig_match_set(out, "heads")->i = ig_max(1, width / size / (out->n_inputs == 1 ? IG_ATTENTION_PARTS : 1));
    ig_match_set(out, "layout")->i = layout;
    ig_match_set(out, "scale")->f = p->scale * view[0]->factor * view[1]->factor;
    ig_attention a;
    if (out->op->infer(&call, NULL) != IG_OK || ig_attention_infer(&call, layout, out->n_inputs, &a, NULL) != IG_OK ||
        a.size != size || view[2]->factor != 1)
        return false;
    for (int part = 0; part < IG_ATTENTION_PARTS; part++) {
        const ig_view expected = expected_matrix(&a, part);
        if (!ig_view_same(view[part], &expected))
            return false;
    }
    out->last = find_last(p, &a, &call.output);
    return out->last != NULL;
}

/* Packed or not. */
static bool try_views(const pattern *p, ig_attention_layout layout, const ig_view *const view[IG_ATTENTION_PARTS],
                      ig_replacement *out)
{
    const bool one_source = view[0]->source == view[1]->source && view[0]->source == view[2]->source;
    out->n_inputs = 1;
    if (one_source && legal(p, layout, view, out))
        return true;
    out->n_inputs = IG_ATTENTION_PARTS;
    return legal(p, layout, view, out);
}

/* Sources far back first: all between them and the products vanishes. */
static bool try_layout(const pattern *p, ig_attention_layout layout, ig_replacement *out)
{
    for (int q = p->n_back[0] - 1; q >= 0; q--)
        for (int k = p->n_back[1] - 1; k >= 0; k--)
            for (int v = p->n_back[2] - 1; v >= 0; v--) {
                const ig_view *const view[] = {&p->back[0][q], &p->back[1][k], &p->back[2][v]};
                if (try_views(p, layout, view, out))
                    return true;
            }
    return false;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    pattern p;
    (void)error;
    if (!read_pattern(rewrite, node, &p))
        return IG_OK;
    out->op = &ig_op_attention;
    ig_op_attr_defaults(out->op, out->attrs);
    bool found = false;
    for (int layout = 0; layout < IG_LAYOUT_COUNT && !found; layout++)
        found = try_layout(&p, (ig_attention_layout)layout, out);
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
