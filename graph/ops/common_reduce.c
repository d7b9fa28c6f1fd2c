#include "graph/ops/common.h"

enum { AXES, KEEPDIMS, OF };

const ig_attr_spec ig_reduce_attrs[IG_REDUCE_ATTRS] = {
    [AXES] = {.name = "axes",
              .type = IG_ATTR_INTS,
              .required = true,
              .min = -IG_MAX_RANK,
              .max = IG_MAX_RANK - 1,
              .doc = "neighbouring axes to reduce; negative ones count from the end"},
    [KEEPDIMS] = {.name = "keepdims", .type = IG_ATTR_BOOL, .doc = "keep the reduced axes with extent 1"},
    [OF] = {.name = "of",
            .type = IG_ATTR_ENUM,
            .internal = true,
            .choices = ig_activation_names,
            .n_choices = IG_ACT_COUNT,
            .doc = "activation that each element passes first"},
    IG_THEN_ATTR,
};

/* The reduced axes as a run begin..end-1 of the input's; false when they are not one run without repetition. */
static bool axis_run(const ig_op_context *call, ig_op_range *out)
{
    const ig_attr *axes = &call->attrs[AXES];
    unsigned seen = 0;
    int first = IG_MAX_RANK, last = -1;
    for (int i = 0; i < axes->n_list; i++) {
        int axis = ig_shape_axis(&call->inputs[0], axes->list[i]);
        if (axis < 0 || (seen >> axis & 1u))
            return false;
        seen |= 1u << axis;
        first = axis < first ? axis : first;
        last = axis > last ? axis : last;
    }
    *out = (ig_op_range){first, last + 1};
    return axes->n_list > 0 && last - first + 1 == axes->n_list;
}

static ig_status check_axes(const ig_op_context *call, ig_op_range *run, ig_error *error)
{
    const ig_attr *axes = &call->attrs[AXES];
    for (int i = 0, axis; i < axes->n_list; i++) {
        ig_status status = ig_op_need_axis(call, axes->list[i], &axis, error);
        if (status != IG_OK)
            return status;
    }
    if (axis_run(call, run))
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "the axes are not a run of neighbours");
    ig_error_expected(error, "at least one axis, each once, without gaps");
    ig_error_found(error, "%d axes", axes->n_list);
    ig_error_hint(error, "reduce separate axes one after the other");
    return status;
}

ig_status ig_reduce_infer(ig_op_context *call, ig_error *error)
{
    const ig_shape *in = &call->inputs[0];
    ig_op_range run = {0, 0};
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = check_axes(call, &run, error);
    if (status != IG_OK)
        return status;
    ig_shape shape = {.rank = 0};
    for (int i = 0; i < in->rank; i++) {
        bool reduced = i >= run.begin && i < run.end;
        if (!reduced || call->attrs[KEEPDIMS].i)
            shape.dim[shape.rank++] = reduced ? 1 : in->dim[i];
    }
    return ig_op_set_output(call, shape, error);
}

ig_axes ig_reduce_axes(const ig_op_context *call)
{
    ig_op_range run = {0, 0};
    axis_run(call, &run);
    return ig_op_axes(&call->inputs[0], (int)run.begin, (int)run.end);
}

void ig_axes_problem(ig_axes axes, ig_op_emit emit, void *user)
{
    const ig_op_var vars[] = {{"OUTER", axes.outer}, {"RED", axes.length}, {"INNER", axes.inner}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

void ig_reduce_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    ig_axes_problem(ig_reduce_axes(call), emit, user);
    emit(user, "OF", call->attrs[OF].i);
}

void ig_reduce_cost(const ig_op_context *call, ig_cost *out)
{
    const ig_cost of = ig_activation_cost((ig_activation)call->attrs[OF].i, ig_shape_elems(&call->inputs[0]));
    *out = (ig_cost){.adds = ig_op_elems(call) * (ig_reduce_axes(call).length - 1) + of.adds, .other = of.other};
}

int64_t ig_reduce_units(const ig_op_context *call)
{
    ig_axes axes = ig_reduce_axes(call);
    return axes.outer * ig_ceil_div(axes.inner, IG_TILE);
}

/* Adds a row to what was folded, each element past the activation. */
static void fold_row(const ig_fold *fold, ig_activation of, double *acc, const float *in, int64_t n)
{
    float row[IG_TILE];
    for (int64_t i = 0; i < n && of != IG_ACT_NONE; i++)
        row[i] = (float)ig_activation_apply(of, (double)in[i]);
    fold->row(acc, of == IG_ACT_NONE ? in : row, n);
}

void ig_reduce_run(const ig_op_context *call, const ig_op_data *data, ig_op_range range, ig_fold fold)
{
    ig_axes axes = ig_reduce_axes(call);
    int64_t tiles = ig_ceil_div(axes.inner, IG_TILE);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t outer = unit / tiles, at = unit % tiles * IG_TILE;
        int64_t n = ig_min(IG_TILE, axes.inner - at);
        const float *in = data->inputs[0] + outer * axes.length * axes.inner + at;
        double acc[IG_TILE];
        for (int64_t i = 0; i < n; i++)
            acc[i] = fold.start;
        for (int64_t r = 0; r < axes.length; r++)
            fold_row(&fold, (ig_activation)call->attrs[OF].i, acc, in + r * axes.inner, n);
        for (int64_t i = 0; i < n; i++)
            data->output[outer * axes.inner + at + i] = (float)(acc[i] / fold.divisor);
    }
}

double ig_run_mean(const float *x, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += (double)x[i];
    return sum / (double)n;
}

double ig_run_max(const float *x, int64_t n)
{
    double found = (double)x[0];
    for (int64_t i = 1; i < n; i++) {
        const double v = (double)x[i];
        found = v > found || v != v ? v : found;
    }
    return found;
}
