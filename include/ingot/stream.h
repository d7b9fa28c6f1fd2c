/** @file stream.h
 *  A stream of frames through one session: frame k+1 goes up and frame k-1 comes back while frame k computes.
 *
 *  A stream has `depth` frames in flight, each with memory of its own for the input and the outputs; the arena and the
 *  weights are the session's, so frames compute one after the other. A frame is taken with ig_stream_acquire(), filled
 *  where it lies, sent with ig_stream_commit(), and comes back, in order and under its tag, from ig_stream_collect();
 *  ig_stream_release() makes room for another. Nothing is allocated per frame, and each is waited for once.
 *
 *  Two threads may share the work: a producer (acquire, commit, submit, end, drain) and a consumer (collect, release);
 *  one thread may be both, and then polls for room. For as long as a stream lives, its session and device belong to the
 *  producer, which may run the session alone between frames.
 *
 *  A frame that cannot be launched fails alone: its collect tells why, and the stream goes on. When the device gives up
 *  a frame's memory or fails while it computes, the stream is broken: frames already sent are still collected, each
 *  with its own result or error, and the producer's calls return that error from then on.
 */
#ifndef INGOT_STREAM_H
#define INGOT_STREAM_H

#include "ingot/base.h"
#include "ingot/session.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ig_stream ig_stream;

/** One frame goes up, one computes, one comes back. */
enum { IG_STREAM_DEPTH = 3, IG_STREAM_MAX_DEPTH = 64 };

typedef struct ig_stream_params {
    int depth; /**< frames in flight at most; 0: IG_STREAM_DEPTH */
    /** Through pinned memory and queues of their own even where host and device share their memory: some drivers map
     *  memory that the host reads slowly. Elsewhere it is always so. */
    bool copy;
} ig_stream_params;

/** What a call does when it cannot go on yet. */
typedef enum ig_stream_wait {
    IG_STREAM_BLOCK, /**< it waits for the other side */
    IG_STREAM_POLL   /**< it returns IG_OK with nothing: no input memory, no frame */
} ig_stream_wait;

/** Prepares `depth` frames for `session`.
 *
 *  Own: destroy with ig_stream_destroy() before the session. `params` may be NULL.
 *  Error: USAGE (depth), DEVICE, NO_MEMORY. Thread: the session's, from then on the producer.
 */
ig_status ig_stream_create(ig_session *session, const ig_stream_params *params, ig_stream **out,
                           ig_error *error) IG_MUST_USE;

/** Waits for what the device still computes, then frees everything; frames in flight are dropped.
 *  Thread: the producer, when the consumer makes no more calls (ig_stream_end() or ig_stream_cancel() tell it). */
void ig_stream_destroy(ig_stream **stream);

/* --- the producer ------------------------------------------------------------------------------------------------- */

/** Memory for the next frame's input: the frame is written straight into it.
 *
 *  Blocks while `depth` frames are unreleased; with IG_STREAM_POLL `input->data` is NULL then. Taken twice without a
 *  commit it is the same memory.
 *  Shape: the graph's input. Own: the stream's; `input->data` is the caller's to write until the commit.
 *  Error: CANCELLED, USAGE after ig_stream_end(), or what broke the stream. Thread: producer.
 */
ig_status ig_stream_acquire(ig_stream *stream, ig_stream_wait wait, ig_tensor *input, ig_error *error) IG_MUST_USE;

/** Sends the acquired frame to the device and returns at once. `tag` comes back with its result.
 *
 *  Error: USAGE without an acquired frame. What the device says of the frame comes with ig_stream_collect().
 *  Thread: producer.
 */
ig_status ig_stream_commit(ig_stream *stream, uint64_t tag, ig_error *error) IG_MUST_USE;

/** Acquire, copy, commit: for a frame that already lies elsewhere. Blocks as ig_stream_acquire() does.
 *
 *  Shape: `input` as the graph's input. Own: `input` is the caller's again on return. Error: USAGE (shape), and those
 * of ig_stream_acquire(). Thread: producer.
 */
ig_status ig_stream_submit(ig_stream *stream, const ig_tensor *input, uint64_t tag, ig_error *error) IG_MUST_USE;

/** Says that no frame follows: once all are collected, the consumer gets IG_FRAME_END. Thread: producer. */
void ig_stream_end(ig_stream *stream);

/** Waits until the device is done with every frame sent. Their results, or errors, are still to be collected.
 *  Thread: producer. */
void ig_stream_drain(ig_stream *stream);

/* --- the consumer ------------------------------------------------------------------------------------------------- */

typedef enum ig_frame_state {
    IG_FRAME_NONE,   /**< no frame: polled too early, or the call itself failed */
    IG_FRAME_DONE,   /**< outputs are there until ig_stream_release() */
    IG_FRAME_FAILED, /**< the frame called `tag` failed, and its room is free already */
    IG_FRAME_END     /**< no frame follows */
} ig_frame_state;

/** One result. Own: everything is the stream's. */
typedef struct ig_frame {
    ig_frame_state state;
    uint64_t tag;
    const ig_tensor *outputs; /**< of the network, in its order */
    int n_outputs;
} ig_frame;

/** The oldest frame that was not collected, once it is computed.
 *
 *  Blocks until there is one; with IG_STREAM_POLL `out->state` is IG_FRAME_NONE when there is none yet.
 *  Error: the frame's own error with IG_FRAME_FAILED; with IG_FRAME_NONE: CANCELLED, USAGE when the frame before was
 * not released. Thread: consumer.
 */
ig_status ig_stream_collect(ig_stream *stream, ig_stream_wait wait, ig_frame *out, ig_error *error) IG_MUST_USE;

/** Gives the collected frame's memory back, which makes room for another; without one it does nothing.
 *  Thread: consumer. */
void ig_stream_release(ig_stream *stream);

/* --- both --------------------------------------------------------------------------------------------------------- */

/** Makes every acquire and collect return CANCELLED from now on, also those that wait. Thread: any. */
void ig_stream_cancel(ig_stream *stream);

#ifdef __cplusplus
}
#endif
#endif
