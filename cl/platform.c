/* Walking the loader's platforms and their devices. */
#include "cl/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLATFORM_NOT_FOUND = -1001 }; /* CL_PLATFORM_NOT_FOUND_KHR: the loader knows no driver */

typedef struct finding {
    ig_cl_place *places;
    ig_device_info *list;
    int count, capacity;
} finding;

static bool grow(finding *found)
{
    if (found->count < found->capacity)
        return true;
    int capacity = found->capacity ? 2 * found->capacity : 8;
    ig_cl_place *places = realloc(found->places, (size_t)capacity * sizeof *places);
    if (!places)
        return false;
    found->places = places;
    ig_device_info *list = realloc(found->list, (size_t)capacity * sizeof *list);
    if (!list)
        return false;
    found->list = list;
    found->capacity = capacity;
    return true;
}

static ig_status add_device(finding *found, ig_cl_place place, unsigned p, unsigned d, ig_error *error)
{
    if (!grow(found))
        return ig_fail_memory(error, sizeof *found->list);
    ig_device_info *info = &found->list[found->count];
    *info = (ig_device_info){0}; /* no stray bytes after the strings */
    ig_status status = ig_cl_read_limits(place, &info->limits, error);
    if (status != IG_OK)
        return status;
    snprintf(info->id, sizeof info->id, "%u:%u", p & 0xFFFFu, d & 0xFFFFu); /* no machine has more */
    found->places[found->count++] = place;
    return IG_OK;
}

static ig_status add_platform(finding *found, cl_platform_id platform, unsigned p, ig_error *error)
{
    cl_uint count = 0;
    cl_int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count);
    if (code == CL_DEVICE_NOT_FOUND || (code == CL_SUCCESS && count == 0))
        return IG_OK;
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "OpenCL platform %u does not list its devices", p);
    cl_device_id *devices = calloc(count, sizeof(cl_device_id));
    if (!devices)
        return ig_fail_memory(error, count * sizeof(cl_device_id));
    ig_status status = IG_OK;
    code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices, NULL);
    if (code != CL_SUCCESS)
        status = ig_cl_fail(error, code, "OpenCL platform %u does not list its devices", p);
    for (cl_uint d = 0; d < count && status == IG_OK; d++)
        status = add_device(found, (ig_cl_place){platform, devices[d]}, p, d, error);
    free(devices);
    return status;
}

/* A platform that fails must not hide the others' devices: its error counts only when nothing else was found. */
static ig_status add_platforms(finding *found, const cl_platform_id *platforms, cl_uint count, ig_error *error)
{
    ig_status first = IG_OK;
    for (cl_uint p = 0; p < count; p++) {
        ig_error problem;
        ig_status status = add_platform(found, platforms[p], p, &problem);
        if (status == IG_E_NO_MEMORY)
            first = IG_OK; /* the host's memory is out: nothing that follows can help */
        if (status != IG_OK && first == IG_OK) {
            first = status;
            if (error)
                *error = problem;
        }
        if (status == IG_E_NO_MEMORY)
            return status;
    }
    return found->count > 0 ? IG_OK : first;
}

static ig_status find_all(finding *found, ig_error *error)
{
    cl_uint count = 0;
    cl_int code = clGetPlatformIDs(0, NULL, &count);
    if (code == PLATFORM_NOT_FOUND || (code == CL_SUCCESS && count == 0))
        return IG_OK;
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "the OpenCL loader does not list its platforms");
    cl_platform_id *platforms = calloc(count, sizeof(cl_platform_id));
    if (!platforms)
        return ig_fail_memory(error, count * sizeof(cl_platform_id));
    code = clGetPlatformIDs(count, platforms, NULL);
    ig_status status = code == CL_SUCCESS ? add_platforms(found, platforms, count, error)
                                          : ig_cl_fail(error, code, "the OpenCL loader does not list its platforms");
    free(platforms);
    return status;
}

ig_status ig_cl_find_devices(ig_cl_place **places, ig_device_info **list, int *count, ig_error *error)
{
    finding found = {0};
    ig_status status = find_all(&found, error);
    if (status != IG_OK) {
        free(found.places);
        free(found.list);
        found = (finding){0};
    }
    *places = found.places;
    *list = found.list;
    *count = found.count;
    return status;
}

ig_status ig_device_list(ig_device_info **list, int *count, ig_error *error)
{
    ig_cl_place *places;
    ig_status status = ig_cl_find_devices(&places, list, count, error);
    free(places);
    return status;
}

void ig_device_list_free(ig_device_info **list)
{
    if (!list)
        return;
    free(*list);
    *list = NULL;
}
