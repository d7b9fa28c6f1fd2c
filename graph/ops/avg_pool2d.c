#include "graph/ops/common.h"

enum { COUNT_INCLUDE_PAD = IG_POOL_CEIL_MODE + 1 };

static const ig_attr_spec attrs[] = {
    IG_POOL_ATTRS("zeros"),
    {.name = "count_include_pad",
     .type = IG_ATTR_BOOL,
     .fallback = 1,
     .doc = "the divisor counts the window's zeros of padding too"},
    IG_MODULE_ATTR,
};

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    int64_t window = call->attrs[IG_POOL_KERNEL].list[0] * call->attrs[IG_POOL_KERNEL].list[1];
    *out = (ig_cost){.adds = elems * (window - 1), .other = elems};
}

/* RED, the length of a mean over whole maps, is 0 where windows are anything else. */
static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    const ig_window y = ig_op_window(call, 0), x = ig_op_window(call, 1);
    bool whole = y.kernel == y.in && x.kernel == x.in && y.pad == 0 && x.pad == 0;
    const ig_op_var vars[] = {{"COUNT_PAD", call->attrs[COUNT_INCLUDE_PAD].i},
                              {"OUTER", ig_pool_units(call)},
                              {"RED", whole ? y.in * x.in : 0},
                              {"INNER", 1},
                              {"OF", IG_ACT_NONE}};
    ig_pool_problem(call, piece, emit, user);
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* The part of a window's extent that lies in the input, with `pad` elements more on both sides. */
static ig_op_range clip(const ig_window *window, int64_t out, int64_t pad)
{
    int64_t first = ig_window_source(window, out, 0);
    return (ig_op_range){ig_max(first, -pad), ig_min(first + window->kernel, window->in + pad)};
}

static double mean(const float *plane, const ig_window *y, const ig_window *x, int64_t oy, int64_t ox, bool count_pad)
{
    ig_op_range rows = clip(y, oy, 0), cols = clip(x, ox, 0);
    double sum = 0;
    for (int64_t i = rows.begin; i < rows.end; i++) {
        for (int64_t j = cols.begin; j < cols.end; j++)
            sum += (double)plane[i * x->in + j];
    }
    if (count_pad) {
        rows = clip(y, oy, y->pad);
        cols = clip(x, ox, x->pad);
    }
    return sum / (double)((rows.end - rows.begin) * (cols.end - cols.begin));
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_window y = ig_op_window(call, 0), x = ig_op_window(call, 1);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const float *plane = data->inputs[0] + unit * y.in * x.in;
        for (int64_t i = 0; i < y.out * x.out; i++) {
            double v = mean(plane, &y, &x, i / x.out, i % x.out, call->attrs[COUNT_INCLUDE_PAD].i);
            data->output[unit * y.out * x.out + i] = (float)v;
        }
    }
}

const ig_op ig_op_avg_pool2d = {
    .name = "avg_pool2d",
    .doc = "y[n,c,u,v] = sum of x[n,c, u*SH-PH+i, v*SW-PW+j] over the window, x being zero outside, divided by the "
           "number of positions in the padded input, or with count_include_pad: false in the input; a window that "
           "would stick out is left off, but for ceil_mode",
    .source = "torch.nn.AvgPool2d",
    .cost_doc = "KH*KW-1 adds and 1 other per output element",
    .problem_doc = IG_POOL_PROBLEM_DOC " COUNT_PAD OUTER RED INNER OF",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = ig_pool_infer,
    .cost = cost,
    .problem = problem,
    .units = ig_pool_units,
    .reference = reference,
};
