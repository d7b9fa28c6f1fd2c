/* OpenCL error codes: their names, what they mean for the caller, and what usually helps. */
#include "cl/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct code_row {
    const char *name;
    const char *hint;
    cl_int code;
    bool memory; /* host or device memory ran out */
} code_row;

#define PLAIN(code)                                                                                                    \
    {                                                                                                                  \
#code, NULL, code, false                                                                                       \
    }
#define HINT(code, hint)                                                                                               \
    {                                                                                                                  \
#code, hint, code, false                                                                                       \
    }
#define MEMORY(code)                                                                                                   \
    {                                                                                                                  \
#code, "use a smaller input or batch, or close other programs that use the device", code, true                 \
    }

static const code_row CODES[] = {
    PLAIN(CL_SUCCESS),
    PLAIN(CL_DEVICE_NOT_FOUND),
    HINT(CL_DEVICE_NOT_AVAILABLE, "another program may own the device, or it was reset; try again"),
    HINT(CL_COMPILER_NOT_AVAILABLE, "this driver has no compiler; install the vendor's full OpenCL package"),
    MEMORY(CL_MEM_OBJECT_ALLOCATION_FAILURE),
    /* Not "memory": drivers also answer this for a work-group that needs too many registers, and after a reset. */
    HINT(CL_OUT_OF_RESOURCES, "the work-group may be too large for this kernel, memory short, or the device was reset"),
    MEMORY(CL_OUT_OF_HOST_MEMORY),
    PLAIN(CL_PROFILING_INFO_NOT_AVAILABLE),
    PLAIN(CL_MEM_COPY_OVERLAP),
    PLAIN(CL_IMAGE_FORMAT_MISMATCH),
    PLAIN(CL_IMAGE_FORMAT_NOT_SUPPORTED),
    PLAIN(CL_BUILD_PROGRAM_FAILURE),
    PLAIN(CL_MAP_FAILURE),
    PLAIN(CL_MISALIGNED_SUB_BUFFER_OFFSET),
    PLAIN(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
    PLAIN(CL_COMPILE_PROGRAM_FAILURE),
    PLAIN(CL_LINKER_NOT_AVAILABLE),
    PLAIN(CL_LINK_PROGRAM_FAILURE),
    PLAIN(CL_DEVICE_PARTITION_FAILED),
    PLAIN(CL_KERNEL_ARG_INFO_NOT_AVAILABLE),
    PLAIN(CL_INVALID_VALUE),
    PLAIN(CL_INVALID_DEVICE_TYPE),
    PLAIN(CL_INVALID_PLATFORM),
    PLAIN(CL_INVALID_DEVICE),
    PLAIN(CL_INVALID_CONTEXT),
    PLAIN(CL_INVALID_QUEUE_PROPERTIES),
    PLAIN(CL_INVALID_COMMAND_QUEUE),
    PLAIN(CL_INVALID_HOST_PTR),
    PLAIN(CL_INVALID_MEM_OBJECT),
    PLAIN(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR),
    PLAIN(CL_INVALID_IMAGE_SIZE),
    PLAIN(CL_INVALID_SAMPLER),
    PLAIN(CL_INVALID_BINARY),
    PLAIN(CL_INVALID_BUILD_OPTIONS),
    PLAIN(CL_INVALID_PROGRAM),
    PLAIN(CL_INVALID_PROGRAM_EXECUTABLE),
    PLAIN(CL_INVALID_KERNEL_NAME),
    PLAIN(CL_INVALID_KERNEL_DEFINITION),
    PLAIN(CL_INVALID_KERNEL),
    PLAIN(CL_INVALID_ARG_INDEX),
    PLAIN(CL_INVALID_ARG_VALUE),
    PLAIN(CL_INVALID_ARG_SIZE),
    HINT(CL_INVALID_KERNEL_ARGS, "every argument must be set before the first launch"),
    PLAIN(CL_INVALID_WORK_DIMENSION),
    PLAIN(CL_INVALID_WORK_GROUP_SIZE),
    PLAIN(CL_INVALID_WORK_ITEM_SIZE),
    PLAIN(CL_INVALID_GLOBAL_OFFSET),
    PLAIN(CL_INVALID_EVENT_WAIT_LIST),
    PLAIN(CL_INVALID_EVENT),
    PLAIN(CL_INVALID_OPERATION),
    PLAIN(CL_INVALID_GL_OBJECT),
    PLAIN(CL_INVALID_BUFFER_SIZE),
    PLAIN(CL_INVALID_MIP_LEVEL),
    PLAIN(CL_INVALID_GLOBAL_WORK_SIZE),
    PLAIN(CL_INVALID_PROPERTY),
    PLAIN(CL_INVALID_IMAGE_DESCRIPTOR),
    PLAIN(CL_INVALID_COMPILER_OPTIONS),
    PLAIN(CL_INVALID_LINKER_OPTIONS),
    PLAIN(CL_INVALID_DEVICE_PARTITION_COUNT),
    {"CL_PLATFORM_NOT_FOUND_KHR", "install the device's OpenCL driver (ICD)", -1001, false},
};

static const code_row *find_code(cl_int code)
{
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        if (CODES[i].code == code)
            return &CODES[i];
    }
    return NULL;
}

const char *ig_cl_error_name(int code)
{
    const code_row *row = find_code(code);
    return row ? row->name : "an OpenCL error without a name";
}

ig_status ig_cl_fail(ig_error *error, cl_int code, const char *format, ...)
{
    char message[IG_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);

    const code_row *row = find_code(code);
    ig_status status = ig_fail(error, row && row->memory ? IG_E_NO_MEMORY : IG_E_DEVICE, "%s", message);
    if (!error)
        return status;
    if (row)
        snprintf(error->cl_name, sizeof error->cl_name, "%s", row->name);
    else
        snprintf(error->cl_name, sizeof error->cl_name, "OpenCL error %d", (int)code);
    if (row && row->hint)
        ig_error_hint(error, "%s", row->hint);
    return status;
}

ig_status ig_cl_fail_library(ig_error *error, const char *library, const ig_cl_code *codes, int code)
{
    ig_status status = ig_cl_fail(error, code, "%s failed", library);
    for (; error && codes->name; codes++)
        if (codes->code == code)
            snprintf(error->cl_name, sizeof error->cl_name, "%s", codes->name);
    return status;
}
