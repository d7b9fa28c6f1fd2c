/* Feature memory with nothing reused. Source: the rule of the "convnet-burden" tables. */
#include "graph/ir.h"

#include "base/shape.h"

#include <string.h>

/* Results that a framework would keep as tensors of their own. Activations work in place; slices and stacks are views.
 */
static const char *const STORED[] = {"adaptive_avg_pool2d",
                                     "adaptive_max_pool2d",
                                     "add",
                                     "avg_pool2d",
                                     "batch_norm",
                                     "conv2d",
                                     "conv_transpose2d",
                                     "deform_conv2d",
                                     "gaussian_blur",
                                     "group_norm",
                                     "layer_norm",
                                     "lerp",
                                     "linear",
                                     "matmul",
                                     "max_pool2d",
                                     "mul",
                                     "reduce_max",
                                     "reduce_mean",
                                     "softmax",
                                     "sub"};

static bool is_stored(const ig_graph *graph, const ig_node *node, bool fold_norms)
{
    const ig_shape *shape = &graph->values[node->output].shape;
    const int producer = node->n_inputs > 0 ? graph->values[node->inputs[0]].producer : -1;
    const char *front = producer >= 0 ? graph->nodes[producer].op->name : "";
    if (strcmp(node->op->name, "batch_norm") == 0 && fold_norms)
        return strcmp(front, "conv2d") != 0 && strcmp(front, "linear") != 0;
    if (strcmp(node->op->name, "sigmoid") == 0) /* a gate for each pixel; one for each channel works in place */
        return shape->rank == 4 && shape->dim[2] * shape->dim[3] > 1;
    for (size_t i = 0; i < sizeof STORED / sizeof *STORED; i++)
        if (strcmp(STORED[i], node->op->name) == 0)
            return true;
    return false;
}

int64_t ig_graph_feature_bytes(const ig_graph *graph, bool fold_norms)
{
    int64_t elems = 0;
    for (int i = 0; i < graph->n_nodes; i++)
        if (is_stored(graph, &graph->nodes[i], fold_norms))
            elems += ig_shape_elems(&graph->values[graph->nodes[i].output].shape);
    return elems * (int64_t)sizeof(float);
}
