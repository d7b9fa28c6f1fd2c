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

int ig_chain_most_calls(int n_steps)
{
    return n_steps > IG_CHAIN_TURNS ? n_steps : IG_CHAIN_TURNS;
}

/* Of the counters. */
static int64_t counter_bytes(int n_steps)
{
    return (2 * (int64_t)ig_chain_most_calls(n_steps) + 1) * IG_CHAIN_LINE * (int64_t)sizeof(int32_t);
}

static ig_status create_state(ig_device *device, int n_steps, ig_buffer **out, ig_error *error)
{
    const int64_t bytes = counter_bytes(n_steps) + (ig_chain_most_calls(n_steps) + 1) * (int64_t)sizeof(uint64_t);
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
    out->n_steps = chain->count;
    return status ? status : create_state(device, chain->count, &out->state, error);
}

void ig_chain_program_destroy(ig_chain_program *program)
{
    ig_program_release(&program->program);
    ig_buffer_destroy(&program->state);
}

/* --- kernels ------------------------------------------------------------------------------------------------------ */

/* Behind its buffers the kernel takes what to call: steps `from` .. `from + count - 1`, again and again. */
typedef struct call_range {
    int32_t from, count, turns;
} call_range;

static ig_status set_calls(ig_kernel *kernel, const ig_chain_memory *memory, call_range c, ig_error *error)
{
    const int index = memory->plan->n_slabs + memory->n_ports + 2; /* weights, state */
    ig_status status = ig_kernel_set_int(kernel, index, c.from, error);
    if (!status)
        status = ig_kernel_set_int(kernel, index + 1, c.count, error);
    return status ? status : ig_kernel_set_int(kernel, index + 2, c.turns, error);
}

ig_status ig_chain_repeat(ig_kernel *kernel, const ig_chain_memory *memory, int step, int turns, ig_error *error)
{
    return set_calls(kernel, memory, (call_range){step, 1, turns}, error);
}

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
    if (!status)
        status = ig_kernel_set_buffer(*out, index, program->state, error);
    return status ? status : set_calls(*out, memory, (call_range){0, program->n_steps, 1}, error);
}

ig_status ig_chain_enqueue(ig_device *device, const ig_plan *plan, ig_kernel *kernel, ig_error *error)
{
    const int64_t workers[3] = {plan->limits.compute_units, 1, 1}, one[3] = {1, 1, 1};
    return ig_queue_kernel(device, kernel, workers, one, NULL, error);
}

/* --- time --------------------------------------------------------------------------------------------------------- */

/* The processor's clock ticks on by itself, so two launches far apart tell its rate best. */
static double tick_ns(ig_device *device, const uint64_t *ticks, int calls, int64_t begin_ns, int64_t end_ns)
{
    const double rate = ig_device_tick_ns(device, ticks[calls], end_ns);
    return rate > 0 ? rate : (double)(end_ns - begin_ns) / (double)(ticks[calls] - ticks[0]);
}

static ig_status read_ticks(const ig_chain_program *program, int calls, uint64_t *ticks, bool *told, ig_error *error)
{
    ig_status status = ig_buffer_read(program->state, counter_bytes(program->n_steps), ticks,
                                      (calls + 1) * (int64_t)sizeof *ticks, true, error);
    *told = !status && ticks[0] > 0;
    for (int i = 0; i < calls; i++)
        *told = *told && ticks[i + 1] > ticks[i];
    return status;
}

ig_status ig_chain_time(ig_device *device, const ig_chain_program *program, const ig_plan *plan, ig_kernel *kernel,
                        int calls, int64_t *moments_ns, bool *told, ig_error *error)
{
    const int64_t begin_ns = ig_host_ns();
    *told = false;
    uint64_t *ticks = calloc((size_t)calls + 1, sizeof *ticks);
    ig_status status = ticks ? ig_chain_enqueue(device, plan, kernel, error)
                             : ig_fail_memory(error, ((size_t)calls + 1) * sizeof *ticks);
    if (!status)
        status = ig_queue_finish(device, error);
    const int64_t end_ns = ig_host_ns();
    if (!status)
        status = read_ticks(program, calls, ticks, told, error);
    if (*told) {
        const double ns = tick_ns(device, ticks, calls, begin_ns, end_ns);
        for (int i = 0; i <= calls; i++)
            moments_ns[i] = (int64_t)((double)(ticks[i] - ticks[0]) * ns);
    }
    free(ticks);
    return status;
}
