#include "graph/ops/common.h"

#include <math.h>

static const ig_attr_spec attrs[] = {IG_POOL_ATTRS("minus infinity")};

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t window = call->attrs[IG_POOL_KERNEL].list[0] * call->attrs[IG_POOL_KERNEL].list[1];
    *out = (ig_cost){.adds = ig_op_elems(call) * (window - 1)};
}

static double largest(const float *plane, const ig_window *y, const ig_window *x, int64_t oy, int64_t ox)
{
    double found = -INFINITY;
    for (int64_t ky = 0; ky < y->kernel; ky++) {
        int64_t iy = ig_window_source(y, oy, ky);
        for (int64_t kx = 0; kx < x->kernel && iy >= 0 && iy < y->in; kx++) {
            int64_t ix = ig_window_source(x, ox, kx);
            if (ix < 0 || ix >= x->in)
                continue;
            double v = (double)plane[iy * x->in + ix];
            found = v > found || v != v ? v : found; /* a NaN stays */
        }
    }
    return found;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_window y = ig_op_window(call, 0), x = ig_op_window(call, 1);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const float *plane = data->inputs[0] + unit * y.in * x.in;
        for (int64_t i = 0; i < y.out * x.out; i++)
            data->output[unit * y.out * x.out + i] = (float)largest(plane, &y, &x, i / x.out, i % x.out);
    }
}

const ig_op ig_op_max_pool2d = {
    .name = "max_pool2d",
    .doc = "y[n,c,u,v] = largest of x[n,c, u*SH-PH+i, v*SW-PW+j] over the window, x being minus infinity outside; a "
           "window that would stick out is left off, but for ceil_mode",
    .source = "torch.nn.MaxPool2d",
    .cost_doc = "KH*KW-1 adds per output element",
    .problem_doc = IG_POOL_PROBLEM_DOC,
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = ig_pool_infer,
    .cost = cost,
    .problem = ig_pool_problem,
    .units = ig_pool_units,
    .reference = reference,
};
