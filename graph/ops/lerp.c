#include "graph/ops/common.h"

static void lerp_row(const float *const *in, const int64_t *step, float *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double a = in[0][i * step[0]], b = in[1][i * step[1]], w = in[2][i * step[2]];
        out[i] = (float)(a + w * (b - a));
    }
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = 2 * elems, .other = elems};
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_broadcast_run(call, data, range, lerp_row);
}

const ig_op ig_op_lerp = {
    .name = "lerp",
    .doc = "y = a + w * (b - a) of the inputs a, b, w, with NumPy broadcasting of all three",
    .source = "torch.lerp",
    .cost_doc = "2 adds and 1 other per output element",
    .problem_doc = IG_BROADCAST_PROBLEM_DOC " W0 W1 W2 W3",
    .min_inputs = 3,
    .max_inputs = 3,
    .infer = ig_broadcast_infer,
    .cost = cost,
    .problem = ig_broadcast_problem,
    .units = ig_broadcast_units,
    .reference = reference,
};
