/* How much a network computes, as different tools count it. Each rule is a table from operators to one small function;
 * what is not listed costs nothing there. Graphs are counted as their descriptions write them. */
#include "graph/ir.h"

#include "base/shape.h"

#include <string.h>

typedef int64_t (*count_call)(const ig_op_context *call, const ig_cost *cost);

static int64_t in_elems(const ig_op_context *call)
{
    return ig_shape_elems(&call->inputs[0]);
}

static int64_t out_elems(const ig_op_context *call)
{
    return ig_shape_elems(&call->output);
}

static int64_t macs(const ig_op_context *call, const ig_cost *cost)
{
    (void)call;
    return cost->macs;
}

static int64_t inputs_once(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    return in_elems(call);
}

static int64_t outputs_once(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    return out_elems(call);
}

static int64_t inputs_twice(const ig_op_context *call, const ig_cost *cost)
{
    return 2 * inputs_once(call, cost);
}

static int64_t outputs_twice(const ig_op_context *call, const ig_cost *cost)
{
    return 2 * outputs_once(call, cost);
}

static bool is_true(const ig_op_context *call, const char *attr)
{
    return ig_op_attr_index(call->op, attr) < 0 || ig_op_attr(call, attr)->i != 0;
}

/* --- thop 0.1.1: modules alone, functions are invisible ----------------------------------------------------------- */

static int64_t thop_norm(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    return is_true(call, "module") ? 4 * in_elems(call) : 0;
}

/* Instance norm without parameters is known to it, group norm is not. */
static int64_t thop_group_norm(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    return is_true(call, "affine") ? 0 : 2 * in_elems(call);
}

static int64_t thop_average(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    return is_true(call, "module") ? out_elems(call) : 0;
}

/* A window of H/OH x W/OW additions and a division for each output; the quotients may be fractions. */
static int64_t thop_adaptive(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    const ig_shape *in = &call->inputs[0], *out = &call->output;
    double window = (double)in->dim[2] / (double)out->dim[2] * ((double)in->dim[3] / (double)out->dim[3]);
    return is_true(call, "module") ? (int64_t)((window + 1) * (double)out_elems(call)) : 0;
}

static int64_t thop_softmax(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    int64_t axis = ig_op_attr(call, "axis")->i, rank = call->output.rank;
    int64_t length = call->output.dim[axis < 0 ? axis + rank : axis];
    return is_true(call, "module") ? out_elems(call) / length * (3 * length - 1) : 0;
}

/* It reads a transposed convolution as a plain one of the output's extents. */
static int64_t thop_transposed(const ig_op_context *call, const ig_cost *cost)
{
    return cost->macs / (call->inputs[0].dim[2] * call->inputs[0].dim[3]) * (call->output.dim[2] * call->output.dim[3]);
}

/* --- fvcore 0.1.5: the traced functions --------------------------------------------------------------------------- */

static int64_t fvcore_norm(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    return in_elems(call) * (is_true(call, "affine") ? 5 : 4);
}

static int64_t fvcore_resize(const ig_op_context *call, const ig_cost *cost)
{
    (void)cost;
    const ig_attr_spec *mode = &call->op->attrs[ig_op_attr_index(call->op, "mode")];
    bool nearest = strcmp(mode->choices[ig_op_attr(call, "mode")->i], "nearest") == 0;
    return out_elems(call) * (nearest ? 1 : 4);
}

/* --- ptflops 0.7.5: modules and torch.nn.functional, but not the operators + and *. A module that calls a function it
 * also knows (ReLU, pools) is counted twice. --------------------------------------------------------------------------
 */

static int64_t macs_and_bias(const ig_op_context *call, const ig_cost *cost)
{
    return cost->macs + (ig_op_attr(call, "bias")->i ? out_elems(call) : 0);
}

static int64_t ptflops_pool(const ig_op_context *call, const ig_cost *cost)
{
    return inputs_once(call, cost) * (is_true(call, "module") ? 2 : 1);
}

static int64_t ptflops_batch_norm(const ig_op_context *call, const ig_cost *cost)
{
    return is_true(call, "module") ? inputs_twice(call, cost) : 0;
}

static int64_t ptflops_layer_norm(const ig_op_context *call, const ig_cost *cost)
{
    return is_true(call, "module") ? inputs_once(call, cost) : 0;
}

static int64_t ptflops_group_norm(const ig_op_context *call, const ig_cost *cost)
{
    return inputs_once(call, cost) * (is_true(call, "affine") ? 2 : 1);
}

/* Sampling one tap costs about 24 more, and a mask 1. */
static int64_t ptflops_deformable(const ig_op_context *call, const ig_cost *cost)
{
    int64_t positions = call->output.dim[0] * call->output.dim[2] * call->output.dim[3];
    int64_t taps = call->params[0].shape.dim[2] * call->params[0].shape.dim[3];
    return macs_and_bias(call, cost) + positions * taps * (call->n_inputs == 3 ? 25 : 24);
}

enum { THOP, FVCORE, PTFLOPS, TOOLS };

static const struct {
    const char *op;
    count_call by[TOOLS];
} TABLE[] = {
    {"adaptive_avg_pool2d", {thop_adaptive, inputs_once, ptflops_pool}},
    {"adaptive_max_pool2d", {NULL, NULL, inputs_twice}},
    {"avg_pool2d", {thop_average, NULL, ptflops_pool}},
    {"batch_norm", {thop_norm, inputs_twice, ptflops_batch_norm}},
    {"conv2d", {macs, macs, macs_and_bias}},
    {"conv_transpose2d", {thop_transposed, macs, macs_and_bias}},
    {"deform_conv2d", {NULL, NULL, ptflops_deformable}},
    {"gaussian_blur", {NULL, macs, macs}},
    {"gelu", {NULL, NULL, outputs_twice}},
    {"group_norm", {thop_group_norm, fvcore_norm, ptflops_group_norm}},
    {"layer_norm", {thop_norm, fvcore_norm, ptflops_layer_norm}},
    {"leaky_relu", {NULL, NULL, outputs_once}},
    {"linear", {macs, macs, macs_and_bias}},
    {"matmul", {NULL, macs, macs}},
    {"max_pool2d", {NULL, NULL, inputs_twice}},
    {"relu", {NULL, NULL, outputs_twice}},
    {"relu6", {NULL, NULL, outputs_once}},
    {"resize", {NULL, fvcore_resize, outputs_once}},
    {"silu", {NULL, NULL, outputs_once}},
    {"softmax", {thop_softmax, NULL, outputs_once}},
};

static int64_t count_by(int tool, const ig_op_context *call, const ig_cost *cost)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++)
        if (strcmp(TABLE[i].op, call->op->name) == 0)
            return TABLE[i].by[tool] ? TABLE[i].by[tool](call, cost) : 0;
    return 0;
}

static const struct {
    const char *name, *doc;
} RULES[IG_COUNT_RULES] = {
    [IG_COUNT_MACS] = {"macs", "multiply-accumulates of convolution, linear and matmul"},
    [IG_COUNT_FLOPS] = {"flops", "2 x MACs and every other arithmetic operation"},
    [IG_COUNT_THOP] = {"thop", "thop 0.1.1: MACs, norms and average pools of torch's own modules"},
    [IG_COUNT_FVCORE] = {"fvcore", "fvcore 0.1.5: MACs, norms, adaptive average pools and resizing"},
    [IG_COUNT_PTFLOPS] = {"ptflops", "ptflops 0.7.5: MACs, biases, norms, pools and some activations"},
};

const char *ig_count_rule_name(ig_count_rule rule)
{
    return (unsigned)rule < IG_COUNT_RULES ? RULES[rule].name : "unknown";
}

const char *ig_count_rule_doc(ig_count_rule rule)
{
    return (unsigned)rule < IG_COUNT_RULES ? RULES[rule].doc : "";
}

static int64_t count_node(const ig_graph *graph, const ig_node *node, ig_count_rule rule)
{
    ig_op_context call;
    ig_cost cost = {0};
    ig_node_context(graph, node, &call);
    if (ig_op_call_is_view(&call) || node->op->is_constant)
        return 0;
    ig_op_call_cost(&call, &cost);
    switch (rule) {
    case IG_COUNT_MACS: return cost.macs;
    case IG_COUNT_FLOPS: return 2 * cost.macs + cost.adds + cost.other;
    case IG_COUNT_THOP: return count_by(THOP, &call, &cost);
    case IG_COUNT_FVCORE: return count_by(FVCORE, &call, &cost);
    case IG_COUNT_PTFLOPS: return count_by(PTFLOPS, &call, &cost);
    default: return 0;
    }
}

int64_t ig_graph_count_layer(const ig_graph *graph, int index, ig_count_rule rule)
{
    return index >= 0 && index < graph->n_nodes ? count_node(graph, &graph->nodes[index], rule) : 0;
}

int64_t ig_graph_count_all(const ig_graph *graph, ig_count_rule rule)
{
    int64_t sum = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        int64_t count = count_node(graph, &graph->nodes[i], rule);
        sum = sum > INT64_MAX - count ? INT64_MAX : sum + count;
    }
    return sum;
}
