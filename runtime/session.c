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

ig_status ig_session_wake_step(ig_session *session, int index, ig_error *error)
{
    const ig_step *step = &session->plan->steps[index];
    ig_launch **launches = &session->bound.launches[index];
    if (*launches)
        return IG_OK;
    ig_status status = get_program(session, step, &session->programs[index], error);
    if (!status)
        status = ig_launches_create(session->device, session->programs[index], step, (ig_memory){find_buffer, session},
                                    launches, error);
    return status ? status : ig_launches_warm(session->device, *launches, step, error);
}

ig_status ig_session_bind_chain(const ig_session *session, int index, ig_kernel **out, ig_error *error)
{
    const ig_chain_buffers buffers = {session->slabs, session->weights, {find_buffer, session}};
    return ig_chain_bind(&session->chain_programs[index], &session->chain_memory, &buffers, out, error);
}

static ig_status wake_chain(ig_session *session, int index, ig_error *error)
{
    const ig_chain *chain = &session->plan->chains[index];
    if (!chain->linked)
        return ig_session_wake_step(session, chain->first, error);
    ig_status status =
        ig_chain_program_create(session->device, &session->chain_memory, chain, &session->chain_programs[index], error);
    return status ? status : ig_session_bind_chain(session, index, &session->bound.chains[index], error);
}

static ig_status wake_session(ig_session *session, const ig_weights *weights, ig_error *error)
{
    ig_status status = create_slabs(session, error);
    if (!status)
        status = ig_session_upload(session, weights, error);
    const int64_t start = ig_host_ns();
    for (int i = 0; i < session->plan->n_chains && !status; i++)
        status = wake_chain(session, i, error);
    session->timing.build_ns = ig_host_ns() - start;
    return status;
}

static ig_status allocate_tables(ig_session *session, ig_error *error)
{
    const ig_plan *plan = session->plan;
    session->slabs = calloc((size_t)plan->n_slabs + 1, sizeof *session->slabs);
    session->storages = calloc((size_t)plan->n_storages + 1, sizeof *session->storages);
    session->params = calloc((size_t)plan->n_params + 1, sizeof *session->params);
    session->programs = calloc((size_t)plan->n_steps + 1, sizeof *session->programs);
    session->chain_programs = calloc((size_t)plan->n_chains + 1, sizeof *session->chain_programs);
    if (!session->slabs || !session->storages || !session->params || !session->programs || !session->chain_programs)
        return ig_fail_memory(error, (size_t)plan->n_steps * sizeof *session->programs);
    ig_status status = ig_chain_memory_create(plan, &session->chain_memory, error);
    return status ? status : ig_bound_create(plan, &session->bound, error);
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
    ig_status status = allocate_tables(session, error);
    if (!status)
        status = wake_session(session, weights, error);
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
    ig_bound_destroy(s->plan, &s->bound);
    for (int i = 0; s->chain_programs && i < s->plan->n_chains; i++)
        ig_chain_program_destroy(&s->chain_programs[i]);
    for (int i = 0; s->programs && i < s->plan->n_steps; i++)
        ig_program_release(&s->programs[i]);
    for (int i = 0; s->params && i < s->plan->n_params; i++)
        ig_buffer_destroy(&s->params[i]);
    ig_buffer_destroy(&s->weights);
    for (int i = 0; s->storages && !s->plan->limits.whole_buffers && i < s->plan->n_storages; i++)
        ig_buffer_destroy(&s->storages[i]);
    for (int i = 0; s->slabs && i < s->plan->n_slabs; i++)
        ig_buffer_destroy(&s->slabs[i]);
    ig_chain_memory_destroy(&s->chain_memory);
    free(s->chain_programs);
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
