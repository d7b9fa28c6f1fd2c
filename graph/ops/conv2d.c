#include "graph/ops/common.h"

enum { OUT, KERNEL, STRIDE, PAD, DILATION, GROUPS, PAD_MODE, GATE, PLANE_NORM, MAX_POOL };

static const ig_attr_spec attrs[] = {
    [OUT] = IG_CONV_OUT,
    [KERNEL] = IG_CONV_KERNEL,
    [STRIDE] = IG_CONV_PAIR("stride", 1, 1, "steps between windows"),
    [PAD] = IG_CONV_PAIR("pad", 0, 0, "rows and columns around each side"),
    [DILATION] = IG_CONV_PAIR("dilation", 1, 1, "distance between kernel taps"),
    [GROUPS] = IG_CONV_GROUPS,
    [PAD_MODE] = IG_PAD_MODE_ATTR("pad_mode"),
    [GATE] = {.name = IG_GATE_ATTR,
              .type = IG_ATTR_BOOL,
              .internal = true,
              .doc = "a second input holds a factor for each image and channel of x"},
    [PLANE_NORM] = {.name = IG_PLANE_NORM_ATTR,
                    .type = IG_ATTR_BOOL,
                    .internal = true,
                    .doc = "normalises each plane of the result by its own mean and variance"},
    [MAX_POOL] = {.name = IG_MAX_POOL_ATTR,
                  .type = IG_ATTR_BOOL,
                  .internal = true,
                  .doc = "the result is the largest of each two by two pixels"},
    {.name = "plane_norm_eps",
     .type = IG_ATTR_FLOAT,
     .internal = true,
     .fmin = 0,
     .fmax = 1e6,
     .ffallback = 1e-5,
     .doc = "added to that variance"},
    {.name = "bias", .type = IG_ATTR_BOOL, .doc = "adds a learned bias"},
    IG_TAIL_ATTRS,
    IG_BRANCHES_ATTR,
};

/* Kernels for groups know no gate: no network has one there. */
static ig_status check_gate(const ig_op_context *call, ig_error *error)
{
    const bool gated = call->attrs[GATE].i;
    const ig_shape *in = &call->inputs[0], *gate = &call->inputs[1];
    const ig_shape wanted = IG_SHAPE(in->dim[0], in->dim[1], 1, 1);
    char text[2][128];
    if (call->n_inputs != 1 + gated) {
        ig_status status = ig_op_refuse(call, error, "the wrong number of inputs");
        ig_error_expected(error, gated ? "a map and its gate" : "a map");
        ig_error_found(error, "%d", call->n_inputs);
        return status;
    }
    if (gated && call->attrs[GROUPS].i != 1)
        return ig_op_refuse(call, error, "a gate and groups exclude each other");
    if (!gated || ig_shape_equal(gate, &wanted))
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "the gate does not fit the map");
    ig_error_expected(error, "%s", ig_shape_text(&wanted, text[0], sizeof text[0]));
    ig_error_found(error, "%s", ig_shape_text(gate, text[1], sizeof text[1]));
    return status;
}

static ig_status check_pool(const ig_op_context *call, const ig_window window[2], ig_error *error)
{
    if (!call->attrs[MAX_POOL].i)
        return IG_OK;
    if (call->attrs[PLANE_NORM].i)
        return ig_op_refuse(call, error, "plane_norm and max_pool exclude each other");
    return window[0].out > 1 && window[1].out > 1 ? IG_OK : ig_op_refuse(call, error, "there is too little to pool");
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status == IG_OK)
        status = ig_conv_check_groups(call, error);
    if (status == IG_OK)
        status = check_gate(call, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    const ig_window window[2] = {ig_op_window(call, 0), ig_op_window(call, 1)};
    int64_t out = call->attrs[OUT].i;
    ig_shape weight = IG_SHAPE(out, in->dim[1] / call->attrs[GROUPS].i, window[0].kernel, window[1].kernel);
    status = ig_op_need_window(call, window, error);
    for (int axis = 0; axis < 2 && status == IG_OK; axis++)
        status = ig_pad_check(call, call->attrs[PAD_MODE].i, window[axis].pad, window[axis].in, error);
    if (status == IG_OK)
        status = ig_op_need_limits(call, "weight", &weight, error);
    if (status != IG_OK)
        return status;
    status = ig_tail_declare(call, weight, IG_PARAM_CONV_WEIGHT, IG_PARAM_CONV_BIAS, error);
    if (status == IG_OK)
        status = check_pool(call, window, error);
    if (status != IG_OK)
        return status;
    const int64_t pool = call->attrs[MAX_POOL].i ? 2 : 1;
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], out, window[0].out / pool, window[1].out / pool), error);
}

/* Of what is computed: the checkpoint's tensors may be wider, or several below each other. */
static ig_shape merged_weight(const ig_op_context *call)
{
    ig_shape weight = call->params[IG_TAIL_WEIGHT].shape;
    weight.dim[0] = call->attrs[OUT].i;
    weight.dim[1] = call->inputs[0].dim[1] / call->attrs[GROUPS].i;
    return weight;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const ig_shape weight = merged_weight(call);
    ig_op_context sums = *call;
    sums.output.dim[2] = ig_op_window(call, 0).out;
    sums.output.dim[3] = ig_op_window(call, 1).out;
    const int64_t elems = ig_op_elems(&sums);
    *out = (ig_cost){.macs = elems * ig_op_span(&weight, 1, 4)};
    ig_tail_cost(&sums, out);
    if (call->attrs[GATE].i)
        out->other += ig_shape_elems(&call->inputs[0]);
    if (call->attrs[PLANE_NORM].i) {
        out->adds += 3 * elems;
        out->other += 2 * elems;
    }
    if (call->attrs[MAX_POOL].i)
        out->adds += 3 * ig_op_elems(call);
}

static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    ig_op_context merged = *call;
    merged.params[IG_TAIL_WEIGHT].shape = merged_weight(call);
    return ig_tail_device_param(&merged, data, slot, out);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_op_var vars[] = {
        {"OC", call->output.dim[1]},       {"G", call->attrs[GROUPS].i},  {"BIAS", ig_tail_has_bias(call)},
        {"MODE", call->attrs[PAD_MODE].i}, {"GATE", call->attrs[GATE].i}, {"PLANE", call->attrs[PLANE_NORM].i},
        {"POOL", call->attrs[MAX_POOL].i},
    };
    ig_op_emit_windows(call, emit, user);
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

const ig_op ig_op_conv2d = {
    .name = "conv2d",
    .doc = "y[n,o,u,v] = norm(bias[o] + sum over c,i,j of weight[o,c,i,j] * x[n, first+c, u*SH-PH+i*DH, "
           "v*SW-PW+j*DW]), first being the first channel of o's group; x outside is as pad_mode says, as in pad2d; "
           "with `gate`, x[n,c,h,w] * gate[n,c] stands for x[n,c,h,w], gate being the second input, [N, C, 1, 1]",
    .source = "torch.nn.Conv2d",
    .params_doc = IG_TAIL_PARAMS_DOC("[OC, C/G, KH, KW]", "[OC]"),
    .cost_doc = "N*OH*OW*OC*(C/G)*KH*KW macs; " IG_TAIL_COST_DOC
                "; `gate`: 1 other for each element of x; `plane_norm`: 3 adds and 2 other; `max_pool`: 3 adds for "
                "each it leaves; OH and OW are those in front of it",
    .problem_doc = IG_WINDOWS_PROBLEM_DOC " OC G BIAS MODE GATE PLANE POOL",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 2,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = ig_conv_units,
    .reference = ig_conv_reference,
    .device_param = device_param,
};
