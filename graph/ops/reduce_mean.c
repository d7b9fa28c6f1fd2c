#include "graph/ops/common.h"

static void sum_row(double *restrict acc, const float *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        acc[i] += (double)x[i];
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    ig_reduce_cost(call, out);
    out->other += ig_op_elems(call);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    double length = (double)ig_reduce_axes(call).length;
    ig_reduce_run(call, data, range, (ig_fold){.start = 0, .divisor = length, .row = sum_row});
}

const ig_op ig_op_reduce_mean = {
    .name = "reduce_mean",
    .doc = "y = mean of x over neighbouring axes",
    .source = "torch.mean",
    .cost_doc = "RED-1 adds and 1 other per output element",
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
