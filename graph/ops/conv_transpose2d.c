#include "graph/ops/common.h"

enum { OUT, KERNEL, STRIDE, PAD, OUTPUT_PADDING, DILATION, GROUPS, BIAS };
enum { WEIGHT_SLOT, BIAS_SLOT };

static const ig_attr_spec attrs[] = {
    [OUT] = IG_CONV_OUT,
    [KERNEL] = IG_CONV_KERNEL,
    [STRIDE] = IG_CONV_PAIR("stride", 1, 1, "steps between the windows in the output"),
    [PAD] = IG_CONV_PAIR("pad", 0, 0, "rows or columns cut off each side of the output"),
    [OUTPUT_PADDING] = IG_CONV_PAIR(
        "output_padding", 0, 0, "rows or columns more at the bottom and right; less than the stride or the dilation"),
    [DILATION] = IG_CONV_PAIR("dilation", 1, 1, "distance between kernel taps"),
    [GROUPS] = IG_CONV_GROUPS,
    [BIAS] = {.name = "bias", .type = IG_ATTR_BOOL, .doc = "adds a learned bias"},
    IG_THEN_ATTR,
};

/* The convolution this one transposes: its windows slide over our output and there is one for each of our input
 * positions. */
static ig_window get_window(const ig_op_context *call, int axis)
{
    ig_window w = ig_op_window(call, axis);
    w.out = w.in;
    w.in = (w.out - 1) * w.stride - 2 * w.pad + w.dilation * (w.kernel - 1) + 1;
    w.in += call->attrs[OUTPUT_PADDING].list[axis];
    return w;
}

static ig_status check_window(const ig_op_context *call, const ig_window *w, int axis, ig_error *error)
{
    static const char *const names[2] = {"height", "width"};
    int64_t more = call->attrs[OUTPUT_PADDING].list[axis], limit = ig_max(w->stride, w->dilation);
    if (more >= limit) {
        ig_status status = ig_op_refuse(call, error, "output_padding is too large for the %s", names[axis]);
        ig_error_expected(error, "less than the larger of stride and dilation, %lld", (long long)limit);
        ig_error_found(error, "%lld", (long long)more);
        return status;
    }
    if (w->in < 1) {
        ig_status status = ig_op_refuse(call, error, "pad leaves nothing of the %s", names[axis]);
        ig_error_expected(error, "less than half of %lld", (long long)(w->in + 2 * w->pad));
        ig_error_found(error, "%lld", (long long)w->pad);
        return status;
    }
    return IG_OK;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status == IG_OK)
        status = ig_conv_check_groups(call, error);
    if (status != IG_OK)
        return status;
    const ig_window y = get_window(call, 0), x = get_window(call, 1);
    const ig_shape *in = &call->inputs[0];
    int64_t out = call->attrs[OUT].i;
    ig_shape weight = IG_SHAPE(in->dim[1], out / call->attrs[GROUPS].i, y.kernel, x.kernel);
    status = check_window(call, &y, 0, error);
    if (status == IG_OK)
        status = check_window(call, &x, 1, error);
    if (status == IG_OK)
        status = ig_op_need_limits(call, "weight", &weight, error);
    if (status != IG_OK)
        return status;
    ig_op_declare(call, WEIGHT_SLOT, "weight", weight, IG_PARAM_CONV_WEIGHT);
    if (call->attrs[BIAS].i)
        ig_op_declare(call, BIAS_SLOT, "bias", IG_SHAPE(out), IG_PARAM_CONV_BIAS);
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], out, y.in, x.in), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const ig_shape *in = &call->inputs[0], *weight = &call->params[WEIGHT_SLOT].shape;
    *out = (ig_cost){.macs = ig_op_span(in, 0, 4) * ig_op_span(weight, 1, 4),
                     .adds = call->attrs[BIAS].i ? ig_op_elems(call) : 0};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_window y = get_window(call, 0), x = get_window(call, 1);
    const ig_op_var vars[] = {
        {"N", in->dim[0]},
        {"C", in->dim[1]},
        {"H", y.out},
        {"W", x.out},
        {"OC", call->attrs[OUT].i},
        {"OH", y.in},
        {"OW", x.in},
        {"KH", y.kernel},
        {"KW", x.kernel},
        {"SH", y.stride},
        {"SW", x.stride},
        {"PH", y.pad},
        {"PW", x.pad},
        {"DH", y.dilation},
        {"DW", x.dilation},
        {"G", call->attrs[GROUPS].i},
        {"BIAS", call->attrs[BIAS].i},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->output, 0, 2);
}

/* One output row, or a part of one. */
typedef struct strip {
    const float *in, *weight; /* at the group's first input channel, and at the output channel within it */
    int64_t channels, outputs;
    ig_window y, x;
    int64_t oy;
    ig_op_range cols;
} strip;

/* Adds what tap `kx` carries from an input row to acc, the strip's columns. */
static void add_tap(const strip *s, const float *row, int64_t kx, double weight, double *acc)
{
    int64_t shift = ig_window_source(&s->x, 0, kx) - s->cols.begin; /* where input column 0 goes */
    int64_t last = s->cols.end - s->cols.begin - 1 - shift;
    int64_t begin = shift < 0 ? ig_ceil_div(-shift, s->x.stride) : 0;
    int64_t end = last < 0 ? 0 : ig_min(last / s->x.stride + 1, s->x.out);
    for (int64_t ix = begin; ix < end; ix++)
        acc[shift + ix * s->x.stride] += weight * (double)row[ix];
}

static void accumulate(const strip *s, double *acc)
{
    int64_t taps = s->y.kernel * s->x.kernel;
    for (int64_t ky = 0; ky < s->y.kernel; ky++) {
        int64_t above = s->oy - ig_window_source(&s->y, 0, ky), iy = above / s->y.stride;
        if (above < 0 || above % s->y.stride != 0 || iy >= s->y.out)
            continue;
        for (int64_t c = 0; c < s->channels; c++) {
            const float *weight = s->weight + c * s->outputs * taps + ky * s->x.kernel;
            for (int64_t kx = 0; kx < s->x.kernel; kx++)
                add_tap(s, s->in + (c * s->y.out + iy) * s->x.out, kx, (double)weight[kx], acc);
        }
    }
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t groups = call->attrs[GROUPS].i, out = call->attrs[OUT].i;
    strip s = {.channels = call->inputs[0].dim[1] / groups, .outputs = out / groups};
    s.y = get_window(call, 0);
    s.x = get_window(call, 1);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t group = unit % out / s.outputs, plane = s.y.in * s.x.in;
        double bias = data->params[BIAS_SLOT] ? (double)data->params[BIAS_SLOT][unit % out] : 0;
        s.in = data->inputs[0] + (unit / out * groups + group) * s.channels * s.y.out * s.x.out;
        s.weight =
            data->params[WEIGHT_SLOT] + (group * s.channels * s.outputs + unit % s.outputs) * s.y.kernel * s.x.kernel;
        for (int64_t at = 0, n; at < plane; at += n) {
            double acc[IG_TILE] = {0};
            n = ig_min(IG_TILE, s.x.in - at % s.x.in);
            s.oy = at / s.x.in;
            s.cols = (ig_op_range){at % s.x.in, at % s.x.in + n};
            accumulate(&s, acc);
            for (int64_t i = 0; i < n; i++)
                data->output[unit * plane + at + i] = (float)(acc[i] + bias);
        }
    }
}

/* Weights as [Cin][KH][KW][OC/G], so that the output channels of one input pixel lie side by side. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    const ig_shape *weight = &call->params[WEIGHT_SLOT].shape;
    int64_t outputs = weight->dim[1], taps = ig_op_span(weight, 2, 4);
    if (slot > BIAS_SLOT || !call->params[slot].suffix)
        return 0;
    int64_t elems = ig_shape_elems(&call->params[slot].shape);
    for (int64_t i = 0; out && i < elems; i++) {
        int64_t to = (i / taps / outputs * taps + i % taps) * outputs + i / taps % outputs;
        out[slot == WEIGHT_SLOT ? to : i] = data->params[slot][i];
    }
    return elems;
}

const ig_op ig_op_conv_transpose2d = {
    .name = "conv_transpose2d",
    .doc = "y[n,o,u,v] = bias[o] + sum of weight[c,o,i,j] * x[n,c,h,w] over all c of o's group and all h, w, i, j with "
           "h*SH-PH+i*DH = u and w*SW-PW+j*DW = v; o counted within its group",
    .source = "torch.nn.ConvTranspose2d",
    .params_doc = "0 `weight` [C, OC/G, KH, KW]; 1 `bias` [OC] with `bias`",
    .cost_doc = "N*H*W*C*(OC/G)*KH*KW macs; bias: 1 add per output element",
    .problem_doc = "N C H W OC OH OW KH KW SH SW PH PW DH DW G BIAS",
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
