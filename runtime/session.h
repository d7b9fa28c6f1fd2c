/* A session in memory. */
#ifndef IG_RUNTIME_SESSION_H
#define IG_RUNTIME_SESSION_H

#include "ingot/session.h"
#include "runtime/chain.h"

/* Kernels that know their memory. */
typedef struct ig_bound {
    ig_launch **launches; /* per step: all of it; NULL for those of a chain */
    ig_kernel **chains;   /* per chain; NULL for those of one step */
} ig_bound;

struct ig_session {
    ig_device *device;
    const ig_plan *plan;
    ig_buffer **slabs;    /* plan->n_slabs */
    ig_buffer **storages; /* plan->n_storages windows into slabs, or the slabs; NULL for constants and dead values */
    ig_buffer *weights;   /* what holds all params, or NULL */
    ig_buffer **params;   /* plan->n_params */
    ig_chain_memory chain_memory;
    ig_chain_program *chain_programs; /* plan->n_chains */
    ig_program **programs; /* per step, shared by reference count in the device; NULL for those of a chain, until
                              ig_session_wake_step() */
    ig_bound bound;
    ig_session_timing timing;
};

/* Steps of a chain have no launches of their own before somebody wants them one by one. */
ig_status ig_session_wake_step(ig_session *session, int index, ig_error *error) IG_MUST_USE;

/* The kernel of a linked chain, on this session's memory. */
ig_status ig_session_bind_chain(const ig_session *session, int index, ig_kernel **out, ig_error *error) IG_MUST_USE;

/* Enqueues all steps, with kernels of `own` where it has them, else with the session's. */
ig_status ig_session_enqueue(const ig_session *session, const ig_bound *own, ig_error *error) IG_MUST_USE;

/* Weights packed and on the device, in one buffer where chains want it so. */
ig_status ig_session_upload(ig_session *session, const ig_weights *weights, ig_error *error) IG_MUST_USE;

ig_status ig_bound_create(const ig_plan *plan, ig_bound *out, ig_error *error) IG_MUST_USE;
void ig_bound_destroy(const ig_plan *plan, ig_bound *bound);

/* The packed device form of plan parameter `index`, in `out` (pack_elems floats). */
ig_status ig_session_pack_param(const ig_plan *plan, int index, const ig_weights *weights, float *out,
                                ig_error *error) IG_MUST_USE;

/* [rows][columns][3][3] in the order of IG_PACK_WINOGRAD; `out` holds zeros. */
void ig_pack_winograd(const float *in, int64_t rows, int64_t columns, const ig_plan_param *param, float *out);

/* [rows][columns][KH][KW] in the order of IG_PACK_SPECTRUM; `out` holds zeros. False: out of memory. */
bool ig_pack_spectrum(const float *in, int64_t rows, int64_t columns, const ig_plan_param *param, float *out);

/* This session's memory for an argument. */
const ig_buffer *ig_session_find_buffer(const ig_session *session, const ig_plan_arg *arg);

/* Runs one step `n` times in a row, as a frame would, and tells how long each took, and by which clock. The arena holds
 * what the last run left. */
ig_status ig_session_time_step(ig_session *session, int step, int n, int64_t *times_ns, ig_step_clock *clock,
                               ig_error *error) IG_MUST_USE;
/* Of the step's first launch and of its last. */
void ig_step_read_events(const ig_step *step, ig_event *const events[2], ig_event_times *first, ig_event_times *last);

/* USAGE unless the tensor has the input's shape. */
ig_status ig_session_check_input(const ig_session *session, const ig_tensor *input, ig_error *error) IG_MUST_USE;

/* Uploads the input and checks its shape. */
ig_status ig_session_write_input(ig_session *session, const ig_tensor *input, ig_error *error) IG_MUST_USE;

#endif
