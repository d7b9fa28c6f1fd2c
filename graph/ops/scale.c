#include "graph/ops/common.h"

enum { FACTOR, OFFSET };

static const ig_attr_spec attrs[] = {
    [FACTOR] = {.name = "factor",
                .type = IG_ATTR_FLOAT,
                .fmin = -1e30,
                .fmax = 1e30,
                .ffallback = 1,
                .doc = "what every element is multiplied by"},
    [OFFSET] =
        {.name = "offset", .type = IG_ATTR_FLOAT, .fmin = -1e30, .fmax = 1e30, .doc = "what is added to the product"},
    IG_THEN_ATTR,
};

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = call->attrs[OFFSET].f != 0 ? elems : 0, .other = call->attrs[FACTOR].f != 1 ? elems : 0};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    emit(user, "ELEMS", ig_op_elems(call));
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const double factor = call->attrs[FACTOR].f, offset = call->attrs[OFFSET].f;
    int64_t end = ig_min(range.end * IG_BLOCK, ig_op_elems(call));
    for (int64_t i = range.begin * IG_BLOCK; i < end; i++)
        data->output[i] = (float)(factor * (double)data->inputs[0][i] + offset);
}

const ig_op ig_op_scale = {
    .name = "scale",
    .doc = "y = factor * x + offset, with constants of the description",
    .source = "tensor arithmetic with numbers",
    .cost_doc = "factor other than 1: 1 other; offset other than 0: 1 add (each per element)",
    .problem_doc = "ELEMS",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = ig_unary_infer,
    .cost = cost,
    .problem = problem,
    .units = ig_unary_units,
    .reference = reference,
};
