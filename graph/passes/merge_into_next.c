/* A 1x1 convolution without activation becomes part of the 1x1 convolution behind it, also through a concat.
 *
 *   before   x ---------------+- concat -> conv2d "y" -> y
 *            z -> conv2d "n" -+
 *   after    x -> conv2d (columns of x) -----------------+- add "y" -> y
 *            z -> conv2d (columns of "n", times "n") ----+
 *
 * The product of the two weights is made once, with the norms in it; the shift of the first passes through the second.
 * The tensors keep their names: the same checkpoint fits. */
#include "graph/conv_parts.h"

/* Each has weights of its own. */
static bool alike(const ig_graph *graph, const ig_node *a, const ig_node *b)
{
    (void)graph;
    return a == b;
}

static bool pays(const ig_graph *graph, const ig_parts *parts, const ig_part *part)
{
    const ig_shape *input = &graph->values[part->moved->inputs[0]].shape;
    ig_shape shape;
    if (!ig_is_pointwise(part->moved) || input->dim[1] > IG_MAX_COMPOSED)
        return false;
    int64_t before = ig_parts_work(graph, part->moved, input, &shape);
    before += ig_parts_work(graph, parts->conv, &shape, &shape);
    return ig_parts_work(graph, parts->conv, input, &shape) + ig_parts_sum_work(graph, parts) < before;
}

static ig_status write_part(ig_rewrite *rewrite, const ig_parts *parts, const ig_part *part, int *value,
                            ig_error *error)
{
    return ig_parts_add_conv(rewrite, parts, part, part->moved, ig_parts_name(rewrite, parts, "part", true), value,
                             error);
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_part_rule RULE = {.moves = "conv2d", .alike = alike, .pays = pays, .write = write_part};
    return ig_parts_rewrite(&RULE, in, keep, out, error);
}

extern const ig_pass ig_pass_merge_into_next;
const ig_pass ig_pass_merge_into_next = {
    .name = "merge_into_next",
    .doc = "a 1x1 convolution without activation becomes part of the 1x1 convolution behind it",
    .run = run,
};
