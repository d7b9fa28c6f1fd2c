#include "runtime/session.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static ig_status create_slabs(ig_session *session, ig_error *error)
{
    const ig_plan *plan = session->plan;
    ig_status status = IG_OK;
    for (int i = 0; i < plan->n_slabs && !status; i++)
        status = ig_buffer_create(session->device, plan->slab_bytes[i], &session->slabs[i], error);
    for (int i = 0; i < plan->n_storages && !status; i++) {
        const ig_storage *storage = &plan->storages[i];
        if (storage->slab < 0 || storage->last_step < storage->first_step)
            continue;
        if (plan->limits.whole_buffers)
            session->storages[i] = session->slabs[storage->slab];
        else
            status = ig_buffer_create_view(session->slabs[storage->slab], storage->offset_bytes, storage->bytes,
                                           &session->storages[i], error);
    }
    return status;
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
        status = ig_buffer_create(session->device, bytes, &session->params[index], error);
    if (!status)
        status = ig_buffer_write(session->params[index], 0, packed, bytes, true, error);
    session->timing.pack_ns += packed_at - start;
    session->timing.upload_ns += ig_host_ns() - packed_at;
    free(packed);
    return status;
}

const ig_buffer *ig_session_find_buffer(const ig_session *session, const ig_plan_arg *arg)
{
    if (arg->kind == IG_KARG_PARAM)
        return session->params[arg->index];
    const ig_storage *storage = &session->plan->storages[arg->index];
    return storage->slab < 0 ? session->params[storage->param] : session->storages[arg->index];
}

static const ig_buffer *find_buffer(const void *user, const ig_plan_arg *arg)
{
    return ig_session_find_buffer(user, arg);
}

/* The epilogue's macros, the prelude and the kernel become one program. */
static ig_status get_program(ig_session *session, const ig_step *step, ig_program **out, ig_error *error)
{
    ig_text text = {0};
    ig_text_add(&text, "%s%s%s", step->epilogue ? step->epilogue : "", ig_kernel_prelude(), step->kernel->source);
    ig_status status = text.failed ? ig_fail_memory(error, text.length)
                                   : ig_program_get(session->device, ig_text_get(&text), step->options, out, error);
    ig_text_release(&text);
    return status;
}

static ig_status wake_step(ig_session *session, int index, ig_error *error)
{
    const ig_step *step = &session->plan->steps[index];
    const ig_memory memory = {find_buffer, session};
    ig_status status = get_program(session, step, &session->programs[index], error);
    if (!status)
        status = ig_launches_create(session->device, session->programs[index], step, memory, &session->launches[index],
                                    error);
    return status ? status : ig_launches_warm(session->device, session->launches[index], step, error);
}

static ig_status wake_session(ig_session *session, const ig_weights *weights, ig_error *error)
{
    ig_status status = create_slabs(session, error);
    for (int i = 0; i < session->plan->n_params && !status; i++)
        status = upload_param(session, i, weights, error);
    const int64_t start = ig_host_ns();
    for (int i = 0; i < session->plan->n_steps && !status; i++)
        status = wake_step(session, i, error);
    session->timing.build_ns = ig_host_ns() - start;
    return status;
}

static bool allocate_tables(ig_session *session)
{
    const ig_plan *plan = session->plan;
    session->slabs = calloc((size_t)plan->n_slabs + 1, sizeof *session->slabs);
    session->storages = calloc((size_t)plan->n_storages + 1, sizeof *session->storages);
    session->params = calloc((size_t)plan->n_params + 1, sizeof *session->params);
    session->programs = calloc((size_t)plan->n_steps + 1, sizeof *session->programs);
    session->launches = calloc((size_t)plan->n_steps + 1, sizeof *session->launches);
    return session->slabs && session->storages && session->params && session->programs && session->launches;
}

ig_status ig_session_create(ig_device *device, const ig_plan *plan, const ig_weights *weights, ig_session **out,
                            ig_error *error)
{
    *out = NULL;
    ig_session *session = calloc(1, sizeof *session);
    if (!session)
        return ig_fail_memory(error, sizeof *session);
    session->device = device;
    session->plan = plan;
    ig_status status =
        allocate_tables(session) ? wake_session(session, weights, error) : ig_fail_memory(error, sizeof *session);
    if (status)
        ig_session_destroy(&session);
    *out = session;
    return status;
}

void ig_session_destroy(ig_session **session)
{
    if (!session || !*session)
        return;
    ig_session *s = *session;
    for (int i = 0; s->launches && i < s->plan->n_steps; i++)
        ig_launches_destroy(&s->launches[i], &s->plan->steps[i]);
    for (int i = 0; s->programs && i < s->plan->n_steps; i++)
        ig_program_release(&s->programs[i]);
    for (int i = 0; s->params && i < s->plan->n_params; i++)
        ig_buffer_destroy(&s->params[i]);
    for (int i = 0; s->storages && !s->plan->limits.whole_buffers && i < s->plan->n_storages; i++)
        ig_buffer_destroy(&s->storages[i]);
    for (int i = 0; s->slabs && i < s->plan->n_slabs; i++)
        ig_buffer_destroy(&s->slabs[i]);
    free(s->launches);
    free(s->programs);
    free(s->params);
    free(s->storages);
    free(s->slabs);
    free(s);
    *session = NULL;
}

void ig_session_get_timing(const ig_session *session, ig_session_timing *out)
{
    *out = session->timing;
}
