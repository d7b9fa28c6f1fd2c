/* How long one step takes, launch by launch or call by call. */
#include "runtime/session.h"

#include "base/error.h"

#include <stdlib.h>

/* --- calls of a chain --------------------------------------------------------------------------------------------- */

/* The first call in a row still waits for threads to wake, and does not count. */
static ig_status time_calls(ig_session *session, int index, int step, int n, int64_t *times_ns, bool *told,
                            ig_error *error)
{
    const ig_chain_program *program = &session->chain_programs[index];
    int64_t moments_ns[IG_CHAIN_TURNS + 1];
    ig_kernel *kernel = NULL;
    ig_status status = ig_session_bind_chain(session, index, &kernel, error);
    for (int done = 0, turns; done < n && *told && !status; done += turns - 1) {
        turns = n - done < IG_CHAIN_TURNS ? n - done + 1 : IG_CHAIN_TURNS;
        status = ig_chain_repeat(kernel, &session->chain_memory, step, turns, error);
        if (!status)
            status = ig_chain_time(session->device, program, session->plan, kernel, turns, moments_ns, told, error);
        for (int i = 1; i < turns && *told && !status; i++)
            times_ns[done + i - 1] = moments_ns[i + 1] - moments_ns[i];
    }
    ig_kernel_destroy(&kernel);
    return status;
}

/* --- launches ----------------------------------------------------------------------------------------------------- */

void ig_step_read_events(const ig_step *step, ig_event *const events[2], ig_event_times *first, ig_event_times *last)
{
    ig_event_read(events[0], first);
    ig_event_read(events[step->launches.count > 1], last);
}

static ig_status time_on_host(ig_session *session, int step, int n, int64_t *times_ns, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < n && !status; i++) {
        const int64_t start = ig_host_ns();
        status = ig_launches_enqueue(session->device, session->bound.launches[step], &session->plan->steps[step], NULL,
                                     error);
        if (!status)
            status = ig_queue_finish(session->device, error);
        times_ns[i] = ig_host_ns() - start;
    }
    return status;
}

static ig_status time_launches(ig_session *session, int step, int n, int64_t *times_ns, ig_step_clock *clock,
                               ig_error *error)
{
    const ig_step *planned = &session->plan->steps[step];
    ig_status status = ig_session_wake_step(session, step, error);
    if (status)
        return status;
    ig_event **events = calloc(2 * (size_t)n + 1, sizeof *events);
    if (!events)
        return ig_fail_memory(error, 2 * (size_t)n * sizeof *events);
    for (int i = 0; i < n && !status; i++)
        status = ig_launches_enqueue(session->device, session->bound.launches[step], planned, &events[2 * i], error);
    ig_status finish = ig_queue_finish(session->device, status ? NULL : error);
    bool trusted = !status && !finish;
    for (int i = 0; i < n; i++) {
        ig_event_times first = {.trusted = false}, last = first;
        if (trusted)
            ig_step_read_events(planned, &events[2 * i], &first, &last);
        trusted = trusted && first.trusted && last.trusted;
        times_ns[i] = last.end_ns - first.start_ns;
    }
    for (int i = 0; i < 2 * n; i++)
        ig_event_destroy(&events[i]);
    free(events);
    status = status ? status : finish;
    *clock = trusted ? IG_CLOCK_EVENTS : IG_CLOCK_HOST;
    return status || trusted ? status : time_on_host(session, step, n, times_ns, error);
}

/* --- either ------------------------------------------------------------------------------------------------------- */

ig_status ig_session_time_step(ig_session *session, int step, int n, int64_t *times_ns, ig_step_clock *clock,
                               ig_error *error)
{
    const ig_plan *plan = session->plan;
    const int index = ig_plan_find_chain(plan, step);
    bool told = plan->chains[index].linked;
    ig_status status =
        told ? time_calls(session, index, step - plan->chains[index].first, n, times_ns, &told, error) : IG_OK;
    *clock = IG_CLOCK_CHAIN;
    return status || told ? status : time_launches(session, step, n, times_ns, clock, error);
}
