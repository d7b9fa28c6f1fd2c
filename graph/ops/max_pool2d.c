#include "graph/ops/common.h"

#include <inttypes.h>
#include <math.h>

enum { KERNEL, STRIDE, PAD };

static const ig_attr_spec attrs[] = {
    [KERNEL] = {.name = "kernel",
                .type = IG_ATTR_PAIR,
                .required = true,
                .min = 1,
                .max = IG_MAX_WINDOW,
                .doc = "window extents"},
    [STRIDE] = {.name = "stride",
                .type = IG_ATTR_PAIR,
                .min = 0,
                .max = IG_MAX_WINDOW,
                .doc = "steps between windows; 0 stands for the kernel's extent"},
    [PAD] = {.name = "pad",
             .type = IG_ATTR_PAIR,
             .min = 0,
             .max = IG_MAX_WINDOW,
             .doc = "minus infinity around each side; at most half the kernel"},
};

static ig_status check_pad(const ig_op_context *call, const ig_window window[2], ig_error *error)
{
    for (int i = 0; i < 2; i++) {
        if (window[i].pad <= window[i].kernel / 2)
            continue;
        ig_status status = ig_op_refuse(call, error, "pad is more than half the kernel");
        ig_error_expected(error, "at most %" PRId64, window[i].kernel / 2);
        ig_error_found(error, "%" PRId64, window[i].pad);
        return status;
    }
    return IG_OK;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    const ig_window window[2] = {ig_op_window(call, 0), ig_op_window(call, 1)};
    status = check_pad(call, window, error);
    if (status == IG_OK)
        status = ig_op_need_window(call, window, error);
    if (status != IG_OK)
        return status;
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], in->dim[1], window[0].out, window[1].out), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t window = call->attrs[KERNEL].list[0] * call->attrs[KERNEL].list[1];
    *out = (ig_cost){.adds = ig_op_elems(call) * (window - 1)};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_window y = ig_op_window(call, 0), x = ig_op_window(call, 1);
    const ig_op_var vars[] = {
        {"N", in->dim[0]}, {"C", in->dim[1]}, {"H", y.in},      {"W", x.in},      {"OH", y.out}, {"OW", x.out},
        {"KH", y.kernel},  {"KW", x.kernel},  {"SH", y.stride}, {"SW", x.stride}, {"PH", y.pad}, {"PW", x.pad},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

static double largest(const float *plane, const ig_window *y, const ig_window *x, int64_t oy, int64_t ox)
{
    double found = -INFINITY;
    for (int64_t ky = 0; ky < y->kernel; ky++) {
        int64_t iy = ig_window_source(y, oy, ky);
        for (int64_t kx = 0; kx < x->kernel && iy >= 0 && iy < y->in; kx++) {
            int64_t ix = ig_window_source(x, ox, kx);
            if (ix >= 0 && ix < x->in)
                found = fmax(found, (double)plane[iy * x->in + ix]);
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
           "window that would stick out is left off (floor mode)",
    .source = "torch.nn.MaxPool2d",
    .cost_doc = "KH*KW-1 adds per output element",
    .problem_doc = "N C H W OH OW KH KW SH SW PH PW",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
