#include "runtime/chain.h"

#include "base/error.h"

#include <stdlib.h>

/* --- memory ------------------------------------------------------------------------------------------------------- */

static void add_port(ig_chain_memory *memory, int value)
{
    const int storage = memory->plan->places[value].storage;
    if (memory->plan->storages[storage].slab >= 0 && memory->port_of[storage] < 0)
        memory->port_of[storage] = memory->n_ports++;
}

ig_status ig_chain_memory_create(const ig_plan *plan, ig_chain_memory *out, ig_error *error)
{
    const ig_graph *graph = plan->graph;
    *out = (ig_chain_memory){
        .plan = plan,
        .param_at = calloc((size_t)plan->n_params + 1, sizeof *out->param_at),
        .port_of = calloc((size_t)plan->n_storages + 1, sizeof *out->port_of),
    };
    if (!out->param_at || !out->port_of)
        return ig_fail_memory(error, (size_t)(plan->n_params + 1) * sizeof *out->param_at);
    for (int i = 0; i < plan->n_params; i++)
        out->param_at[i] = ig_plan_param_offset(plan, i) / (int64_t)sizeof(float);
    for (int i = 0; i < plan->n_storages; i++)
        out->port_of[i] = -1;
    add_port(out, graph->input);
    for (int i = 0; i < graph->n_outputs; i++)
        add_port(out, graph->outputs[i].value);
    return IG_OK;
}

void ig_chain_memory_destroy(ig_chain_memory *memory)
{
    free(memory->param_at);
    free(memory->port_of);
    *memory = (ig_chain_memory){0};
}

/* --- programs ----------------------------------------------------------------------------------------------------- */

static ig_status create_state(ig_device *device, int n_steps, ig_buffer **out, ig_error *error)
{
    const int64_t bytes = IG_CHAIN_COUNTERS(n_steps) * IG_CHAIN_LINE * (int64_t)sizeof(int32_t);
    void *zeros = calloc(1, (size_t)bytes);
    if (!zeros)
        return ig_fail_memory(error, (size_t)bytes);
    ig_status status = ig_buffer_create(device, bytes, out, error);
    if (!status)
        status = ig_buffer_write(*out, 0, zeros, bytes, true, error);
    free(zeros);
    return status;
}

ig_status ig_chain_program_create(ig_device *device, const ig_chain_memory *memory, const ig_chain *chain,
                                  ig_chain_program *out, ig_error *error)
{
    ig_chain_text text = {0};
    ig_status status = ig_chain_write(memory, chain, &text, error);
    if (!status)
        status = ig_program_link(device, text.parts, text.n_parts, &out->program, error);
    ig_chain_text_release(&text);
    if (status == IG_E_DEVICE)
        ig_error_hint(error, "a driver that cannot link programs may run the steps one by one: --chains off");
    return status ? status : create_state(device, chain->count, &out->state, error);
}

void ig_chain_program_destroy(ig_chain_program *program)
{
    ig_program_release(&program->program);
    ig_buffer_destroy(&program->state);
}

/* --- kernels ------------------------------------------------------------------------------------------------------ */

ig_status ig_chain_bind(const ig_chain_program *program, const ig_chain_memory *memory, const ig_chain_buffers *buffers,
                        ig_kernel **out, ig_error *error)
{
    const ig_plan *plan = memory->plan;
    ig_status status = ig_kernel_create(program->program, "chain", out, error);
    int index = 0;
    for (int i = 0; i < plan->n_slabs && !status; i++)
        status = ig_kernel_set_buffer(*out, index++, buffers->slabs[i], error);
    for (int i = 0; i < plan->n_storages && !status; i++) {
        const ig_plan_arg arg = {.kind = IG_KARG_OUTPUT, .index = i};
        if (memory->port_of[i] >= 0)
            status = ig_kernel_set_buffer(*out, index + memory->port_of[i],
                                          buffers->ports.find(buffers->ports.user, &arg), error);
    }
    index += memory->n_ports;
    if (!status)
        status = ig_kernel_set_buffer(*out, index++, buffers->weights, error);
    return status ? status : ig_kernel_set_buffer(*out, index, program->state, error);
}

ig_status ig_chain_enqueue(ig_device *device, const ig_plan *plan, ig_kernel *kernel, ig_error *error)
{
    const int64_t workers[3] = {plan->limits.compute_units, 1, 1}, one[3] = {1, 1, 1};
    return ig_queue_kernel(device, kernel, workers, one, NULL, error);
}
