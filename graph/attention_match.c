#include "graph/attention_match.h"

#include "graph/ops/common.h"

const ig_node *ig_attention_softmax(const ig_rewrite *rewrite, const ig_node *mixed)
{
    const ig_node *softmax = ig_node_is(mixed, "matmul") ? ig_match_inner(rewrite, mixed->inputs[0], "softmax") : NULL;
    if (!softmax)
        return NULL;
    const ig_shape *shape = &rewrite->in->values[softmax->output].shape;
    return ig_shape_axis(shape, ig_node_attr(softmax, "axis")->i) == shape->rank - 1 ? softmax : NULL;
}

void ig_attention_look_back(ig_attention_match *match)
{
    for (int p = 0; p < IG_ATTENTION_PARTS; p++)
        while (match->n_back[p] < IG_ATTENTION_BACK &&
               ig_view_back(match->rewrite->in, match->matrix[p], match->n_back[p], &match->back[p][match->n_back[p]]))
            match->n_back[p]++;
}

/* A part's axes (image, head, token, channel) in the order in which its matrix holds them. */
static ig_view expected_matrix(const ig_attention *a, int part, bool upright)
{
    const ig_attention_map map = ig_attention_part(a, part);
    const int order[4] = {0, 1, upright ? 3 : 2, upright ? 2 : 3};
    ig_view out = {.offset = map.offset, .rank = 4};
    for (int i = 0; i < 4; i++) {
        out.extent[i] = map.extent[order[i]];
        out.stride[i] = map.stride[order[i]];
    }
    return out;
}

/* The result in the order of its layout, as a view of the last product, a matrix for each image and head. */
static ig_view expected_result(const ig_attention *a, bool upright)
{
    const int64_t tokens = a->queries, size = a->size, matrix = tokens * size, image = a->heads * matrix;
    const int64_t token = upright ? 1 : size, channel = upright ? tokens : 1;
    if (a->layout == IG_LAYOUT_CHANNELS)
        return (ig_view){
            .rank = 4, .extent = {a->batch, a->heads, size, tokens}, .stride = {image, matrix, channel, token}};
    return (ig_view){
        .rank = 4, .extent = {a->batch, tokens, a->heads, size}, .stride = {image, token, matrix, channel}};
}

/* The last node behind the product that holds nothing but the result, or NULL. A reshape keeps the order of the
 * elements, also where it joins axes that strides cannot join. */
static const ig_node *find_last(const ig_attention_match *match, const ig_attention *a, const ig_shape *result)
{
    const ig_graph *graph = match->rewrite->in;
    const ig_view expected = expected_result(a, match->upright[2]);
    const ig_node *node = match->mixed, *last = NULL;
    bool in_order = false;
    for (int steps = 0; steps < IG_ATTENTION_BACK && node; steps++) {
        ig_view view;
        if (steps > 0 && !ig_node_is(node, "reshape") && !ig_node_is(node, "permute"))
            break;
        if (ig_view_back(graph, node->output, steps, &view))
            in_order = ig_view_same(&view, &expected);
        else
            in_order = in_order && ig_node_is(node, "reshape");
        if (in_order && ig_shape_equal(&graph->values[node->output].shape, result))
            last = node;
        node = ig_match_only_reader(match->rewrite, node->output);
    }
    return last;
}

static bool read_call(const ig_attention_match *match, ig_attention_layout layout, int n_tensors, ig_replacement *out,
                      ig_op_context *call, ig_attention *a)
{
    const ig_value *values = match->rewrite->in->values;
    const ig_shape *first = &values[out->inputs[0]].shape;
    if (first->rank < 2)
        return false;
    const int64_t width = first->dim[layout == IG_LAYOUT_CHANNELS ? 1 : first->rank - 1];
    ig_match_set(out, "heads")->i = ig_max(1, width / match->size / (n_tensors == 1 ? IG_ATTENTION_PARTS : 1));
    *call = (ig_op_context){.op = out->op, .attrs = out->attrs, .n_inputs = out->n_inputs};
    for (int k = 0; k < out->n_inputs; k++)
        call->inputs[k] = values[out->inputs[k]].shape;
    return out->op->infer(call, NULL) == IG_OK && ig_attention_infer(call, layout, n_tensors, a, NULL) == IG_OK &&
           a->size == match->size;
}

/* Views tell where elements lie, but not where one matrix of a product ends and the next begins. */
static bool has_tokens(const ig_attention_match *match, int part, int64_t tokens)
{
    const ig_shape *shape = &match->rewrite->in->values[match->matrix[part]].shape;
    return shape->dim[shape->rank - (match->upright[part] ? 1 : 2)] == tokens;
}

typedef struct choice {
    const ig_attention_match *match;
    ig_attention_layout layout;
    ig_attention_fill fill;
    const void *user;
} choice;

static bool legal(const choice *c, const ig_view *const view[IG_ATTENTION_PARTS], bool packed, ig_replacement *out)
{
    ig_op_context call;
    ig_attention a;
    const int n_tensors = packed ? 1 : IG_ATTENTION_PARTS;
    for (int k = 0; k < n_tensors; k++)
        out->inputs[k] = view[k]->source;
    out->n_inputs = n_tensors;
    if (!c->fill(c->match, view, c->user, out) || !read_call(c->match, c->layout, n_tensors, out, &call, &a))
        return false;
    for (int part = 0; part < IG_ATTENTION_PARTS; part++) {
        const ig_view expected = expected_matrix(&a, part, c->match->upright[part]);
        if (!ig_view_same(view[part], &expected) || !has_tokens(c->match, part, part == 0 ? a.queries : a.keys))
            return false;
    }
    out->last = find_last(c->match, &a, &call.output);
    return out->last != NULL;
}

void ig_attention_find(const ig_attention_match *match, ig_attention_layout layout, ig_attention_fill fill,
                       const void *user, ig_replacement *out)
{
    const choice c = {match, layout, fill, user};
    for (int q = match->n_back[0] - 1; q >= 0; q--)
        for (int k = match->n_back[1] - 1; k >= 0; k--)
            for (int v = match->n_back[2] - 1; v >= 0; v--) {
                const ig_view *const view[] = {&match->back[0][q], &match->back[1][k], &match->back[2][v]};
                const bool one_source = view[0]->source == view[1]->source && view[0]->source == view[2]->source;
                if ((one_source && legal(&c, view, true, out)) || legal(&c, view, false, out))
                    return;
            }
}
