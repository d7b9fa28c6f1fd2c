/** @file base.h
 *  What every other header needs: status codes, the rich error, shapes, the log callback, the version.
 *
 *  The library never aborts, never prints, reads no environment variable and keeps no global state.
 */
#ifndef INGOT_BASE_H
#define INGOT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IG_VERSION_MAJOR 0
#define IG_VERSION_MINOR 1
#define IG_VERSION_PATCH 0
#define IG_VERSION "0.1.0"

#if defined(__GNUC__)
#define IG_MUST_USE __attribute__((warn_unused_result))
#define IG_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define IG_MUST_USE
#define IG_PRINTF(fmt, first)
#endif

/** What went wrong, in about ten kinds. The command maps each to an exit code (docs/exit-codes.md). */
typedef enum ig_status {
    IG_OK = 0,
    IG_E_USAGE,       /**< the caller's arguments are off */
    IG_E_DATA,        /**< a file or buffer is malformed, or does not fit the model */
    IG_E_NO_INPUT,    /**< a file does not exist or cannot be read */
    IG_E_IO,          /**< writing or reading failed midway (full disk, broken pipe) */
    IG_E_PERMISSION,  /**< the system refused access */
    IG_E_NO_MEMORY,   /**< host or device memory ran out */
    IG_E_NO_DEVICE,   /**< no OpenCL platform or device, none matches, or several match */
    IG_E_DEVICE,      /**< the device or its driver failed a call, or refused to build a kernel */
    IG_E_UNSUPPORTED, /**< legal, but this version or this device cannot do it */
    IG_E_VERIFY,      /**< a result differs from the reference by more than the tolerance */
    IG_E_CANCELLED,   /**< the caller asked to stop */
    IG_E_INTERNAL,    /**< a bug in ingot: please report it */
    IG_STATUS_COUNT
} ig_status;

/** One word for a status ("data", "device", ...). Thread: any. */
const char *ig_status_name(ig_status status);

enum { IG_ERROR_TEXT = 512, IG_ERROR_LOG = 4096 };

/** Everything known about a failure. Plain data, no ownership: copy it freely.
 *
 *  `line` and `column` count from 1; 0 means unknown. Strings are empty when they do not apply.
 */
typedef struct ig_error {
    ig_status status;
    char message[IG_ERROR_TEXT];  /**< one plain sentence without a full stop */
    char expected[IG_ERROR_TEXT]; /**< what would have been right */
    char found[IG_ERROR_TEXT];    /**< what was there instead */
    char hint[IG_ERROR_TEXT];     /**< what to do about it, e.g. the nearest valid key */
    char file[IG_ERROR_TEXT];
    int line;
    int column;
    char cl_name[48];       /**< OpenCL error name, e.g. "CL_OUT_OF_RESOURCES" */
    char log[IG_ERROR_LOG]; /**< build log of the driver, its end kept when too long */
} ig_error;

/** Writes `error` as the lines a person reads: "file:line:col: error: message", expected, found, hint, log.
 *
 *  Error: returns the number of bytes the whole text needs, as snprintf does; `buffer` is always terminated when `size`
 * > 0. Thread: any.
 */
size_t ig_error_format(const ig_error *error, char *buffer, size_t size);

typedef enum ig_log_level { IG_LOG_ERROR, IG_LOG_WARNING, IG_LOG_NOTE, IG_LOG_PROGRESS } ig_log_level;

/** Where the library's warnings, notes and progress go. A NULL function means silence.
 *
 *  Thread: called on the thread that made the library call.
 */
typedef struct ig_log {
    void (*write)(void *user, ig_log_level level, const char *text);
    void *user;
} ig_log;

enum { IG_MAX_RANK = 6, IG_MAX_INPUTS = 16 };

/** Extents of a dense row-major tensor, outermost first (NCHW for images). Rank 0 is a scalar. */
typedef struct ig_shape {
    int rank;
    int64_t dim[IG_MAX_RANK];
} ig_shape;

/** Number of elements; -1 when an extent is below 1 or the product does not fit in 63 bits. Thread: any. */
int64_t ig_shape_elems(const ig_shape *shape);

/** True when rank and all extents agree. Thread: any. */
bool ig_shape_equal(const ig_shape *a, const ig_shape *b);

/** Writes "1x3x224x224" and returns `buffer`. Own: the caller's. Thread: any. */
const char *ig_shape_text(const ig_shape *shape, char *buffer, size_t size);

/** A dense float32 tensor in host memory. Own: `data` is borrowed for the call unless a function says otherwise. */
typedef struct ig_tensor {
    const char *name;
    ig_shape shape;
    float *data;
} ig_tensor;

/** Reads a NumPy .npy file of C-order little-endian float32 (version 1.0, 2.0 or 3.0).
 *
 *  Own: `out->data` is the caller's; release it with ig_tensor_release(). `out->name` is NULL.
 *  Error: NO_INPUT, DATA (not npy, other dtype, Fortran order, truncated, trailing bytes, absurd shape), NO_MEMORY.
 *  Thread: any. Source: NEP 1.
 */
ig_status ig_tensor_read_npy(const char *path, ig_tensor *out, ig_error *error) IG_MUST_USE;

/** Writes a tensor as .npy version 1.0, atomically: a temporary file beside it, then rename.
 *
 *  Error: IO, PERMISSION; on failure no file of that name is created or changed. Thread: any.
 */
ig_status ig_tensor_write_npy(const char *path, const ig_tensor *tensor, ig_error *error) IG_MUST_USE;

/** Frees `data` of a tensor that a reader filled; NULL is fine. */
void ig_tensor_release(ig_tensor *tensor);

/* --- text and files, for programs around the library -------------------------------------------------------------- */

/** Nearest of `candidates` to `word` by spelling, or NULL when none is near enough to be a typing error. Thread: any.
 */
const char *ig_text_nearest(const char *word, const char *const *candidates, int count);

/** The whole text as a decimal integer, whatever the locale; false on anything else. Thread: any. */
bool ig_text_to_int(const char *text, int64_t *out);

/** The whole text as a finite number, whatever the locale; false on anything else. Thread: any. */
bool ig_text_to_double(const char *text, double *out);

/** "1,3,224,224" or "1x3x224x224" to a shape. Thread: any. */
bool ig_text_to_shape(const char *text, ig_shape *out);

/** Writes a file atomically: a temporary file in the same folder, then rename; on failure nothing is left behind.
 *  Error: NO_INPUT (no such folder), PERMISSION, IO. Thread: any. */
ig_status ig_file_write(const char *path, const void *bytes, size_t length, ig_error *error) IG_MUST_USE;

/** Where a hash begins. */
#define IG_HASH_FNV64_SEED UINT64_C(14695981039346656037)

/** FNV-1a of `bytes`, going on from `seed` (IG_HASH_FNV64_SEED to begin). Thread: any. */
uint64_t ig_hash_fnv64(uint64_t seed, const void *bytes, size_t length);

/** "0.1.0", the version the library was built as. Thread: any. */
const char *ig_version(void);

#ifdef __cplusplus
}
#endif
#endif
