/* Device memory: whole buffers, windows into them, copies in and out. */
#include "cl/internal.h"

#include <inttypes.h>
#include <stdlib.h>

static ig_status check_size(const ig_device *device, int64_t bytes, ig_error *error)
{
    const ig_device_limits *limits = &device->info.limits;
    if (bytes > 0 && bytes <= limits->max_alloc_bytes && (uint64_t)bytes <= SIZE_MAX)
        return IG_OK;
    if (bytes <= 0)
        return ig_fail(error, IG_E_USAGE, "a device buffer cannot have %" PRId64 " bytes", bytes);
    ig_status status = ig_fail(error, IG_E_NO_MEMORY, "the device '%s' cannot hold one buffer of %" PRId64 " bytes",
                               limits->name, bytes);
    ig_error_expected(error, "at most %" PRId64 " bytes", limits->max_alloc_bytes);
    ig_error_found(error, "%" PRId64 " bytes", bytes);
    ig_error_hint(error, "use a smaller input or batch");
    return status;
}

static ig_buffer *new_buffer(ig_device *device, cl_mem mem, int64_t bytes)
{
    ig_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer) {
        clReleaseMemObject(mem);
        return NULL;
    }
    buffer->device = device;
    buffer->mem = mem;
    buffer->bytes = bytes;
    return buffer;
}

ig_status ig_cl_create_buffer(ig_device *device, int64_t bytes, cl_mem_flags flags, ig_buffer **out, ig_error *error)
{
    *out = NULL;
    ig_status status = check_size(device, bytes, error);
    if (status != IG_OK)
        return status;
    cl_int code;
    cl_mem mem = clCreateBuffer(device->context, CL_MEM_READ_WRITE | flags, (size_t)bytes, NULL, &code);
    if (code != CL_SUCCESS) {
        status = ig_cl_fail(error, code, "cannot create a buffer of %" PRId64 " bytes on '%s'", bytes,
                            device->info.limits.name);
        ig_error_found(error, "%" PRId64 " bytes in use by this process, of %" PRId64 " on the device",
                       device->stats.bytes_allocated, device->info.limits.global_mem_bytes);
        return status;
    }
    *out = new_buffer(device, mem, bytes);
    if (!*out)
        return ig_fail_memory(error, sizeof **out);
    device->stats.bytes_allocated += bytes;
    return IG_OK;
}

ig_status ig_buffer_create(ig_device *device, int64_t bytes, ig_buffer **out, ig_error *error)
{
    return ig_cl_create_buffer(device, bytes, 0, out, error);
}

static bool inside(const ig_buffer *buffer, int64_t offset_bytes, int64_t bytes)
{
    return offset_bytes >= 0 && bytes > 0 && bytes <= buffer->bytes && offset_bytes <= buffer->bytes - bytes;
}

static ig_status fail_outside(const ig_buffer *buffer, const char *what, int64_t offset_bytes, int64_t bytes,
                              ig_error *error)
{
    ig_status status = ig_fail(error, IG_E_USAGE, "%s does not lie inside its buffer", what);
    ig_error_expected(error, "offset and length within %" PRId64 " bytes", buffer->bytes);
    ig_error_found(error, "offset %" PRId64 ", length %" PRId64, offset_bytes, bytes);
    return status;
}

ig_status ig_buffer_create_view(ig_buffer *parent, int64_t offset_bytes, int64_t bytes, ig_buffer **out,
                                ig_error *error)
{
    *out = NULL;
    if (!inside(parent, offset_bytes, bytes))
        return fail_outside(parent, "a view", offset_bytes, bytes, error);
    ig_buffer *root = parent->root ? parent->root : parent;
    int64_t start = parent->offset_bytes + offset_bytes, align = parent->device->info.limits.base_align_bytes;
    if (start % align != 0) {
        ig_status status = ig_fail(error, IG_E_USAGE, "a view starts at %" PRId64 " bytes", start);
        ig_error_expected(error, "a multiple of %" PRId64 " bytes on '%s'", align, parent->device->info.limits.name);
        return status;
    }
    const cl_buffer_region region = {(size_t)start, (size_t)bytes};
    cl_int code;
    cl_mem mem = clCreateSubBuffer(root->mem, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "cannot create a view of %" PRId64 " bytes at %" PRId64, bytes, start);
    *out = new_buffer(parent->device, mem, bytes);
    if (!*out)
        return ig_fail_memory(error, sizeof **out);
    (*out)->root = root;
    (*out)->offset_bytes = start;
    return IG_OK;
}

void ig_buffer_destroy(ig_buffer **buffer)
{
    if (!buffer || !*buffer)
        return;
    clReleaseMemObject((*buffer)->mem);
    if (!(*buffer)->root)
        (*buffer)->device->stats.bytes_allocated -= (*buffer)->bytes;
    free(*buffer);
    *buffer = NULL;
}

ig_status ig_buffer_write(ig_buffer *buffer, int64_t offset_bytes, const void *data, int64_t bytes, bool blocking,
                          ig_error *error)
{
    if (!inside(buffer, offset_bytes, bytes))
        return fail_outside(buffer, "a write", offset_bytes, bytes, error);
    buffer->device->stats.waits += blocking;
    cl_int code = clEnqueueWriteBuffer(buffer->device->current, buffer->mem, blocking ? CL_TRUE : CL_FALSE,
                                       (size_t)offset_bytes, (size_t)bytes, data, 0, NULL, NULL);
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "cannot write %" PRId64 " bytes to '%s'", bytes,
                          buffer->device->info.limits.name);
    return IG_OK;
}

ig_status ig_buffer_read(ig_buffer *buffer, int64_t offset_bytes, void *data, int64_t bytes, bool blocking,
                         ig_error *error)
{
    if (!inside(buffer, offset_bytes, bytes))
        return fail_outside(buffer, "a read", offset_bytes, bytes, error);
    buffer->device->stats.waits += blocking;
    cl_int code = clEnqueueReadBuffer(buffer->device->current, buffer->mem, blocking ? CL_TRUE : CL_FALSE,
                                      (size_t)offset_bytes, (size_t)bytes, data, 0, NULL, NULL);
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "cannot read %" PRId64 " bytes from '%s'", bytes,
                          buffer->device->info.limits.name);
    return IG_OK;
}
