#include "graph/ops/common.h"

enum { AXIS, START, END };

static const ig_attr_spec attrs[] = {
    [AXIS] = {.name = "axis",
              .type = IG_ATTR_INT,
              .required = true,
              .min = -IG_MAX_RANK,
              .max = IG_MAX_RANK - 1,
              .doc = "axis to cut; a negative one counts from the end"},
    [START] = {.name = "start",
               .type = IG_ATTR_INT,
               .required = true,
               .min = 0,
               .max = IG_MAX_EXTENT,
               .doc = "first position that is kept"},
    [END] = {.name = "end",
             .type = IG_ATTR_INT,
             .required = true,
             .min = 1,
             .max = IG_MAX_EXTENT,
             .doc = "first position behind what is kept"},
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    int axis;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_axis(call, call->attrs[AXIS].i, &axis, error);
    if (status != IG_OK)
        return status;
    int64_t start = call->attrs[START].i, end = call->attrs[END].i, extent = call->inputs[0].dim[axis];
    if (start >= end || end > extent) {
        status = ig_op_refuse(call, error, "start and end do not lie on the axis");
        ig_error_expected(error, "start < end <= %lld, the extent of axis %d", (long long)extent, axis);
        ig_error_found(error, "start %lld, end %lld", (long long)start, (long long)end);
        return status;
    }
    ig_shape out = call->inputs[0];
    out.dim[axis] = end - start;
    return ig_op_set_output(call, out, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){0};
}

static ig_copy copy_of(const ig_op_context *call)
{
    int axis = ig_shape_axis(&call->inputs[0], call->attrs[AXIS].i);
    ig_axes in = ig_op_axes(&call->inputs[0], axis, axis + 1);
    int64_t len = (call->attrs[END].i - call->attrs[START].i) * in.inner;
    return (ig_copy){.outer = in.outer,
                     .len = len,
                     .in_row = in.length * in.inner,
                     .in_off = call->attrs[START].i * in.inner,
                     .out_row = len,
                     .axis = axis,
                     .inner = in.inner};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    ig_copy copy = copy_of(call);
    ig_copy_problem(&copy, emit, user);
}

static int64_t units(const ig_op_context *call)
{
    return copy_of(call).outer;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_copy copy = copy_of(call);
    ig_copy_run(&copy, data->inputs[0], data->output, range);
}

/* A part of an axis starts at an offset, which a view cannot express; the whole axis is the input itself. */
static bool is_view_call(const ig_op_context *call)
{
    return ig_shape_equal(&call->inputs[0], &call->output);
}

const ig_op ig_op_slice = {
    .name = "slice",
    .doc = "y = positions start .. end-1 of x along one axis",
    .source = "torch.narrow",
    .cost_doc = "none",
    .problem_doc = IG_COPY_PROBLEM_DOC,
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
    .is_view_call = is_view_call,
};
