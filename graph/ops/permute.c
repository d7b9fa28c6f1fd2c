#include "graph/ops/common.h"

enum { DIMS };

static const ig_attr_spec attrs[] = {
    [DIMS] = {.name = "dims",
              .type = IG_ATTR_INTS,
              .required = true,
              .min = -IG_MAX_RANK,
              .max = IG_MAX_RANK - 1,
              .doc = "input axis that becomes each output axis; negative ones count from the end"},
    IG_THEN_ATTR,
};

/* The input axis behind output axis `i`. */
static int source_axis(const ig_op_context *call, int i)
{
    return ig_shape_axis(&call->inputs[0], call->attrs[DIMS].list[i]);
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    ig_shape out = {.rank = in->rank};
    unsigned seen = 0;
    for (int i = 0; i < call->attrs[DIMS].n_list && i < in->rank; i++) {
        int axis = source_axis(call, i);
        if (axis < 0)
            continue;
        seen |= 1u << axis;
        out.dim[i] = in->dim[axis];
    }
    if (call->attrs[DIMS].n_list != in->rank || seen != (1u << in->rank) - 1) {
        status = ig_op_refuse(call, error, "dims is no permutation of the input's axes");
        ig_error_expected(error, "each of the axes 0 to %d once", in->rank - 1);
        ig_error_found(error, "%d axes", call->attrs[DIMS].n_list);
        return status;
    }
    return ig_op_set_output(call, out, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){0};
}

/* Output extents, padded in front with 1, and the input's strides along them. */
typedef struct walk {
    int64_t dim[IG_MAX_RANK], stride[IG_MAX_RANK];
} walk;

static walk walk_of(const ig_op_context *call)
{
    int rank = call->output.rank, lead = IG_MAX_RANK - rank;
    walk w = {.dim = {1, 1, 1, 1, 1, 1}};
    for (int i = 0; i < rank; i++) {
        w.dim[lead + i] = call->output.dim[i];
        w.stride[lead + i] = ig_op_span(&call->inputs[0], source_axis(call, i) + 1, rank);
    }
    return w;
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    static const char *const dims[IG_MAX_RANK] = {"D0", "D1", "D2", "D3", "D4", "D5"};
    static const char *const strides[IG_MAX_RANK] = {"S0", "S1", "S2", "S3", "S4", "S5"};
    walk w = walk_of(call);
    (void)piece;
    emit(user, "ELEMS", ig_op_elems(call));
    for (int i = 0; i < IG_MAX_RANK; i++)
        emit(user, dims[i], w.dim[i]);
    for (int i = 0; i < IG_MAX_RANK; i++)
        emit(user, strides[i], w.stride[i]);
}

static int64_t units(const ig_op_context *call)
{
    return ig_ceil_div(ig_op_elems(call), IG_BLOCK);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    walk w = walk_of(call);
    int64_t end = ig_min(range.end * IG_BLOCK, ig_op_elems(call));
    for (int64_t at = range.begin * IG_BLOCK; at < end; at++) {
        int64_t from = 0, rest = at;
        for (int i = IG_MAX_RANK - 1; i >= 0; i--) {
            from += rest % w.dim[i] * w.stride[i];
            rest /= w.dim[i];
        }
        data->output[at] = data->inputs[0][from];
    }
}

/* Nothing moves when the axes that hold more than one element keep their order. */
static bool is_view_call(const ig_op_context *call)
{
    int last = -1;
    for (int i = 0; i < call->output.rank; i++) {
        if (call->output.dim[i] == 1)
            continue;
        if (source_axis(call, i) < last)
            return false;
        last = source_axis(call, i);
    }
    return true;
}

const ig_op ig_op_permute = {
    .name = "permute",
    .doc = "y = x with its axes in another order",
    .source = "torch.permute",
    .cost_doc = "none",
    .problem_doc = "ELEMS D0 D1 D2 D3 D4 D5 S0 S1 S2 S3 S4 S5",
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
