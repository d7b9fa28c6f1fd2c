#include "graph/ops/common.h"

void ig_layer_read(ig_words *w, ig_layer *out)
{
    out->path = ig_words_take(w);
    out->bias = ig_words_take_if(w, "bias");
    if (ig_words_take_if(w, "norm")) {
        out->norm = ig_words_take(w);
        out->eps = ig_words_take_double(w);
    }
}

void ig_layer_declare(ig_op_context *call, int slot, const ig_layer *layer, ig_shape weight, ig_param_kind weight_kind,
                      ig_param_kind bias_kind)
{
    const int64_t outputs = weight.dim[0];
    ig_op_declare(call, slot + IG_TAIL_WEIGHT, "weight", weight, weight_kind);
    call->params[slot + IG_TAIL_WEIGHT].prefix = layer->path;
    if (layer->bias) {
        ig_op_declare(call, slot + IG_TAIL_BIAS, "bias", IG_SHAPE(outputs), bias_kind);
        call->params[slot + IG_TAIL_BIAS].prefix = layer->path;
    }
    if (layer->norm)
        ig_norm_declare(call, slot + IG_TAIL_NORM, layer->norm, outputs);
}

void ig_layer_cost(const ig_layer *layer, int64_t elems, ig_cost *out)
{
    out->adds += elems * ((layer->bias ? 1 : 0) + (layer->norm ? 1 : 0));
    out->other += layer->norm ? elems : 0;
}

ig_affine ig_layer_affine(const ig_layer *layer, const float *const *params, int64_t o)
{
    const double bias = layer->bias ? (double)params[IG_TAIL_BIAS][o] : 0;
    const ig_affine norm = layer->norm ? ig_norm_affine(params + IG_TAIL_NORM, layer->eps, o) : (ig_affine){1, 0};
    return (ig_affine){norm.scale, bias * norm.scale + norm.shift};
}

int64_t ig_layer_device_param(const ig_layer *layer, const float *const *params, int part, int64_t outputs,
                              int64_t columns, float *out)
{
    if (part > IG_TAIL_BIAS)
        return 0;
    for (int64_t o = 0; out && o < outputs; o++) {
        const ig_affine affine = ig_layer_affine(layer, params, o);
        if (part == IG_TAIL_BIAS)
            out[o] = (float)affine.shift;
        for (int64_t i = 0; part == IG_TAIL_WEIGHT && i < columns; i++)
            out[o * columns + i] = (float)(affine.scale * (double)params[IG_TAIL_WEIGHT][o * columns + i]);
    }
    return part == IG_TAIL_BIAS ? outputs : outputs * columns;
}

bool ig_convs_read(const ig_attr *words, ig_layer *out, int count)
{
    ig_words w = {.list = words};
    for (int i = 0; i < count; i++) {
        out[i] = (ig_layer){.bias = false};
        ig_layer_read(&w, &out[i]);
    }
    return !w.failed && w.at == words->n_words;
}

ig_status ig_convs_declare(ig_op_context *call, const ig_layer *convs, const ig_shape *weights, int count,
                           ig_error *error)
{
    for (int i = 0; i < count; i++) {
        ig_status status = ig_op_need_limits(call, "weight", &weights[i], error);
        if (status != IG_OK)
            return status;
        ig_layer_declare(call, IG_LAYER_SLOTS * i, &convs[i], weights[i], IG_PARAM_CONV_WEIGHT, IG_PARAM_CONV_BIAS);
    }
    return IG_OK;
}

int64_t ig_convs_device_param(const ig_layer *convs, const ig_shape *weights, int count, const ig_op_data *data,
                              int slot, float *out)
{
    const int index = slot / IG_LAYER_SLOTS;
    if (index >= count)
        return 0;
    const float *const *params = data ? data->params + index * IG_LAYER_SLOTS : NULL;
    return ig_layer_device_param(&convs[index], params, slot % IG_LAYER_SLOTS, weights[index].dim[0],
                                 ig_op_span(&weights[index], 1, 4), out);
}
