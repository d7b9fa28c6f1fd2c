/* One frame's place in a stream: its input and outputs in memory of their own, and kernels that know that memory. */
#ifndef IG_RUNTIME_STREAM_SLOT_H
#define IG_RUNTIME_STREAM_SLOT_H

#include "ingot/stream.h"
#include "runtime/session.h"

typedef struct ig_stream_slot {
    ig_session *session;
    ig_shuttle *shuttle;
    int *part_of;       /* per storage of the plan: the shuttle's part that stands for it; -1: the session's memory */
    ig_bound bound;     /* to the slot's memory; NULL where the session's kernels serve */
    ig_tensor *outputs; /* per output of the graph */
    uint64_t tag;
    ig_status status; /* of the frame */
    ig_error error;   /* when it has one */
    bool lost;        /* the device did not give the memory back */
} ig_stream_slot;

/* Fills `slot`; ig_stream_slot_close() in any case. */
ig_status ig_stream_slot_open(ig_session *session, ig_lanes *lanes, ig_stream_slot *slot, ig_error *error) IG_MUST_USE;
void ig_stream_slot_close(ig_stream_slot *slot);

float *ig_stream_slot_input(const ig_stream_slot *slot);
/* Enqueues the frame, and what brings it back; never waits. What went wrong stays in the slot. */
void ig_stream_slot_launch(ig_stream_slot *slot);
/* Waits for the frame and points `outputs` at its results. What went wrong first stays in the slot. */
void ig_stream_slot_finish(ig_stream_slot *slot);

#endif
