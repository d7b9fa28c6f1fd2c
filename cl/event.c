/* Event stamps, believed only after they prove plausible: drivers have been seen to report ends before starts, to write
 * nothing and return success, and to report billions of seconds. */
#include "cl/internal.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_NS (UINT64_C(3600) * 1000000000)

ig_event *ig_cl_create_event(const ig_device *device, int64_t enqueued_ns)
{
    ig_event *event = calloc(1, sizeof *event);
    if (!event)
        return NULL;
    event->device = device;
    event->enqueued_ns = enqueued_ns;
    return event;
}

bool ig_cl_stamps_sane(const cl_ulong stamps[4], int64_t host_span_ns)
{
    for (int i = 0; i < 4; i++) {
        if (stamps[i] == 0 || (i > 0 && stamps[i] < stamps[i - 1]))
            return false;
    }
    /* A run shorter than one tick of the device's clock is not a measurement. */
    uint64_t run_ns = stamps[3] - stamps[2];
    if (run_ns == 0 || run_ns >= HOUR_NS || stamps[3] > INT64_MAX || host_span_ns < 0)
        return false;
    /* It ran between the enqueue and now. The two clocks may drift, and the device's may tick coarsely. */
    uint64_t most_ns = (uint64_t)host_span_ns + (uint64_t)host_span_ns / 20 + UINT64_C(1000000);
    return run_ns <= most_ns;
}

static bool read_stamps(cl_event event, cl_ulong stamps[4])
{
    static const cl_profiling_info INFO[4] = {CL_PROFILING_COMMAND_QUEUED, CL_PROFILING_COMMAND_SUBMIT,
                                              CL_PROFILING_COMMAND_START, CL_PROFILING_COMMAND_END};
    cl_int state = CL_QUEUED;
    if (clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL) != CL_SUCCESS ||
        state != CL_COMPLETE)
        return false;
    for (int i = 0; i < 4; i++) {
        if (clGetEventProfilingInfo(event, INFO[i], sizeof stamps[i], &stamps[i], NULL) != CL_SUCCESS)
            return false;
    }
    return true;
}

void ig_event_read(ig_event *event, ig_event_times *out)
{
    memset(out, 0, sizeof *out);
    if (!event || !event->event || event->device->info.limits.host_timer)
        return;
    cl_ulong stamps[4] = {0, 0, 0, 0}; /* a driver may return success without writing */
    if (!read_stamps(event->event, stamps) || !ig_cl_stamps_sane(stamps, ig_host_ns() - event->enqueued_ns))
        return;
    out->trusted = true;
    out->queued_ns = (int64_t)stamps[0];
    out->start_ns = (int64_t)stamps[2];
    out->end_ns = (int64_t)stamps[3];
}

void ig_event_destroy(ig_event **event)
{
    if (!event || !*event)
        return;
    if ((*event)->event)
        clReleaseEvent((*event)->event);
    free(*event);
    *event = NULL;
}
