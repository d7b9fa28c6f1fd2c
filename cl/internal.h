/* What the files of this room share; nothing outside cl/ includes it (tests of this room do). */
#ifndef IG_CL_INTERNAL_H
#define IG_CL_INTERNAL_H

/* ingot speaks OpenCL 1.2, which every driver of the last ten years does; nothing newer is ever called. */
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>

#include "base/error.h"
#include "cl/cl.h"

/* --- errors (error_name.c) ---------------------------------------------------------------------------------- */
/* Fills `error` from an OpenCL code: NO_MEMORY for the codes that mean so, else DEVICE; name and hint from the table.
 */
ig_status ig_cl_fail(ig_error *error, cl_int code, const char *format, ...) IG_PRINTF(3, 4);

/* A code that a library has beside OpenCL's. */
typedef struct ig_cl_code {
    int code;
    const char *name;
} ig_cl_code;
/* The same from a code of a library; `codes` are its own, up to one without a name. */
ig_status ig_cl_fail_library(ig_error *error, const char *library, const ig_cl_code *codes, int code);

/* --- platforms and limits (platform.c, limits.c, quirks.c, select.c) ---------------------------------------- */
typedef struct ig_cl_place {
    cl_platform_id platform;
    cl_device_id device;
} ig_cl_place;

/* Both arrays are malloc'ed and parallel; `*count` may be 0 with IG_OK. */
ig_status ig_cl_find_devices(ig_cl_place **places, ig_device_info **list, int *count, ig_error *error) IG_MUST_USE;
ig_status ig_cl_read_limits(ig_cl_place place, ig_device_limits *out, ig_error *error) IG_MUST_USE;
/* Index into `list` of the device that `select` names; needs no driver. */
ig_status ig_cl_select_device(const ig_device_info *list, int count, const char *select, int *index,
                              ig_error *error) IG_MUST_USE;
bool ig_cl_contains_nocase(const char *text, const char *part);

/* --- libraries (library.c) ---------------------------------------------------------------------------------- */
typedef enum ig_library { IG_LIBRARY_CLBLAST, IG_LIBRARY_CLFFT, IG_LIBRARY_COUNT } ig_library;

/* Before the device uses it; again and again. A code of the library, 0 for success. */
int ig_cl_use_library(ig_device *device, ig_library library);
/* The last device that used one clears what it kept. */
void ig_cl_leave_libraries(ig_device *device);
void ig_cl_clear_clblast(void); /* blas.c */
int ig_cl_set_up_clfft(void);   /* fft.c */
void ig_cl_clear_clfft(void);

/* --- the open device (device.c) ----------------------------------------------------------------------------- */
struct ig_device {
    ig_device_info info;
    cl_platform_id platform;
    cl_device_id id;
    cl_context context;
    cl_command_queue plain;    /* always there */
    cl_command_queue profiled; /* made when the first event is asked for */
    cl_command_queue current;  /* one of the two: see queue.c */
    ig_log log;
    char *cache_dir;   /* NULL: no cache */
    bool cache_grown;  /* something was stored: look at the folder's size at the end */
    bool cache_warned; /* the folder cannot be written: said once, not tried again */
    ig_program *programs;
    bool uses[IG_LIBRARY_COUNT];
    ig_device_stats stats;
    uint64_t first_tick; /* with the host's time of it: see ig_device_tick_ns() */
    int64_t first_tick_ns;
};

struct ig_buffer {
    ig_device *device;
    cl_mem mem;
    int64_t bytes;
    ig_buffer *root; /* NULL unless a view; views of views are taken from the root, as OpenCL demands */
    int64_t offset_bytes;
};

/* A whole buffer with flags beside CL_MEM_READ_WRITE. */
ig_status ig_cl_create_buffer(ig_device *device, int64_t bytes, cl_mem_flags flags, ig_buffer **out,
                              ig_error *error) IG_MUST_USE;

struct ig_program {
    ig_device *device;
    cl_program program;
    char *key;
    int references;
    bool dirty; /* built from source: the cache does not hold it */
    bool used;  /* a kernel of it was enqueued, so the driver has finished compiling */
    ig_program *next;
};

enum { IG_KERNEL_NAME_TEXT = 64 };

struct ig_kernel {
    ig_program *program; /* holds a reference */
    cl_kernel kernel;
    char name[IG_KERNEL_NAME_TEXT];
    int n_args;
    int64_t max_group;
};

/* --- compiling (build.c) ------------------------------------------------------------------------------------- */
ig_status ig_cl_build(ig_device *device, const ig_program_part *part, cl_program *out, ig_error *error) IG_MUST_USE;
ig_status ig_cl_link(ig_device *device, const ig_program_part *parts, int n_parts, cl_program *out,
                     ig_error *error) IG_MUST_USE;

/* --- the binary cache (cache.c): plain files, no OpenCL ------------------------------------------------------ */
/* Everything a binary depends on, as text. malloc'ed; NULL when memory is out. */
char *ig_cache_make_key(const ig_device_limits *limits, const char *source, const char *options);
/* The same of any bytes. */
char *ig_cache_make_key_of(const ig_device_limits *limits, const char *bytes, size_t length, const char *options);
/* Path of the key's file in `folder`. malloc'ed; NULL when memory is out. */
char *ig_cache_make_path(const char *folder, const char *key);
/* False when the file is absent, or anything about it is off. `*binary` is malloc'ed. */
bool ig_cache_load(const char *folder, const char *key, unsigned char **binary, size_t *length);
ig_status ig_cache_store(const char *folder, const char *key, const void *binary, size_t length,
                         ig_error *error) IG_MUST_USE;
#define IG_CACHE_ENDING ".clbin"
#define IG_CACHE_MAX_BYTES (INT64_C(256) << 20)
/* Deletes the oldest binaries of a folder that holds more than `max_bytes`. Returns how many went. */
int ig_cache_prune(const char *folder, int64_t max_bytes);

/* --- queues beside the plain one (lanes.c) ------------------------------------------------------------------ */
struct ig_lanes {
    ig_device *device;
    cl_command_queue up, down; /* NULL where memory is shared */
};

/* What `after` gets from now on waits for what `before` was given so far. */
cl_int ig_cl_follow(cl_command_queue before, cl_command_queue after);
/* The plain queue too. */
void ig_cl_finish_lanes(const ig_lanes *lanes);

/* --- events (event.c) --------------------------------------------------------------------------------------- */
struct ig_event {
    const ig_device *device;
    cl_event event;
    int64_t enqueued_ns; /* host clock, just before the enqueue */
};

ig_event *ig_cl_create_event(const ig_device *device, int64_t enqueued_ns);
/* The four stamps (queued, submit, start, end) are what a kernel that ran within `host_span_ns` can have. */
bool ig_cl_stamps_sane(const cl_ulong stamps[4], int64_t host_span_ns);

#endif
