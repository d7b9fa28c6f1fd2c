/* The queues beside the device's plain one, and the order between them. */
#include "cl/internal.h"

#include <stdlib.h>

static cl_command_queue new_queue(const ig_device *device, ig_status *status, ig_error *error)
{
    cl_int code;
    if (*status)
        return NULL;
    cl_command_queue queue = clCreateCommandQueue(device->context, device->id, 0, &code);
    if (code == CL_SUCCESS)
        return queue;
    *status = ig_cl_fail(error, code, "cannot create a queue for copies on '%s'", device->info.limits.name);
    return NULL;
}

ig_status ig_lanes_create(ig_device *device, bool copy, ig_lanes **out, ig_error *error)
{
    ig_status status = IG_OK;
    ig_lanes *lanes = calloc(1, sizeof *lanes);
    *out = NULL;
    if (!lanes)
        return ig_fail_memory(error, sizeof *lanes);
    lanes->device = device;
    if (copy || !device->info.limits.unified_memory) {
        lanes->up = new_queue(device, &status, error);
        lanes->down = new_queue(device, &status, error);
    }
    if (status)
        ig_lanes_destroy(&lanes);
    *out = lanes;
    return status;
}

void ig_lanes_destroy(ig_lanes **lanes)
{
    if (!lanes || !*lanes)
        return;
    if ((*lanes)->up)
        clReleaseCommandQueue((*lanes)->up);
    if ((*lanes)->down)
        clReleaseCommandQueue((*lanes)->down);
    free(*lanes);
    *lanes = NULL;
}

cl_int ig_cl_follow(cl_command_queue before, cl_command_queue after)
{
    cl_event passed = NULL;
    cl_int code = clEnqueueMarkerWithWaitList(before, 0, NULL, &passed);
    if (code == CL_SUCCESS)
        code = clFlush(before);
    if (code == CL_SUCCESS)
        code = clEnqueueBarrierWithWaitList(after, 1, &passed, NULL);
    if (passed)
        clReleaseEvent(passed);
    return code;
}

void ig_cl_finish_lanes(const ig_lanes *lanes)
{
    clFinish(lanes->device->plain);
    if (lanes->up)
        clFinish(lanes->up);
    if (lanes->down)
        clFinish(lanes->down);
}
