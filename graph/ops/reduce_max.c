#include "graph/ops/common.h"

#include <math.h>

static void max_row(double *restrict acc, const float *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double v = (double)x[i];
        acc[i] = v > acc[i] || v != v ? v : acc[i]; /* a NaN stays */
    }
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    ig_reduce_cost(call, out);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_reduce_run(call, data, range, (ig_fold){.start = -INFINITY, .divisor = 1, .row = max_row});
}

const ig_op ig_op_reduce_max = {
    .name = "reduce_max",
    .doc = "y = largest of x over neighbouring axes",
    .source = "torch.amax",
    .cost_doc = "RED-1 adds per output element",
    .problem_doc = "OUTER RED INNER OF",
    .attrs = ig_reduce_attrs,
    .n_attrs = IG_COUNT(ig_reduce_attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = ig_reduce_infer,
    .cost = cost,
    .problem = ig_reduce_problem,
    .units = ig_reduce_units,
    .reference = reference,
};
