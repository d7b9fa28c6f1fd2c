/* The device against the reference, value by value. The reference runs the graph as it was before any rewrite, so a
 * wrong pass is caught as well as a wrong kernel. */
#include "runtime/session.h"

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

static bool is_output(const ig_graph *graph, int value)
{
    for (int i = 0; i < graph->n_outputs; i++)
        if (graph->outputs[i].value == value)
            return true;
    return false;
}

static ig_status visit(void *user, const ig_tensor *reference, ig_error *error)
{
    verification *v = user;
    const ig_plan *plan = v->session->plan;
    const int value = ig_graph_find_value_id(plan->graph, reference->name);
    if (value < 0)
        return IG_OK; /* fused away */
    const ig_storage *storage = &plan->storages[plan->places[value].storage];
    if (!storage->kept || storage->slab < 0)
        return IG_OK;
    ig_tensor device;
    ig_status status = ig_session_read(v->session, reference->name, &device, error);
    if (status)
        return status;
    const int node = plan->graph->values[value].producer;
    ig_verify_item item = {.path = reference->name, .kernel = last_kernel(plan, node)};
    ig_verify_compare(&device, reference, v->tolerance, &item);
    ig_verify_count(v->result, &item, is_output(plan->graph, value));
    if (v->params->report)
        v->params->report(v->params->user, &item);
    if (ig_graph_is_selected(v->params->original, reference->name))
        memcpy(reference->data, device.data, (size_t)ig_shape_elems(&device.shape) * sizeof *device.data);
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
    return status ? status : ig_verify_conclude(result, v.tolerance, error);
}
