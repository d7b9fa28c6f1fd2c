#include "graph/ops/common.h"

enum { PAD, MODE };
enum { TOP, BOTTOM, LEFT, RIGHT, SIDES };

static const ig_attr_spec attrs[] = {
    [PAD] = {.name = "pad",
             .type = IG_ATTR_INTS,
             .required = true,
             .min = 0,
             .max = IG_MAX_EXTENT,
             .doc = "rows above and below, columns left and right: [top, bottom, left, right]"},
    [MODE] = IG_PAD_MODE_ATTR("mode"),
};

static ig_status check_pad(const ig_op_context *call, ig_error *error)
{
    const ig_attr *pad = &call->attrs[PAD];
    if (pad->n_list != SIDES) {
        ig_status status = ig_op_refuse(call, error, "pad has the wrong number of sides");
        ig_error_expected(error, "[top, bottom, left, right]");
        ig_error_found(error, "%d numbers", pad->n_list);
        return status;
    }
    ig_status status = IG_OK;
    for (int side = 0; side < SIDES && status == IG_OK; side++)
        status =
            ig_pad_check(call, call->attrs[MODE].i, pad->list[side], call->inputs[0].dim[side < LEFT ? 2 : 3], error);
    return status;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status == IG_OK)
        status = check_pad(call, error);
    if (status != IG_OK)
        return status;
    const int64_t *in = call->inputs[0].dim, *pad = call->attrs[PAD].list;
    int64_t height = in[2] + pad[TOP] + pad[BOTTOM], width = in[3] + pad[LEFT] + pad[RIGHT];
    return ig_op_set_output(call, IG_SHAPE(in[0], in[1], height, width), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){0};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0], *out = &call->output;
    const ig_op_var vars[] = {{"N", in->dim[0]},
                              {"C", in->dim[1]},
                              {"H", in->dim[2]},
                              {"W", in->dim[3]},
                              {"OH", out->dim[2]},
                              {"OW", out->dim[3]},
                              {"TOP", call->attrs[PAD].list[TOP]},
                              {"LEFT", call->attrs[PAD].list[LEFT]},
                              {"MODE", call->attrs[MODE].i}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const int64_t *in = call->inputs[0].dim, *out = call->output.dim;
    const int64_t *pad = call->attrs[PAD].list, mode = call->attrs[MODE].i;
    for (int64_t row = range.begin * out[2]; row < range.end * out[2]; row++) {
        int64_t iy = ig_pad_source(row % out[2] - pad[TOP], in[2], mode);
        for (int64_t ox = 0; ox < out[3]; ox++) {
            int64_t ix = ig_pad_source(ox - pad[LEFT], in[3], mode);
            bool is_zero = iy < 0 || ix < 0;
            data->output[row * out[3] + ox] = is_zero ? 0 : data->inputs[0][(row / out[2] * in[2] + iy) * in[3] + ix];
        }
    }
}

const ig_op ig_op_pad2d = {
    .name = "pad2d",
    .doc = "y[n,c,u,v] = x[n,c, u-top, v-left]; outside of x: 0, x mirrored at its edge rows and columns (reflect), "
           "or the edge repeated (replicate)",
    .source = "torch.nn.functional.pad",
    .cost_doc = "none",
    .problem_doc = "N C H W OH OW TOP LEFT MODE",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
