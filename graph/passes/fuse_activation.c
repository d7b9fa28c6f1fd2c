/* Element-wise functions become the last step of the convolution or linear layer in front of them.
 *
 *   before   x -> conv2d "a" -> relu "b" -> y               after   x -> conv2d "b" {act: relu} -> y
 *
 * The result keeps the name it had, "b"; the convolution's tensors stay under "a". */
#include "graph/rewrite.h"

#include <string.h>

/* An operator that bears an activation's name computes it. */
static ig_activation find_activation(const ig_op *op)
{
    for (int i = IG_ACT_NONE + 1; i < IG_ACT_COUNT; i++)
        if (strcmp(ig_activation_names[i], op->name) == 0)
            return (ig_activation)i;
    return IG_ACT_NONE;
}

static bool legal(const ig_graph *graph, const ig_node *first, const ig_node *second)
{
    (void)graph;
    const ig_attr *act = ig_rewrite_attr(first->op, first->attrs, "act");
    return act && act->i == IG_ACT_NONE && find_activation(second->op) != IG_ACT_NONE;
}

static void rewrite(const ig_node *first, const ig_node *second, ig_attr *attrs)
{
    ig_attr *act = ig_rewrite_attr(first->op, attrs, "act");
    act->i = find_activation(second->op);
    act->given = true;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_fusion FUSION = {legal, rewrite};
    return ig_rewrite_fuse(&FUSION, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_activation;
const ig_pass ig_pass_fuse_activation = {
    .name = "fuse_activation",
    .doc = "relu, relu6, sigmoid and abs become the last step of the convolution or linear layer in front of them",
    .run = run,
};
