#include "graph/ops/common.h"

enum { OUT, HIDDEN, KERNEL, STRIDE, PAD, DILATION, AHEAD, BETWEEN, CONVS };
enum { EXPAND, DEPTHWISE, PROJECT, N_CONVS };
enum {
    MAX_CHANNELS = 4096, /* depthwise sums of a pixel stand on the reference's stack */
    /* Whatever is within, a device with 16 KiB of local memory holds the hidden map behind 2x2 pixels in it. */
    MAX_SPAN = 7,
    MAX_STRIDE = 2
};

#define ACTIVATION_ATTR(attr_name, attr_doc)                                                                           \
    {                                                                                                                  \
        .name = attr_name, .type = IG_ATTR_ENUM, .choices = ig_activation_names, .n_choices = IG_ACT_COUNT,            \
        .doc = attr_doc                                                                                                \
    }

static const ig_attr_spec attrs[] = {
    [OUT] = IG_CONV_OUT,
    [HIDDEN] = {.name = "hidden",
                .type = IG_ATTR_INT,
                .required = true,
                .min = 1,
                .max = MAX_CHANNELS,
                .doc = "channels of the expanded map"},
    [KERNEL] = IG_CONV_KERNEL,
    [STRIDE] = IG_CONV_PAIR("stride", 1, 1, "steps between windows, at most 2"),
    [PAD] = IG_CONV_PAIR("pad", 0, 0, "zeros around each side of the expanded map"),
    [DILATION] = IG_CONV_PAIR("dilation", 1, 1, "distance between kernel taps"),
    [AHEAD] = ACTIVATION_ATTR("ahead", "activation of the expanded map"),
    [BETWEEN] = ACTIVATION_ATTR("between", "activation of the depthwise result"),
    [CONVS] = {.name = "convs",
               .type = IG_ATTR_WORDS,
               .internal = true,
               .doc = "the 1x1 convolution that expands, the depthwise one, the 1x1 one behind it: each its PATH, "
                      "with `bias`, `norm PATH EPS`"},
    IG_THEN_ATTR,
};

/* A call as loops see it. */
typedef struct block {
    int64_t channels, hidden, out;
    ig_window y, x;
    ig_activation ahead, between;
    ig_layer conv[N_CONVS];
} block;

static block see(const ig_op_context *call)
{
    block b = {.channels = call->inputs[0].dim[1],
               .hidden = call->attrs[HIDDEN].i,
               .out = call->attrs[OUT].i,
               .y = ig_op_window(call, 0),
               .x = ig_op_window(call, 1),
               .ahead = (ig_activation)call->attrs[AHEAD].i,
               .between = (ig_activation)call->attrs[BETWEEN].i};
    ig_convs_read(&call->attrs[CONVS], b.conv, N_CONVS); /* inferred before */
    return b;
}

static ig_status need_small_window(const ig_op_context *call, const ig_window *window, ig_error *error)
{
    const int64_t span = (window->kernel - 1) * window->dilation + 1;
    if (span <= MAX_SPAN && window->stride <= MAX_STRIDE)
        return IG_OK;
    return ig_op_refuse(call, error, "a window over %d pixels wide, or a stride over %d", MAX_SPAN, MAX_STRIDE);
}

static void get_weights(const block *b, ig_shape out[N_CONVS])
{
    out[EXPAND] = IG_SHAPE(b->hidden, b->channels, 1, 1);
    out[DEPTHWISE] = IG_SHAPE(b->hidden, 1, b->y.kernel, b->x.kernel);
    out[PROJECT] = IG_SHAPE(b->out, b->hidden, 1, 1);
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_layer convs[N_CONVS];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    if (!ig_convs_read(&call->attrs[CONVS], convs, N_CONVS))
        return ig_op_refuse(call, error, "`convs` is no list of three convolutions");
    const block b = see(call);
    const ig_window window[2] = {b.y, b.x};
    ig_shape weights[N_CONVS];
    get_weights(&b, weights);
    const ig_shape inner = IG_SHAPE(call->inputs[0].dim[0], b.hidden, b.y.in, b.x.in);
    status = ig_op_need_window(call, window, error);
    for (int axis = 0; axis < 2 && status == IG_OK; axis++)
        status = need_small_window(call, &window[axis], error);
    if (status == IG_OK)
        status = ig_op_need_limits(call, "expanded map", &inner, error);
    if (status == IG_OK)
        status = ig_convs_declare(call, convs, weights, N_CONVS, error);
    if (status != IG_OK)
        return status;
    return ig_op_set_output(call, IG_SHAPE(call->inputs[0].dim[0], b.out, b.y.out, b.x.out), error);
}

static void add_cost(ig_cost *sum, ig_cost more)
{
    sum->adds += more.adds;
    sum->other += more.other;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const block b = see(call);
    const int64_t images = call->inputs[0].dim[0], before = images * b.y.in * b.x.in,
                  pixels = images * b.y.out * b.x.out;
    *out = ig_activation_cost(b.ahead, before * b.hidden);
    add_cost(out, ig_activation_cost(b.between, pixels * b.hidden));
    out->macs = b.hidden * (before * b.channels + pixels * (b.y.kernel * b.x.kernel + b.out));
    ig_layer_cost(&b.conv[EXPAND], before * b.hidden, out);
    ig_layer_cost(&b.conv[DEPTHWISE], pixels * b.hidden, out);
    ig_layer_cost(&b.conv[PROJECT], pixels * b.out, out);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const block b = see(call);
    const ig_op_var vars[] = {
        {"HC", b.hidden},
        {"OC", b.out},
        {"AHEAD", b.ahead},
        {"ACT", b.between},
    };
    ig_op_emit_windows(call, emit, user);
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* --- reference: a unit is an output row --------------------------------------------------------------------------- */

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0] * ig_op_window(call, 0).out;
}

/* What convolution `which` makes, before any activation, of the sum for its output `o`. */
static double finish_layer(const block *b, const ig_op_data *data, int which, int64_t o, double sum)
{
    const ig_affine affine = ig_layer_affine(&b->conv[which], data->params + IG_LAYER_SLOTS * which, o);
    return affine.scale * sum + affine.shift;
}

static double expand(const block *b, const ig_op_data *data, const float *image, int64_t h, int64_t at)
{
    const float *weight = data->params[IG_LAYER_SLOTS * EXPAND + IG_TAIL_WEIGHT] + h * b->channels;
    double sum = 0;
    for (int64_t c = 0; c < b->channels; c++)
        sum += (double)weight[c] * (double)image[c * b->y.in * b->x.in + at];
    return ig_activation_apply(b->ahead, finish_layer(b, data, EXPAND, h, sum));
}

static double run_depthwise(const block *b, const ig_op_data *data, const float *image, int64_t h, int64_t oy,
                            int64_t ox)
{
    const float *weight = data->params[IG_LAYER_SLOTS * DEPTHWISE + IG_TAIL_WEIGHT] + h * b->y.kernel * b->x.kernel;
    double sum = 0;
    for (int64_t ky = 0; ky < b->y.kernel; ky++) {
        const int64_t iy = ig_window_source(&b->y, oy, ky);
        for (int64_t kx = 0; kx < b->x.kernel; kx++) {
            const int64_t ix = ig_window_source(&b->x, ox, kx);
            if (iy >= 0 && iy < b->y.in && ix >= 0 && ix < b->x.in)
                sum += (double)weight[ky * b->x.kernel + kx] * expand(b, data, image, h, iy * b->x.in + ix);
        }
    }
    return ig_activation_apply(b->between, finish_layer(b, data, DEPTHWISE, h, sum));
}

/* All channels of one pixel; `out` is where its first one stands. */
static void run_pixel(const block *b, const ig_op_data *data, const float *image, int64_t oy, int64_t ox, float *out)
{
    const float *weight = data->params[IG_LAYER_SLOTS * PROJECT + IG_TAIL_WEIGHT];
    double middle[MAX_CHANNELS];
    for (int64_t h = 0; h < b->hidden; h++)
        middle[h] = run_depthwise(b, data, image, h, oy, ox);
    for (int64_t o = 0; o < b->out; o++) {
        double sum = 0;
        for (int64_t h = 0; h < b->hidden; h++)
            sum += (double)weight[o * b->hidden + h] * middle[h];
        out[o * b->y.out * b->x.out] = (float)finish_layer(b, data, PROJECT, o, sum);
    }
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const block b = see(call);
    for (int64_t row = range.begin; row < range.end; row++) {
        const int64_t n = row / b.y.out, oy = row % b.y.out;
        const float *image = data->inputs[0] + n * b.channels * b.y.in * b.x.in;
        for (int64_t ox = 0; ox < b.x.out; ox++)
            run_pixel(&b, data, image, oy, ox, data->output + (n * b.out * b.y.out + oy) * b.x.out + ox);
    }
}

static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    const block b = see(call);
    ig_shape weights[N_CONVS];
    get_weights(&b, weights);
    return ig_convs_device_param(b.conv, weights, N_CONVS, data, slot, out);
}

const ig_op ig_op_inverted_residual = {
    .name = "inverted_residual",
    .doc = "y = project(act(depthwise(act(expand(x))))): a 1x1 convolution, a convolution of each of its channels on "
           "its own and another 1x1 convolution, each with its bias and norm, and activations between them. Windows "
           "at most 7 pixels wide",
    .source = "inverted residuals of MobileNetV2 (Sandler et al. 2018)",
    .params_doc = "for each convolution, under the paths in `convs`: `weight` [HC, C, 1, 1], [HC, 1, KH, KW] and "
                  "[OC, HC, 1, 1]; `bias` with `bias`; `weight`, `bias`, `running_mean`, `running_var` of its norm",
    .cost_doc = "N*HC*(H*W*C + OH*OW*(KH*KW + OC)) macs; for the results of each convolution, bias: 1 add; norm: 1 "
                "add and 1 other; `ahead` and `between` as the operators of those names",
    .problem_doc = IG_WINDOWS_PROBLEM_DOC " HC OC AHEAD ACT",
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
