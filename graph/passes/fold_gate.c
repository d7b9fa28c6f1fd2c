/* The product of a map and a gate of its channels goes into the convolutions that read it: they multiply while they
 * read, and the product is never stored.
 *
 *   before   x ---+- mul "m" -> conv2d "y" -> y         after   x ---+- conv2d "y" {gate: true} -> y
 *            gate +                                             gate +
 *
 * It runs once and last: where the product can end the step that computes x, it costs less there; and other passes take
 * a convolution for a linear map of one input. */
#include "base/shape.h"
#include "graph/match.h"

#include <string.h>

enum { MAP, GATE };

/* Which input of the product is the gate, a number for each image and channel; -1: none is. */
static int find_gate(const ig_graph *graph, const ig_node *product)
{
    const ig_shape *result = &graph->values[product->output].shape;
    if (!ig_node_is(product, "mul") || result->rank != 4)
        return -1;
    const ig_shape gate = {.rank = 4, .dim = {result->dim[0], result->dim[1], 1, 1}};
    for (int k = product->n_inputs - 1; k >= 0; k--)
        if (ig_shape_equal(&graph->values[product->inputs[k]].shape, &gate) &&
            ig_shape_equal(&graph->values[product->inputs[1 - k]].shape, result))
            return k;
    return -1;
}

static bool takes_gate(const ig_node *node)
{
    return strcmp(node->op->name, "conv2d") == 0 && ig_node_attr(node, "groups")->i == 1 &&
           !ig_node_attr(node, IG_GATE_ATTR)->i && node->n_inputs < IG_MAX_INPUTS;
}

/* Everyone who reads the value is a convolution that takes a gate, and needs the value for nothing else. */
static bool all_take_gate(const ig_rewrite *rewrite, int value)
{
    bool all = !ig_rewrite_is_asked_for(rewrite, value);
    for (int i = 0; i < rewrite->in->n_nodes && all; i++) {
        const ig_node *node = &rewrite->in->nodes[i];
        for (int k = 0; k < node->n_inputs; k++)
            all = all && (node->inputs[k] != value || (k == MAP && takes_gate(node)));
    }
    return all;
}

static int find(const ig_rewrite *rewrite, const ig_node *node, const ig_node **servants)
{
    const ig_node *product = takes_gate(node) ? ig_match_producer(rewrite, node->inputs[MAP]) : NULL;
    if (!product || find_gate(rewrite->in, product) < 0 || !all_take_gate(rewrite, product->output))
        return 0;
    servants[0] = product;
    return 1;
}

static ig_status write(ig_rewrite *rewriting, const ig_node *node, const ig_node *const *servants, int count,
                       ig_error *error)
{
    (void)count;
    const ig_node *product = servants[0];
    const int gate = find_gate(rewriting->in, product);
    ig_attr attrs[IG_MAX_ATTRS];
    int inputs[IG_MAX_INPUTS] = {[MAP] = product->inputs[1 - gate], [GATE] = product->inputs[gate]};
    memcpy(attrs, node->attrs, (size_t)node->op->n_attrs * sizeof *attrs);
    ig_attr *gated = ig_rewrite_attr(node->op, attrs, IG_GATE_ATTR);
    gated->i = 1;
    gated->given = true;
    for (int k = GATE; k < node->n_inputs; k++) /* operands of the epilogue move up */
        inputs[k + 1] = node->inputs[k];
    return ig_rewrite_put(rewriting, node, node->path, attrs, inputs, node->n_inputs + 1, error);
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_match_rule rule = {find, write};
    return ig_match_rewrite(&rule, in, keep, out, error);
}

extern const ig_pass ig_pass_fold_gate;
const ig_pass ig_pass_fold_gate = {
    .name = "fold_gate",
    .doc = "the product of a map and a gate of its channels goes into the convolutions that read it",
    .run = run,
    .once = true,
};
