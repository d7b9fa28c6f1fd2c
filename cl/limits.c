/* Reading a device's limits from its driver: one table row per query. */
#include "cl/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum query_kind { QUERY_INT, QUERY_INT64, QUERY_BOOL, QUERY_TEXT } query_kind;

typedef struct query {
    const char *name;
    size_t offset;
    cl_device_info info;
    query_kind kind;
} query;

#define QUERY(info, kind, field)                                                                                       \
    {                                                                                                                  \
#info, offsetof(ig_device_limits, field), info, kind                                                           \
    }

static const query QUERIES[] = {
    QUERY(CL_DEVICE_NAME, QUERY_TEXT, name),
    QUERY(CL_DEVICE_VENDOR, QUERY_TEXT, vendor),
    QUERY(CL_DRIVER_VERSION, QUERY_TEXT, driver),
    QUERY(CL_DEVICE_MAX_COMPUTE_UNITS, QUERY_INT, compute_units),
    QUERY(CL_DEVICE_MAX_WORK_GROUP_SIZE, QUERY_INT64, max_work_group),
    QUERY(CL_DEVICE_LOCAL_MEM_SIZE, QUERY_INT64, local_mem_bytes),
    QUERY(CL_DEVICE_GLOBAL_MEM_SIZE, QUERY_INT64, global_mem_bytes),
    QUERY(CL_DEVICE_MAX_MEM_ALLOC_SIZE, QUERY_INT64, max_alloc_bytes),
    QUERY(CL_DEVICE_MEM_BASE_ADDR_ALIGN, QUERY_INT64, base_align_bytes), /* in bits: see finish_limits */
    QUERY(CL_DEVICE_PROFILING_TIMER_RESOLUTION, QUERY_INT64, timer_resolution_ns),
    QUERY(CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT, QUERY_INT, native_vector_float),
    QUERY(CL_DEVICE_IMAGE_SUPPORT, QUERY_BOOL, has_images),
    QUERY(CL_DEVICE_HOST_UNIFIED_MEMORY, QUERY_BOOL, unified_memory),
};

static void copy_trimmed(char *out, const char *text)
{
    while (*text == ' ')
        text++;
    snprintf(out, IG_DEVICE_TEXT, "%s", text);
    for (size_t n = strlen(out); n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\n'); n--)
        out[n - 1] = '\0';
}

/* A text of any length; malloc'ed, NULL on failure. */
static char *query_text(cl_device_id device, cl_device_info info, cl_int *code)
{
    size_t size = 0;
    *code = clGetDeviceInfo(device, info, 0, NULL, &size);
    if (*code != CL_SUCCESS)
        return NULL;
    char *text = calloc(size + 1, 1); /* the driver's terminator is not relied on */
    if (!text) {
        *code = CL_OUT_OF_HOST_MEMORY;
        return NULL;
    }
    *code = clGetDeviceInfo(device, info, size, text, NULL);
    if (*code == CL_SUCCESS)
        return text;
    free(text);
    return NULL;
}

/* Integers are 4 or 8 bytes wide depending on the query and the host; both are little-endian or both are not, so each
 * is read as its own type. */
static cl_int query_number(cl_device_id device, cl_device_info info, int64_t *out)
{
    size_t size = 0;
    cl_ulong wide = 0;
    cl_int code = clGetDeviceInfo(device, info, sizeof wide, &wide, &size);
    if (code != CL_SUCCESS)
        return code;
    if (size == sizeof(cl_uint)) {
        cl_uint narrow;
        memcpy(&narrow, &wide, sizeof narrow);
        *out = narrow;
    } else {
        *out = wide > INT64_MAX ? INT64_MAX : (int64_t)wide;
    }
    return CL_SUCCESS;
}

static cl_int run_query(cl_device_id device, const query *row, ig_device_limits *out)
{
    char *field = (char *)out + row->offset;
    if (row->kind == QUERY_TEXT) {
        cl_int code;
        char *text = query_text(device, row->info, &code);
        if (text)
            copy_trimmed(field, text);
        free(text);
        return code;
    }
    int64_t value = 0;
    cl_int code = query_number(device, row->info, &value);
    if (code != CL_SUCCESS)
        return code;
    if (row->kind == QUERY_INT64)
        *(int64_t *)(void *)field = value;
    else if (row->kind == QUERY_INT)
        *(int *)(void *)field = value > INT32_MAX ? INT32_MAX : (int)value;
    else
        *(bool *)(void *)field = value != 0;
    return CL_SUCCESS;
}

/* "OpenCL 3.0 PoCL" and "OpenCL C 1.2 PoCL" both hold "major.minor" after a fixed prefix. */
static void read_version(cl_device_id device, cl_device_info info, const char *format, int *major, int *minor)
{
    cl_int code;
    char *text = query_text(device, info, &code);
    if (!text || sscanf(text, format, major, minor) != 2) {
        *major = 1;
        *minor = 0;
    }
    free(text);
}

static bool has_extension(cl_device_id device, const char *name)
{
    cl_int code;
    char *list = query_text(device, CL_DEVICE_EXTENSIONS, &code);
    bool found = false;
    size_t length = strlen(name);
    for (const char *at = list; at && !found;) {
        at = strstr(at, name);
        if (!at)
            break;
        bool starts = at == list || at[-1] == ' ';
        found = starts && (at[length] == ' ' || at[length] == '\0');
        at += length;
    }
    free(list);
    return found;
}

static cl_int read_work_items(cl_device_id device, ig_device_limits *out)
{
    cl_uint dimensions = 0;
    cl_int code = clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS, sizeof dimensions, &dimensions, NULL);
    if (code != CL_SUCCESS)
        return code;
    size_t sizes[16] = {1, 1, 1};
    if (dimensions > sizeof sizes / sizeof sizes[0])
        return CL_INVALID_VALUE;
    code = clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_SIZES, dimensions * sizeof sizes[0], sizes, NULL);
    for (int i = 0; i < 3; i++)
        out->max_work_item[i] = sizes[i] > 0 ? (int64_t)sizes[i] : 1;
    return code;
}

static ig_device_type type_of(cl_device_type type)
{
    if (type & CL_DEVICE_TYPE_GPU)
        return IG_DEVICE_GPU;
    if (type & CL_DEVICE_TYPE_CPU)
        return IG_DEVICE_CPU;
    return type & CL_DEVICE_TYPE_ACCELERATOR ? IG_DEVICE_ACCELERATOR : IG_DEVICE_OTHER;
}

/* Phones' GPUs say so too, but there many work-groups share the small cache that it lies in. */
static bool has_global_local_memory(cl_device_id device)
{
    cl_device_local_mem_type type = CL_LOCAL;
    const cl_int code = clGetDeviceInfo(device, CL_DEVICE_LOCAL_MEM_TYPE, sizeof type, &type, NULL);
    return code == CL_SUCCESS && type == CL_GLOBAL;
}

static void finish_limits(ig_cl_place place, ig_device_limits *out)
{
    char platform[1024] = "";
    clGetPlatformInfo(place.platform, CL_PLATFORM_NAME, sizeof platform - 1, platform, NULL);
    copy_trimmed(out->platform, platform);
    cl_device_type type = 0;
    clGetDeviceInfo(place.device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    out->type = type_of(type);
    out->local_is_cache = out->type == IG_DEVICE_CPU && has_global_local_memory(place.device);
    out->base_align_bytes = out->base_align_bytes >= 8 ? out->base_align_bytes / 8 : 1;
    if (out->native_vector_float < 1)
        out->native_vector_float = 1;
    read_version(place.device, CL_DEVICE_VERSION, "OpenCL %d.%d", &out->opencl_major, &out->opencl_minor);
    read_version(place.device, CL_DEVICE_OPENCL_C_VERSION, "OpenCL C %d.%d", &out->opencl_c_major,
                 &out->opencl_c_minor);
    out->has_fp16 = has_extension(place.device, "cl_khr_fp16");
    ig_device_apply_quirks(out);
}

ig_status ig_cl_read_limits(ig_cl_place place, ig_device_limits *out, ig_error *error)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < sizeof QUERIES / sizeof QUERIES[0]; i++) {
        cl_int code = run_query(place.device, &QUERIES[i], out);
        if (code != CL_SUCCESS)
            return ig_cl_fail(error, code, "the device '%s' does not answer %s", out->name, QUERIES[i].name);
    }
    cl_int code = read_work_items(place.device, out);
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "the device '%s' does not answer CL_DEVICE_MAX_WORK_ITEM_SIZES", out->name);
    finish_limits(place, out);
    return IG_OK;
}
