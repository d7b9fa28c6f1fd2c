#include "graph/ops/common.h"

enum { SLOPE };

static const ig_attr_spec attrs[] = {
    [SLOPE] = {.name = "slope",
               .type = IG_ATTR_FLOAT,
               .required = true,
               .fmin = 0,
               .fmax = 1,
               .doc = "factor of negative elements"},
    IG_THEN_ATTR,
};

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = elems, .other = elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    emit(user, "ELEMS", ig_op_elems(call));
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const double slope = call->attrs[SLOPE].f;
    int64_t end = ig_min(range.end * IG_BLOCK, ig_op_elems(call));
    for (int64_t i = range.begin * IG_BLOCK; i < end; i++) {
        double x = data->inputs[0][i];
        data->output[i] = (float)(x < 0 ? slope * x : x);
    }
}

const ig_op ig_op_leaky_relu = {
    .name = "leaky_relu",
    .doc = "y = slope * x where x < 0, else x",
    .source = "torch.nn.LeakyReLU",
    .cost_doc = "1 add and 1 other per element",
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
