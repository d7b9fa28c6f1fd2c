/* The in-order queue.
 *
 * Profiling is decided when a queue is made, and a profiling queue may stamp, flush or serialise every command, which
 * the frames of a running line should not pay. So there are two queues and one of them is current: the plain one, until
 * an event is asked for; then, after the plain one is finished, the profiling one until ig_queue_finish. Work stays in
 * order because a queue is finished before the other takes over; a tuner, which finishes before each timing anyway,
 * pays nothing. A driver without profiling keeps the plain queue, and its events are simply not trusted. */
#include "cl/internal.h"

#include <inttypes.h>
#include <stdlib.h>

static ig_status finish_current(ig_device *device, ig_error *error)
{
    device->stats.waits++;
    cl_int code = clFinish(device->current);
    if (code == CL_SUCCESS)
        return IG_OK;
    return ig_cl_fail(error, code, "the work on '%s' failed", device->info.limits.name);
}

static ig_status use_profiled_queue(ig_device *device, ig_error *error)
{
    if (device->profiled && device->current == device->profiled)
        return IG_OK;
    if (!device->profiled) {
        cl_int code;
        cl_command_queue queue = clCreateCommandQueue(device->context, device->id, CL_QUEUE_PROFILING_ENABLE, &code);
        if (code != CL_SUCCESS)
            return IG_OK;
        device->profiled = queue;
    }
    ig_status status = finish_current(device, error);
    if (status == IG_OK)
        device->current = device->profiled;
    return status;
}

static bool group_fits(const ig_kernel *kernel, const int64_t local[3])
{
    const int64_t *most = kernel->program->device->info.limits.max_work_item;
    int64_t items = 1;
    for (int i = 0; i < 3; i++) {
        if (local[i] > most[i] || local[i] > kernel->max_group / items)
            return false;
        items *= local[i];
    }
    return true;
}

/* What OpenCL would answer with a bare code is explained here first. */
static ig_status check_launch(const ig_kernel *kernel, const int64_t groups[3], const int64_t local[3], ig_error *error)
{
    for (int i = 0; i < 3; i++) {
        if (groups[i] < 1 || local[i] < 1 || groups[i] > INT32_MAX / local[i])
            return ig_fail(error, IG_E_USAGE,
                           "the kernel '%s' cannot run %" PRId64 " groups of %" PRId64 " work-items in dimension %d",
                           kernel->name, groups[i], local[i], i);
    }
    if (group_fits(kernel, local))
        return IG_OK;
    const ig_device_limits *limits = &kernel->program->device->info.limits;
    ig_status status = ig_fail(error, IG_E_UNSUPPORTED,
                               "the kernel '%s' cannot run with work-groups of %" PRId64 "x%" PRId64 "x%" PRId64,
                               kernel->name, local[0], local[1], local[2]);
    ig_error_expected(error, "at most %" PRId64 " work-items, and %" PRId64 "x%" PRId64 "x%" PRId64 " on '%s'",
                      kernel->max_group, limits->max_work_item[0], limits->max_work_item[1], limits->max_work_item[2],
                      limits->name);
    return status;
}

static ig_status fail_launch(const ig_kernel *kernel, cl_int code, const int64_t groups[3], const int64_t local[3],
                             ig_error *error)
{
    ig_status status = ig_cl_fail(error, code, "cannot launch the kernel '%s' on '%s'", kernel->name,
                                  kernel->program->device->info.limits.name);
    ig_error_found(error,
                   "%" PRId64 "x%" PRId64 "x%" PRId64 " groups of %" PRId64 "x%" PRId64 "x%" PRId64 " work-items",
                   groups[0], groups[1], groups[2], local[0], local[1], local[2]);
    return status;
}

ig_status ig_queue_kernel(ig_device *device, ig_kernel *kernel, const int64_t groups[3], const int64_t local[3],
                          ig_event **event, ig_error *error)
{
    if (event)
        *event = NULL;
    ig_status status = check_launch(kernel, groups, local, error);
    if (status == IG_OK && event)
        status = use_profiled_queue(device, error);
    if (status != IG_OK)
        return status;
    ig_event *made = event ? ig_cl_create_event(device, ig_host_ns()) : NULL;
    if (event && !made)
        return ig_fail_memory(error, sizeof *made);
    size_t global_size[3], local_size[3];
    for (int i = 0; i < 3; i++) {
        global_size[i] = (size_t)(groups[i] * local[i]);
        local_size[i] = (size_t)local[i];
    }
    cl_int code = clEnqueueNDRangeKernel(device->current, kernel->kernel, 3, NULL, global_size, local_size, 0, NULL,
                                         made ? &made->event : NULL);
    if (code != CL_SUCCESS) {
        ig_event_destroy(&made);
        return fail_launch(kernel, code, groups, local, error);
    }
    kernel->program->used = true;
    device->stats.launches++;
    if (event)
        *event = made;
    return IG_OK;
}

ig_status ig_queue_flush(ig_device *device, ig_error *error)
{
    cl_int code = clFlush(device->current);
    if (code == CL_SUCCESS)
        return IG_OK;
    return ig_cl_fail(error, code, "cannot submit the work on '%s'", device->info.limits.name);
}

ig_status ig_queue_finish(ig_device *device, ig_error *error)
{
    ig_status status = finish_current(device, error);
    device->current = device->plain;
    return status;
}
