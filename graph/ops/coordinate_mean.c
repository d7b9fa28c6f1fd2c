#include "graph/ops/common.h"

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    const ig_shape *in = &call->inputs[0];
    return status != IG_OK
               ? status
               : ig_op_set_output(call, IG_SHAPE(in->dim[0], in->dim[1], in->dim[2] + in->dim[3], 1), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = 2 * ig_shape_elems(&call->inputs[0]) - elems, .other = elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"PLANES", ig_op_span(in, 0, 2)}, {"H", in->dim[2]}, {"W", in->dim[3]}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

/* Of `count` elements `step` apart. */
static float mean_of(const float *x, int64_t step, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)x[i * step];
    return (float)(sum / (double)count);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const int64_t height = call->inputs[0].dim[2], width = call->inputs[0].dim[3];
    for (int64_t plane = range.begin; plane < range.end; plane++) {
        const float *x = data->inputs[0] + plane * height * width;
        float *y = data->output + plane * (height + width);
        for (int64_t i = 0; i < height; i++)
            y[i] = mean_of(x + i * width, 1, width);
        for (int64_t j = 0; j < width; j++)
            y[height + j] = mean_of(x + j, width, height);
    }
}

const ig_op ig_op_coordinate_mean = {
    .name = "coordinate_mean",
    .doc = "y[n,c,:,0] = the means of x[n,c] along its rows, one for each of H, then those along its columns, one for "
           "each "
           "of W",
    .source = "the pooling of coordinate attention (Hou et al. 2021)",
    .cost_doc = "one add for each element but the first of a row, and of a column; 1 other per mean",
    .problem_doc = "PLANES H W",
    .attrs = ig_then_attrs,
    .n_attrs = IG_COUNT(ig_then_attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
