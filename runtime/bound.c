/* Kernels that know their memory, and a frame of them. */
#include "runtime/session.h"

#include "base/error.h"

#include <stdlib.h>

ig_status ig_bound_create(const ig_plan *plan, ig_bound *out, ig_error *error)
{
    out->launches = calloc((size_t)plan->n_steps + 1, sizeof *out->launches);
    out->chains = calloc((size_t)plan->n_chains + 1, sizeof *out->chains);
    return out->launches && out->chains ? IG_OK : ig_fail_memory(error, (size_t)plan->n_steps * sizeof *out->launches);
}

void ig_bound_destroy(const ig_plan *plan, ig_bound *bound)
{
    for (int i = 0; bound->launches && i < plan->n_steps; i++)
        ig_launches_destroy(&bound->launches[i], &plan->steps[i]);
    for (int i = 0; bound->chains && i < plan->n_chains; i++)
        ig_kernel_destroy(&bound->chains[i]);
    free(bound->launches);
    free(bound->chains);
    *bound = (ig_bound){0};
}

static ig_status enqueue_chain(const ig_session *session, const ig_bound *own, int index, ig_error *error)
{
    const ig_plan *plan = session->plan;
    ig_kernel *kernel = own->chains[index] ? own->chains[index] : session->bound.chains[index];
    if (kernel)
        return ig_chain_enqueue(session->device, plan, kernel, error);
    const int step = plan->chains[index].first;
    const ig_launch *launches = own->launches[step] ? own->launches[step] : session->bound.launches[step];
    return ig_launches_enqueue(session->device, launches, &plan->steps[step], NULL, error);
}

ig_status ig_session_enqueue(const ig_session *session, const ig_bound *own, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < session->plan->n_chains && !status; i++)
        status = enqueue_chain(session, own, i, error);
    return status;
}
