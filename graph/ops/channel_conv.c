#include "graph/ops/common.h"

enum { KERNEL, CONV };

static const ig_attr_spec attrs[] = {
    [KERNEL] = {.name = "kernel",
                .type = IG_ATTR_PAIR,
                .required = true,
                .min = 1,
                .max = IG_MAX_WINDOW,
                .doc = "a row or a column of an odd number of taps; the result lies along it"},
    [CONV] = {.name = "conv",
              .type = IG_ATTR_WORDS,
              .internal = true,
              .doc = "the convolution: its PATH, with `bias`, `norm PATH EPS`"},
    IG_THEN_ATTR,
};

static int64_t taps_of(const ig_op_context *call)
{
    return call->attrs[KERNEL].list[0] * call->attrs[KERNEL].list[1];
}

static bool read_conv(const ig_op_context *call, ig_layer *out)
{
    ig_words w = {.list = &call->attrs[CONV]};
    *out = (ig_layer){.bias = false};
    ig_layer_read(&w, out);
    return !w.failed && w.at == w.list->n_words;
}

static ig_layer conv_of(const ig_op_context *call)
{
    ig_layer out;
    read_conv(call, &out); /* inferred before */
    return out;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_layer conv;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    const int64_t *kernel = call->attrs[KERNEL].list, *in = call->inputs[0].dim;
    if (ig_min(kernel[0], kernel[1]) != 1 || taps_of(call) % 2 == 0)
        return ig_op_refuse(call, error, "the kernel is no row or column of an odd number of taps");
    if (in[1] + taps_of(call) > IG_GROUP_ROOM)
        return ig_op_refuse(call, error, "more than %d channels and taps", IG_GROUP_ROOM);
    if (!read_conv(call, &conv))
        return ig_op_refuse(call, error, "`conv` is no convolution");
    ig_layer_declare(call, 0, &conv, IG_SHAPE(1, 1, kernel[0], kernel[1]), IG_PARAM_CONV_WEIGHT, IG_PARAM_CONV_BIAS);
    const bool upright = kernel[1] == 1;
    return ig_op_set_output(call, IG_SHAPE(in[0], 1, upright ? in[1] : 1, upright ? 1 : in[1]), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const ig_layer conv = conv_of(call);
    const int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.macs = elems * taps_of(call), .adds = ig_shape_elems(&call->inputs[0]) - elems, .other = elems};
    ig_layer_cost(&conv, elems, out);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"N", in->dim[0]}, {"C", in->dim[1]}, {"S", ig_op_span(in, 2, 4)}, {"K", taps_of(call)}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0];
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_layer conv = conv_of(call);
    const ig_affine affine = ig_layer_affine(&conv, data->params, 0);
    const int64_t channels = call->inputs[0].dim[1], pixels = ig_op_span(&call->inputs[0], 2, 4), taps = taps_of(call);
    for (int64_t n = range.begin; n < range.end; n++) {
        double mean[IG_GROUP_ROOM];
        for (int64_t c = 0; c < channels; c++)
            mean[c] = ig_run_mean(data->inputs[0] + (n * channels + c) * pixels, pixels);
        for (int64_t c = 0; c < channels; c++) {
            const int64_t first = c - taps / 2;
            double sum = 0;
            for (int64_t k = ig_max(0, -first); k < ig_min(taps, channels - first); k++)
                sum += (double)data->params[IG_TAIL_WEIGHT][k] * mean[first + k];
            data->output[n * channels + c] = (float)(affine.scale * sum + affine.shift);
        }
    }
}

static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    const ig_layer conv = conv_of(call);
    return ig_layer_device_param(&conv, data->params, slot, 1, taps_of(call), out);
}

const ig_op ig_op_channel_conv = {
    .name = "channel_conv",
    .doc = "y[n,c] = norm(bias + sum over k of weight[k] * m[n, c + k - K/2]), m being the means of the planes of x, "
           "and 0 "
           "outside of its channels; K is the number of taps, and the channels lie along the axis that the kernel has. "
           "Channels and taps together are at most 3072.",
    .source = "the gate of efficient channel attention (Wang et al. 2020)",
    .params_doc = "under the path in `conv`: `weight` [1, 1, KH, KW]; `bias` [1] with `bias`; `weight`, `bias`, "
                  "`running_mean`, `running_var` [1] of its norm",
    .cost_doc = "one add for each element of a plane but the first, and 1 other per mean; K macs per output element; "
                "bias: 1 add; norm: 1 add and 1 other",
    .problem_doc = "N C S K",
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
