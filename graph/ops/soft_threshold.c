#include "graph/ops/common.h"

#include <math.h>

/* One threshold per image and channel: [N,C], or [N,C,1,...]. */
static bool is_threshold_of(const ig_shape *t, const ig_shape *x)
{
    if (t->rank < 2 || t->dim[0] != x->dim[0] || t->dim[1] != x->dim[1])
        return false;
    return ig_op_span(t, 2, t->rank) == 1;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    const ig_shape *x = &call->inputs[0], *t = &call->inputs[1];
    char text[128];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 2, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    if (!is_threshold_of(t, x)) {
        status = ig_op_refuse(call, error, "the threshold does not match the input");
        ig_error_expected(error, "one per image and channel: %lldx%lld", (long long)x->dim[0], (long long)x->dim[1]);
        ig_error_found(error, "%s", ig_shape_text(t, text, sizeof text));
        return status;
    }
    return ig_op_set_output(call, *x, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = 2 * elems, .other = elems};
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
    const ig_op_var vars[] = {{"ROWS", units(call)}, {"S", plane(call)}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static double shrink(double x, double t)
{
    double rest = fabs(x) - t;
    return rest > 0 && x != 0 ? copysign(rest, x) : 0;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t length = plane(call);
    for (int64_t row = range.begin; row < range.end; row++) {
        for (int64_t i = row * length; i < (row + 1) * length; i++)
            data->output[i] = (float)shrink(data->inputs[0][i], data->inputs[1][row]);
    }
}

const ig_op ig_op_soft_threshold = {
    .name = "soft_threshold",
    .doc = "y = sign(x) * max(|x| - t[n,c], 0) of the inputs x and t; sign(0) = 0",
    .source = "deep residual shrinkage networks",
    .cost_doc = "2 adds and 1 other per element",
    .problem_doc = "ROWS S",
    .min_inputs = 2,
    .max_inputs = 2,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
