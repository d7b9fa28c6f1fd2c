#include "graph/ops/common.h"

enum {
    POOL = 2,
    BLOCK = 4, /* output channels computed together: each input element is loaded and widened once for all */
    TAPS = 16  /* kernel columns whose reach is worked out once for all channels */
};

ig_status ig_conv_check_groups(const ig_op_context *call, ig_error *error)
{
    int64_t channels = call->inputs[0].dim[1], out = ig_op_attr(call, "out")->i, groups = ig_op_attr(call, "groups")->i;
    if (channels % groups == 0 && out % groups == 0)
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "groups must divide the channels");
    ig_error_expected(error, "a divisor of %lld input and %lld output channels", (long long)channels, (long long)out);
    ig_error_found(error, "groups %lld", (long long)groups);
    return status;
}

/* One call as the loops see it. A unit is a block of output channels of one group of one image. */
typedef struct conv {
    int64_t groups, channels, outputs, blocks; /* the last three per group */
    ig_window y, x;
    int64_t pad_mode;
    bool pools;
} conv;

static conv conv_of(const ig_op_context *call)
{
    conv job = {.groups = ig_op_attr(call, "groups")->i, .y = ig_op_window(call, 0), .x = ig_op_window(call, 1)};
    job.pad_mode = ig_op_attr(call, "pad_mode")->i;
    job.pools = ig_op_attr(call, IG_MAX_POOL_ATTR)->i;
    job.channels = call->inputs[0].dim[1] / job.groups;
    job.outputs = ig_op_attr(call, "out")->i / job.groups;
    job.blocks = ig_ceil_div(job.outputs, BLOCK);
    const ig_window *y = &job.y, *x = &job.x;
    if (y->kernel == 1 && x->kernel == 1 && y->stride == 1 && x->stride == 1 && y->pad == 0 && x->pad == 0 &&
        !job.pools) {
        /* every output pixel reads its own input pixel: the plane is one long row */
        job.x.in = job.x.out = y->in * x->in;
        job.y.in = job.y.out = 1;
    }
    return job;
}

int64_t ig_conv_units(const ig_op_context *call)
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
    const float *gate;        /* a factor for each input channel of the image; NULL: none */
    int64_t columns;          /* input channels in one output channel's weights */
    const float *composed;    /* the block's weights where an inner convolution was taken in */
    int count;                /* output channels in the block */
    int64_t oy;
    ig_op_range cols;
} part;

/* Adds tap `kx` at the columns begin..end-1, where it lies beside the row. */
static void add_edge(const part *p, const float *row, int64_t kx, const double *w, ig_op_range cols,
                     double acc[BLOCK][IG_TILE])
{
    const ig_window *x = &p->job->x;
    for (int64_t ox = cols.begin; ox < cols.end; ox++) {
        const int64_t ix = ig_pad_source(ig_window_source(x, ox, kx), x->in, p->job->pad_mode);
        if (ix >= 0)
            add_tap(acc, ox - p->cols.begin, row + ix, 1, w, p->count, 1);
    }
}

static double gate_of(const part *p, int64_t channel)
{
    return p->gate ? (double)p->gate[channel] : 1;
}

/* Adds the taps kx..end-1 of kernel row `ky` of channel `c`; `span` holds the columns at which each of them lies in the
 * row. */
static void add_taps(const part *p, int64_t c, int64_t ky, int64_t kx, int64_t end, const ig_op_range *span,
                     double acc[BLOCK][IG_TILE])
{
    const ig_window *y = &p->job->y, *x = &p->job->x;
    const int64_t per_output = p->columns * y->kernel * x->kernel;
    const int64_t iy = ig_pad_source(ig_window_source(y, p->oy, ky), y->in, p->job->pad_mode);
    if (iy < 0)
        return;
    const float *row = p->in + (c * y->in + iy) * x->in, *tap = p->weight + (c * y->kernel + ky) * x->kernel;
    const double gate = gate_of(p, c);
    for (; kx < end; kx++, span++) {
        double w[BLOCK];
        for (int j = 0; j < p->count; j++)
            w[j] = (double)tap[j * per_output + kx] * gate;
        add_edge(p, row, kx, w, (ig_op_range){p->cols.begin, span->begin}, acc);
        if (span->begin < span->end)
            add_tap(acc, span->begin - p->cols.begin, row + ig_window_source(x, span->begin, kx), x->stride, w,
                    p->count, span->end - span->begin);
        add_edge(p, row, kx, w, (ig_op_range){span->end, p->cols.end}, acc);
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
            const int64_t first = ig_min(ig_max(reach.begin, p->cols.begin), p->cols.end);
            span[k - kx] = (ig_op_range){first, ig_max(first, ig_min(reach.end, p->cols.end))};
        }
        for (int64_t c = 0; c < p->job->channels; c++) {
            for (int64_t ky = 0; ky < p->job->y.kernel; ky++)
                add_taps(p, c, ky, kx, end, span, acc);
        }
    }
}

/* The window of a branch, whose kernel lies in the middle of the call's. */
static ig_window inner_window(ig_window window, int64_t kernel)
{
    window.pad -= (window.kernel - kernel) / 2 * window.dilation;
    window.kernel = kernel;
    return window;
}

/* The identity: `count` input channels from the one that stands at the place of the block's first output channel. */
static void pass_on(const part *p, int64_t first, double acc[BLOCK][IG_TILE])
{
    const ig_window *y = &p->job->y, *x = &p->job->x;
    for (int j = 0; j < p->count; j++) {
        const float *row = p->in + ((first + j) * y->in + p->oy) * x->in;
        for (int64_t i = p->cols.begin; i < p->cols.end; i++)
            acc[j][i - p->cols.begin] = (double)row[i] * gate_of(p, first + j);
    }
}

/* The part of the block whose channels the branch makes: passes over `*skip` channels. */
static void cut_rows(const ig_branch *b, int64_t channel, part *p, int64_t *skip)
{
    const int64_t end = b->rows > 0 ? b->row + b->rows - channel : p->count;
    *skip = ig_max(0, b->row - channel);
    p->count = (int)ig_max(0, ig_min(p->count, end) - *skip);
}

/* Adds one branch's share of the block; `first` is the block's first channel within its group, `channel` that of all.
 */
static void add_branch(const ig_branch *b, const ig_op_data *data, const conv *job, part p, int64_t first,
                       int64_t channel, double sum[BLOCK][IG_TILE])
{
    const int64_t n = p.cols.end - p.cols.begin;
    double acc[BLOCK][IG_TILE] = {{0}};
    conv own = *job;
    int64_t skip;
    cut_rows(b, channel, &p, &skip);
    if (p.count == 0)
        return;
    p.job = &own;
    own.y = inner_window(job->y, b->kernel[0]);
    own.x = inner_window(job->x, b->kernel[1]);
    if (b->weight_slot < 0) {
        pass_on(&p, first, acc);
    } else if (b->inner.scope) {
        p.weight = p.composed;
        p.columns = job->channels;
        accumulate(&p, acc);
    } else {
        p.weight = ig_branch_row(b, data, job->channels, channel + skip);
        p.columns = ig_branch_columns(b, job->channels);
        accumulate(&p, acc);
    }
    for (int j = 0; j < p.count; j++) {
        const ig_affine affine = ig_branch_affine(b, data, channel + skip + j);
        for (int64_t i = 0; i < n; i++)
            sum[skip + j][i] += acc[j][i] * affine.scale + affine.shift;
    }
}

static double larger(double a, double b)
{
    return b > a || b != b ? b : a; /* a NaN stays */
}

/* A run of one row's sums, into the planes that begin at `out`. */
static void store(const part *p, double sum[BLOCK][IG_TILE], float *out)
{
    const int64_t width = p->job->x.out, plane = p->job->y.out * width;
    for (int j = 0; j < p->count; j++)
        for (int64_t i = p->cols.begin; i < p->cols.end; i++)
            out[j * plane + p->oy * width + i] = (float)sum[j][i - p->cols.begin];
}

/* The same, into planes of the largest of each POOL x POOL sums. Rows come from above, columns from the left. */
static void store_largest(const part *p, double sum[BLOCK][IG_TILE], float *out)
{
    const int64_t width = p->job->x.out / POOL, height = p->job->y.out / POOL;
    for (int j = 0; j < p->count && p->oy < height * POOL; j++) {
        float *row = out + (j * height + p->oy / POOL) * width;
        for (int64_t i = p->cols.begin; i < ig_min(p->cols.end, width * POOL); i++) {
            const double v = sum[j][i - p->cols.begin];
            const bool first = p->oy % POOL == 0 && i % POOL == 0;
            row[i / POOL] = (float)(first ? v : larger((double)row[i / POOL], v));
        }
    }
}

/* Gives `count` planes of `n` elements a mean of 0 and a variance of 1. */
static void normalise_planes(const ig_op_context *call, int count, int64_t n, float *out)
{
    for (int j = 0; j < count; j++) {
        const ig_affine affine = ig_moments_affine(out + j * n, n, ig_op_attr(call, "plane_norm_eps")->f);
        for (int64_t i = j * n; i < (j + 1) * n; i++)
            out[i] = (float)((double)out[i] * affine.scale + affine.shift);
    }
}

/* A convolution through an inner one is a lone branch. */
static void compose(const ig_branches *list, const ig_op_data *data, int64_t channels, int64_t channel, int count,
                    float *out)
{
    const ig_shape weight = IG_SHAPE(count, channels, 1, 1);
    for (int j = 0; j < count && list->item[0].inner.scope; j++)
        ig_branch_write_row(&list->item[0], data, &weight, channel + j, 1, out + j * channels);
}

void ig_conv_reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const conv job = conv_of(call);
    const bool gated = ig_op_attr(call, IG_GATE_ATTR)->i;
    const int64_t in_plane = job.y.in * job.x.in, out_plane = job.y.out * job.x.out;
    const int64_t result_plane = job.pools ? job.y.out / POOL * (job.x.out / POOL) : out_plane;
    ig_branches list;
    float composed[BLOCK * IG_MAX_COMPOSED];
    ig_tail_branches(call, &list);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t image_group = unit / job.blocks, first = unit % job.blocks * BLOCK; /* within the group */
        int64_t channel = image_group % job.groups * job.outputs + first;
        part p = {.job = &job, .count = (int)ig_min(BLOCK, job.outputs - first), .composed = composed};
        compose(&list, data, job.channels, channel, p.count, composed);
        p.in = data->inputs[0] + image_group * job.channels * in_plane;
        p.gate = gated ? data->inputs[1] + image_group * job.channels : NULL;
        float *out = data->output + (image_group * job.outputs + first) * result_plane;
        for (int64_t at = 0, n; at < out_plane; at += n) {
            double sum[BLOCK][IG_TILE] = {{0}};
            int64_t ox = at % job.x.out;
            n = ig_min(IG_TILE, job.x.out - ox);
            p.oy = at / job.x.out;
            p.cols = (ig_op_range){ox, ox + n};
            for (int b = 0; b < list.count; b++)
                add_branch(&list.item[b], data, &job, p, first, channel, sum);
            (job.pools ? store_largest : store)(&p, sum, out);
        }
        if (ig_op_attr(call, IG_PLANE_NORM_ATTR)->i)
            normalise_planes(call, p.count, out_plane, out);
    }
}
