/* Where the time of a frame goes: by the clock that a chain's kernel reads; of steps that are launched one by one by
 * device events when the driver's stamps can be trusted, else by the host's clock around each. */
#include "runtime/session.h"

#include "base/error.h"

#include <stdlib.h>

static ig_status enqueue_with_events(ig_session *session, ig_event **events, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < session->plan->n_steps && !status; i++)
        status = ig_launches_enqueue(session->device, session->bound.launches[i], &session->plan->steps[i],
                                     &events[2 * i], error);
    ig_status finish = ig_queue_finish(session->device, status ? NULL : error);
    return status ? status : finish;
}

/* False when any stamp is doubtful or missing (of a library's routine): a profile does not mix two clocks. */
static bool read_events(const ig_session *session, ig_event **events, ig_step_time *times)
{
    int64_t origin = 0;
    for (int i = 0; i < session->plan->n_steps; i++) {
        ig_event_times first, last;
        ig_step_read_events(&session->plan->steps[i], &events[2 * i], &first, &last);
        if (!first.trusted || !last.trusted)
            return false;
        if (i == 0)
            origin = first.start_ns;
        times[i] = (ig_step_time){first.start_ns - origin, last.end_ns - first.start_ns, IG_CLOCK_EVENTS};
    }
    return true;
}

static ig_status profile_on_host(ig_session *session, ig_step_time *times, ig_error *error)
{
    const int64_t origin = ig_host_ns();
    ig_status status = IG_OK;
    for (int i = 0; i < session->plan->n_steps && !status; i++) {
        const int64_t start = ig_host_ns();
        status =
            ig_launches_enqueue(session->device, session->bound.launches[i], &session->plan->steps[i], NULL, error);
        if (!status)
            status = ig_queue_finish(session->device, error);
        times[i] = (ig_step_time){start - origin, ig_host_ns() - start, IG_CLOCK_HOST};
    }
    return status;
}

/* Launches that the processor's clock did not see: all steps one by one. */
static ig_status profile_steps(ig_session *session, ig_step_time *times, ig_error *error)
{
    const int n_steps = session->plan->n_steps;
    ig_event **events = calloc(2 * (size_t)n_steps + 1, sizeof *events); /* of each step's first and last launch */
    if (!events)
        return ig_fail_memory(error, 2 * (size_t)n_steps * sizeof *events);
    ig_status status = IG_OK;
    for (int i = 0; i < n_steps && !status; i++)
        status = ig_session_wake_step(session, i, error);
    if (!status)
        status = enqueue_with_events(session, events, error);
    const bool trusted = !status && read_events(session, events, times);
    for (int i = 0; i < 2 * n_steps; i++)
        ig_event_destroy(&events[i]);
    free(events);
    return status || trusted ? status : profile_on_host(session, times, error);
}

/* --- chains ------------------------------------------------------------------------------------------------------- */

static ig_status profile_chain(ig_session *session, int index, int64_t *moments_ns, ig_step_time *times, bool *told,
                               ig_error *error)
{
    const ig_chain *chain = &session->plan->chains[index];
    const int64_t start_ns = ig_host_ns();
    ig_status status = ig_chain_time(session->device, &session->chain_programs[index], session->plan,
                                     session->bound.chains[index], chain->count, moments_ns, told, error);
    for (int i = 0; i < chain->count && *told; i++)
        times[chain->first + i] =
            (ig_step_time){start_ns + moments_ns[i], moments_ns[i + 1] - moments_ns[i], IG_CLOCK_CHAIN};
    return status;
}

static ig_status profile_single(ig_session *session, int step, ig_step_time *times, ig_error *error)
{
    times[step] = (ig_step_time){.start_ns = ig_host_ns()};
    return ig_session_time_step(session, step, 1, &times[step].duration_ns, &times[step].clock, error);
}

/* Steps as a frame calls them. */
static ig_status profile_chains(ig_session *session, ig_step_time *times, bool *told, ig_error *error)
{
    const ig_plan *plan = session->plan;
    int64_t *moments_ns = calloc((size_t)plan->n_steps + 1, sizeof *moments_ns);
    ig_status status = moments_ns ? IG_OK : ig_fail_memory(error, ((size_t)plan->n_steps + 1) * sizeof *moments_ns);
    const int64_t origin = ig_host_ns();
    *told = true;
    for (int i = 0; i < plan->n_chains && *told && !status; i++)
        status = plan->chains[i].linked ? profile_chain(session, i, moments_ns, times, told, error)
                                        : profile_single(session, plan->chains[i].first, times, error);
    for (int i = 0; i < plan->n_steps; i++)
        times[i].start_ns -= origin;
    free(moments_ns);
    return status;
}

ig_status ig_session_profile(ig_session *session, const ig_tensor *input, ig_step_time *times, int n_times,
                             ig_error *error)
{
    if (n_times != session->plan->n_steps)
        return ig_fail(error, IG_E_USAGE, "the plan has %d steps, room for %d was given", session->plan->n_steps,
                       n_times);
    bool told = false;
    ig_status status = ig_session_write_input(session, input, error);
    if (!status && ig_plan_has_chain(session->plan))
        status = profile_chains(session, times, &told, error);
    return status || told ? status : profile_steps(session, times, error);
}
