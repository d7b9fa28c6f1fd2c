/* Where the time goes: device events when the driver's stamps can be trusted, else the host's clock around each step.
 */
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

/* Of the step's first launch and of its last. */
static void read_step(const ig_step *step, ig_event *const events[2], ig_event_times *first, ig_event_times *last)
{
    ig_event_read(events[0], first);
    ig_event_read(events[step->launches.count > 1], last);
}

/* False when any stamp is doubtful or missing (of a library's routine): a profile does not mix two clocks. */
static bool read_events(const ig_session *session, ig_event **events, ig_step_time *times)
{
    int64_t origin = 0;
    for (int i = 0; i < session->plan->n_steps; i++) {
        ig_event_times first, last;
        read_step(&session->plan->steps[i], &events[2 * i], &first, &last);
        if (!first.trusted || !last.trusted)
            return false;
        if (i == 0)
            origin = first.start_ns;
        times[i] = (ig_step_time){first.start_ns - origin, last.end_ns - first.start_ns, true};
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
        times[i] = (ig_step_time){start - origin, ig_host_ns() - start, false};
    }
    return status;
}

ig_status ig_session_profile(ig_session *session, const ig_tensor *input, ig_step_time *times, int n_times,
                             ig_error *error)
{
    const int n_steps = session->plan->n_steps;
    if (n_times != n_steps)
        return ig_fail(error, IG_E_USAGE, "the plan has %d steps, room for %d was given", n_steps, n_times);
    ig_event **events = calloc(2 * (size_t)n_steps + 1, sizeof *events); /* of each step's first and last launch */
    if (!events)
        return ig_fail_memory(error, 2 * (size_t)n_steps * sizeof *events);
    ig_status status = ig_session_write_input(session, input, error);
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

ig_status ig_session_time_step(ig_session *session, int step, int n, int64_t *times_ns, ig_error *error)
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
            read_step(planned, &events[2 * i], &first, &last);
        trusted = trusted && first.trusted && last.trusted;
        times_ns[i] = last.end_ns - first.start_ns;
    }
    for (int i = 0; i < 2 * n; i++)
        ig_event_destroy(&events[i]);
    free(events);
    status = status ? status : finish;
    return status || trusted ? status : time_on_host(session, step, n, times_ns, error);
}
