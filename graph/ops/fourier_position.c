#include "graph/ops/common.h"

#include <math.h>

enum { HIDDEN, TEMPERATURE };

static const double TURN = 6.283185307179586; /* 2 pi */
static const double MARGIN = 1e-6;            /* what the extents are enlarged by */

static const ig_attr_spec attrs[] = {
    [HIDDEN] = {.name = "hidden",
                .type = IG_ATTR_INT,
                .min = 2,
                .max = IG_MAX_EXTENT / 2,
                .fallback = 32,
                .doc = "channels of each coordinate; even"},
    [TEMPERATURE] = {.name = "temperature",
                     .type = IG_ATTR_FLOAT,
                     .fmin = 1,
                     .fmax = 1e9,
                     .ffallback = 10000,
                     .doc = "wave lengths grow from 1 to nearly this, in extents of the map"},
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    int64_t hidden = call->attrs[HIDDEN].i;
    if (hidden % 2 != 0) {
        status = ig_op_refuse(call, error, "hidden must be even, because sines and cosines alternate");
        ig_error_expected(error, "an even number");
        ig_error_found(error, "%lld", (long long)hidden);
        return status;
    }
    return ig_op_set_output(call, IG_SHAPE(1, 2 * hidden, call->inputs[0].dim[2], call->inputs[0].dim[3]), error);
}

/* A constant of the extents: as with other constants, making it is not counted. */
static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){.macs = 0};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_op_var vars[] = {
        {"HIDDEN", call->attrs[HIDDEN].i}, {"H", call->output.dim[2]}, {"W", call->output.dim[3]}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->output.dim[1];
}

/* Waves over one extent in channel i of a coordinate; a sine and its cosine share it. */
static double frequency(const ig_op_context *call, int64_t i)
{
    return pow(call->attrs[TEMPERATURE].f, -(double)(i - i % 2) / (double)call->attrs[HIDDEN].i);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t hidden = call->attrs[HIDDEN].i, height = call->output.dim[2], width = call->output.dim[3];
    for (int64_t channel = range.begin; channel < range.end; channel++) {
        bool rows = channel < hidden;
        double step = TURN * frequency(call, channel % hidden) / ((double)(rows ? height : width) + MARGIN);
        for (int64_t i = 0; i < height * width; i++) {
            double angle = step * (double)((rows ? i / width : i % width) + 1);
            data->output[channel * height * width + i] = (float)(channel % 2 == 0 ? sin(angle) : cos(angle));
        }
    }
}

/* Slot 0 holds the frequencies, and behind them what they lost by rounding. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    int64_t hidden = call->attrs[HIDDEN].i;
    (void)data;
    if (slot > 0)
        return 0;
    for (int64_t i = 0; out && i < hidden; i++) {
        out[i] = (float)frequency(call, i);
        out[hidden + i] = (float)(frequency(call, i) - (double)out[i]);
    }
    return 2 * hidden;
}

const ig_op ig_op_fourier_position = {
    .name = "fourier_position",
    .doc =
        "y[0,c,h,w] = sin(a) for even c and cos(a) for odd c; a = 2 pi (h+1) / (H + 1e-6) / temperature^(2 floor(c/2) "
        "/ hidden) for c < hidden; in the other half with c - hidden, w and W; of x [N,C,H,W] only H and W matter",
    .source = "timm, PositionalEncodingFourier of EdgeNeXt, before its projection",
    .cost_doc = "none: a constant of the extents",
    .problem_doc = "HIDDEN H W",
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
