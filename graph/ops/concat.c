#include "graph/ops/common.h"

enum { AXIS };

static const ig_attr_spec attrs[] = {
    [AXIS] = {.name = "axis",
              .type = IG_ATTR_INT,
              .required = true,
              .min = -IG_MAX_RANK,
              .max = IG_MAX_RANK - 1,
              .doc = "axis along which the inputs follow each other; a negative one counts from the end"},
};

static bool fits_behind(const ig_shape *first, const ig_shape *next, int axis)
{
    ig_shape expected = *first;
    if (next->rank == first->rank)
        expected.dim[axis] = next->dim[axis];
    return ig_shape_equal(&expected, next);
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    int axis;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_axis(call, call->attrs[AXIS].i, &axis, error);
    if (status != IG_OK)
        return status;
    const ig_shape *first = &call->inputs[0];
    ig_shape out = *first;
    for (int k = 1; k < call->n_inputs; k++) {
        char text[2][128];
        if (fits_behind(first, &call->inputs[k], axis)) {
            out.dim[axis] += call->inputs[k].dim[axis];
            continue;
        }
        status = ig_op_refuse(call, error, "input %d does not fit behind the first", k + 1);
        ig_error_expected(error, "%s except along axis %d", ig_shape_text(first, text[0], sizeof text[0]), axis);
        ig_error_found(error, "%s", ig_shape_text(&call->inputs[k], text[1], sizeof text[1]));
        return status;
    }
    return ig_op_set_output(call, out, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){0};
}

static int pieces(const ig_op_context *call)
{
    return call->n_inputs;
}

static ig_copy copy_of(const ig_op_context *call, int piece)
{
    int axis = ig_shape_axis(&call->inputs[0], call->attrs[AXIS].i);
    ig_axes in = ig_op_axes(&call->inputs[piece], axis, axis + 1), out = ig_op_axes(&call->output, axis, axis + 1);
    ig_copy copy = {.outer = in.outer,
                    .len = in.length * in.inner,
                    .in_row = in.length * in.inner,
                    .out_row = out.length * out.inner,
                    .axis = axis,
                    .inner = in.inner};
    for (int k = 0; k < piece; k++)
        copy.out_off += call->inputs[k].dim[axis] * in.inner;
    return copy;
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    ig_copy copy = copy_of(call, piece);
    ig_copy_problem(&copy, emit, user);
}

static int64_t units(const ig_op_context *call)
{
    return copy_of(call, 0).outer;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    for (int k = 0; k < call->n_inputs; k++) {
        ig_copy copy = copy_of(call, k);
        ig_copy_run(&copy, data->inputs[k], data->output, range);
    }
}

const ig_op ig_op_concat = {
    .name = "concat",
    .doc = "y = the inputs one behind the other along one axis",
    .source = "torch.cat",
    .cost_doc = "none",
    .problem_doc = IG_COPY_PROBLEM_DOC,
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = IG_MAX_INPUTS,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .pieces = pieces,
    .units = units,
    .reference = reference,
};
