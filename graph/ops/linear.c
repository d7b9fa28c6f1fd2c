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
    IG_BRANCHES_ATTR,
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
    status = ig_tail_declare(call, weight, IG_PARAM_LINEAR_WEIGHT, IG_PARAM_LINEAR_BIAS, error);
    if (status != IG_OK)
        return status;
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

/* The product of a weight row with what a norm in front of the branch makes of x. */
static double dot_before(const ig_branch *b, const ig_op_data *data, const float *x, const float *w, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        ig_affine norm = ig_branch_before(b, data, i);
        sum += (double)w[i] * ((double)x[i] * norm.scale + norm.shift);
    }
    return sum;
}

static double branch_sum(const ig_branch *b, const ig_op_data *data, const float *x, int64_t o, int64_t in)
{
    ig_affine affine = ig_branch_affine(b, data, o);
    if (b->weight_slot < 0)
        return (double)x[o] * affine.scale + affine.shift;
    const float *w = data->params[b->weight_slot] + o * in;
    double sum = b->before_slot < 0 ? dot(x, w, in) : dot_before(b, data, x, w, in);
    return sum * affine.scale + affine.shift;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t in = features(call), out = call->attrs[OUT].i;
    ig_branches list;
    ig_tail_branches(call, &list);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const float *x = data->inputs[0] + unit / out * in;
        double sum = 0;
        for (int b = 0; b < list.count; b++)
            sum += branch_sum(&list.item[b], data, x, unit % out, in);
        data->output[unit] = (float)sum;
    }
}

const ig_op ig_op_linear = {
    .name = "linear",
    .doc = "y[..., o] = norm(bias[o] + sum over k of weight[o,k] * x[..., k])",
    .source = "torch.nn.Linear",
    .params_doc = IG_TAIL_PARAMS_DOC("[O, K]", "[O]"),
    .cost_doc = "M*K*O macs; " IG_TAIL_COST_DOC,
    .problem_doc = "M K O BIAS",
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
