#include "graph/ops/common.h"

#include <math.h>

/* One number per image and channel: [N,C], or [N,C,1,...]. */
static bool is_per_channel(const ig_shape *t, const ig_shape *x)
{
    if (t->rank < 2 || t->dim[0] != x->dim[0] || t->dim[1] != x->dim[1])
        return false;
    return ig_op_span(t, 2, t->rank) == 1;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    const ig_shape *x = &call->inputs[0];
    char text[128];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 2, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    for (int k = 1; k < call->n_inputs; k++) {
        if (is_per_channel(&call->inputs[k], x))
            continue;
        status = ig_op_refuse(call, error, "the %s does not match the input", k == 1 ? "threshold" : "slope");
        ig_error_expected(error, "one per image and channel: %lldx%lld", (long long)x->dim[0], (long long)x->dim[1]);
        ig_error_found(error, "%s", ig_shape_text(&call->inputs[k], text, sizeof text));
        return status;
    }
    return ig_op_set_output(call, *x, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = 2 * elems, .other = (call->n_inputs - 1) * elems};
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

static int64_t plane(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 2, call->inputs[0].rank);
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_op_var vars[] = {{"ROWS", units(call)}, {"S", plane(call)}, {"SLOPE", call->n_inputs == 3}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static double shrink(double x, double t, double slope)
{
    int sign = (x > 0) - (x < 0);
    return fabs(x) <= t ? 0 : slope * x - sign * t;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t length = plane(call);
    for (int64_t row = range.begin; row < range.end; row++) {
        double slope = call->n_inputs == 3 ? data->inputs[2][row] : 1;
        for (int64_t i = row * length; i < (row + 1) * length; i++)
            data->output[i] = (float)shrink(data->inputs[0][i], data->inputs[1][row], slope);
    }
}

const ig_op ig_op_soft_threshold = {
    .name = "soft_threshold",
    .doc = "y = 0 where |x| <= t[n,c], else d[n,c] * x - sign(x) * t[n,c], of the inputs x, t and d (without it 1); "
           "sign(0) = 0",
    .source = "deep residual shrinkage networks; with a slope d its adaptively parametric form",
    .cost_doc = "2 adds and 1 other per element; 1 other more with a slope",
    .problem_doc = "ROWS S SLOPE",
    .attrs = ig_then_attrs,
    .n_attrs = 1,
    .min_inputs = 2,
    .max_inputs = 3,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
