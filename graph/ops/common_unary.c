#include "graph/ops/common.h"

/* An element-wise operator is named as its activation. */
static ig_activation activation_of(const ig_op *op)
{
    return ig_activation_find(op->name);
}

ig_status ig_unary_infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    return status != IG_OK ? status : ig_op_set_output(call, call->inputs[0], error);
}

void ig_unary_cost(const ig_op_context *call, ig_cost *out)
{
    *out = ig_activation_cost(activation_of(call->op), ig_op_elems(call));
}

void ig_unary_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_op_var vars[] = {{"ELEMS", ig_op_elems(call)}, {"ACT", activation_of(call->op)}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

int64_t ig_unary_units(const ig_op_context *call)
{
    return ig_ceil_div(ig_op_elems(call), IG_BLOCK);
}

void ig_unary_reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_activation activation = activation_of(call->op);
    int64_t end = ig_min(range.end * IG_BLOCK, ig_op_elems(call));
    for (int64_t i = range.begin * IG_BLOCK; i < end; i++)
        data->output[i] = (float)ig_activation_apply(activation, data->inputs[0][i]);
}
