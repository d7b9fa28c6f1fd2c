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
    if (window.stride == 0)
        window.stride = window.kernel;
    window.out = ig_shape_window(window.in, window.kernel, window.stride, window.pad, window.dilation);
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
        ig_error_expected(error, "a padded %s of at least %" PRId64, names[i], w->dilation * (w->kernel - 1) + 1);
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
