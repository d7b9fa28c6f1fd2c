/** @file session.h
 *  A session wakes a plan on a device: programs built, weights uploaded once, one wait per inference.
 */
#ifndef INGOT_SESSION_H
#define INGOT_SESSION_H

#include "ingot/base.h"
#include "ingot/device.h"
#include "ingot/graph.h"
#include "ingot/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Belongs to its device's thread. Lifetimes nest: device and plan must outlive the session. */
typedef struct ig_session ig_session;

/** Where the time of creating a session went. Unit: ns of host time. */
typedef struct ig_session_timing {
    int64_t build_ns;  /**< programs: cache or compiler */
    int64_t pack_ns;   /**< folding and packing weights on the host */
    int64_t upload_ns; /**< weights to the device */
} ig_session_timing;

/** Builds, packs, uploads and sets every kernel argument.
 *
 *  Own: destroy with ig_session_destroy(). `weights` are borrowed for the call.
 *  Error: DEVICE (build log in the error), NO_MEMORY, DATA when weights do not belong to the plan's graph.
 */
ig_status ig_session_create(ig_device *device, const ig_plan *plan, const ig_weights *weights, ig_session **out,
                            ig_error *error) IG_MUST_USE;
void ig_session_destroy(ig_session **session);
void ig_session_get_timing(const ig_session *session, ig_session_timing *out);

/** Runs one inference: writes the input, enqueues every step, reads the outputs, waits once.
 *
 *  Shape: `input` as the graph's input; `outputs[i].data` has room for output i (NULL: not read), shapes are filled in.
 *  Error: USAGE (shape), DEVICE. Thread: the device's.
 */
ig_status ig_session_run(ig_session *session, const ig_tensor *input, ig_tensor *outputs, int n_outputs,
                         ig_error *error) IG_MUST_USE;

/** Reads any value the plan kept, by name, after a run. `out->data` is malloc'ed: ig_tensor_release().
 *  Error: USAGE when the value is unknown or its memory was reused. */
ig_status ig_session_read(ig_session *session, const char *value, ig_tensor *out, ig_error *error) IG_MUST_USE;

/** Who told the time of a step. */
typedef enum ig_step_clock {
    IG_CLOCK_HOST,   /**< the driver's stamps were missing or not plausible */
    IG_CLOCK_EVENTS, /**< the driver */
    IG_CLOCK_CHAIN,  /**< the kernel that runs a chain of steps, by the processor's clock: no launch is in it */
    IG_CLOCK_COUNT
} ig_step_clock;

/** Time of one step. Unit: ns. */
typedef struct ig_step_time {
    int64_t start_ns, duration_ns;
    ig_step_clock clock;
} ig_step_time;

/** As ig_session_run(), with the time of every step (plan's n_steps of them). Slower: not for benchmarks. */
ig_status ig_session_profile(ig_session *session, const ig_tensor *input, ig_step_time *times, int n_times,
                             ig_error *error) IG_MUST_USE;

/** How one value of the device compares with the reference. */
typedef struct ig_verify_item {
    const char *path;
    int session;           /**< which of those that are verified */
    const char *kernel;    /**< last launch that wrote it */
    double max_abs_error;  /**< largest |device - reference| */
    double max_abs_value;  /**< largest |reference| */
    double relative_error; /**< max_abs_error / max_abs_value */
    double cosine;         /**< of the two as vectors; 1 when both are zero */
    bool passed;
} ig_verify_item;

typedef struct ig_verify_params {
    const ig_graph *original; /**< the graph before ig_graph_optimize(): what the reference runs */
    const ig_weights *weights;
    const ig_tensor *input;
    double tolerance; /**< on relative_error; 0 means IG_VERIFY_TOLERANCE */
    const volatile bool *cancel;
    void (*report)(void *user, const ig_verify_item *item); /**< each compared value in order; may be NULL */
    void *user;
} ig_verify_params;

#define IG_VERIFY_TOLERANCE 1e-4

typedef struct ig_verify_result {
    int n_compared, n_failed;
    double max_relative_error; /**< over all compared values */
    double output_relative_error;
    char first_bad[IG_ERROR_TEXT]; /**< path of the first value out of tolerance */
} ig_verify_result;

/** Compares a result with what it should be: fills the errors of `item` and, under `tolerance`, its verdict.
 *
 *  Another shape, or a value that is not finite on either side, is an infinite error. Thread: any.
 */
void ig_verify_compare(const ig_tensor *got, const ig_tensor *want, double tolerance, ig_verify_item *item);

/** Counts an item into `result`; `output` says that it is one of the network's outputs. Thread: any. */
void ig_verify_count(ig_verify_result *result, const ig_verify_item *item, bool output);

/** OK, or the VERIFY error that names the first bad value. Error: INTERNAL when nothing was compared. Thread: any. */
ig_status ig_verify_conclude(const ig_verify_result *result, double tolerance, ig_error *error) IG_MUST_USE;

/** Runs the session and the reference on the same input and compares every value that the plan still holds
 *  (all of them with `keep_all`, else the outputs).
 *
 *  Error: VERIFY when a value is out of tolerance or not finite where the reference is; `result` is filled all the
 * same.
 */
ig_status ig_session_verify(ig_session *session, const ig_verify_params *params, ig_verify_result *result,
                            ig_error *error) IG_MUST_USE;

/** The same for `n_sessions` sessions of one network that were planned in different ways: the reference, which takes
 *  most of the time, runs once. `results` has one for each.
 *
 *  Error: as ig_session_verify(), of the first session that fails; USAGE for more than one session of a network that
 *  selects by comparing (nms), as the reference goes on from what a session selected.
 */
ig_status ig_sessions_verify(ig_session *const *sessions, int n_sessions, const ig_verify_params *params,
                             ig_verify_result *results, ig_error *error) IG_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
