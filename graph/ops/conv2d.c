#include "graph/ops/common.h"

enum { OUT, KERNEL, STRIDE, PAD, DILATION, GROUPS };
enum {
    BLOCK = 4, /* output channels computed together: each input element is loaded and widened once for all */
    TAPS = 16  /* kernel columns whose reach is worked out once for all channels */
};

static const ig_attr_spec attrs[] = {
    [OUT] = {.name = "out",
             .type = IG_ATTR_INT,
             .required = true,
             .min = 1,
             .max = IG_MAX_EXTENT,
             .doc = "output channels"},
    [KERNEL] = {.name = "kernel",
                .type = IG_ATTR_PAIR,
                .required = true,
                .min = 1,
                .max = IG_MAX_WINDOW,
                .doc = "kernel extents"},
    [STRIDE] = {.name = "stride",
                .type = IG_ATTR_PAIR,
                .min = 1,
                .max = IG_MAX_WINDOW,
                .fallback = 1,
                .doc = "steps between windows"},
    [PAD] = {.name = "pad", .type = IG_ATTR_PAIR, .min = 0, .max = IG_MAX_WINDOW, .doc = "zeros around each side"},
    [DILATION] = {.name = "dilation",
                  .type = IG_ATTR_PAIR,
                  .min = 1,
                  .max = IG_MAX_WINDOW,
                  .fallback = 1,
                  .doc = "distance between kernel taps"},
    [GROUPS] = {.name = "groups",
                .type = IG_ATTR_INT,
                .min = 1,
                .max = IG_MAX_EXTENT,
                .fallback = 1,
                .doc = "channel groups; both channel counts are multiples"},
    {.name = "bias", .type = IG_ATTR_BOOL, .doc = "adds a learned bias"},
    IG_TAIL_ATTRS,
};

static ig_status check_groups(const ig_op_context *call, ig_error *error)
{
    int64_t channels = call->inputs[0].dim[1], out = call->attrs[OUT].i, groups = call->attrs[GROUPS].i;
    if (channels % groups == 0 && out % groups == 0)
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "groups must divide the channels");
    ig_error_expected(error, "a divisor of %lld input and %lld output channels", (long long)channels, (long long)out);
    ig_error_found(error, "groups %lld", (long long)groups);
    return status;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status == IG_OK)
        status = check_groups(call, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    const ig_window window[2] = {ig_op_window(call, 0), ig_op_window(call, 1)};
    int64_t out = call->attrs[OUT].i;
    ig_shape weight = IG_SHAPE(out, in->dim[1] / call->attrs[GROUPS].i, window[0].kernel, window[1].kernel);
    status = ig_op_need_window(call, window, error);
    if (status == IG_OK)
        status = ig_op_need_limits(call, "weight", &weight, error);
    if (status != IG_OK)
        return status;
    ig_tail_declare(call, weight, IG_PARAM_CONV_WEIGHT, IG_PARAM_CONV_BIAS);
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], out, window[0].out, window[1].out), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const ig_shape *weight = &call->params[IG_TAIL_WEIGHT].shape;
    *out = (ig_cost){.macs = ig_op_elems(call) * ig_op_span(weight, 1, 4)};
    ig_tail_cost(call, out);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0], *out = &call->output;
    const ig_window y = ig_op_window(call, 0), x = ig_op_window(call, 1);
    const ig_op_var vars[] = {
        {"N", in->dim[0]},
        {"C", in->dim[1]},
        {"H", y.in},
        {"W", x.in},
        {"OC", out->dim[1]},
        {"OH", y.out},
        {"OW", x.out},
        {"KH", y.kernel},
        {"KW", x.kernel},
        {"SH", y.stride},
        {"SW", x.stride},
        {"PH", y.pad},
        {"PW", x.pad},
        {"DH", y.dilation},
        {"DW", x.dilation},
        {"G", call->attrs[GROUPS].i},
        {"ACT", ig_tail_activation(call)},
        {"BIAS", ig_tail_has_bias(call)},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* One call as the loops see it. A unit is a block of output channels of one group of one image. */
typedef struct conv {
    int64_t groups, channels, outputs, blocks; /* the last three per group */
    ig_window y, x;
} conv;

static conv conv_of(const ig_op_context *call)
{
    conv job = {.groups = call->attrs[GROUPS].i, .y = ig_op_window(call, 0), .x = ig_op_window(call, 1)};
    job.channels = call->inputs[0].dim[1] / job.groups;
    job.outputs = call->attrs[OUT].i / job.groups;
    job.blocks = ig_ceil_div(job.outputs, BLOCK);
    const ig_window *y = &job.y, *x = &job.x;
    if (y->kernel == 1 && x->kernel == 1 && y->stride == 1 && x->stride == 1 && y->pad == 0 && x->pad == 0) {
        /* every output pixel reads its own input pixel: the plane is one long row */
        job.x.in = job.x.out = y->in * x->in;
        job.y.in = job.y.out = 1;
    }
    return job;
}

static int64_t units(const ig_op_context *call)
{
    conv job = conv_of(call);
    return call->inputs[0].dim[0] * job.groups * job.blocks;
}

/* Adds one kernel tap to `n` pixels of a full block. */
static void tap_block(double *restrict acc, const float *restrict x, int64_t step, const double w[BLOCK], int64_t n)
{
    double *restrict a0 = acc, *restrict a1 = acc + IG_TILE, *restrict a2 = acc + 2 * IG_TILE,
                     *restrict a3 = acc + 3 * IG_TILE;
    const double w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];
    if (step == 1) {
        for (int64_t i = 0; i < n; i++) {
            double v = (double)x[i];
            a0[i] += w0 * v, a1[i] += w1 * v, a2[i] += w2 * v, a3[i] += w3 * v;
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        double v = (double)x[i * step];
        a0[i] += w0 * v, a1[i] += w1 * v, a2[i] += w2 * v, a3[i] += w3 * v;
    }
}

static void tap_single(double *restrict acc, const float *restrict x, int64_t step, double w, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        acc[i] += w * (double)x[i * step];
}

static void add_tap(double acc[BLOCK][IG_TILE], int64_t at, const float *x, int64_t step, const double *w, int count,
                    int64_t n)
{
    if (count == BLOCK) {
        tap_block(&acc[0][at], x, step, w, n);
        return;
    }
    for (int j = 0; j < count; j++)
        tap_single(&acc[j][at], x, step, w[j], n);
}

/* What accumulate() works on: one block of output channels of one image, and a run of columns of one output row. */
typedef struct part {
    const conv *job;
    const float *in, *weight; /* at the group's first input channel, and at the block's first output channel */
    int count;                /* output channels in the block */
    int64_t oy;
    ig_op_range cols;
} part;

/* Adds the taps kx..end-1 of kernel row `ky` of channel `c`; `span` holds the columns each of them reaches. */
static void add_taps(const part *p, int64_t c, int64_t ky, int64_t kx, int64_t end, const ig_op_range *span,
                     double acc[BLOCK][IG_TILE])
{
    const ig_window *y = &p->job->y, *x = &p->job->x;
    int64_t per_output = p->job->channels * y->kernel * x->kernel, iy = ig_window_source(y, p->oy, ky);
    if (iy < 0 || iy >= y->in)
        return;
    const float *row = p->in + (c * y->in + iy) * x->in, *tap = p->weight + (c * y->kernel + ky) * x->kernel;
    for (; kx < end; kx++, span++) {
        double w[BLOCK];
        if (span->begin >= span->end)
            continue;
        for (int j = 0; j < p->count; j++)
            w[j] = (double)tap[j * per_output + kx];
        add_tap(acc, span->begin - p->cols.begin, row + ig_window_source(x, span->begin, kx), x->stride, w, p->count,
                span->end - span->begin);
    }
}

static void accumulate(const part *p, double acc[BLOCK][IG_TILE])
{
    const ig_window *x = &p->job->x;
    ig_op_range span[TAPS];
    for (int64_t kx = 0; kx < x->kernel; kx += TAPS) {
        int64_t end = ig_min(kx + TAPS, x->kernel);
        for (int64_t k = kx; k < end; k++) {
            ig_op_range reach = ig_window_span(x, k);
            span[k - kx] = (ig_op_range){ig_max(reach.begin, p->cols.begin), ig_min(reach.end, p->cols.end)};
        }
        for (int64_t c = 0; c < p->job->channels; c++) {
            for (int64_t ky = 0; ky < p->job->y.kernel; ky++)
                add_taps(p, c, ky, kx, end, span, acc);
        }
    }
}

static void store(const ig_op_context *call, const ig_affine *affine, int count, double acc[BLOCK][IG_TILE], float *out,
                  int64_t plane, int64_t n)
{
    ig_activation activation = ig_tail_activation(call);
    for (int j = 0; j < count; j++) {
        for (int64_t i = 0; i < n; i++)
            out[j * plane + i] = (float)ig_activation_apply(activation, acc[j][i] * affine[j].scale + affine[j].shift);
    }
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const conv job = conv_of(call);
    int64_t in_plane = job.y.in * job.x.in, out_plane = job.y.out * job.x.out;
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t image_group = unit / job.blocks, first = unit % job.blocks * BLOCK; /* within the group */
        int64_t channel = image_group % job.groups * job.outputs + first;
        part p = {.job = &job, .count = (int)ig_min(BLOCK, job.outputs - first)};
        p.in = data->inputs[0] + image_group * job.channels * in_plane;
        p.weight = data->params[IG_TAIL_WEIGHT] + channel * job.channels * job.y.kernel * job.x.kernel;
        float *out = data->output + (image_group * job.outputs + first) * out_plane;
        ig_affine affine[BLOCK];
        for (int j = 0; j < p.count; j++)
            affine[j] = ig_tail_affine(call, data, channel + j);
        for (int64_t at = 0, n; at < out_plane; at += n) {
            double acc[BLOCK][IG_TILE] = {{0}};
            int64_t ox = at % job.x.out;
            n = ig_min(IG_TILE, job.x.out - ox);
            p.oy = at / job.x.out;
            p.cols = (ig_op_range){ox, ox + n};
            accumulate(&p, acc);
            store(call, affine, p.count, acc, out + at, out_plane, n);
        }
    }
}

const ig_op ig_op_conv2d = {
    .name = "conv2d",
    .doc = "y[n,o,u,v] = act(norm(bias[o] + sum over c,i,j of weight[o,c,i,j] * x[n, first+c, u*SH-PH+i*DH, "
           "v*SW-PW+j*DW])), first being the first channel of o's group and x zero outside",
    .source = "torch.nn.Conv2d",
    .params_doc = IG_TAIL_PARAMS_DOC("[OC, C/G, KH, KW]", "[OC]"),
    .cost_doc = "N*OH*OW*OC*(C/G)*KH*KW macs; " IG_TAIL_COST_DOC,
    .problem_doc = "N C H W OC OH OW KH KW SH SW PH PW DH DW G ACT BIAS",
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
