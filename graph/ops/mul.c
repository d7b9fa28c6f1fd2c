#include "graph/ops/common.h"

static void mul_row(const float *const *in, const int64_t *step, float *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)((double)in[0][i * step[0]] * (double)in[1][i * step[1]]);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    *out = (ig_cost){.other = ig_op_elems(call)};
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_broadcast_run(call, data, range, mul_row);
}

const ig_op ig_op_mul = {
    .name = "mul",
    .doc = "y = a * b, with NumPy broadcasting",
    .source = "torch.mul",
    .cost_doc = "1 other per output element",
    .problem_doc = IG_BROADCAST_PROBLEM_DOC,
    .min_inputs = 2,
    .max_inputs = 2,
    .infer = ig_broadcast_infer,
    .cost = cost,
    .problem = ig_broadcast_problem,
    .units = ig_broadcast_units,
    .reference = reference,
};
