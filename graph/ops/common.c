#include "graph/ops/common.h"

#include "base/locale.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

const ig_attr_spec ig_then_attrs[1] = {IG_THEN_ATTR};

ig_status ig_op_refuse(const ig_op_context *call, ig_error *error, const char *format, ...)
{
    char text[IG_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    ig_locale_vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return ig_fail(error, IG_E_DATA, "%s: %s", call->op->name, text);
}

/* The integers of an attribute and the range its type allows them. */
static const int64_t *attr_integers(const ig_attr_spec *spec, const ig_attr *attr, int *count, ig_op_range *range)
{
    *count = spec->type == IG_ATTR_PAIR ? 2 : spec->type == IG_ATTR_INTS ? attr->n_list : 1;
    *range = (ig_op_range){spec->min, spec->max};
    if (spec->type == IG_ATTR_BOOL)
        *range = (ig_op_range){0, 1};
    if (spec->type == IG_ATTR_ENUM)
        *range = (ig_op_range){0, spec->n_choices - 1};
    if (spec->type == IG_ATTR_FLOAT || spec->type == IG_ATTR_TEXT || spec->type == IG_ATTR_WORDS)
        *count = 0;
    return spec->type == IG_ATTR_PAIR || spec->type == IG_ATTR_INTS ? attr->list : &attr->i;
}

static ig_status check_attr(const ig_op_context *call, const ig_attr_spec *spec, const ig_attr *attr, ig_error *error)
{
    int count;
    ig_op_range range;
    const int64_t *items = attr_integers(spec, attr, &count, &range);
    if (count < 0 || count > IG_MAX_RANK) {
        ig_status status = ig_op_refuse(call, error, "attribute '%s' has too many items", spec->name);
        ig_error_expected(error, "at most %d", IG_MAX_RANK);
        ig_error_found(error, "%d", count);
        return status;
    }
    for (int i = 0; i < count; i++) {
        if (items[i] >= range.begin && items[i] <= range.end)
            continue;
        ig_status status = ig_op_refuse(call, error, "attribute '%s' is out of range", spec->name);
        ig_error_expected(error, "%" PRId64 " to %" PRId64, range.begin, range.end);
        ig_error_found(error, "%" PRId64, items[i]);
        return status;
    }
    if (spec->type == IG_ATTR_FLOAT && !(attr->f >= spec->fmin && attr->f <= spec->fmax)) {
        ig_status status = ig_op_refuse(call, error, "attribute '%s' is out of range", spec->name);
        ig_error_expected(error, "%g to %g", spec->fmin, spec->fmax);
        ig_error_found(error, "%g", attr->f);
        return status;
    }
    return IG_OK;
}

ig_status ig_op_check(const ig_op_context *call, ig_error *error)
{
    const ig_op *op = call->op;
    if (call->n_inputs < op->min_inputs || call->n_inputs > op->max_inputs) {
        ig_status status = ig_op_refuse(call, error, "wrong number of inputs");
        if (op->min_inputs == op->max_inputs)
            ig_error_expected(error, "%d", op->min_inputs);
        else
            ig_error_expected(error, "%d to %d", op->min_inputs, op->max_inputs);
        ig_error_found(error, "%d", call->n_inputs);
        return status;
    }
    ig_status status = IG_OK;
    for (int i = 0; i < call->n_inputs && status == IG_OK; i++)
        status = ig_op_need_limits(call, "input", &call->inputs[i], error);
    for (int i = 0; i < op->n_attrs && status == IG_OK; i++)
        status = check_attr(call, &op->attrs[i], &call->attrs[i], error);
    return status;
}

ig_status ig_op_need_rank(const ig_op_context *call, int input, int min, int max, ig_error *error)
{
    const ig_shape *shape = &call->inputs[input];
    if (shape->rank >= min && shape->rank <= max)
        return IG_OK;
    char text[128];
    ig_status status = ig_op_refuse(call, error, "input %d has the wrong rank", input + 1);
    if (min == max)
        ig_error_expected(error, "rank %d", min);
    else
        ig_error_expected(error, "rank %d to %d", min, max);
    ig_error_found(error, "rank %d (%s)", shape->rank, ig_shape_text(shape, text, sizeof text));
    return status;
}

ig_status ig_op_need_axis(const ig_op_context *call, int64_t axis, int *out, ig_error *error)
{
    const ig_shape *shape = &call->inputs[0];
    *out = ig_shape_axis(shape, axis);
    if (*out >= 0)
        return IG_OK;
    char text[128];
    ig_status status = ig_op_refuse(call, error, "no such axis");
    ig_error_expected(error, "an axis of %s: %d to %d", ig_shape_text(shape, text, sizeof text), -shape->rank,
                      shape->rank - 1);
    ig_error_found(error, "%" PRId64, axis);
    return status;
}

ig_status ig_op_need_limits(const ig_op_context *call, const char *what, const ig_shape *shape, ig_error *error)
{
    bool fits = shape->rank >= 0 && shape->rank <= IG_MAX_RANK;
    for (int i = 0; fits && i < shape->rank; i++)
        fits = shape->dim[i] >= 1 && shape->dim[i] <= IG_MAX_EXTENT;
    int64_t elems = fits ? ig_shape_elems(shape) : -1;
    if (elems >= 1 && elems <= IG_MAX_TENSOR_ELEMS)
        return IG_OK;
    char text[256];
    ig_status status = ig_op_refuse(call, error, "the %s is too large or empty", what);
    ig_error_expected(error, "extents of 1 to %d, at most %" PRId64 " elements, rank at most %d", (int)IG_MAX_EXTENT,
                      IG_MAX_TENSOR_ELEMS, (int)IG_MAX_RANK);
    ig_error_found(error, "%s", ig_shape_text(shape, text, sizeof text));
    return status;
}

ig_status ig_op_set_output(ig_op_context *call, ig_shape shape, ig_error *error)
{
    call->output = shape;
    return ig_op_need_limits(call, "output", &call->output, error);
}

void ig_op_declare(ig_op_context *call, int slot, const char *suffix, ig_shape shape, ig_param_kind kind)
{
    call->params[slot] = (ig_param_decl){.suffix = suffix, .shape = shape, .kind = kind};
}

int64_t ig_op_span(const ig_shape *shape, int begin, int end)
{
    int64_t span = 1;
    for (int i = begin; i < end; i++)
        span *= shape->dim[i];
    return span;
}

int64_t ig_op_elems(const ig_op_context *call)
{
    return ig_op_span(&call->output, 0, call->output.rank);
}

ig_axes ig_op_axes(const ig_shape *shape, int begin, int end)
{
    return (ig_axes){ig_op_span(shape, 0, begin), ig_op_span(shape, begin, end), ig_op_span(shape, end, shape->rank)};
}

void ig_op_emit_vars(ig_op_emit emit, void *user, const ig_op_var *vars, int count)
{
    for (int i = 0; i < count; i++)
        emit(user, vars[i].name, vars[i].value);
}

ig_affine ig_norm_affine(const float *const *norm, double eps, int64_t c)
{
    double scale = (double)norm[0][c] / sqrt((double)norm[3][c] + eps);
    return (ig_affine){scale, (double)norm[1][c] - (double)norm[2][c] * scale};
}

void ig_norm_declare(ig_op_context *call, int first_slot, const char *prefix, int64_t channels)
{
    static const struct {
        const char *suffix;
        ig_param_kind kind;
    } slots[] = {{"weight", IG_PARAM_NORM_WEIGHT},
                 {"bias", IG_PARAM_NORM_BIAS},
                 {"running_mean", IG_PARAM_RUNNING_MEAN},
                 {"running_var", IG_PARAM_RUNNING_VAR}};
    for (int i = 0; i < IG_COUNT(slots); i++) {
        ig_op_declare(call, first_slot + i, slots[i].suffix, IG_SHAPE(channels), slots[i].kind);
        call->params[first_slot + i].prefix = prefix;
    }
}

/* Two passes, because the difference of large sums would lose the variance. */
ig_affine ig_moments_affine(const float *x, int64_t n, double eps)
{
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++)
        sum += (double)x[i];
    double mean = sum / (double)n;
    for (int64_t i = 0; i < n; i++)
        squares += ((double)x[i] - mean) * ((double)x[i] - mean);
    double scale = 1 / sqrt(squares / (double)n + eps);
    return (ig_affine){scale, -mean * scale};
}
