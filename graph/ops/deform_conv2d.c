#include "graph/ops/common.h"

#include <math.h>

enum { OUT, KERNEL, STRIDE, PAD, DILATION, GROUPS, OFFSET_GROUPS };
enum { X, OFFSET, MASK };

static const ig_attr_spec attrs[] = {
    [OUT] = IG_CONV_OUT,
    [KERNEL] = IG_CONV_KERNEL,
    [STRIDE] = IG_CONV_PAIR("stride", 1, 1, "steps between windows"),
    [PAD] = IG_CONV_PAIR("pad", 0, 0, "zeros around each side"),
    [DILATION] = IG_CONV_PAIR("dilation", 1, 1, "distance between kernel taps before they are moved"),
    [GROUPS] = IG_CONV_GROUPS,
    [OFFSET_GROUPS] = {.name = "offset_groups",
                       .type = IG_ATTR_INT,
                       .min = 1,
                       .max = IG_MAX_EXTENT,
                       .fallback = 1,
                       .doc = "groups of input channels that are moved alike"},
    {.name = "bias", .type = IG_ATTR_BOOL, .doc = "adds a learned bias"},
    IG_TAIL_ATTRS,
};

/* One call as the loops see it. */
typedef struct deform {
    int64_t groups, channels, outputs; /* the last two per group */
    int64_t offset_groups, moved;      /* `moved`: input channels of an offset group */
    int64_t taps, pixels;
    ig_window y, x;
} deform;

static deform deform_of(const ig_op_context *call)
{
    deform job = {.groups = call->attrs[GROUPS].i,
                  .offset_groups = call->attrs[OFFSET_GROUPS].i,
                  .y = ig_op_window(call, 0),
                  .x = ig_op_window(call, 1)};
    job.channels = call->inputs[X].dim[1] / job.groups;
    job.outputs = call->attrs[OUT].i / job.groups;
    job.moved = call->inputs[X].dim[1] / job.offset_groups;
    job.taps = job.y.kernel * job.x.kernel;
    job.pixels = job.y.out * job.x.out;
    return job;
}

static ig_status check_groups(const ig_op_context *call, ig_error *error)
{
    int64_t channels = call->inputs[X].dim[1], out = call->attrs[OUT].i;
    int64_t groups = call->attrs[GROUPS].i, offset_groups = call->attrs[OFFSET_GROUPS].i;
    if (channels % groups == 0 && out % groups == 0 && channels % offset_groups == 0)
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "groups must divide the channels");
    ig_error_expected(error, "groups: a divisor of %lld input and %lld output channels; offset_groups: of the input's",
                      (long long)channels, (long long)out);
    ig_error_found(error, "groups %lld, offset_groups %lld", (long long)groups, (long long)offset_groups);
    return status;
}

/* Offsets and mask lie on the output's pixels. */
static ig_status check_moves(const ig_op_context *call, ig_error *error)
{
    static const char *const names[] = {[OFFSET] = "offsets", [MASK] = "mask"};
    const deform job = deform_of(call);
    char text[2][128];
    for (int i = OFFSET; i < call->n_inputs; i++) {
        int64_t channels = job.offset_groups * job.taps * (i == OFFSET ? 2 : 1);
        ig_shape wanted = IG_SHAPE(call->inputs[X].dim[0], channels, job.y.out, job.x.out);
        if (ig_shape_equal(&call->inputs[i], &wanted))
            continue;
        ig_status status = ig_op_refuse(call, error, "the %s do not fit the output", names[i]);
        ig_error_expected(error, "%s", ig_shape_text(&wanted, text[0], sizeof text[0]));
        ig_error_found(error, "%s", ig_shape_text(&call->inputs[i], text[1], sizeof text[1]));
        return status;
    }
    return IG_OK;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, X, 4, 4, error);
    if (status == IG_OK)
        status = check_groups(call, error);
    if (status != IG_OK)
        return status;
    const deform job = deform_of(call);
    const ig_window window[2] = {job.y, job.x};
    ig_shape weight = IG_SHAPE(call->attrs[OUT].i, job.channels, job.y.kernel, job.x.kernel);
    status = ig_op_need_window(call, window, error);
    if (status == IG_OK)
        status = check_moves(call, error);
    if (status == IG_OK)
        status = ig_op_need_limits(call, "weight", &weight, error);
    if (status != IG_OK)
        return status;
    status = ig_tail_declare(call, weight, IG_PARAM_CONV_WEIGHT, IG_PARAM_CONV_BIAS, error);
    if (status != IG_OK)
        return status;
    return ig_op_set_output(call, IG_SHAPE(call->inputs[X].dim[0], call->attrs[OUT].i, job.y.out, job.x.out), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const deform job = deform_of(call);
    int64_t samples = call->inputs[X].dim[0] * call->inputs[X].dim[1] * job.taps * job.pixels;
    *out = (ig_cost){.macs = ig_op_elems(call) * job.channels * job.taps,
                     .adds = 3 * samples,
                     .other = (call->n_inputs > MASK ? 5 : 4) * samples};
    ig_tail_cost(call, out);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const deform job = deform_of(call);
    const ig_op_var vars[] = {
        {"OC", call->attrs[OUT].i},       {"G", job.groups}, {"OG", job.offset_groups}, {"MASK", call->n_inputs > MASK},
        {"BIAS", ig_tail_has_bias(call)},
    };
    ig_op_emit_windows(call, emit, user);
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* A unit is a row of output pixels of one image. */
static int64_t units(const ig_op_context *call)
{
    return call->output.dim[0] * call->output.dim[2];
}

static double pixel_or_zero(const float *plane, const deform *job, int64_t y, int64_t x)
{
    return y >= 0 && y < job->y.in && x >= 0 && x < job->x.in ? (double)plane[y * job->x.in + x] : 0;
}

static double interpolate(const float *plane, const deform *job, double y, double x)
{
    if (isnan(y) || isnan(x))
        return NAN;
    if (y <= -1 || y >= (double)job->y.in || x <= -1 || x >= (double)job->x.in)
        return 0;
    int64_t row = (int64_t)floor(y), column = (int64_t)floor(x);
    double down = y - (double)row, right = x - (double)column;
    double upper =
        (1 - right) * pixel_or_zero(plane, job, row, column) + right * pixel_or_zero(plane, job, row, column + 1);
    double lower = (1 - right) * pixel_or_zero(plane, job, row + 1, column) +
                   right * pixel_or_zero(plane, job, row + 1, column + 1);
    return (1 - down) * upper + down * lower;
}

/* The place where a tap looks, moved, under an output pixel. */
static double sample(const ig_op_context *call, const deform *job, const ig_op_data *data, int64_t image,
                     int64_t channel, int64_t tap, int64_t oy, int64_t ox)
{
    int64_t pixel = oy * job->x.out + ox, group = channel / job->moved;
    int64_t at = (image * job->offset_groups + group) * job->taps + tap;
    const float *offset = data->inputs[OFFSET] + 2 * at * job->pixels + pixel;
    double y = (double)ig_window_source(&job->y, oy, tap / job->x.kernel) + (double)offset[0];
    double x = (double)ig_window_source(&job->x, ox, tap % job->x.kernel) + (double)offset[job->pixels];
    int64_t plane = (image * call->inputs[X].dim[1] + channel) * job->y.in * job->x.in;
    double mask = call->n_inputs > MASK ? (double)data->inputs[MASK][at * job->pixels + pixel] : 1;
    return mask * interpolate(data->inputs[X] + plane, job, y, x);
}

/* Output channels first..first+count-1, all of one group, at one pixel: products with IG_TILE samples at a time. */
static void accumulate(const ig_op_context *call, const deform *job, const ig_op_data *data, int64_t unit, int64_t ox,
                       int64_t first, int64_t count, double acc[IG_TILE])
{
    int64_t image = unit / job->y.out, oy = unit % job->y.out, length = job->channels * job->taps;
    int64_t channel0 = first / job->outputs * job->channels;
    for (int64_t k = 0, n; k < length; k += n) {
        double samples[IG_TILE];
        n = ig_min(IG_TILE, length - k);
        for (int64_t i = 0; i < n; i++)
            samples[i] = sample(call, job, data, image, channel0 + (k + i) / job->taps, (k + i) % job->taps, oy, ox);
        for (int64_t j = 0; j < count; j++) {
            const float *weight = data->params[IG_TAIL_WEIGHT] + (first + j) * length + k;
            for (int64_t i = 0; i < n; i++)
                acc[j] += (double)weight[i] * samples[i];
        }
    }
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const deform job = deform_of(call);
    int64_t out = job.groups * job.outputs;
    for (int64_t at = range.begin * job.x.out; at < range.end * job.x.out; at++) {
        int64_t unit = at / job.x.out, ox = at % job.x.out;
        for (int64_t first = 0, count; first < out; first += count) {
            double acc[IG_TILE] = {0};
            count = ig_min(IG_TILE, job.outputs - first % job.outputs);
            accumulate(call, &job, data, unit, ox, first, count, acc);
            for (int64_t j = 0; j < count; j++) {
                ig_affine affine = ig_tail_affine(call, data, first + j);
                int64_t row = (unit / job.y.out * out + first + j) * job.y.out + unit % job.y.out;
                data->output[row * job.x.out + ox] = (float)(acc[j] * affine.scale + affine.shift);
            }
        }
    }
}

const ig_op ig_op_deform_conv2d = {
    .name = "deform_conv2d",
    .doc = "as conv2d, but tap (i,j) of input channel c looks at (u*SH-PH+i*DH+dy, v*SW-PW+j*DW+dx), bilinear between "
           "the four pixels around and 0 outside; with t = g*KH*KW+i*KW+j and g = c/(C/offset_groups), dy = "
           "offset[n,2t,u,v] and dx = offset[n,2t+1,u,v]. A third input multiplies what the tap finds by mask[n,t,u,v]",
    .source = "torchvision.ops.deform_conv2d (Dai et al. 2017; with mask Zhu et al. 2019)",
    .params_doc = IG_TAIL_PARAMS_DOC("[OC, C/G, KH, KW]", "[OC]"),
    .cost_doc =
        "N*OH*OW*OC*(C/G)*KH*KW macs; 3 adds and 4 other for each of N*C*KH*KW*OH*OW samples, 1 other more with "
        "a mask; " IG_TAIL_COST_DOC,
    .problem_doc = IG_WINDOWS_PROBLEM_DOC " OC G OG MASK BIAS",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 2,
    .max_inputs = 3,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
    .device_param = ig_tail_device_param,
};
