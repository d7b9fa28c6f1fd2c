#include "graph/ops/common.h"

enum { OUT, KERNEL, STRIDE, PAD, DILATION, BETWEEN, CONVS };
enum { DEPTHWISE, POINTWISE, N_CONVS };
enum {
    MAX_CHANNELS = 4096, /* depthwise sums of PIXELS pixels stand on the reference's stack */
    PIXELS = 4
};

static const ig_attr_spec attrs[] = {
    [OUT] = IG_CONV_OUT,
    [KERNEL] = IG_CONV_KERNEL,
    [STRIDE] = IG_CONV_PAIR("stride", 1, 1, "steps between windows"),
    [PAD] = IG_CONV_PAIR("pad", 0, 0, "zeros around each side"),
    [DILATION] = IG_CONV_PAIR("dilation", 1, 1, "distance between kernel taps"),
    [BETWEEN] = {.name = "between",
                 .type = IG_ATTR_ENUM,
                 .choices = ig_activation_names,
                 .n_choices = IG_ACT_COUNT,
                 .doc = "activation of the depthwise result"},
    [CONVS] = {.name = "convs",
               .type = IG_ATTR_WORDS,
               .internal = true,
               .doc = "the depthwise convolution, then the 1x1 one: each its PATH, with `bias`, `norm PATH EPS`"},
    IG_THEN_ATTR,
};

/* A call as loops see it. */
typedef struct separable {
    int64_t channels, out;
    ig_window y, x;
    ig_activation between;
    ig_layer conv[N_CONVS];
} separable;

static separable see(const ig_op_context *call)
{
    separable s = {.channels = call->inputs[0].dim[1],
                   .out = call->attrs[OUT].i,
                   .y = ig_op_window(call, 0),
                   .x = ig_op_window(call, 1),
                   .between = (ig_activation)call->attrs[BETWEEN].i};
    ig_convs_read(&call->attrs[CONVS], s.conv, N_CONVS); /* inferred before */
    return s;
}

static void get_weights(const separable *s, ig_shape out[N_CONVS])
{
    out[DEPTHWISE] = IG_SHAPE(s->channels, 1, s->y.kernel, s->x.kernel);
    out[POINTWISE] = IG_SHAPE(s->out, s->channels, 1, 1);
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_layer convs[N_CONVS];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    if (call->inputs[0].dim[1] > MAX_CHANNELS)
        return ig_op_refuse(call, error, "more than %d channels", MAX_CHANNELS);
    if (!ig_convs_read(&call->attrs[CONVS], convs, N_CONVS))
        return ig_op_refuse(call, error, "`convs` is no list of two convolutions");
    const separable s = see(call);
    const ig_window window[2] = {s.y, s.x};
    ig_shape weights[N_CONVS];
    get_weights(&s, weights);
    status = ig_op_need_window(call, window, error);
    if (status == IG_OK)
        status = ig_convs_declare(call, convs, weights, N_CONVS, error);
    if (status != IG_OK)
        return status;
    return ig_op_set_output(call, IG_SHAPE(call->inputs[0].dim[0], s.out, s.y.out, s.x.out), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const separable s = see(call);
    const int64_t pixels = call->inputs[0].dim[0] * s.y.out * s.x.out;
    *out = ig_activation_cost(s.between, pixels * s.channels);
    out->macs = pixels * s.channels * (s.y.kernel * s.x.kernel + s.out);
    ig_layer_cost(&s.conv[DEPTHWISE], pixels * s.channels, out);
    ig_layer_cost(&s.conv[POINTWISE], pixels * s.out, out);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const separable s = see(call);
    const ig_op_var vars[] = {
        {"OC", s.out},
        {"ACT", s.between},
    };
    ig_op_emit_windows(call, emit, user);
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* --- reference: a unit is an output row --------------------------------------------------------------------------- */

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0] * ig_op_window(call, 0).out;
}

static double sum_window(const separable *s, const float *plane, const float *weight, int64_t oy, int64_t ox)
{
    double sum = 0;
    for (int64_t ky = 0; ky < s->y.kernel; ky++) {
        const int64_t iy = ig_window_source(&s->y, oy, ky);
        for (int64_t kx = 0; kx < s->x.kernel; kx++) {
            const int64_t ix = ig_window_source(&s->x, ox, kx);
            if (iy >= 0 && iy < s->y.in && ix >= 0 && ix < s->x.in)
                sum += (double)weight[ky * s->x.kernel + kx] * (double)plane[iy * s->x.in + ix];
        }
    }
    return sum;
}

/* What the 1x1 convolution sees of `count` pixels, by channel. */
static void run_depthwise(const separable *s, const ig_op_data *data, const float *image, int64_t oy, int64_t ox,
                          int64_t count, double (*out)[PIXELS])
{
    const int64_t plane = s->y.in * s->x.in, taps = s->y.kernel * s->x.kernel;
    const ig_layer *layer = &s->conv[DEPTHWISE];
    for (int64_t c = 0; c < s->channels; c++) {
        const ig_affine affine = ig_layer_affine(layer, data->params, c);
        const float *weight = data->params[IG_TAIL_WEIGHT] + c * taps;
        for (int64_t i = 0; i < PIXELS; i++) {
            const double sum = i < count ? sum_window(s, image + c * plane, weight, oy, ox + i) : 0;
            out[c][i] = ig_activation_apply(s->between, affine.scale * sum + affine.shift);
        }
    }
}

static void run_pointwise(const separable *s, const ig_op_data *data, double (*x)[PIXELS], int64_t count, float *y)
{
    const int64_t plane = s->y.out * s->x.out;
    const float *const *params = data->params + IG_LAYER_SLOTS;
    for (int64_t o = 0; o < s->out; o++) {
        const ig_affine affine = ig_layer_affine(&s->conv[POINTWISE], params, o);
        const float *weight = params[IG_TAIL_WEIGHT] + o * s->channels;
        double sum[PIXELS] = {0};
        for (int64_t c = 0; c < s->channels; c++)
            for (int64_t i = 0; i < PIXELS; i++)
                sum[i] += (double)weight[c] * x[c][i];
        for (int64_t i = 0; i < count; i++)
            y[o * plane + i] = (float)(affine.scale * sum[i] + affine.shift);
    }
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const separable s = see(call);
    double middle[MAX_CHANNELS][PIXELS];
    for (int64_t row = range.begin; row < range.end; row++) {
        const int64_t n = row / s.y.out, oy = row % s.y.out;
        const float *image = data->inputs[0] + n * s.channels * s.y.in * s.x.in;
        float *out = data->output + (n * s.out * s.y.out + oy) * s.x.out;
        for (int64_t ox = 0; ox < s.x.out; ox += PIXELS) {
            const int64_t count = ig_min(PIXELS, s.x.out - ox);
            run_depthwise(&s, data, image, oy, ox, count, middle);
            run_pointwise(&s, data, middle, count, out + ox);
        }
    }
}

static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    const separable s = see(call);
    ig_shape weights[N_CONVS];
    get_weights(&s, weights);
    return ig_convs_device_param(s.conv, weights, N_CONVS, data, slot, out);
}

const ig_op ig_op_separable_conv2d = {
    .name = "separable_conv2d",
    .doc = "y = pointwise(act(depthwise(x))): a convolution of each channel on its own, an activation, and a 1x1 "
           "convolution, each convolution with its bias and norm. At most 4096 input channels.",
    .source = "depthwise separable convolutions of MobileNets (Howard et al. 2017); the second half of an inverted "
              "residual (Sandler et al. 2018)",
    .params_doc = "for each convolution, under the paths in `convs`: `weight` [C, 1, KH, KW] and [OC, C, 1, 1]; "
                  "`bias` with `bias`; `weight`, `bias`, `running_mean`, `running_var` of its norm",
    .cost_doc = "N*OH*OW*C*(KH*KW + OC) macs; for the results of each convolution, bias: 1 add; norm: 1 add and 1 "
                "other; `between` as the operator of that name",
    .problem_doc = IG_WINDOWS_PROBLEM_DOC " OC ACT",
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
