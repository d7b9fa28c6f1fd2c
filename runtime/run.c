/* Inference: everything is enqueued, then waited for once. */
#include "runtime/session.h"

#include "base/error.h"

#include <stdlib.h>

ig_status ig_session_check_input(const ig_session *session, const ig_tensor *input, ig_error *error)
{
    const ig_graph *graph = session->plan->graph;
    const ig_value *value = &graph->values[graph->input];
    if (ig_shape_equal(&input->shape, &value->shape))
        return IG_OK;
    char want[96], have[96];
    ig_fail(error, IG_E_USAGE, "the input tensor does not have the network's input shape");
    ig_error_expected(error, "%s", ig_shape_text(&value->shape, want, sizeof want));
    ig_error_found(error, "%s", ig_shape_text(&input->shape, have, sizeof have));
    return IG_E_USAGE;
}

ig_status ig_session_write_input(ig_session *session, const ig_tensor *input, ig_error *error)
{
    ig_status status = ig_session_check_input(session, input, error);
    if (status)
        return status;
    const int storage = session->plan->places[session->plan->graph->input].storage;
    if (!session->storages[storage])
        return IG_OK; /* a network that never reads its input */
    return ig_buffer_write(session->storages[storage], 0, input->data, session->plan->storages[storage].bytes, false,
                           error);
}

static ig_status read_output(ig_session *session, int index, ig_tensor *out, ig_error *error)
{
    const ig_plan *plan = session->plan;
    const ig_output *output = &plan->graph->outputs[index];
    const int storage = plan->places[output->value].storage; /* at its beginning: see plan/parts.c */
    out->name = output->name;
    out->shape = plan->graph->values[output->value].shape;
    if (!out->data)
        return IG_OK;
    ig_buffer *buffer =
        plan->storages[storage].slab < 0 ? session->params[plan->storages[storage].param] : session->storages[storage];
    return ig_buffer_read(buffer, 0, out->data, plan->storages[storage].bytes, false, error);
}

ig_status ig_session_run(ig_session *session, const ig_tensor *input, ig_tensor *outputs, int n_outputs,
                         ig_error *error)
{
    const ig_plan *plan = session->plan;
    if (n_outputs > plan->graph->n_outputs)
        return ig_fail(error, IG_E_USAGE, "the network has %d outputs, %d were asked for", plan->graph->n_outputs,
                       n_outputs);
    ig_status status = ig_session_write_input(session, input, error);
    if (!status)
        status = ig_session_enqueue(session, &session->bound, error);
    for (int i = 0; i < n_outputs && !status; i++)
        status = read_output(session, i, &outputs[i], error);
    /* Waited for even after a failure: the host buffers are the caller's again once this returns. */
    ig_status finish = ig_queue_finish(session->device, status ? NULL : error);
    return status ? status : finish;
}

/* Blocks of channels to NCHW. */
static ig_status take_apart(const ig_shape *shape, int block, float **data, ig_error *error)
{
    const int64_t channels = shape->dim[1], pixels = shape->dim[2] * shape->dim[3],
                  blocks = (channels + block - 1) / block;
    float *planes = malloc((size_t)ig_shape_elems(shape) * sizeof *planes);
    if (!planes)
        return ig_fail_memory(error, (size_t)ig_shape_elems(shape) * sizeof *planes);
    for (int64_t i = 0; i < shape->dim[0] * channels; i++) {
        const int64_t image = i / channels, c = i % channels;
        const float *from = *data + (image * blocks + c / block) * pixels * block + c % block;
        for (int64_t p = 0; p < pixels; p++)
            planes[i * pixels + p] = from[p * block];
    }
    free(*data);
    *data = planes;
    return IG_OK;
}

ig_status ig_session_read(ig_session *session, const char *name, ig_tensor *out, ig_error *error)
{
    const ig_plan *plan = session->plan;
    const int value = ig_graph_find_value_id(plan->graph, name);
    *out = (ig_tensor){0};
    if (value < 0)
        return ig_fail(error, IG_E_USAGE, "the planned graph has no value '%s'", name);
    const int index = plan->places[value].storage;
    const ig_storage *storage = &plan->storages[index];
    if (!ig_plan_is_readable(plan, value))
        return ig_fail(error, IG_E_USAGE, "the memory of '%s' was reused: plan with it in `keep`", name);
    const ig_shape *shape = &plan->graph->values[value].shape;
    const int64_t bytes = ig_plan_elems(plan, shape, plan->blocked[value]) * (int64_t)sizeof(float);
    float *data = malloc((size_t)bytes);
    if (!data)
        return ig_fail_memory(error, (size_t)bytes);
    ig_buffer *buffer = storage->slab < 0 ? session->params[storage->param] : session->storages[index];
    ig_status status =
        ig_buffer_read(buffer, plan->places[value].at * (int64_t)sizeof(float), data, bytes, true, error);
    if (!status && plan->blocked[value])
        status = take_apart(shape, plan->block, &data, error);
    if (status) {
        free(data);
        return status;
    }
    *out =
        (ig_tensor){.name = plan->graph->values[value].name, .shape = plan->graph->values[value].shape, .data = data};
    return IG_OK;
}
