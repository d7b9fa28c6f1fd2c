#include "graph/ops/common.h"

enum { OUT };

static const ig_attr_spec attrs[] = {
    [OUT] = {.name = "out",
             .type = IG_ATTR_INT,
             .required = true,
             .min = 1,
             .max = IG_MAX_EXTENT,
             .doc = "output features"},
    {.name = "bias", .type = IG_ATTR_BOOL, .fallback = 1, .doc = "adds a learned bias"},
    IG_TAIL_ATTRS,
};

static int64_t features(const ig_op_context *call)
{
    return call->inputs[0].dim[call->inputs[0].rank - 1];
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 2, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    ig_shape weight = IG_SHAPE(call->attrs[OUT].i, features(call)), out = call->inputs[0];
    out.dim[out.rank - 1] = call->attrs[OUT].i;
    status = ig_op_need_limits(call, "weight", &weight, error);
    if (status != IG_OK)
        return status;
    ig_tail_declare(call, weight, IG_PARAM_LINEAR_WEIGHT, IG_PARAM_LINEAR_BIAS);
    return ig_op_set_output(call, out, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    *out = (ig_cost){.macs = ig_op_elems(call) * features(call)};
    ig_tail_cost(call, out);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_op_var vars[] = {
        {"M", ig_op_span(&call->inputs[0], 0, call->inputs[0].rank - 1)},
        {"K", features(call)},
        {"O", call->attrs[OUT].i},
        {"ACT", ig_tail_activation(call)},
        {"BIAS", ig_tail_has_bias(call)},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_elems(call);
}

/* Four sums, because one alone waits for each addition to finish. */
static double dot(const float *a, const float *b, int64_t n)
{
    double sum[4] = {0};
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (int j = 0; j < 4; j++)
            sum[j] += (double)a[i + j] * (double)b[i + j];
    }
    for (; i < n; i++)
        sum[0] += (double)a[i] * (double)b[i];
    return sum[0] + sum[1] + (sum[2] + sum[3]);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t in = features(call), out = call->attrs[OUT].i;
    ig_activation activation = ig_tail_activation(call);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t row = unit / out, o = unit % out;
        ig_affine affine = ig_tail_affine(call, data, o);
        double sum = dot(data->inputs[0] + row * in, data->params[IG_TAIL_WEIGHT] + o * in, in);
        data->output[unit] = (float)ig_activation_apply(activation, sum * affine.scale + affine.shift);
    }
}

const ig_op ig_op_linear = {
    .name = "linear",
    .doc = "y[..., o] = act(norm(bias[o] + sum over k of weight[o,k] * x[..., k]))",
    .source = "torch.nn.Linear",
    .params_doc = IG_TAIL_PARAMS_DOC("[O, K]", "[O]"),
    .cost_doc = "M*K*O macs; " IG_TAIL_COST_DOC,
    .problem_doc = "M K O ACT BIAS",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
    .device_param = ig_tail_device_param,
};
