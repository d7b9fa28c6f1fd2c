#include "graph/ops/common.h"

#include <inttypes.h>

ig_window ig_op_window(const ig_op_context *call, int axis)
{
    ig_window window = {
        .in = call->inputs[0].dim[2 + axis],
        .kernel = ig_op_attr(call, "kernel")->list[axis],
        .stride = ig_op_attr(call, "stride")->list[axis],
        .pad = ig_op_attr(call, "pad")->list[axis],
        .dilation = 1,
    };
    if (ig_op_attr_index(call->op, "dilation") >= 0)
        window.dilation = ig_op_attr(call, "dilation")->list[axis];
    if (ig_op_attr_index(call->op, "ceil_mode") >= 0)
        window.ceil_mode = ig_op_attr(call, "ceil_mode")->i;
    if (window.stride == 0)
        window.stride = window.kernel;
    window.out =
        ig_shape_window(window.in, window.kernel, window.stride, window.pad, window.dilation, window.ceil_mode);
    return window;
}

ig_status ig_op_need_window(const ig_op_context *call, const ig_window window[2], ig_error *error)
{
    static const char *const names[2] = {"height", "width"};
    for (int i = 0; i < 2; i++) {
        const ig_window *w = &window[i];
        if (w->out >= 1)
            continue;
        ig_status status = ig_op_refuse(call, error, "the window does not fit the %s", names[i]);
        ig_error_expected(error, "a padded %s of at least %" PRId64, names[i],
                          w->dilation * (w->kernel - 1) + 1 - (w->ceil_mode ? w->stride - 1 : 0));
        ig_error_found(error, "%" PRId64 " with %" PRId64 " of padding on both sides", w->in, w->pad);
        ig_error_hint(error, "a smaller kernel or dilation, more padding, or a larger input");
        return status;
    }
    return IG_OK;
}

int64_t ig_window_source(const ig_window *window, int64_t out, int64_t tap)
{
    return out * window->stride - window->pad + tap * window->dilation;
}

ig_op_range ig_window_span(const ig_window *window, int64_t tap)
{
    int64_t first = ig_window_source(window, 0, tap);
    int64_t last = window->in - 1 - first; /* distance from there to the input's end */
    ig_op_range span = {first < 0 ? ig_ceil_div(-first, window->stride) : 0,
                        last < 0 ? 0 : ig_min(last / window->stride + 1, window->out)};
    if (span.begin > span.end)
        span.begin = span.end;
    return span;
}

const char *const ig_pad_modes[IG_PAD_MODES] = {
    [IG_PAD_ZERO] = "zero", [IG_PAD_REFLECT] = "reflect", [IG_PAD_REPLICATE] = "replicate"};

ig_status ig_pad_check(const ig_op_context *call, int64_t mode, int64_t pad, int64_t extent, ig_error *error)
{
    if (mode != IG_PAD_REFLECT || pad < extent)
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "pad reaches beyond the reflection");
    ig_error_expected(error, "less than the input's extent of %" PRId64, extent);
    ig_error_found(error, "%" PRId64, pad);
    return status;
}

int64_t ig_pad_source(int64_t i, int64_t extent, int64_t mode)
{
    if (i >= 0 && i < extent)
        return i;
    if (mode == IG_PAD_ZERO)
        return -1;
    if (mode == IG_PAD_REPLICATE)
        return i < 0 ? 0 : extent - 1;
    return i < 0 ? -i : 2 * (extent - 1) - i;
}

static ig_status check_pool_pad(const ig_op_context *call, const ig_window window[2], ig_error *error)
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

ig_status ig_pool_infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    const ig_window window[2] = {ig_op_window(call, 0), ig_op_window(call, 1)};
    status = check_pool_pad(call, window, error);
    if (status == IG_OK)
        status = ig_op_need_window(call, window, error);
    if (status != IG_OK)
        return status;
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], in->dim[1], window[0].out, window[1].out), error);
}

void ig_op_emit_windows(const ig_op_context *call, ig_op_emit emit, void *user)
{
    const ig_shape *in = &call->inputs[0];
    const ig_window y = ig_op_window(call, 0), x = ig_op_window(call, 1);
    const ig_op_var vars[] = {
        {"N", in->dim[0]}, {"C", in->dim[1]}, {"H", y.in},        {"W", x.in},        {"OH", y.out},
        {"OW", x.out},     {"KH", y.kernel},  {"KW", x.kernel},   {"SH", y.stride},   {"SW", x.stride},
        {"PH", y.pad},     {"PW", x.pad},     {"DH", y.dilation}, {"DW", x.dilation},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

void ig_pool_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
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

int64_t ig_pool_units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}
