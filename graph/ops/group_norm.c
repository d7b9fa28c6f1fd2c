#include "graph/ops/common.h"

enum { GROUPS, EPS, AFFINE };

static const ig_attr_spec attrs[] = {
    [GROUPS] = {.name = "groups",
                .type = IG_ATTR_INT,
                .required = true,
                .min = 1,
                .max = IG_MAX_EXTENT,
                .doc = "divides the channels"},
    [EPS] = {.name = "eps",
             .type = IG_ATTR_FLOAT,
             .fmin = 0,
             .fmax = 1e6,
             .ffallback = 1e-5,
             .doc = "added to the variance"},
    [AFFINE] = {.name = "affine", .type = IG_ATTR_BOOL, .fallback = 1, .doc = "scale and shift by parameters"},
    IG_THEN_ATTR,
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 2, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    int64_t channels = call->inputs[0].dim[1], groups = call->attrs[GROUPS].i;
    if (channels % groups != 0) {
        status = ig_op_refuse(call, error, "groups must divide the channels");
        ig_error_expected(error, "a divisor of %lld channels", (long long)channels);
        ig_error_found(error, "groups %lld", (long long)groups);
        return status;
    }
    if (call->attrs[AFFINE].i) {
        ig_op_declare(call, 0, "weight", IG_SHAPE(channels), IG_PARAM_NORM_WEIGHT);
        ig_op_declare(call, 1, "bias", IG_SHAPE(channels), IG_PARAM_NORM_BIAS);
    }
    return ig_op_set_output(call, call->inputs[0], error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call), affine = call->attrs[AFFINE].i;
    *out = (ig_cost){.adds = (3 + affine) * elems, .other = (2 + affine) * elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"N", in->dim[0]},
                              {"C", in->dim[1]},
                              {"S", ig_op_span(in, 2, in->rank)},
                              {"G", call->attrs[GROUPS].i},
                              {"AFFINE", call->attrs[AFFINE].i}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0] * call->attrs[GROUPS].i;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_shape *in = &call->inputs[0];
    int64_t plane = ig_op_span(in, 2, in->rank), groups = call->attrs[GROUPS].i, channels = in->dim[1] / groups;
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const float *x = data->inputs[0] + unit * channels * plane;
        float *y = data->output + unit * channels * plane;
        ig_affine affine = ig_moments_affine(x, channels * plane, call->attrs[EPS].f);
        for (int64_t i = 0; i < channels * plane; i++) {
            int64_t c = unit % groups * channels + i / plane;
            double normal = (double)x[i] * affine.scale + affine.shift;
            if (call->attrs[AFFINE].i)
                normal = normal * (double)data->params[0][c] + (double)data->params[1][c];
            y[i] = (float)normal;
        }
    }
}

const ig_op ig_op_group_norm = {
    .name = "group_norm",
    .doc = "y = weight[c] * (x - mean) / sqrt(var + eps) + bias[c], mean and biased variance taken from x over each "
           "group of channels of each image; without `affine` weight is 1 and bias 0",
    .source = "torch.nn.GroupNorm; with groups of one channel and without `affine` torch.nn.InstanceNorm2d",
    .params_doc = "0 `weight`, 1 `bias`, both [C], with `affine`",
    .cost_doc = "3 adds and 2 other per element; with `affine` 4 adds and 3 other",
    .problem_doc = "N C S G AFFINE",
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
