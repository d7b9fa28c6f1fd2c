/* A ring of slots between a producer and a consumer.
 *
 * The slots in `released .. committed` are in flight and the consumer's; the next one, once there is room, is the
 * producer's. Only the counts and the words below them are shared, and `lock` guards those; a slot changes hands with a
 * count, so neither thread ever looks at a slot while the other may touch it. */
#include "base/error.h"
#include "runtime/stream_slot.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct ig_stream {
    ig_session *session;
    ig_lanes *lanes;
    ig_stream_slot *slots;
    int depth;
    bool acquired; /* the producer has the next slot */
    bool held;     /* the consumer has a result */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t committed, released; /* frames, since the beginning */
    bool ended, cancelled;
    ig_error broken; /* with a status: no frame can be sent any more */
};

static ig_stream_slot *slot_of(const ig_stream *stream, uint64_t frame)
{
    return &stream->slots[frame % (uint64_t)stream->depth];
}

/* Whoever waits looks again. */
static void unlock_changed(ig_stream *stream)
{
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
}

static void say(ig_stream *stream, bool *word)
{
    pthread_mutex_lock(&stream->lock);
    *word = true;
    unlock_changed(stream);
}

/* --- making and unmaking ------------------------------------------------------------------------------------------ */

static ig_status open_slots(ig_stream *stream, const ig_stream_params *params, ig_error *error)
{
    ig_status status = ig_lanes_create(stream->session->device, params->copy, &stream->lanes, error);
    if (status)
        return status;
    stream->slots = calloc((size_t)stream->depth, sizeof *stream->slots);
    if (!stream->slots)
        return ig_fail_memory(error, (size_t)stream->depth * sizeof *stream->slots);
    for (int i = 0; i < stream->depth && !status; i++)
        status = ig_stream_slot_open(stream->session, stream->lanes, &stream->slots[i], error);
    return status;
}

ig_status ig_stream_create(ig_session *session, const ig_stream_params *params, ig_stream **out, ig_error *error)
{
    const ig_stream_params given = params ? *params : (ig_stream_params){0};
    *out = NULL;
    if (given.depth < 0 || given.depth > IG_STREAM_MAX_DEPTH)
        return ig_fail(error, IG_E_USAGE, "a stream cannot have %d frames in flight, only 1 to %d", given.depth,
                       IG_STREAM_MAX_DEPTH);
    ig_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return ig_fail_memory(error, sizeof *stream);
    stream->session = session;
    stream->depth = given.depth ? given.depth : IG_STREAM_DEPTH;
    pthread_mutex_init(&stream->lock, NULL);
    pthread_cond_init(&stream->changed, NULL);
    ig_status status = open_slots(stream, &given, error);
    if (status)
        ig_stream_destroy(&stream);
    *out = stream;
    return status;
}

void ig_stream_destroy(ig_stream **stream)
{
    if (!stream || !*stream)
        return;
    ig_stream *gone = *stream;
    for (int i = 0; gone->slots && i < gone->depth; i++)
        ig_stream_slot_close(&gone->slots[i]);
    free(gone->slots);
    ig_lanes_destroy(&gone->lanes);
    pthread_cond_destroy(&gone->changed);
    pthread_mutex_destroy(&gone->lock);
    free(gone);
    *stream = NULL;
}

/* --- the producer ------------------------------------------------------------------------------------------------- */

/* With the lock held. */
static ig_status may_send(const ig_stream *stream, ig_error *error)
{
    if (stream->cancelled)
        return ig_fail(error, IG_E_CANCELLED, "the stream was cancelled");
    if (stream->ended)
        return ig_fail(error, IG_E_USAGE, "the stream was ended: it takes no more frames");
    if (stream->broken.status && error)
        *error = stream->broken;
    return stream->broken.status;
}

static ig_status wait_for_room(ig_stream *stream, ig_stream_wait wait, bool *room, ig_error *error)
{
    pthread_mutex_lock(&stream->lock);
    ig_status status = may_send(stream, error);
    while (!status && wait == IG_STREAM_BLOCK && stream->committed - stream->released == (uint64_t)stream->depth) {
        pthread_cond_wait(&stream->changed, &stream->lock);
        status = may_send(stream, error);
    }
    *room = !status && stream->committed - stream->released < (uint64_t)stream->depth;
    pthread_mutex_unlock(&stream->lock);
    return status;
}

ig_status ig_stream_acquire(ig_stream *stream, ig_stream_wait wait, ig_tensor *input, ig_error *error)
{
    const ig_graph *graph = stream->session->plan->graph;
    const ig_value *value = &graph->values[graph->input];
    bool room;
    ig_status status = wait_for_room(stream, wait, &room, error);
    *input = (ig_tensor){.name = value->name, .shape = value->shape};
    stream->acquired = room;
    if (room)
        input->data = ig_stream_slot_input(slot_of(stream, stream->committed));
    return status;
}

ig_status ig_stream_commit(ig_stream *stream, uint64_t tag, ig_error *error)
{
    if (!stream->acquired)
        return ig_fail(error, IG_E_USAGE, "a frame was committed that was not acquired");
    ig_stream_slot *slot = slot_of(stream, stream->committed); /* only this thread changes `committed` */
    stream->acquired = false;
    slot->tag = tag;
    ig_stream_slot_launch(slot);
    pthread_mutex_lock(&stream->lock);
    stream->committed++;
    if (slot->lost)
        stream->broken = slot->error;
    unlock_changed(stream);
    return IG_OK;
}

ig_status ig_stream_submit(ig_stream *stream, const ig_tensor *input, uint64_t tag, ig_error *error)
{
    ig_tensor slot;
    ig_status status = ig_session_check_input(stream->session, input, error);
    if (!status)
        status = ig_stream_acquire(stream, IG_STREAM_BLOCK, &slot, error);
    if (status)
        return status;
    memcpy(slot.data, input->data, (size_t)ig_shape_elems(&slot.shape) * sizeof *slot.data);
    return ig_stream_commit(stream, tag, error);
}

void ig_stream_end(ig_stream *stream)
{
    say(stream, &stream->ended);
}

void ig_stream_drain(ig_stream *stream)
{
    for (int i = 0; i < stream->depth; i++)
        if (ig_shuttle_wait(stream->slots[i].shuttle, NULL))
            continue; /* ig_stream_collect() tells why */
}

/* --- the consumer ------------------------------------------------------------------------------------------------- */

/* DONE means a frame that was sent. With the lock held. */
static ig_frame_state look(const ig_stream *stream)
{
    if (stream->committed != stream->released)
        return IG_FRAME_DONE;
    return stream->ended ? IG_FRAME_END : IG_FRAME_NONE;
}

static ig_status wait_for_frame(ig_stream *stream, ig_stream_wait wait, ig_frame_state *state, ig_error *error)
{
    pthread_mutex_lock(&stream->lock);
    while (wait == IG_STREAM_BLOCK && !stream->cancelled && look(stream) == IG_FRAME_NONE)
        pthread_cond_wait(&stream->changed, &stream->lock);
    const bool cancelled = stream->cancelled;
    *state = cancelled ? IG_FRAME_NONE : look(stream);
    pthread_mutex_unlock(&stream->lock);
    return cancelled ? ig_fail(error, IG_E_CANCELLED, "the stream was cancelled") : IG_OK;
}

/* A frame that failed is released at once: there is nothing in it to hold. */
static ig_status fail_frame(ig_stream *stream, const ig_stream_slot *slot, ig_error *error)
{
    const ig_error told = slot->error; /* the slot is the producer's once it is released */
    pthread_mutex_lock(&stream->lock);
    if (slot->lost)
        stream->broken = told;
    stream->released++;
    unlock_changed(stream);
    if (error)
        *error = told;
    return told.status;
}

ig_status ig_stream_collect(ig_stream *stream, ig_stream_wait wait, ig_frame *out, ig_error *error)
{
    *out = (ig_frame){.state = IG_FRAME_NONE};
    if (stream->held)
        return ig_fail(error, IG_E_USAGE, "the frame collected before was not released");
    ig_frame_state state;
    ig_status status = wait_for_frame(stream, wait, &state, error);
    ig_stream_slot *slot = slot_of(stream, stream->released); /* only this thread changes `released` */
    if (status || state != IG_FRAME_DONE) {
        out->state = state;
        return status;
    }
    if (wait == IG_STREAM_POLL && !ig_shuttle_is_back(slot->shuttle))
        return IG_OK;
    out->tag = slot->tag;
    ig_stream_slot_finish(slot);
    out->state = slot->status ? IG_FRAME_FAILED : IG_FRAME_DONE;
    if (slot->status)
        return fail_frame(stream, slot, error);
    out->outputs = slot->outputs;
    out->n_outputs = stream->session->plan->graph->n_outputs;
    stream->held = true;
    return IG_OK;
}

void ig_stream_release(ig_stream *stream)
{
    if (!stream->held)
        return;
    stream->held = false;
    pthread_mutex_lock(&stream->lock);
    stream->released++;
    unlock_changed(stream);
}

void ig_stream_cancel(ig_stream *stream)
{
    say(stream, &stream->cancelled);
}
