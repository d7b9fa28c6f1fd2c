/* The device against the reference, value by value. The reference runs the graph as it was before any rewrite, so a
 * wrong pass is caught as well as a wrong kernel. */
#include "runtime/session.h"

#include "base/error.h"

#include <string.h>

typedef struct verification {
    ig_session *const *sessions;
    int n_sessions;
    const ig_verify_params *params;
    ig_verify_result *results;
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

static bool is_output(const ig_graph *graph, int value)
{
    for (int i = 0; i < graph->n_outputs; i++)
        if (graph->outputs[i].value == value)
            return true;
    return false;
}

static ig_status compare_value(const verification *v, int index, const ig_tensor *reference, ig_error *error)
{
    ig_session *session = v->sessions[index];
    const ig_plan *plan = session->plan;
    const int value = ig_graph_find_value_id(plan->graph, reference->name);
    if (value < 0)
        return IG_OK; /* fused away */
    if (!ig_plan_is_readable(plan, value) || plan->storages[plan->places[value].storage].slab < 0)
        return IG_OK;
    ig_tensor device;
    ig_status status = ig_session_read(session, reference->name, &device, error);
    if (status)
        return status;
    const int node = plan->graph->values[value].producer;
    ig_verify_item item = {.path = reference->name, .session = index, .kernel = last_kernel(plan, node)};
    ig_verify_compare(&device, reference, v->tolerance, &item);
    ig_verify_count(&v->results[index], &item, is_output(plan->graph, value));
    if (v->params->report)
        v->params->report(v->params->user, &item);
    if (ig_graph_is_selected(v->params->original, reference->name))
        memcpy(reference->data, device.data, (size_t)ig_shape_elems(&device.shape) * sizeof *device.data);
    ig_tensor_release(&device);
    return IG_OK;
}

static ig_status visit(void *user, const ig_tensor *reference, ig_error *error)
{
    const verification *v = user;
    ig_status status = IG_OK;
    for (int i = 0; i < v->n_sessions && !status; i++)
        status = compare_value(v, i, reference, error);
    return status;
}

/* Behind a selection the reference goes on from what one session selected. */
static bool selects(const ig_graph *graph)
{
    bool any = false;
    for (int i = 0; i < graph->n_outputs; i++)
        any |= graph->values[graph->outputs[i].value].follows_selection;
    return any;
}

ig_status ig_sessions_verify(ig_session *const *sessions, int n_sessions, const ig_verify_params *params,
                             ig_verify_result *results, ig_error *error)
{
    memset(results, 0, (size_t)n_sessions * sizeof *results);
    verification v = {.sessions = sessions, .n_sessions = n_sessions, .params = params, .results = results};
    v.tolerance = params->tolerance > 0 ? params->tolerance : IG_VERIFY_TOLERANCE;
    if (n_sessions > 1 && selects(params->original))
        return ig_fail(error, IG_E_USAGE, "a network that selects boxes is verified in one session at a time");
    ig_status status = IG_OK;
    for (int i = 0; i < n_sessions && !status; i++)
        status = ig_session_run(sessions[i], params->input, NULL, 0, error);
    if (status)
        return status;
    const ig_reference_params reference = {
        .input = params->input, .visit = visit, .user = &v, .cancel = params->cancel};
    status = ig_reference_run(params->original, params->weights, &reference, error);
    for (int i = 0; i < n_sessions && !status; i++)
        status = ig_verify_conclude(&results[i], v.tolerance, error);
    return status;
}

ig_status ig_session_verify(ig_session *session, const ig_verify_params *params, ig_verify_result *result,
                            ig_error *error)
{
    return ig_sessions_verify(&session, 1, params, result, error);
}
