/* The product of a map with a gate for each row and a gate for each column becomes one node, which finds both gates in
 * the tensor they were cut from.
 *
 *   before   x --------------------------------------+
 *            v -> slice -> sigmoid -------------------+- mul -+
 *            v -> slice -> upright -> conv2d -> sigmoid -------+- mul "y" -> y
 *   after    x, v -> sigmoid, v -> conv2d -> sigmoid -> coordinate_scale "y" {rows_at, columns_at} -> y
 *
 * What stands between slice and product looks at one pixel at a time: it is done to all of v then, and no part of v is
 * copied. Upright: a reshape or permute between [N, C, L, 1] and [N, C, 1, L]. */
#include "base/error.h"
#include "base/shape.h"
#include "graph/conv_parts.h"
#include "graph/match.h"
#include "graph/ops/common.h"

#include <stdlib.h>

enum {
    HEIGHT = 2,
    WIDTH, /* axes of a map */
    MAX_CHAIN = 6,
    MAX_EXTRA_MACS = 1 << 22 /* for pixels that a slice would have left out; a copy takes about as long */
};

/* A gate, back to what its slice cuts. */
typedef struct gate {
    const ig_node *node[MAX_CHAIN]; /* the last one first; the slice is not among them */
    int count;
    const ig_node *slice; /* NULL: it is no gate */
} gate;

static bool is_activation(const ig_node *node)
{
    return ig_activation_find(node->op->name) != IG_ACT_NONE && !ig_node_has_epilogue(node);
}

/* [N, C, L, 1] and [N, C, 1, L] hold the same elements in the same order, and so does what lies between. */
static bool is_upright(const ig_graph *graph, const ig_node *node)
{
    const ig_shape *in = &graph->values[node->inputs[0]].shape, *out = &graph->values[node->output].shape;
    ig_op_context call;
    ig_node_context(graph, node, &call);
    return ig_op_call_is_view(&call) && in->rank == 4 && out->rank == 4 && in->dim[0] == out->dim[0] &&
           in->dim[1] == out->dim[1] && ig_op_span(out, 2, 4) == in->dim[HEIGHT] * in->dim[WIDTH];
}

static int64_t extra_macs(const ig_graph *graph, const ig_node *conv, const ig_node *slice)
{
    const ig_shape *whole = &graph->values[slice->inputs[0]].shape, *part = &graph->values[slice->output].shape;
    const int64_t pixels = ig_shape_elems(whole) / whole->dim[1] - ig_shape_elems(part) / part->dim[1];
    return pixels * graph->values[conv->inputs[0]].shape.dim[1] * graph->values[conv->output].shape.dim[1];
}

/* A slice along the height of [N, C, L, 1]. */
static bool is_cut(const ig_graph *graph, const ig_node *node)
{
    const ig_shape *in = ig_node_is(node, "slice") ? &graph->values[node->inputs[0]].shape : NULL;
    return in && in->rank == 4 && in->dim[WIDTH] == 1 && ig_shape_axis(in, ig_node_attr(node, "axis")->i) == HEIGHT;
}

/* The gate that computes `value` for one reader alone. */
static gate read_gate(const ig_rewrite *rewrite, int value)
{
    const ig_graph *graph = rewrite->in;
    gate out = {.count = 0};
    while (out.count < MAX_CHAIN && ig_match_only_reader(rewrite, value)) {
        const ig_node *node = ig_match_producer(rewrite, value);
        if (node && is_cut(graph, node))
            out.slice = node;
        if (!node || out.slice || (!is_activation(node) && !ig_is_pointwise(node) && !is_upright(graph, node)))
            break;
        out.node[out.count++] = node;
        value = node->inputs[0];
    }
    for (int i = 0; i < out.count && out.slice; i++)
        if (ig_is_pointwise(out.node[i]) && extra_macs(graph, out.node[i], out.slice) > MAX_EXTRA_MACS)
            out.slice = NULL;
    return out;
}

typedef struct match {
    const ig_node *inner; /* the first product; NULL: no match */
    int x;                /* value */
    gate gates[2];        /* of rows, of columns */
} match;

/* Which gate of a map like `x` the value has the shape of: 0 that of rows, 1 that of columns, -1 neither. */
static int gate_kind(const ig_graph *graph, int value, int x)
{
    const ig_shape *shape = &graph->values[value].shape;
    ig_shape expected[2] = {graph->values[x].shape, graph->values[x].shape};
    if (shape->rank != 4 || expected[0].rank != 4)
        return -1;
    expected[0].dim[WIDTH] = expected[1].dim[HEIGHT] = 1;
    return ig_shape_equal(shape, &expected[0]) ? 0 : ig_shape_equal(shape, &expected[1]) ? 1 : -1;
}

static bool read_product(const ig_rewrite *rewrite, const ig_node *outer, int outer_side, int inner_side, match *out)
{
    const ig_node *inner = ig_match_inner(rewrite, outer->inputs[outer_side], "mul");
    if (!inner)
        return false;
    const int x = inner->inputs[inner_side];
    const int values[2] = {outer->inputs[1 - outer_side], inner->inputs[1 - inner_side]};
    const int first = gate_kind(rewrite->in, values[0], x), second = gate_kind(rewrite->in, values[1], x);
    if (first < 0 || second != 1 - first)
        return false;
    *out = (match){.inner = inner, .x = x};
    out->gates[first] = read_gate(rewrite, values[0]);
    out->gates[second] = read_gate(rewrite, values[1]);
    return out->gates[0].slice && out->gates[1].slice;
}

/* Not a product that is part of another match. */
static match find(const ig_rewrite *rewrite, const ig_node *node, const bool *taken)
{
    match out = {.inner = NULL};
    for (int sides = 0; ig_node_is(node, "mul") && sides < 4; sides++)
        if (read_product(rewrite, node, sides / 2, sides % 2, &out) && !taken[out.inner - rewrite->in->nodes])
            return out;
    return (match){.inner = NULL};
}

static bool same_gates(const gate *a, const gate *b, const ig_graph *graph)
{
    int i = 0, j = 0;
    while (a->slice->inputs[0] == b->slice->inputs[0]) {
        while (i < a->count && is_upright(graph, a->node[i]))
            i++;
        while (j < b->count && is_upright(graph, b->node[j]))
            j++;
        if (i == a->count || j == b->count)
            return i == a->count && j == b->count;
        if (a->node[i]->op != b->node[j]->op || !is_activation(a->node[i]))
            return false;
        i++;
        j++;
    }
    return false;
}

/* Appends what the gate is made of, of all that its slice cuts from: other values, with names of their own. */
static ig_status put_gate(ig_rewrite *rewriting, const gate *g, int *value, ig_error *error)
{
    ig_status status = IG_OK;
    *value = rewriting->value[g->slice->inputs[0]];
    for (int i = g->count - 1; i >= 0 && status == IG_OK; i--) {
        ig_node_spec spec = ig_rewrite_spec(g->node[i]);
        if (is_upright(rewriting->in, g->node[i]))
            continue;
        spec.path = ig_rewrite_name(rewriting, g->node[i]->path, "whole");
        spec.inputs = value;
        if (!spec.path)
            return ig_fail_memory(error, sizeof spec);
        status = ig_rewrite_add(rewriting, &spec, value, error);
    }
    return status;
}

static ig_status rewrite(ig_rewrite *rewriting, const ig_node *node, const match *m, ig_error *error)
{
    static const char *const PLACES[2] = {"rows_at", "columns_at"};
    const ig_op *op = &ig_op_coordinate_scale;
    int inputs[3] = {rewriting->value[m->x]}, value;
    ig_attr attrs[IG_MAX_ATTRS];
    ig_op_attr_defaults(op, attrs);
    ig_status status = put_gate(rewriting, &m->gates[0], &inputs[1], error);
    inputs[2] = inputs[1];
    if (status == IG_OK && !same_gates(&m->gates[0], &m->gates[1], rewriting->in))
        status = put_gate(rewriting, &m->gates[1], &inputs[2], error);
    for (int k = 0; k < 2; k++) {
        ig_attr *place = ig_rewrite_attr(op, attrs, PLACES[k]);
        place->i = ig_node_attr(m->gates[k].slice, "start")->i;
        place->given = place->i != 0;
    }
    ig_node_spec spec = ig_rewrite_spec(node);
    spec.op = op;
    spec.inputs = inputs;
    spec.n_inputs = IG_COUNT(inputs);
    spec.attrs = attrs;
    return status == IG_OK ? ig_rewrite_add(rewriting, &spec, &value, error) : status;
}

static void mark(const ig_graph *in, const ig_node *node, const match *m, bool *taken, bool *gone)
{
    taken[node - in->nodes] = taken[m->inner - in->nodes] = gone[m->inner - in->nodes] = true;
    for (int k = 0; k < 2; k++) {
        gone[m->gates[k].slice - in->nodes] = true;
        for (int i = 0; i < m->gates[k].count; i++)
            gone[m->gates[k].node[i] - in->nodes] = true;
    }
}

static ig_status rewrite_nodes(ig_rewrite *rewriting, match *matches, bool *taken, bool *gone, ig_error *error)
{
    const ig_graph *in = rewriting->in;
    ig_status status = IG_OK;
    for (int i = 0; i < in->n_nodes; i++) {
        matches[i] = find(rewriting, &in->nodes[i], taken);
        if (matches[i].inner)
            mark(in, &in->nodes[i], &matches[i], taken, gone);
    }
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        if (matches[i].inner)
            status = rewrite(rewriting, &in->nodes[i], &matches[i], error);
        else if (!gone[i])
            status = ig_rewrite_copy(rewriting, &in->nodes[i], NULL, NULL, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    const size_t count = (size_t)in->n_nodes + 1;
    match *matches = calloc(count, sizeof *matches);
    bool *flags = calloc(count, 2 * sizeof *flags);
    if (status == IG_OK && (!matches || !flags))
        status = ig_fail_memory(error, count * sizeof *matches);
    if (status == IG_OK)
        status = rewrite_nodes(&rewriting, matches, flags, flags + count, error);
    free(matches);
    free(flags);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_fuse_coordinate_gates;
const ig_pass ig_pass_fuse_coordinate_gates = {
    .name = "fuse_coordinate_gates",
    .doc = "the product with gates for rows and for columns becomes one step that finds both where they were cut from",
    .run = run,
};
