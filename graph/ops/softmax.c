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

static ig_status infer(ig_op_context *call, ig_error *error)
{
    int axis;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_axis(call, call->attrs[AXIS].i, &axis, error);
    return status != IG_OK ? status : ig_op_set_output(call, call->inputs[0], error);
}

static ig_axes axes_of(const ig_op_context *call)
{
    int axis = ig_shape_axis(&call->inputs[0], call->attrs[AXIS].i);
    return ig_op_axes(&call->inputs[0], axis, axis + 1);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = 3 * elems, .other = 2 * elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    ig_axes_problem(axes_of(call), emit, user);
}

static int64_t units(const ig_op_context *call)
{
    ig_axes axes = axes_of(call);
    return axes.outer * axes.inner;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_axes axes = axes_of(call);
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
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
