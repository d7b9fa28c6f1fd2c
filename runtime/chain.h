/* A chain of steps (plan/chain.c) as a kernel. */
#ifndef IG_RUNTIME_CHAIN_H
#define IG_RUNTIME_CHAIN_H

#include "base/text.h"
#include "runtime/launch.h"

typedef struct ig_chain_program {
    ig_program *program; /* NULL of a chain that is not linked */
    ig_buffer *state;    /* counters, zero between launches; then the moments */
    int n_steps;
} ig_chain_program;

/* How a plan's memory is passed to a chain: its slabs, then its ports, which are the storages of the network's input
 * and outputs (streams have their own memory for these), then the weights. */
typedef struct ig_chain_memory {
    const ig_plan *plan;
    int64_t *param_at; /* per plan parameter: where it lies in the weights. Unit: floats */
    int *port_of;      /* per storage; -1: none */
    int n_ports;
} ig_chain_memory;

ig_status ig_chain_memory_create(const ig_plan *plan, ig_chain_memory *out, ig_error *error) IG_MUST_USE;
void ig_chain_memory_destroy(ig_chain_memory *memory);

/* ig_chain_program_destroy() in any case. */
ig_status ig_chain_program_create(ig_device *device, const ig_chain_memory *memory, const ig_chain *chain,
                                  ig_chain_program *out, ig_error *error) IG_MUST_USE;
void ig_chain_program_destroy(ig_chain_program *program);

/* The buffers of a session; `ports` finds those of the ports. */
typedef struct ig_chain_buffers {
    ig_buffer *const *slabs;
    const ig_buffer *weights;
    ig_memory ports;
} ig_chain_buffers;
/* The chain's kernel with everything set. */
ig_status ig_chain_bind(const ig_chain_program *program, const ig_chain_memory *memory, const ig_chain_buffers *buffers,
                        ig_kernel **out, ig_error *error) IG_MUST_USE;
ig_status ig_chain_enqueue(ig_device *device, const ig_plan *plan, ig_kernel *kernel, ig_error *error) IG_MUST_USE;

/* A step of the chain is called at most so many times in a row. */
#define IG_CHAIN_TURNS 8
/* Makes the chain's kernel call one of its steps, counted from 0, so many times in place of them all. */
ig_status ig_chain_repeat(ig_kernel *kernel, const ig_chain_memory *memory, int step, int turns,
                          ig_error *error) IG_MUST_USE;

/* Runs the chain's kernel, waits, and tells when the first of its calls began and when each ended: `calls` + 1 numbers.
 * Unit: ns since the first. `*told` is false when the device has no clock that kernels can read. */
ig_status ig_chain_time(ig_device *device, const ig_chain_program *program, const ig_plan *plan, ig_kernel *kernel,
                        int calls, int64_t *moments_ns, bool *told, ig_error *error) IG_MUST_USE;

/* What its text and its host side both know: calls of a launch at most (the macro CALLS), their counters, and how far
 * these lie apart (the macro LINE). Unit: 4-byte numbers. */
#define IG_CHAIN_LINE 16
int ig_chain_most_calls(int n_steps);

/* A part for each function, then the kernel's own. */
typedef struct ig_chain_text {
    ig_text *sources; /* n_parts */
    ig_program_part *parts;
    int n_parts;
} ig_chain_text;
/* ig_chain_text_release() in any case. */
ig_status ig_chain_write(const ig_chain_memory *memory, const ig_chain *chain, ig_chain_text *out,
                         ig_error *error) IG_MUST_USE;
void ig_chain_text_release(ig_chain_text *text);

#endif
