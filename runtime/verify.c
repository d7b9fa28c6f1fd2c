/* The device against the reference, value by value. The reference runs the graph as it was before any rewrite, so a wrong
 * pass is caught as well as a wrong kernel. */
#include "runtime/session.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct verification {
    ig_session *session;
    const ig_verify_params *params;
    ig_verify_result *result;
    double tolerance;
} verification;

static const char *last_kernel(const ig_plan *plan, int node)
{
    const char *word = "view";
    for (int i = 0; i < plan->n_steps; i++)
        if (plan->steps[i].node == node)
            word = plan->steps[i].word;
    return word;
}

/* A value that is not finite, on either side, counts as an infinite error: such a run proves nothing. */
static void compare(const float *device, const float *reference, int64_t elems, ig_verify_item *item)
{
    double dot = 0, device_norm = 0, reference_norm = 0;
    for (int64_t i = 0; i < elems; i++) {
        const double d = device[i], r = reference[i];
        item->max_abs_error = fmax(item->max_abs_error, isfinite(d) && isfinite(r) ? fabs(d - r) : INFINITY);
        item->max_abs_value = fmax(item->max_abs_value, fabs(r));
        dot += d * r;
        device_norm += d * d;
        reference_norm += r * r;
    }
    const double norms = sqrt(device_norm) * sqrt(reference_norm);
    item->cosine = norms > 0 ? dot / norms : device_norm == reference_norm;
    item->relative_error = item->max_abs_error;
    if (isfinite(item->max_abs_error) && item->max_abs_value > 0)
        item->relative_error /= item->max_abs_value;
}

static bool is_output(const ig_graph *graph, int value)
{
    for (int i = 0; i < graph->n_outputs; i++)
        if (graph->outputs[i].value == value)
            return true;
    return false;
}

static void record(verification *v, const ig_verify_item *item, bool output)
{
    ig_verify_result *result = v->result;
    if (!item->passed && result->n_failed++ == 0)
        snprintf(result->first_bad, sizeof result->first_bad, "%s", item->path);
    result->n_compared++;
    result->max_relative_error = fmax(result->max_relative_error, item->relative_error);
    if (output)
        result->output_relative_error = fmax(result->output_relative_error, item->relative_error);
    if (v->params->report)
        v->params->report(v->params->user, item);
}

static ig_status visit(void *user, const ig_tensor *reference, ig_error *error)
{
    verification *v = user;
    const ig_plan *plan = v->session->plan;
    const int value = ig_graph_find_value_id(plan->graph, reference->name);
    if (value < 0)
        return IG_OK; /* fused away */
    const ig_storage *storage = &plan->storages[plan->storage_of[value]];
    if (!storage->kept || storage->slab < 0)
        return IG_OK;
    ig_tensor device;
    ig_status status = ig_session_read(v->session, reference->name, &device, error);
    if (status)
        return status;
    const int node = plan->graph->values[value].producer;
    ig_verify_item item = {.path = reference->name, .kernel = last_kernel(plan, node)};
    if (ig_shape_equal(&device.shape, &reference->shape))
        compare(device.data, reference->data, ig_shape_elems(&reference->shape), &item);
    else
        item.relative_error = item.max_abs_error = INFINITY;
    item.passed = item.relative_error <= v->tolerance;
    record(v, &item, is_output(plan->graph, value));
    ig_tensor_release(&device);
    return IG_OK;
}

ig_status ig_session_verify(ig_session *session, const ig_verify_params *params, ig_verify_result *result,
                            ig_error *error)
{
    *result = (ig_verify_result){0};
    verification v = {.session = session, .params = params, .result = result};
    v.tolerance = params->tolerance > 0 ? params->tolerance : IG_VERIFY_TOLERANCE;
    ig_status status = ig_session_run(session, params->input, NULL, 0, error);
    if (status)
        return status;
    const ig_reference_params reference = {
        .input = params->input, .visit = visit, .user = &v, .cancel = params->cancel};
    status = ig_reference_run(params->original, params->weights, &reference, error);
    if (status)
        return status;
    if (result->n_compared == 0)
        return ig_fail(error, IG_E_INTERNAL, "nothing was compared: the plan keeps no value of the reference's graph");
    if (result->n_failed == 0)
        return IG_OK;
    ig_fail(error, IG_E_VERIFY, "%d of %d values differ from the reference by more than %g", result->n_failed,
            result->n_compared, v.tolerance);
    ig_error_found(error, "first bad value '%s', largest relative error %.3g", result->first_bad,
                   result->max_relative_error);
    return IG_E_VERIFY;
}
