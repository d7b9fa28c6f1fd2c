/* A mean over pixels goes in front of the 1x1 convolution before it, which then computes fewer pixels.
 *
 *   before   x -> conv2d "a" -> avg_pool2d "y" -> y         after   x -> avg_pool2d -> conv2d "y" -> y
 *
 * Exact, as the mean treats all channels alike and its weights sum to 1, so that shifts pass through too. The result
 * keeps its name, the convolution's tensors theirs. */
#include "graph/conv_parts.h"
#include "graph/match.h"

/* Zeros that count would weigh in where a shift does not. */
static bool is_mean(const ig_node *node)
{
    if (ig_node_is(node, "avg_pool2d"))
        return !ig_node_attr(node, "count_include_pad")->i ||
               (ig_node_attr(node, "pad")->list[0] == 0 && ig_node_attr(node, "pad")->list[1] == 0);
    return ig_node_is(node, "adaptive_avg_pool2d");
}

static bool pays(const ig_graph *graph, const ig_node *conv, const ig_node *mean)
{
    const ig_shape *input = &graph->values[conv->inputs[0]].shape;
    ig_shape shape;
    int64_t before = ig_parts_work(graph, conv, input, &shape);
    before += ig_parts_work(graph, mean, &shape, &shape);
    int64_t after = ig_parts_work(graph, mean, input, &shape);
    return after + ig_parts_work(graph, conv, &shape, &shape) < before;
}

/* The convolution that goes behind `node`. */
static int find(const ig_rewrite *rewrite, const ig_node *node, const ig_node **conv)
{
    *conv = is_mean(node) ? ig_find_private(rewrite, node->inputs[0], "conv2d") : NULL;
    return *conv && ig_is_pointwise(*conv) && pays(rewrite->in, *conv, node) ? 1 : 0;
}

static ig_status write(ig_rewrite *rewriting, const ig_node *mean, const ig_node *const *servants, int count,
                       ig_error *error)
{
    (void)count;
    const ig_node *conv = servants[0];
    int value = rewriting->value[conv->inputs[0]];
    const char *name = ig_rewrite_name(rewriting, mean->path, "mean");
    ig_status status = ig_parts_add(rewriting, ig_rewrite_spec(mean), name, &value, 1, &value, error);
    if (status != IG_OK)
        return status;
    return ig_parts_add(rewriting, ig_rewrite_spec(conv), mean->path, &value, 1, &value, error);
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_match_rule rule = {find, write};
    return ig_match_rewrite(&rule, in, keep, out, error);
}

extern const ig_pass ig_pass_swap_conv_mean;
const ig_pass ig_pass_swap_conv_mean = {
    .name = "swap_conv_mean",
    .doc = "a mean over pixels goes in front of the 1x1 convolution before it",
    .run = run,
};
