/* Batch norms become part of the convolution or linear layer in front of them.
 *
 *   before   x -> conv2d "a" -> batch_norm "b" -> y         after   x -> conv2d "b" {norm: b} -> y
 *
 * The result keeps the name it had, "b"; both nodes' tensors keep theirs, so the same checkpoint fits. */
#include "graph/rewrite.h"

#include <string.h>

/* The norm scales axis 1; a linear layer's outputs stand there only when its result is a matrix. */
static bool scales_outputs(const ig_graph *graph, const ig_node *first)
{
    return strcmp(first->op->name, "linear") != 0 || graph->values[first->output].shape.rank == 2;
}

static bool legal(const ig_graph *graph, const ig_node *first, const ig_node *second)
{
    const ig_attr *norm = ig_rewrite_attr(first->op, first->attrs, "norm");
    const ig_attr *branches = ig_rewrite_attr(first->op, first->attrs, "branches");
    if (ig_node_has_epilogue(first) || (branches && branches->n_words > 0))
        return false;
    return ig_node_is(second, "batch_norm") && norm && norm->s[0] == '\0' && scales_outputs(graph, first);
}

static void rewrite(const ig_node *first, const ig_node *second, ig_attr *attrs)
{
    ig_attr *norm = ig_rewrite_attr(first->op, attrs, "norm");
    ig_attr *eps = ig_rewrite_attr(first->op, attrs, "norm_eps");
    norm->s = second->scope;
    norm->given = true;
    eps->f = ig_rewrite_attr(second->op, second->attrs, "eps")->f;
    eps->given = true;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_fusion FUSION = {legal, rewrite};
    return ig_rewrite_fuse(&FUSION, in, keep, out, error);
}

extern const ig_pass ig_pass_fold_batch_norm;
const ig_pass ig_pass_fold_batch_norm = {
    .name = "fold_batch_norm",
    .doc = "a batch norm becomes part of the convolution or linear layer in front of it",
    .run = run,
};
