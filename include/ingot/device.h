/** @file device.h
 *  OpenCL devices: listing, choosing one, its limits, opening it.
 */
#ifndef INGOT_DEVICE_H
#define INGOT_DEVICE_H

#include "ingot/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ig_device_type { IG_DEVICE_CPU, IG_DEVICE_GPU, IG_DEVICE_ACCELERATOR, IG_DEVICE_OTHER } ig_device_type;

enum { IG_DEVICE_TEXT = 128 };

/** What planning may know of a device. Plain data: a profile (autotune/devices) fills it as well as a
 *  driver. */
typedef struct ig_device_limits {
    char name[IG_DEVICE_TEXT];     /**< trimmed CL_DEVICE_NAME */
    char vendor[IG_DEVICE_TEXT];   /**< trimmed CL_DEVICE_VENDOR */
    char platform[IG_DEVICE_TEXT]; /**< CL_PLATFORM_NAME */
    char driver[IG_DEVICE_TEXT];   /**< CL_DRIVER_VERSION */
    char family[IG_DEVICE_TEXT];   /**< tuning family, from the quirks table: "pocl-cpu", "nvidia", "mali", ... or
                                      "generic" */
    ig_device_type type;
    int opencl_major, opencl_minor;     /**< of the device */
    int opencl_c_major, opencl_c_minor; /**< of its compiler */
    int compute_units;
    int64_t max_work_group;   /**< Unit: work-items */
    int64_t max_work_item[3]; /**< Unit: work-items per dimension */
    int64_t local_mem_bytes;
    int64_t global_mem_bytes;
    int64_t max_alloc_bytes;     /**< one buffer */
    int64_t base_align_bytes;    /**< alignment of sub-buffers */
    int64_t timer_resolution_ns; /**< 0: no usable event timer */
    int native_vector_float;     /**< preferred float vector width, at least 1 */
    bool has_fp16;
    bool has_images;
    bool unified_memory; /**< host and device share memory */
    bool local_is_cache; /**< local memory is that of a core, behind its caches, as on CPUs */
    bool host_timer;     /**< quirk: its event timestamps are not to be used */
    bool whole_buffers;  /**< quirk: windows into a larger buffer are not to be used */
} ig_device_limits;

/** One row of the listing. `id` ("0:1", platform:device) is what `--device` takes and stays stable on one machine. */
typedef struct ig_device_info {
    char id[16];
    ig_device_limits limits;
} ig_device_info;

/** Lists every OpenCL device of every platform, in the loader's order.
 *
 *  Own: `*list` is the caller's; free it with ig_device_list_free(). `*count` may be 0 with IG_OK.
 *  Error: NO_MEMORY, DEVICE. A loader without platforms gives IG_OK and 0. Thread: any.
 */
ig_status ig_device_list(ig_device_info **list, int *count, ig_error *error) IG_MUST_USE;
void ig_device_list_free(ig_device_info **list);

/** An open device: context, one in-order queue, program cache. */
typedef struct ig_device ig_device;

typedef struct ig_device_params {
    /** "P:D", an index into the listing, or a part of the name (case does not matter).
     *  NULL or "" takes the first GPU, else the first device. */
    const char *select;
    /** Folder of the program-binary cache; NULL: no cache. Created when missing; a folder that cannot be written only
     * warns. */
    const char *cache_dir;
    ig_log log;
} ig_device_params;

/** Opens the device that `select` names.
 *
 *  Own: destroy with ig_device_destroy() after every session on it. `params` is borrowed; the log's user must outlive
 * the device. Error: NO_DEVICE when there is none, none matches, or several match (the candidates are listed), DEVICE,
 * NO_MEMORY. Thread: the device and what is made from it belong to one thread at a time.
 */
ig_status ig_device_open(const ig_device_params *params, ig_device **out, ig_error *error) IG_MUST_USE;
void ig_device_destroy(ig_device **device);

/** Id and limits of an open device. Own: borrowed from the device. */
const ig_device_info *ig_device_get_info(const ig_device *device);

/** Reads a device profile (YAML, see autotune/devices/) for planning without the hardware.
 *
 *  Error: NO_INPUT, DATA with file:line:col. Thread: any.
 */
ig_status ig_device_limits_read(const char *path, ig_device_limits *out, ig_error *error) IG_MUST_USE;

/** Writes the name of the shipped device profile `index` ("nvidia", ordered by name); false when there is none.
 *  Thread: any. */
bool ig_device_profile_name(int index, char out[IG_DEVICE_TEXT]);

/** Fills `out` from the shipped profile that `name` means: its name, else the beginning of one, else a part of one.
 *
 *  Error: NO_INPUT when none fits, USAGE when several fit; both list the profiles. Thread: any.
 */
ig_status ig_device_limits_shipped(const char *name, ig_device_limits *out, ig_error *error) IG_MUST_USE;

/** What happened since the device was opened. Unit: ns are host time. */
typedef struct ig_device_stats {
    int programs_built;  /**< from source */
    int programs_cached; /**< from the binary cache */
    int64_t build_ns;
    int64_t bytes_allocated; /**< live device buffers */
    int64_t launches;        /**< kernels enqueued; what libraries launch is not counted */
    int64_t waits;           /**< times the host waited for the queue */
} ig_device_stats;
void ig_device_get_stats(const ig_device *device, ig_device_stats *out);

/** One line of the self-test: what was tried, whether it held, and a figure or reason. */
typedef struct ig_selftest_item {
    char name[48];
    bool passed;
    bool warning; /**< passed is false but ingot works around it */
    char detail[IG_ERROR_TEXT];
} ig_selftest_item;

/** Tries what kernels rely on: build, copy, barrier and local memory, integer and float arithmetic, work-group limit,
 * timer.
 *
 *  Fills up to `max` items and returns how many in `*count`. Error: DEVICE when the device fails outright. Thread: the
 * device's.
 */
ig_status ig_device_selftest(ig_device *device, ig_selftest_item *items, int max, int *count,
                             ig_error *error) IG_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
