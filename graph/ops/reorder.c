#include "graph/ops/common.h"

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    return status == IG_OK ? ig_op_set_output(call, call->inputs[0], error) : status;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){0};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *s = &call->output;
    const ig_copy copy = {.outer = 1, .len = ig_shape_elems(s), .inner = 1};
    const ig_op_var vars[] = {{"N", s->dim[0]}, {"C", s->dim[1]}, {"PIXELS", s->dim[2] * s->dim[3]}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
    ig_copy_problem(&copy, emit, user);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_copy copy = {.outer = 1, .len = ig_shape_elems(&call->output)};
    ig_copy_run(&copy, data->inputs[0], data->output, range);
}

const ig_op ig_op_reorder = {
    .name = "reorder",
    .doc = "y = x; plans have one where a map is wanted in another memory layout than it was made in",
    .source = "torch.Tensor.contiguous",
    .cost_doc = "none",
    .problem_doc = "N C PIXELS " IG_COPY_PROBLEM_DOC,
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .reference = reference,
};
