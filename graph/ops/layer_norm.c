#include "graph/ops/common.h"

#include <math.h>

enum { AXIS, EPS, MODULE };

static const ig_attr_spec attrs[] = {
    [AXIS] = {.name = "axis",
              .type = IG_ATTR_INT,
              .min = -IG_MAX_RANK,
              .max = IG_MAX_RANK - 1,
              .fallback = -1,
              .doc = "axis that is normalised; a negative one counts from the end"},
    [EPS] = {.name = "eps",
             .type = IG_ATTR_FLOAT,
             .fmin = 0,
             .fmax = 1e6,
             .ffallback = 1e-5,
             .doc = "added to the variance"},
    [MODULE] = IG_MODULE_ATTR,
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_axis_infer(call, error);
    if (status != IG_OK)
        return status;
    int64_t extent = ig_axis_axes(call).length;
    ig_op_declare(call, 0, "weight", IG_SHAPE(extent), IG_PARAM_NORM_WEIGHT);
    ig_op_declare(call, 1, "bias", IG_SHAPE(extent), IG_PARAM_NORM_BIAS);
    return IG_OK;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = 4 * elems, .other = 3 * elems};
}

/* Sum of (x - mean)^2 along one line of the axis. */
static double sum_squares(const float *x, ig_axes axes, double mean)
{
    double sum = 0;
    for (int64_t r = 0; r < axes.length; r++)
        sum += ((double)x[r * axes.inner] - mean) * ((double)x[r * axes.inner] - mean);
    return sum;
}

static double mean_of(const float *x, ig_axes axes)
{
    double sum = 0;
    for (int64_t r = 0; r < axes.length; r++)
        sum += (double)x[r * axes.inner];
    return sum / (double)axes.length;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_axes axes = ig_axis_axes(call);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t start = unit / axes.inner * axes.length * axes.inner + unit % axes.inner;
        const float *x = data->inputs[0] + start;
        float *y = data->output + start;
        double mean = mean_of(x, axes);
        double variance = sum_squares(x, axes, mean) / (double)axes.length;
        double factor = 1 / sqrt(variance + call->attrs[EPS].f);
        for (int64_t r = 0; r < axes.length; r++) {
            double normal = ((double)x[r * axes.inner] - mean) * factor;
            y[r * axes.inner] = (float)(normal * (double)data->params[0][r] + (double)data->params[1][r]);
        }
    }
}

const ig_op ig_op_layer_norm = {
    .name = "layer_norm",
    .doc = "y = weight[r] * (x - mean) / sqrt(var + eps) + bias[r], r along one axis, mean and biased variance taken "
           "from x along it",
    .source = "torch.nn.LayerNorm of one axis; axis 1 of NCHW is the LayerNorm2d of ConvNeXt",
    .params_doc = "0 `weight`, 1 `bias`, both [extent of the axis]",
    .cost_doc = "4 adds and 3 other per element",
    .problem_doc = "OUTER RED INNER",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = ig_axis_problem,
    .units = ig_axis_units,
    .reference = reference,
};
