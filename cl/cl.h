/* Host side of OpenCL: the only room that includes <CL/cl.h> and knows cl_* types. */
#ifndef IG_CL_CL_H
#define IG_CL_CL_H

#include "ingot/device.h"

/* --- what is known of devices beforehand -------------------------------------------------------------------- */
/* Sets `family` and `host_timer` from name, vendor and platform: the quirks table (quirks.c) is their only home. */
void ig_device_apply_quirks(ig_device_limits *limits);

/* --- buffers ------------------------------------------------------------------------------------------------ */
typedef struct ig_buffer ig_buffer;

ig_status ig_buffer_create(ig_device *device, int64_t bytes, ig_buffer **out, ig_error *error) IG_MUST_USE;
/* A window into `parent`; `offset_bytes` must be a multiple of base_align_bytes. The parent must outlive it. */
ig_status ig_buffer_create_view(ig_buffer *parent, int64_t offset_bytes, int64_t bytes, ig_buffer **out,
                                ig_error *error) IG_MUST_USE;
void ig_buffer_destroy(ig_buffer **buffer);
/* Blocking or not; a non-blocking write's source must stay until ig_queue_finish. */
ig_status ig_buffer_write(ig_buffer *buffer, int64_t offset_bytes, const void *data, int64_t bytes, bool blocking,
                          ig_error *error) IG_MUST_USE;
ig_status ig_buffer_read(ig_buffer *buffer, int64_t offset_bytes, void *data, int64_t bytes, bool blocking,
                         ig_error *error) IG_MUST_USE;

/* --- programs and kernels ----------------------------------------------------------------------------------- */
typedef struct ig_program ig_program;
typedef struct ig_kernel ig_kernel; /* a cl_kernel with its arguments set: one per step, never shared between steps */

/* Builds `source` with `options`, from the binary cache when it holds them. A program asked for twice on one device is
 * built once (reference counted). On failure `error->log` is the build log. */
ig_status ig_program_get(ig_device *device, const char *source, const char *options, ig_program **out,
                         ig_error *error) IG_MUST_USE;
/* A text that is compiled for itself. */
typedef struct ig_program_part {
    const char *source, *options;
} ig_program_part;
/* The same of parts that call each other's functions: compiled apart, so that each has macros of its own, then linked.
 */
ig_status ig_program_link(ig_device *device, const ig_program_part *parts, int n_parts, ig_program **out,
                          ig_error *error) IG_MUST_USE;
/* The last release stores the binary of a program that ran and is not in the cache yet (see
 * ig_device_store_programs). */
void ig_program_release(ig_program **program);
/* This program is not worth a place in the cache: a tuner says so of its candidates. */
void ig_program_skip_store(ig_program *program);
/* Writes the binaries of live programs that ran and are not in the cache yet. Call it after the first run, when the
 * answer is already out: some drivers finish compiling only at the first launch, so an earlier binary is incomplete,
 * and fetching one can take as long as a build. Never fails: a folder that cannot be written is warned about once. */
void ig_device_store_programs(ig_device *device);
ig_status ig_kernel_create(ig_program *program, const char *name, ig_kernel **out, ig_error *error) IG_MUST_USE;
void ig_kernel_destroy(ig_kernel **kernel);
ig_status ig_kernel_set_buffer(ig_kernel *kernel, int index, const ig_buffer *buffer, ig_error *error) IG_MUST_USE;
ig_status ig_kernel_set_int(ig_kernel *kernel, int index, int32_t value, ig_error *error) IG_MUST_USE;
ig_status ig_kernel_set_float(ig_kernel *kernel, int index, float value, ig_error *error) IG_MUST_USE;
/* Largest work-group this kernel can run with on its device. */
ig_status ig_kernel_max_group(ig_kernel *kernel, int64_t *out, ig_error *error) IG_MUST_USE;

/* --- the queue ---------------------------------------------------------------------------------------------- */
/* Times of one enqueued kernel on the device's clock. `trusted` is false when the driver's stamps are missing, out of
 * order or absurd; then the fields are 0 and callers time on the host. */
typedef struct ig_event_times {
    bool trusted;
    int64_t queued_ns, start_ns, end_ns;
} ig_event_times;

typedef struct ig_event ig_event;

/* Enqueues with global size = groups * local in each dimension. `event` may be NULL. */
ig_status ig_queue_kernel(ig_device *device, ig_kernel *kernel, const int64_t groups[3], const int64_t local[3],
                          ig_event **event, ig_error *error) IG_MUST_USE;
ig_status ig_queue_flush(ig_device *device, ig_error *error) IG_MUST_USE;
ig_status ig_queue_finish(ig_device *device, ig_error *error) IG_MUST_USE;
void ig_event_read(ig_event *event, ig_event_times *out); /* after finish */
void ig_event_destroy(ig_event **event);

/* --- routines of libraries (blas.c, fft.c) -------------------------------------------------------------------- */
/* Numbers from element `at` of a buffer on. */
typedef struct ig_floats {
    const ig_buffer *buffer;
    int64_t at;
} ig_floats;

/* `count` products C = A B of [rows, inner] and [inner, columns], row-major, each behind the other; there are `count_a`
 * matrices A, a divisor of `count`, taken in turn. */
typedef struct ig_gemm {
    int64_t rows, columns, inner, count, count_a;
} ig_gemm;

/* By CLBlast, which builds its programs when it is first called. Enqueued like a kernel. */
ig_status ig_queue_gemm(ig_device *device, const ig_gemm *gemm, ig_floats a, ig_floats b, ig_floats c,
                        ig_error *error) IG_MUST_USE;

/* Planes of real numbers [height, width] to spectra [height, width / 2 + 1] of complex ones, or back: `count` of them,
 * each behind the other. Made once, with clFFT's programs; the lengths' only divisors are 2, 3 and 5. */
typedef struct ig_fft_params {
    bool backward;
    int64_t height, width, count;
} ig_fft_params;
typedef struct ig_fft ig_fft;

ig_status ig_fft_create(ig_device *device, const ig_fft_params *params, ig_fft **out, ig_error *error) IG_MUST_USE;
void ig_fft_destroy(ig_fft **fft);
/* Enqueued like a kernel, whole buffers; going back may change `in`. */
ig_status ig_queue_fft(ig_fft *fft, const ig_buffer *in, const ig_buffer *out, ig_error *error) IG_MUST_USE;

/* --- memory that host and device hand to each other (lanes.c, shuttle.c) ------------------------------------ */
/* The ways of a stream's frames. Where device and host share memory, buffers are mapped and unmapped on the device's
 * own queue; elsewhere, or when `copy` says so, they are copied from and to pinned memory on two queues beside it. */
typedef struct ig_lanes ig_lanes;

ig_status ig_lanes_create(ig_device *device, bool copy, ig_lanes **out, ig_error *error) IG_MUST_USE;
void ig_lanes_destroy(ig_lanes **lanes); /* after every shuttle on them */

typedef struct ig_shuttle_part {
    int64_t bytes;
    bool up, down; /* the host writes it, the host reads it; neither: it never leaves the host */
} ig_shuttle_part;

/* The buffers of one frame: at first the host's, the device's after leave, the host's again once return was waited for.
 */
typedef struct ig_shuttle ig_shuttle;

ig_status ig_shuttle_create(ig_lanes *lanes, const ig_shuttle_part *parts, int n_parts, ig_shuttle **out,
                            ig_error *error) IG_MUST_USE;
void ig_shuttle_destroy(ig_shuttle **shuttle); /* finishes the device's work first */
/* What kernels get as an argument. */
const ig_buffer *ig_shuttle_buffer(const ig_shuttle *shuttle, int part);
/* The host's side; only while it is the host's, and it may move from one frame to the next. */
void *ig_shuttle_memory(const ig_shuttle *shuttle, int part);
/* Both enqueue and never wait: kernels enqueued after the first find the buffers, and the second takes them back behind
 * the kernels enqueued before it. A second that fails has lost the buffers for good; after a first that fails, the
 * second still brings back what has left. */
ig_status ig_shuttle_leave(ig_shuttle *shuttle, ig_error *error) IG_MUST_USE;
ig_status ig_shuttle_return(ig_shuttle *shuttle, ig_error *error) IG_MUST_USE;
/* Until what returns is there; any thread, and again and again until the next leave. */
ig_status ig_shuttle_wait(const ig_shuttle *shuttle, ig_error *error) IG_MUST_USE;
bool ig_shuttle_is_back(const ig_shuttle *shuttle); /* or will never be: ig_shuttle_wait() does not block */

/* Monotonic host clock. */
int64_t ig_host_ns(void);
/* Nanoseconds of a tick of the clock that the device's kernels read, from one of its moments and the host's time soon
 * after. 0 until two of them lie far enough apart. */
double ig_device_tick_ns(ig_device *device, uint64_t tick, int64_t host_ns);

/* "CL_OUT_OF_RESOURCES" for -5, ...; a phrase when unknown (errors carry the number then). Never NULL. */
const char *ig_cl_error_name(int code);

#endif
