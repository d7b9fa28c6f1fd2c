/* Weights on their way to the device, once per session. */
#include "runtime/session.h"

#include "base/error.h"

#include <stdlib.h>

static ig_status create_param(ig_session *session, int index, int64_t bytes, ig_error *error)
{
    if (session->weights)
        return ig_buffer_create_view(session->weights, ig_plan_param_offset(session->plan, index), bytes,
                                     &session->params[index], error);
    return ig_buffer_create(session->device, bytes, &session->params[index], error);
}

static ig_status upload_param(ig_session *session, int index, const ig_weights *weights, ig_error *error)
{
    const int64_t bytes = session->plan->params[index].pack_elems * (int64_t)sizeof(float);
    float *packed = malloc((size_t)bytes);
    if (!packed)
        return ig_fail_memory(error, (size_t)bytes);
    const int64_t start = ig_host_ns();
    ig_status status = ig_session_pack_param(session->plan, index, weights, packed, error);
    const int64_t packed_at = ig_host_ns();
    if (!status)
        status = create_param(session, index, bytes, error);
    if (!status)
        status = ig_buffer_write(session->params[index], 0, packed, bytes, true, error);
    session->timing.pack_ns += packed_at - start;
    session->timing.upload_ns += ig_host_ns() - packed_at;
    free(packed);
    return status;
}

static ig_status create_weights(ig_session *session, ig_error *error)
{
    const ig_plan *plan = session->plan;
    if (!ig_plan_has_chain(plan))
        return IG_OK;
    const int64_t bytes = ig_plan_param_offset(plan, plan->n_params);
    return ig_buffer_create(session->device, bytes > 0 ? bytes : 1, &session->weights, error);
}

ig_status ig_session_upload(ig_session *session, const ig_weights *weights, ig_error *error)
{
    ig_status status = create_weights(session, error);
    for (int i = 0; i < session->plan->n_params && !status; i++)
        status = upload_param(session, i, weights, error);
    return status;
}
