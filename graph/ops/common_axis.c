#include "graph/ops/common.h"

ig_status ig_axis_infer(ig_op_context *call, ig_error *error)
{
    int axis;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_axis(call, ig_op_attr(call, "axis")->i, &axis, error);
    return status != IG_OK ? status : ig_op_set_output(call, call->inputs[0], error);
}

ig_axes ig_axis_axes(const ig_op_context *call)
{
    int axis = ig_shape_axis(&call->inputs[0], ig_op_attr(call, "axis")->i);
    return ig_op_axes(&call->inputs[0], axis, axis + 1);
}

void ig_axis_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    ig_axes_problem(ig_axis_axes(call), emit, user);
}

int64_t ig_axis_units(const ig_op_context *call)
{
    ig_axes axes = ig_axis_axes(call);
    return axes.outer * axes.inner;
}
