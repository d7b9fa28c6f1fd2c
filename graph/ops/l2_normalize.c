#include "graph/ops/common.h"

#include <math.h>

enum { AXIS, EPS };

static const ig_attr_spec attrs[] = {
    [AXIS] = {.name = "axis",
              .type = IG_ATTR_INT,
              .min = -IG_MAX_RANK,
              .max = IG_MAX_RANK - 1,
              .fallback = -1,
              .doc = "axis along which the norm is taken; a negative one counts from the end"},
    [EPS] = {.name = "eps",
             .type = IG_ATTR_FLOAT,
             .fmin = 1e-15, /* the square of anything smaller would leave the range of float32 */
             .fmax = 1e6,
             .ffallback = 1e-12,
             .doc = "least divisor"},
};

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = elems, .other = 2 * elems};
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const double eps = call->attrs[EPS].f;
    ig_axes axes = ig_axis_axes(call);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t start = unit / axes.inner * axes.length * axes.inner + unit % axes.inner;
        const float *x = data->inputs[0] + start;
        float *y = data->output + start;
        double sum = 0;
        for (int64_t r = 0; r < axes.length; r++)
            sum += (double)x[r * axes.inner] * (double)x[r * axes.inner];
        double norm = sqrt(sum) < eps ? eps : sqrt(sum); /* a NaN stays one */
        for (int64_t r = 0; r < axes.length; r++)
            y[r * axes.inner] = (float)((double)x[r * axes.inner] / norm);
    }
}

const ig_op ig_op_l2_normalize = {
    .name = "l2_normalize",
    .doc = "y = x / max(sqrt(sum of x^2), eps), the sum along one axis",
    .source = "torch.nn.functional.normalize",
    .cost_doc = "1 add and 2 other (square, division) per element",
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
