#include "graph/ops/common.h"

enum { EPS, MODULE };

static const ig_attr_spec attrs[] = {
    [EPS] = {.name = "eps",
             .type = IG_ATTR_FLOAT,
             .fmin = 0,
             .fmax = 1e6,
             .ffallback = 1e-5,
             .doc = "added to the variance"},
    [MODULE] = IG_MODULE_ATTR,
    IG_THEN_ATTR,
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 2, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    ig_norm_declare(call, 0, NULL, call->inputs[0].dim[1]);
    return ig_op_set_output(call, call->inputs[0], error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = elems, .other = elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"N", in->dim[0]}, {"C", in->dim[1]}, {"S", ig_op_span(in, 2, in->rank)}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_shape *in = &call->inputs[0];
    int64_t plane = ig_op_span(in, 2, in->rank);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        ig_affine affine = ig_norm_affine(data->params, call->attrs[EPS].f, unit % in->dim[1]);
        for (int64_t i = unit * plane; i < (unit + 1) * plane; i++)
            data->output[i] = (float)((double)data->inputs[0][i] * affine.scale + affine.shift);
    }
}

/* Slot 0 becomes the scale and slot 1 the shift. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    int64_t channels = call->inputs[0].dim[1];
    if (slot > 1)
        return 0;
    for (int64_t c = 0; out && c < channels; c++) {
        ig_affine affine = ig_norm_affine(data->params, call->attrs[EPS].f, c);
        out[c] = (float)(slot == 0 ? affine.scale : affine.shift);
    }
    return channels;
}

const ig_op ig_op_batch_norm = {
    .name = "batch_norm",
    .doc = "y = weight[c] * (x - running_mean[c]) / sqrt(running_var[c] + eps) + bias[c], c along axis 1",
    .source = "torch.nn.BatchNorm2d at inference",
    .params_doc = "0 `weight`, 1 `bias`, 2 `running_mean`, 3 `running_var`, all [C]",
    .cost_doc = "1 add and 1 other per element",
    .problem_doc = "N C S",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
    .device_param = device_param,
};
