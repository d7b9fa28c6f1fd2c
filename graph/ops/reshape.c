#include "graph/ops/common.h"

#include <inttypes.h>
#include <string.h>

enum { SHAPE };

static const ig_attr_spec attrs[] = {
    [SHAPE] = {.name = "shape",
               .type = IG_ATTR_INTS,
               .required = true,
               .min = -1,
               .max = IG_MAX_EXTENT,
               .doc = "new extents; 0 copies the input's extent at that place, one -1 is worked out"},
};

/* The extents as written, with 0 replaced and -1 left; `*open` is the place of the -1, or -1. */
static ig_status read_shape(const ig_op_context *call, ig_shape *out, int *open, ig_error *error)
{
    const ig_attr *attr = &call->attrs[SHAPE];
    *out = (ig_shape){.rank = attr->n_list};
    *open = -1;
    if (attr->n_list == 0)
        return ig_op_refuse(call, error, "the shape is empty");
    for (int i = 0; i < attr->n_list; i++) {
        out->dim[i] = attr->list[i];
        if (attr->list[i] == 0 && i >= call->inputs[0].rank)
            return ig_op_refuse(call, error, "shape item %d copies an extent that the input does not have", i + 1);
        if (attr->list[i] == 0)
            out->dim[i] = call->inputs[0].dim[i];
        if (attr->list[i] != -1)
            continue;
        if (*open >= 0)
            return ig_op_refuse(call, error, "the shape leaves more than one extent open");
        *open = i;
    }
    return IG_OK;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_shape shape;
    int open;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = read_shape(call, &shape, &open, error);
    if (status != IG_OK)
        return status;
    int64_t elems = ig_shape_elems(&call->inputs[0]);
    if (open >= 0)
        shape.dim[open] = 1;
    int64_t known = ig_shape_elems(&shape);
    if (open >= 0 && known > 0)
        shape.dim[open] = elems / known;
    if (known < 1 || ig_shape_elems(&shape) != elems) {
        char text[128];
        status = ig_op_refuse(call, error, "the shape does not hold the input's elements");
        ig_error_expected(error, "%" PRId64 " elements, as in %s", elems,
                          ig_shape_text(&call->inputs[0], text, sizeof text));
        ig_error_found(error, "%" PRId64 "%s", known, open >= 0 ? " times the open extent" : "");
        return status;
    }
    return ig_op_set_output(call, shape, error);
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
    memcpy(data->output, data->inputs[0], (size_t)ig_op_elems(call) * sizeof(float));
}

const ig_op ig_op_reshape = {
    .name = "reshape",
    .doc = "y = the elements of x in the same order under another shape",
    .source = "torch.reshape",
    .cost_doc = "none",
    .problem_doc = "ELEMS",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .is_view = true,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .reference = reference,
};
