/* Memory that host and device hand to each other, frame after frame.
 *
 * Shared: a buffer is mapped while it is the host's, and map and unmap go through the device's plain queue, where they
 * cost nothing and order themselves around the kernels. Not shared: the host's side is pinned memory that stays mapped,
 * the kernels' side is a buffer of the device, and copies go through a queue up and a queue down, so that both run
 * beside the kernels. */
#include "cl/internal.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct berth {
    ig_shuttle_part part;
    ig_buffer *memory; /* the host can map it */
    ig_buffer *beside; /* the device's own; NULL where memory is shared */
    void *host;        /* NULL: not mapped */
} berth;

struct ig_shuttle {
    const ig_lanes *lanes;
    cl_event back; /* everything has returned; NULL: nothing is under way */
    int n_berths;
    berth berths[];
};

static ig_status check(const ig_lanes *lanes, cl_int code, const char *doing, ig_error *error)
{
    if (code == CL_SUCCESS)
        return IG_OK;
    return ig_cl_fail(error, code, "cannot %s a frame's memory on '%s'", doing, lanes->device->info.limits.name);
}

static bool leaves_host(const berth *b)
{
    return b->part.up || b->part.down;
}

/* --- making and unmaking ------------------------------------------------------------------------------------------ */

/* A mapping for writing alone need not bring what the device has; one that stays serves both ways. */
static cl_map_flags map_flags(const ig_lanes *lanes, const ig_shuttle_part *part)
{
    if (lanes->up || part->up == part->down)
        return CL_MAP_READ | CL_MAP_WRITE;
    return part->up ? CL_MAP_WRITE_INVALIDATE_REGION : CL_MAP_READ;
}

static cl_int map_berth(const ig_lanes *lanes, berth *b, cl_bool blocking)
{
    cl_int code;
    void *host = clEnqueueMapBuffer(lanes->device->plain, b->memory->mem, blocking, map_flags(lanes, &b->part), 0,
                                    (size_t)b->part.bytes, 0, NULL, NULL, &code);
    b->host = code == CL_SUCCESS ? host : NULL;
    return code;
}

static ig_status make_berth(const ig_lanes *lanes, const ig_shuttle_part *part, berth *b, ig_error *error)
{
    b->part = *part;
    ig_status status = ig_cl_create_buffer(lanes->device, part->bytes, CL_MEM_ALLOC_HOST_PTR, &b->memory, error);
    if (!status && lanes->up && leaves_host(b))
        status = ig_buffer_create(lanes->device, part->bytes, &b->beside, error);
    return status ? status : check(lanes, map_berth(lanes, b, CL_TRUE), "map", error);
}

ig_status ig_shuttle_create(ig_lanes *lanes, const ig_shuttle_part *parts, int n_parts, ig_shuttle **out,
                            ig_error *error)
{
    const size_t bytes = sizeof(ig_shuttle) + (size_t)n_parts * sizeof(berth);
    ig_shuttle *shuttle = calloc(1, bytes);
    *out = NULL;
    if (!shuttle)
        return ig_fail_memory(error, bytes);
    shuttle->lanes = lanes;
    shuttle->n_berths = n_parts;
    ig_status status = IG_OK;
    for (int i = 0; i < n_parts && !status; i++)
        status = make_berth(lanes, &parts[i], &shuttle->berths[i], error);
    if (status)
        ig_shuttle_destroy(&shuttle);
    *out = shuttle;
    return status;
}

void ig_shuttle_destroy(ig_shuttle **shuttle)
{
    if (!shuttle || !*shuttle)
        return;
    ig_shuttle *gone = *shuttle;
    ig_cl_finish_lanes(gone->lanes);
    for (int i = 0; i < gone->n_berths; i++) {
        berth *b = &gone->berths[i];
        if (b->host)
            clEnqueueUnmapMemObject(gone->lanes->device->plain, b->memory->mem, b->host, 0, NULL, NULL);
    }
    clFinish(gone->lanes->device->plain);
    for (int i = 0; i < gone->n_berths; i++) {
        ig_buffer_destroy(&gone->berths[i].beside);
        ig_buffer_destroy(&gone->berths[i].memory);
    }
    if (gone->back)
        clReleaseEvent(gone->back);
    free(gone);
    *shuttle = NULL;
}

const ig_buffer *ig_shuttle_buffer(const ig_shuttle *shuttle, int part)
{
    const berth *b = &shuttle->berths[part];
    return b->beside ? b->beside : b->memory;
}

void *ig_shuttle_memory(const ig_shuttle *shuttle, int part)
{
    return shuttle->berths[part].host;
}

/* --- there and back ----------------------------------------------------------------------------------------------- */

static cl_int unmap_all(ig_shuttle *shuttle)
{
    cl_int code = CL_SUCCESS;
    for (int i = 0; i < shuttle->n_berths && code == CL_SUCCESS; i++) {
        berth *b = &shuttle->berths[i];
        if (!leaves_host(b) || !b->host)
            continue;
        code = clEnqueueUnmapMemObject(shuttle->lanes->device->plain, b->memory->mem, b->host, 0, NULL, NULL);
        if (code == CL_SUCCESS)
            b->host = NULL;
    }
    return code;
}

static cl_int write_all(ig_shuttle *shuttle)
{
    const ig_lanes *lanes = shuttle->lanes;
    cl_int code = CL_SUCCESS;
    for (int i = 0; i < shuttle->n_berths && code == CL_SUCCESS; i++) {
        const berth *b = &shuttle->berths[i];
        if (b->part.up)
            code = clEnqueueWriteBuffer(lanes->up, b->beside->mem, CL_FALSE, 0, (size_t)b->part.bytes, b->host, 0, NULL,
                                        NULL);
    }
    return code == CL_SUCCESS ? ig_cl_follow(lanes->up, lanes->device->plain) : code;
}

ig_status ig_shuttle_leave(ig_shuttle *shuttle, ig_error *error)
{
    if (shuttle->back) {
        clReleaseEvent(shuttle->back);
        shuttle->back = NULL;
    }
    const bool shared = !shuttle->lanes->up;
    return check(shuttle->lanes, shared ? unmap_all(shuttle) : write_all(shuttle), "send", error);
}

static cl_int map_all(ig_shuttle *shuttle)
{
    cl_int code = CL_SUCCESS;
    for (int i = 0; i < shuttle->n_berths && code == CL_SUCCESS; i++) {
        if (!shuttle->berths[i].host)
            code = map_berth(shuttle->lanes, &shuttle->berths[i], CL_FALSE);
    }
    return code;
}

static cl_int read_all(ig_shuttle *shuttle)
{
    const ig_lanes *lanes = shuttle->lanes;
    cl_int code = ig_cl_follow(lanes->device->plain, lanes->down);
    for (int i = 0; i < shuttle->n_berths && code == CL_SUCCESS; i++) {
        const berth *b = &shuttle->berths[i];
        if (b->part.down)
            code = clEnqueueReadBuffer(lanes->down, b->beside->mem, CL_FALSE, 0, (size_t)b->part.bytes, b->host, 0,
                                       NULL, NULL);
    }
    return code;
}

ig_status ig_shuttle_return(ig_shuttle *shuttle, ig_error *error)
{
    const bool shared = !shuttle->lanes->up;
    cl_command_queue queue = shared ? shuttle->lanes->device->plain : shuttle->lanes->down;
    cl_int code = shared ? map_all(shuttle) : read_all(shuttle);
    if (code == CL_SUCCESS)
        code = clEnqueueMarkerWithWaitList(queue, 0, NULL, &shuttle->back);
    if (code == CL_SUCCESS)
        code = clFlush(queue);
    return check(shuttle->lanes, code, "fetch", error);
}

ig_status ig_shuttle_wait(const ig_shuttle *shuttle, ig_error *error)
{
    if (!shuttle->back)
        return IG_OK;
    return check(shuttle->lanes, clWaitForEvents(1, &shuttle->back), "wait for", error);
}

bool ig_shuttle_is_back(const ig_shuttle *shuttle)
{
    cl_int state = CL_COMPLETE;
    return !shuttle->back ||
           clGetEventInfo(shuttle->back, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL) != CL_SUCCESS ||
           state <= CL_COMPLETE;
}
