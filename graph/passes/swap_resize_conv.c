/* A 1x1 convolution goes in front of the resize before it, where the map is smaller; each resized part of a concat gets
 * its own columns of the weight.
 *
 *   before   x ---------------+- concat -> conv2d "y" -> y
 *            z -> resize "r" -+
 *   after    x -> conv2d (columns of x) ------------+- add "y" -> y
 *            z -> conv2d (columns of z) -> resize --+
 *
 * Exact, as a resize treats all channels alike and its weights sum to 1, so that shifts pass through too. The tensors
 * keep their names: the same checkpoint fits. */
#include "graph/conv_parts.h"

/* The same resize of maps of the same size. */
static bool alike(const ig_graph *graph, const ig_node *a, const ig_node *b)
{
    const int64_t *x = graph->values[a->inputs[0]].shape.dim, *y = graph->values[b->inputs[0]].shape.dim;
    return x[2] == y[2] && x[3] == y[3] && ig_node_attr(a, "mode")->i == ig_node_attr(b, "mode")->i &&
           ig_node_attr(a, "align_corners")->i == ig_node_attr(b, "align_corners")->i;
}

static bool pays(const ig_graph *graph, const ig_parts *parts, const ig_part *part)
{
    ig_shape small = graph->values[part->moved->inputs[0]].shape, shape;
    small.dim[1] = part->width;
    int64_t before = ig_parts_work(graph, part->moved, &small, &shape);
    before += ig_parts_work(graph, parts->conv, &shape, &shape);
    int64_t after = ig_parts_work(graph, parts->conv, &small, &shape);
    after += ig_parts_work(graph, part->moved, &shape, &shape);
    return after + ig_parts_sum_work(graph, parts) < before;
}

static ig_status write_part(ig_rewrite *rewrite, const ig_parts *parts, const ig_part *part, int *value,
                            ig_error *error)
{
    ig_status status =
        ig_parts_add_conv(rewrite, parts, part, NULL, ig_parts_name(rewrite, parts, "part", false), value, error);
    if (status != IG_OK)
        return status;
    return ig_parts_add(rewrite, ig_rewrite_spec(part->moved), ig_parts_name(rewrite, parts, "resized", true), value, 1,
                        value, error);
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_part_rule RULE = {.moves = "resize", .alike = alike, .pays = pays, .write = write_part};
    return ig_parts_rewrite(&RULE, in, keep, out, error);
}

extern const ig_pass ig_pass_swap_resize_conv;
const ig_pass ig_pass_swap_resize_conv = {
    .name = "swap_resize_conv",
    .doc = "a 1x1 convolution goes in front of the resize before it, where the map is smaller, alone or part by part",
    .run = run,
};
