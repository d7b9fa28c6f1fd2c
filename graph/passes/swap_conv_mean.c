/* A mean over pixels goes in front of the 1x1 convolution before it, which then computes fewer pixels.
 *
 *   before   x -> conv2d "a" -> avg_pool2d "y" -> y         after   x -> avg_pool2d -> conv2d "y" -> y
 *
 * Exact, as the mean treats all channels alike and its weights sum to 1, so that shifts pass through too. The result
 * keeps its name, the convolution's tensors theirs. */
#include "graph/conv_parts.h"

#include "base/error.h"

#include <stdlib.h>

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

/* The convolution that goes behind `node`, or NULL. */
static const ig_node *find_conv(const ig_rewrite *rewrite, const ig_node *node)
{
    const ig_node *conv = is_mean(node) ? ig_find_private(rewrite, node->inputs[0], "conv2d") : NULL;
    return conv && ig_is_pointwise(conv) && pays(rewrite->in, conv, node) ? conv : NULL;
}

static ig_status rewrite(ig_rewrite *rewriting, const ig_node *conv, const ig_node *mean, ig_error *error)
{
    int value = rewriting->value[conv->inputs[0]];
    const char *name = ig_rewrite_name(rewriting, mean->path, "mean");
    ig_status status = ig_parts_add(rewriting, ig_rewrite_spec(mean), name, &value, 1, &value, error);
    if (status != IG_OK)
        return status;
    return ig_parts_add(rewriting, ig_rewrite_spec(conv), mean->path, &value, 1, &value, error);
}

static ig_status rewrite_nodes(ig_rewrite *rewriting, bool *gone, ig_error *error)
{
    const ig_graph *in = rewriting->in;
    ig_status status = IG_OK;
    for (int i = 0; i < in->n_nodes; i++) {
        const ig_node *conv = find_conv(rewriting, &in->nodes[i]);
        if (conv)
            gone[conv - in->nodes] = true;
    }
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        const ig_node *conv = find_conv(rewriting, &in->nodes[i]);
        if (conv)
            status = rewrite(rewriting, conv, &in->nodes[i], error);
        else if (!gone[i])
            status = ig_rewrite_copy(rewriting, &in->nodes[i], NULL, NULL, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    bool *gone = calloc((size_t)in->n_nodes + 1, sizeof *gone);
    if (status == IG_OK && !gone)
        status = ig_fail_memory(error, (size_t)in->n_nodes * sizeof *gone);
    if (status == IG_OK)
        status = rewrite_nodes(&rewriting, gone, error);
    free(gone);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_swap_conv_mean;
const ig_pass ig_pass_swap_conv_mean = {
    .name = "swap_conv_mean",
    .doc = "a mean over pixels goes in front of the 1x1 convolution before it",
    .run = run,
};
