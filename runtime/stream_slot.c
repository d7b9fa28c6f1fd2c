/* A slot takes the place of the storages that hold the network's input and outputs. The launches that touch one of
 * them are bound a second time, with other arguments; all others, the arena and the weights are the session's. So a
 * frame needs no copy on the device, and nothing is bound anew per frame. */
#include "runtime/stream_slot.h"

#include "base/error.h"

#include <stdlib.h>

/* --- memory ------------------------------------------------------------------------------------------------------- */

static bool is_constant(const ig_plan *plan, int storage)
{
    return plan->storages[storage].slab < 0;
}

/* The part of `storage`, made when it is new: an output may view the input or another output. */
static ig_shuttle_part *part_for(ig_stream_slot *slot, ig_shuttle_part *parts, int *n_parts, int storage)
{
    int *part = &slot->part_of[storage];
    if (*part < 0) {
        *part = (*n_parts)++;
        parts[*part].bytes = slot->session->plan->storages[storage].bytes;
    }
    return &parts[*part];
}

static int list_parts(ig_stream_slot *slot, ig_shuttle_part *parts)
{
    const ig_plan *plan = slot->session->plan;
    const ig_graph *graph = plan->graph;
    int n_parts = 0;
    for (int i = 0; i < plan->n_storages; i++)
        slot->part_of[i] = -1;
    part_for(slot, parts, &n_parts, plan->places[graph->input].storage)->up = true;
    for (int i = 0; i < graph->n_outputs; i++) {
        const int storage = plan->places[graph->outputs[i].value].storage;
        part_for(slot, parts, &n_parts, storage)->down = !is_constant(plan, storage);
    }
    return n_parts;
}

/* An output that no step computes is read once. */
static ig_status read_constants(ig_stream_slot *slot, ig_error *error)
{
    const ig_plan *plan = slot->session->plan;
    ig_status status = IG_OK;
    for (int i = 0; i < plan->n_storages && !status; i++) {
        if (slot->part_of[i] >= 0 && is_constant(plan, i))
            status = ig_buffer_read(slot->session->params[plan->storages[i].param], 0,
                                    ig_shuttle_memory(slot->shuttle, slot->part_of[i]), plan->storages[i].bytes, true,
                                    error);
    }
    return status;
}

static ig_status make_memory(ig_stream_slot *slot, ig_lanes *lanes, ig_error *error)
{
    const size_t most = (size_t)slot->session->plan->graph->n_outputs + 1;
    ig_shuttle_part *parts = calloc(most, sizeof *parts);
    if (!parts)
        return ig_fail_memory(error, most * sizeof *parts);
    const int n_parts = list_parts(slot, parts);
    ig_status status = ig_shuttle_create(lanes, parts, n_parts, &slot->shuttle, error);
    free(parts);
    return status ? status : read_constants(slot, error);
}

/* --- launches ----------------------------------------------------------------------------------------------------- */

static int part_of_arg(const ig_stream_slot *slot, const ig_plan_arg *arg)
{
    const bool is_storage = arg->kind == IG_KARG_INPUT || arg->kind == IG_KARG_OUTPUT || arg->kind == IG_KARG_SCRATCH;
    return is_storage && !is_constant(slot->session->plan, arg->index) ? slot->part_of[arg->index] : -1;
}

static const ig_buffer *find_buffer(const void *user, const ig_plan_arg *arg)
{
    const ig_stream_slot *slot = user;
    const int part = part_of_arg(slot, arg);
    return part >= 0 ? ig_shuttle_buffer(slot->shuttle, part) : ig_session_find_buffer(slot->session, arg);
}

static bool touches(const ig_stream_slot *slot, const ig_chain *chain)
{
    bool touched = false;
    for (int i = chain->first; i < chain->first + chain->count; i++) {
        const ig_step *step = &slot->session->plan->steps[i];
        for (int j = 0; j < step->n_args; j++)
            touched = touched || part_of_arg(slot, &step->args[j]) >= 0;
    }
    return touched;
}

static ig_status bind_chain(ig_stream_slot *slot, int index, ig_error *error)
{
    const ig_session *session = slot->session;
    const ig_chain *chain = &session->plan->chains[index];
    const ig_memory memory = {find_buffer, slot};
    if (!touches(slot, chain))
        return IG_OK;
    if (!chain->linked)
        return ig_launches_create(session->device, session->programs[chain->first], &session->plan->steps[chain->first],
                                  memory, &slot->bound.launches[chain->first], error);
    const ig_chain_buffers buffers = {session->slabs, session->weights, memory};
    return ig_chain_bind(&session->chain_programs[index], &session->chain_memory, &buffers, &slot->bound.chains[index],
                         error);
}

ig_status ig_stream_slot_open(ig_session *session, ig_lanes *lanes, ig_stream_slot *slot, ig_error *error)
{
    const ig_plan *plan = session->plan;
    slot->session = session;
    slot->part_of = calloc((size_t)plan->n_storages + 1, sizeof *slot->part_of);
    slot->outputs = calloc((size_t)plan->graph->n_outputs + 1, sizeof *slot->outputs);
    if (!slot->part_of || !slot->outputs)
        return ig_fail_memory(error, (size_t)plan->n_storages * sizeof *slot->part_of);
    ig_status status = ig_bound_create(plan, &slot->bound, error);
    if (!status)
        status = make_memory(slot, lanes, error);
    for (int i = 0; i < plan->n_chains && !status; i++)
        status = bind_chain(slot, i, error);
    return status;
}

void ig_stream_slot_close(ig_stream_slot *slot)
{
    if (!slot->session)
        return;                         /* never opened */
    ig_shuttle_destroy(&slot->shuttle); /* first: it waits for the kernels */
    ig_bound_destroy(slot->session->plan, &slot->bound);
    free(slot->part_of);
    free(slot->outputs);
}

/* --- a frame ------------------------------------------------------------------------------------------------------ */

float *ig_stream_slot_input(const ig_stream_slot *slot)
{
    const ig_plan *plan = slot->session->plan;
    return ig_shuttle_memory(slot->shuttle, slot->part_of[plan->places[plan->graph->input].storage]);
}

void ig_stream_slot_launch(ig_stream_slot *slot)
{
    slot->status = ig_shuttle_leave(slot->shuttle, &slot->error);
    if (!slot->status)
        slot->status = ig_session_enqueue(slot->session, &slot->bound, &slot->error);
    /* Even after a failure: the memory must come back, behind whatever was enqueued. */
    ig_status back = ig_shuttle_return(slot->shuttle, slot->status ? NULL : &slot->error);
    slot->lost = back != IG_OK;
    slot->status = slot->status ? slot->status : back;
}

void ig_stream_slot_finish(ig_stream_slot *slot)
{
    ig_status back = ig_shuttle_wait(slot->shuttle, slot->status ? NULL : &slot->error);
    slot->lost = slot->lost || back != IG_OK;
    slot->status = slot->status ? slot->status : back;
    if (slot->status)
        return;
    const ig_plan *plan = slot->session->plan;
    for (int i = 0; i < plan->graph->n_outputs; i++) {
        const ig_output *output = &plan->graph->outputs[i];
        slot->outputs[i] =
            (ig_tensor){.name = output->name,
                        .shape = plan->graph->values[output->value].shape,
                        .data = ig_shuttle_memory(slot->shuttle, slot->part_of[plan->places[output->value].storage])};
    }
}
