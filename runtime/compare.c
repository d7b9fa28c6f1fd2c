/* Two tensors side by side, and the tally of many such pairs. */
#include "ingot/session.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>

static void compare_elements(const float *got, const float *want, int64_t elems, ig_verify_item *item)
{
    double dot = 0, got_norm = 0, want_norm = 0;
    for (int64_t i = 0; i < elems; i++) {
        const double x = got[i], y = want[i];
        item->max_abs_error = fmax(item->max_abs_error, isfinite(x) && isfinite(y) ? fabs(x - y) : INFINITY);
        item->max_abs_value = fmax(item->max_abs_value, fabs(y));
        dot += x * y;
        got_norm += x * x;
        want_norm += y * y;
    }
    const double norms = sqrt(got_norm) * sqrt(want_norm);
    item->cosine = norms > 0 ? dot / norms : got_norm == want_norm;
    item->relative_error = item->max_abs_error;
    if (isfinite(item->max_abs_error) && item->max_abs_value > 0)
        item->relative_error /= item->max_abs_value;
}

void ig_verify_compare(const ig_tensor *got, const ig_tensor *want, double tolerance, ig_verify_item *item)
{
    item->max_abs_error = item->max_abs_value = 0;
    if (ig_shape_equal(&got->shape, &want->shape))
        compare_elements(got->data, want->data, ig_shape_elems(&want->shape), item);
    else
        item->relative_error = item->max_abs_error = INFINITY;
    item->passed = item->relative_error <= tolerance;
}

void ig_verify_count(ig_verify_result *result, const ig_verify_item *item, bool output)
{
    if (!item->passed && result->n_failed++ == 0)
        snprintf(result->first_bad, sizeof result->first_bad, "%s", item->path);
    result->n_compared++;
    result->max_relative_error = fmax(result->max_relative_error, item->relative_error);
    if (output)
        result->output_relative_error = fmax(result->output_relative_error, item->relative_error);
}

ig_status ig_verify_conclude(const ig_verify_result *result, double tolerance, ig_error *error)
{
    if (result->n_compared == 0)
        return ig_fail(error, IG_E_INTERNAL, "nothing was compared: no value of the reference's graph was kept");
    if (result->n_failed == 0)
        return IG_OK;
    ig_fail(error, IG_E_VERIFY, "%d of %d values differ from the reference by more than %g", result->n_failed,
            result->n_compared, tolerance);
    ig_error_found(error, "first bad value '%s', largest relative error %.3g", result->first_bad,
                   result->max_relative_error);
    return IG_E_VERIFY;
}
