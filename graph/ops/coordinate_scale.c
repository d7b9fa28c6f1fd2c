#include "graph/ops/common.h"

enum { ROWS_AT, COLUMNS_AT };

static const ig_attr_spec attrs[] = {
    [ROWS_AT] = {.name = "rows_at",
                 .type = IG_ATTR_INT,
                 .min = 0,
                 .max = IG_MAX_EXTENT,
                 .doc = "where the factors of the rows begin in the second input"},
    [COLUMNS_AT] = {.name = "columns_at",
                    .type = IG_ATTR_INT,
                    .min = 0,
                    .max = IG_MAX_EXTENT,
                    .doc = "where those of the columns begin in the third"},
    IG_THEN_ATTR,
};

/* Factors of a plane in input `k`. */
static int64_t length_of(const ig_op_context *call, int k)
{
    return ig_op_span(&call->inputs[k], 2, call->inputs[k].rank);
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    for (int k = 0; k < call->n_inputs && status == IG_OK; k++)
        status = ig_op_need_rank(call, k, k == 0 ? 4 : 3, k == 0 ? 4 : IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    const ig_shape *x = &call->inputs[0];
    for (int k = 1; k < call->n_inputs; k++) {
        const int64_t end = call->attrs[k - 1].i + x->dim[1 + k];
        if (call->inputs[k].dim[0] != x->dim[0] || call->inputs[k].dim[1] != x->dim[1] || end > length_of(call, k))
            return ig_op_refuse(call, error, "the factors do not fit: each plane needs one for each row and column");
    }
    return ig_op_set_output(call, *x, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    *out = (ig_cost){.other = 2 * ig_op_elems(call)};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"PLANES", ig_op_span(in, 0, 2)},
                              {"H", in->dim[2]},
                              {"W", in->dim[3]},
                              {"R", length_of(call, 1)},
                              {"R_AT", call->attrs[ROWS_AT].i},
                              {"L", length_of(call, 2)},
                              {"L_AT", call->attrs[COLUMNS_AT].i}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const int64_t height = call->inputs[0].dim[2], width = call->inputs[0].dim[3];
    for (int64_t plane = range.begin; plane < range.end; plane++) {
        const float *rows = data->inputs[1] + plane * length_of(call, 1) + call->attrs[ROWS_AT].i;
        const float *columns = data->inputs[2] + plane * length_of(call, 2) + call->attrs[COLUMNS_AT].i;
        for (int64_t i = 0; i < height; i++)
            for (int64_t j = 0; j < width; j++) {
                const int64_t at = (plane * height + i) * width + j;
                data->output[at] = (float)((double)data->inputs[0][at] * (double)rows[i] * (double)columns[j]);
            }
    }
}

const ig_op ig_op_coordinate_scale = {
    .name = "coordinate_scale",
    .doc =
        "y[n,c,i,j] = x[n,c,i,j] * r[n,c,rows_at+i] * s[n,c,columns_at+j] of the inputs x, r and s, of which r and s "
        "may be one tensor, and longer than needed",
    .source = "the gates of coordinate attention (Hou et al. 2021)",
    .cost_doc = "2 other per element",
    .problem_doc = "PLANES H W R R_AT L L_AT",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 3,
    .max_inputs = 3,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
