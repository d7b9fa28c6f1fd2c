#include "graph/ops/common.h"

#include <string.h>

static const char *norm_path(const ig_op_context *call)
{
    const char *path = ig_op_attr(call, "norm")->s;
    return path && *path ? path : NULL;
}

void ig_tail_declare(ig_op_context *call, ig_shape weight, ig_param_kind weight_kind, ig_param_kind bias_kind)
{
    int64_t channels = weight.dim[0];
    ig_op_declare(call, IG_TAIL_WEIGHT, "weight", weight, weight_kind);
    if (ig_op_attr(call, "bias")->i)
        ig_op_declare(call, IG_TAIL_BIAS, "bias", IG_SHAPE(channels), bias_kind);
    if (norm_path(call))
        ig_norm_declare(call, IG_TAIL_NORM, norm_path(call), channels);
}

bool ig_tail_has_bias(const ig_op_context *call)
{
    return ig_op_attr(call, "bias")->i || norm_path(call);
}

ig_activation ig_tail_activation(const ig_op_context *call)
{
    return (ig_activation)ig_op_attr(call, "act")->i;
}

void ig_tail_cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    ig_cost act = ig_activation_cost(ig_tail_activation(call), elems);
    int64_t norm = norm_path(call) ? elems : 0;
    out->adds += act.adds + norm + (ig_op_attr(call, "bias")->i ? elems : 0);
    out->other += act.other + norm;
}

ig_affine ig_tail_affine(const ig_op_context *call, const ig_op_data *data, int64_t channel)
{
    double bias = data->params[IG_TAIL_BIAS] ? (double)data->params[IG_TAIL_BIAS][channel] : 0;
    if (!norm_path(call))
        return (ig_affine){1, bias};
    ig_affine norm = ig_norm_affine(data->params + IG_TAIL_NORM, ig_op_attr(call, "norm_eps")->f, channel);
    return (ig_affine){norm.scale, bias * norm.scale + norm.shift};
}

int64_t ig_tail_device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    const ig_shape *weight = &call->params[IG_TAIL_WEIGHT].shape;
    int64_t channels = weight->dim[0], per_channel = ig_op_span(weight, 1, weight->rank);
    if (slot > IG_TAIL_BIAS || (slot == IG_TAIL_BIAS && !ig_tail_has_bias(call)))
        return 0;
    for (int64_t c = 0; out && c < channels; c++) {
        ig_affine affine = ig_tail_affine(call, data, c);
        if (slot == IG_TAIL_BIAS)
            out[c] = (float)affine.shift;
        for (int64_t i = c * per_channel; slot == IG_TAIL_WEIGHT && i < (c + 1) * per_channel; i++)
            out[i] = (float)(affine.scale * (double)data->params[IG_TAIL_WEIGHT][i]);
    }
    return slot == IG_TAIL_BIAS ? channels : channels * per_channel;
}
