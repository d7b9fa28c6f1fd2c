#include "graph/ops/common.h"

/* All axes of the output that hold more than one element, before and while they are merged. */
typedef struct axis_list {
    int count, inputs;
    int64_t dim[IG_MAX_RANK];
    int64_t stride[IG_BROADCAST_INPUTS][IG_MAX_RANK];
} axis_list;

/* True when every input runs through the list's last axis and the next one evenly, so that the two are one. */
static bool continues(const axis_list *list, int64_t extent, const int64_t *stride)
{
    int last = list->count - 1;
    for (int k = 0; last >= 0 && k < list->inputs; k++) {
        if (list->stride[k][last] != stride[k] * extent)
            return false;
    }
    return last >= 0;
}

static axis_list merged_axes(const ig_op_context *call)
{
    axis_list list = {.inputs = call->n_inputs};
    int64_t full[IG_BROADCAST_INPUTS][IG_MAX_RANK];
    for (int k = 0; k < call->n_inputs; k++)
        ig_shape_strides(&call->inputs[k], &call->output, full[k]);
    for (int axis = 0; axis < call->output.rank; axis++) {
        int64_t extent = call->output.dim[axis], stride[IG_BROADCAST_INPUTS];
        if (extent == 1)
            continue;
        for (int k = 0; k < call->n_inputs; k++)
            stride[k] = full[k][axis];
        if (continues(&list, extent, stride))
            list.dim[list.count - 1] *= extent;
        else
            list.dim[list.count++] = extent;
        for (int k = 0; k < call->n_inputs; k++)
            list.stride[k][list.count - 1] = stride[k];
    }
    return list;
}

bool ig_broadcast_merge(const ig_op_context *call, ig_broadcast *out)
{
    axis_list list = merged_axes(call);
    if (list.count > IG_BROADCAST_AXES)
        return false;
    *out = (ig_broadcast){.dim = {1, 1, 1, 1}};
    for (int i = 0; i < list.count; i++) {
        int to = IG_BROADCAST_AXES - list.count + i;
        out->dim[to] = list.dim[i];
        for (int k = 0; k < call->n_inputs; k++)
            out->stride[k][to] = list.stride[k][i];
    }
    return true;
}

ig_status ig_broadcast_infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status != IG_OK)
        return status;
    ig_shape shape = call->inputs[0];
    for (int k = 1; k < call->n_inputs; k++) {
        char text[2][128];
        if (ig_shape_broadcast(&shape, &call->inputs[k], &shape))
            continue;
        status = ig_op_refuse(call, error, "input %d does not broadcast with what stands before it", k + 1);
        ig_error_expected(error, "extents equal to those of %s, or 1", ig_shape_text(&shape, text[0], sizeof text[0]));
        ig_error_found(error, "%s", ig_shape_text(&call->inputs[k], text[1], sizeof text[1]));
        return status;
    }
    status = ig_op_set_output(call, shape, error);
    ig_broadcast merged;
    if (status == IG_OK && !ig_broadcast_merge(call, &merged)) {
        status =
            ig_fail(error, IG_E_UNSUPPORTED, "%s: the inputs broadcast along too many separate axes", call->op->name);
        ig_error_expected(error, "at most %d axes once neighbouring ones are merged", (int)IG_BROADCAST_AXES);
        ig_error_hint(error, "reshape the inputs so that broadcast axes stand together");
    }
    return status;
}

void ig_broadcast_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    static const char *const dims[IG_BROADCAST_AXES] = {"D0", "D1", "D2", "D3"};
    static const char *const strides[IG_BROADCAST_INPUTS][IG_BROADCAST_AXES] = {
        {"A0", "A1", "A2", "A3"}, {"B0", "B1", "B2", "B3"}, {"W0", "W1", "W2", "W3"}};
    (void)piece;
    int64_t elems = ig_op_elems(call);
    bool flat = true;
    for (int k = 0; k < call->n_inputs; k++)
        flat = flat && ig_shape_elems(&call->inputs[k]) == elems;
    ig_broadcast merged;
    if (!ig_broadcast_merge(call, &merged))
        return;
    emit(user, "ELEMS", elems);
    emit(user, "FLAT", flat);
    for (int i = 0; i < IG_BROADCAST_AXES; i++)
        emit(user, dims[i], merged.dim[i]);
    for (int k = 0; k < call->n_inputs; k++) {
        for (int i = 0; i < IG_BROADCAST_AXES; i++)
            emit(user, strides[k][i], merged.stride[k][i]);
    }
}

int64_t ig_broadcast_units(const ig_op_context *call)
{
    return ig_ceil_div(ig_op_elems(call), IG_BLOCK);
}

void ig_broadcast_run(const ig_op_context *call, const ig_op_data *data, ig_op_range range, ig_broadcast_row row)
{
    const int inner = IG_BROADCAST_AXES - 1;
    ig_broadcast merged;
    if (!ig_broadcast_merge(call, &merged))
        return;
    int64_t end = ig_min(range.end * IG_BLOCK, ig_op_elems(call));
    for (int64_t at = range.begin * IG_BLOCK, n; at < end; at += n) {
        const float *in[IG_BROADCAST_INPUTS] = {NULL};
        int64_t step[IG_BROADCAST_INPUTS] = {0}, rest = at;
        for (int k = 0; k < call->n_inputs; k++) {
            in[k] = data->inputs[k];
            step[k] = merged.stride[k][inner];
        }
        for (int i = inner; i >= 0; i--) {
            for (int k = 0; k < call->n_inputs; k++)
                in[k] += rest % merged.dim[i] * merged.stride[k][i];
            rest /= merged.dim[i];
        }
        n = ig_min(end - at, merged.dim[inner] - at % merged.dim[inner]); /* to the end of this row */
        row(in, step, data->output + at, n);
    }
}
