/* Opening a device and closing it. */
#include "cl/internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t ig_host_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

double ig_device_tick_ns(ig_device *device, uint64_t tick, int64_t host_ns)
{
    static const int64_t FAR_NS = 20000000; /* a thousand times what the host may be late */
    if (device->first_tick == 0) {
        device->first_tick = tick;
        device->first_tick_ns = host_ns;
    }
    const int64_t ns = host_ns - device->first_tick_ns;
    return ns < FAR_NS ? 0 : (double)ns / (double)(tick - device->first_tick);
}

static ig_status copy_params(ig_device *device, const ig_device_params *params, ig_error *error)
{
    if (!params)
        return IG_OK;
    device->log = params->log;
    if (!params->cache_dir || !*params->cache_dir)
        return IG_OK;
    size_t size = strlen(params->cache_dir) + 1;
    device->cache_dir = malloc(size);
    if (!device->cache_dir)
        return ig_fail_memory(error, size);
    memcpy(device->cache_dir, params->cache_dir, size);
    return IG_OK;
}

static ig_status choose_device(ig_device *device, const char *select, ig_error *error)
{
    ig_cl_place *places;
    ig_device_info *list;
    int count, index = 0;
    ig_status status = ig_cl_find_devices(&places, &list, &count, error);
    if (status == IG_OK)
        status = ig_cl_select_device(list, count, select, &index, error);
    if (status == IG_OK) {
        device->info = list[index];
        device->platform = places[index].platform;
        device->id = places[index].device;
    }
    free(places);
    free(list);
    return status;
}

static ig_status create_context(ig_device *device, ig_error *error)
{
    const char *name = device->info.limits.name;
    const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)device->platform, 0};
    cl_int code;
    device->context = clCreateContext(properties, 1, &device->id, NULL, NULL, &code);
    if (code != CL_SUCCESS) {
        device->context = NULL;
        return ig_cl_fail(error, code, "cannot open the device '%s'", name);
    }
    device->plain = clCreateCommandQueue(device->context, device->id, 0, &code);
    if (code != CL_SUCCESS) {
        device->plain = NULL;
        return ig_cl_fail(error, code, "cannot create a command queue on '%s'", name);
    }
    device->current = device->plain;
    return IG_OK;
}

ig_status ig_device_open(const ig_device_params *params, ig_device **out, ig_error *error)
{
    *out = NULL;
    ig_device *device = calloc(1, sizeof *device);
    if (!device)
        return ig_fail_memory(error, sizeof *device);
    ig_status status = copy_params(device, params, error);
    if (status == IG_OK)
        status = choose_device(device, params ? params->select : NULL, error);
    if (status == IG_OK)
        status = create_context(device, error);
    if (status != IG_OK) {
        ig_device_destroy(&device);
        return status;
    }
    *out = device;
    return IG_OK;
}

void ig_device_destroy(ig_device **device)
{
    if (!device || !*device)
        return;
    ig_device *gone = *device;
    if (gone->profiled) {
        clFinish(gone->profiled);
        clReleaseCommandQueue(gone->profiled);
    }
    if (gone->plain) {
        clFinish(gone->plain); /* a driver may still be reading the caller's memory */
        clReleaseCommandQueue(gone->plain);
    }
    ig_cl_leave_libraries(gone);
    if (gone->context)
        clReleaseContext(gone->context);
    if (gone->cache_grown)
        ig_cache_prune(gone->cache_dir, IG_CACHE_MAX_BYTES);
    free(gone->cache_dir);
    free(gone);
    *device = NULL;
}

const ig_device_info *ig_device_get_info(const ig_device *device)
{
    return &device->info;
}

void ig_device_get_stats(const ig_device *device, ig_device_stats *out)
{
    *out = device->stats;
}
