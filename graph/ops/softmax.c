#include "graph/ops/common.h"

#include <math.h>

enum { AXIS, MODULE };

static const ig_attr_spec attrs[] = {
    [AXIS] = {.name = "axis",
              .type = IG_ATTR_INT,
              .required = true,
              .min = -IG_MAX_RANK,
              .max = IG_MAX_RANK - 1,
              .doc = "axis that sums to 1; a negative one counts from the end"},
    [MODULE] = IG_MODULE_ATTR,
};

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = 3 * elems, .other = 2 * elems};
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_axes axes = ig_axis_axes(call);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t start = unit / axes.inner * axes.length * axes.inner + unit % axes.inner;
        const float *x = data->inputs[0] + start;
        float *y = data->output + start;
        double largest = -INFINITY, sum = 0;
        for (int64_t r = 0; r < axes.length; r++) {
            double v = (double)x[r * axes.inner];
            largest = v > largest || v != v ? v : largest; /* a NaN stays */
        }
        for (int64_t r = 0; r < axes.length; r++)
            sum += exp((double)x[r * axes.inner] - largest);
        for (int64_t r = 0; r < axes.length; r++)
            y[r * axes.inner] = (float)(exp((double)x[r * axes.inner] - largest) / sum);
    }
}

const ig_op ig_op_softmax = {
    .name = "softmax",
    .doc = "y = exp(x - max x) / sum of exp(x - max x) along one axis",
    .source = "torch.softmax",
    .cost_doc = "3 adds (comparison, subtraction, sum) and 2 other (exponential, division) per element",
    .problem_doc = "OUTER RED INNER",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = ig_axis_infer,
    .cost = cost,
    .problem = ig_axis_problem,
    .units = ig_axis_units,
    .reference = reference,
};
