#include "graph/ops/common.h"

#include <string.h>

enum { SHAPE };

static const ig_attr_spec attrs[] = {
    [SHAPE] = {.name = "shape",
               .type = IG_ATTR_INTS,
               .required = true,
               .min = 1,
               .max = IG_MAX_EXTENT,
               .doc = "extents of the tensor"},
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status != IG_OK)
        return status;
    if (call->attrs[SHAPE].n_list == 0)
        return ig_op_refuse(call, error, "the shape is empty");
    ig_shape shape = ig_shape_make(call->attrs[SHAPE].n_list, call->attrs[SHAPE].list);
    status = ig_op_set_output(call, shape, error);
    if (status == IG_OK)
        ig_op_declare(call, 0, "", shape, IG_PARAM_OTHER);
    return status;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){0};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    emit(user, "ELEMS", ig_op_elems(call));
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    (void)range;
    memcpy(data->output, data->params[0], (size_t)ig_op_elems(call) * sizeof(float));
}

const ig_op ig_op_parameter = {
    .name = "parameter",
    .doc = "y = a learned tensor of its own; the node's path is the tensor's name",
    .source = "torch.nn.Parameter",
    .params_doc = "0 the tensor itself, under the node's own path",
    .cost_doc = "none",
    .problem_doc = "ELEMS",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .is_constant = true,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .reference = reference,
};
