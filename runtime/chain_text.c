/* The texts of a chain. Steps with the same kernel, macros and epilogue are calls of the same function. */
#include "runtime/chain.h"

#include "base/error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- functions ---------------------------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_function(const ig_step *a, const ig_step *b)
{
    return a->kernel == b->kernel && same_text(a->options, b->options) && same_text(a->epilogue, b->epilogue);
}

/* The first step of the chain that calls the same function: functions are named by it. */
static int function_of(const ig_plan *plan, const ig_chain *chain, int step)
{
    int first = chain->first;
    while (!same_function(&plan->steps[first], &plan->steps[step]))
        first++;
    return first;
}

static void write_function(const ig_step *step, int name, ig_text *out)
{
    ig_text_add(out, "%s", ig_kernel_header("chain_step.clh"));
    ig_text_add(out, "#define %s(...) IG_CHAIN_STEP(step_%d, __VA_ARGS__)\n", step->launches.at[0].stage->name, name);
    ig_text_add(out, "%s%s%s", step->epilogue ? step->epilogue : "", ig_kernel_prelude(), step->kernel->source);
}

/* --- the kernel --------------------------------------------------------------------------------------------------- */

static bool is_buffer(const ig_plan_arg *arg)
{
    return arg->kind != IG_KARG_INT && arg->kind != IG_KARG_FLOAT;
}

typedef void (*write_arg)(const ig_chain_memory *memory, const ig_plan_arg *arg, ig_text *out);

/* In the order of the function's parameters: see ig_launches_create(). */
static void write_args(const ig_chain_memory *memory, const ig_step *step, write_arg write, ig_text *out)
{
    const ig_kstage *stage = step->launches.at[0].stage;
    for (int i = 0; i < stage->n_args; i++)
        write(memory, &step->args[stage->args[i]], out);
    for (int i = step->kernel->n_args; i < step->n_args; i++)
        write(memory, &step->args[i], out);
}

static void write_type(const ig_chain_memory *memory, const ig_plan_arg *arg, ig_text *out)
{
    (void)memory;
    ig_text_add(out, ", %s", is_buffer(arg) ? "__global float *" : arg->kind == IG_KARG_INT ? "int" : "float");
}

static void write_place(const ig_chain_memory *memory, const ig_plan_arg *arg, ig_text *out)
{
    const ig_storage *storage = arg->kind == IG_KARG_PARAM ? NULL : &memory->plan->storages[arg->index];
    if (!storage || storage->slab < 0)
        ig_text_add(out, ", weights + %" PRId64, memory->param_at[storage ? storage->param : arg->index]);
    else if (memory->port_of[arg->index] >= 0)
        ig_text_add(out, ", port%d", memory->port_of[arg->index]);
    else
        ig_text_add(out, ", slab%d + %" PRId64, storage->slab, storage->offset_bytes / (int64_t)sizeof(float));
}

static void write_value(const ig_chain_memory *memory, const ig_plan_arg *arg, ig_text *out)
{
    if (is_buffer(arg)) {
        write_place(memory, arg, out);
    } else if (arg->kind == IG_KARG_INT) {
        ig_text_add(out, ", %" PRId32, arg->i);
    } else {
        uint32_t bits;
        memcpy(&bits, &arg->f, sizeof bits);
        ig_text_add(out, ", as_float(0x%08" PRIx32 "u)", bits);
    }
}

/* Neighbours often write the same cache lines, so a worker takes a few, but so few that none has much to wait for. */
enum { TURNS = 16 };

static int64_t share_of(const ig_plan *plan, int64_t groups)
{
    const int64_t share = groups / (TURNS * plan->limits.compute_units);
    return share > 0 ? share : 1;
}

static void write_call(const ig_chain_memory *memory, const ig_chain *chain, int index, ig_text *out)
{
    const ig_step *step = &memory->plan->steps[index];
    const int64_t x = step->launches.at[0].groups[0], y = step->launches.at[0].groups[1];
    const int64_t all = x * y * step->launches.at[0].groups[2];
    ig_text_add(out, "        case %d:\n", index - chain->first);
    ig_text_add(out, "            RUN(call, %" PRId64 ", %" PRId64, all, share_of(memory->plan, all));
    ig_text_add(out, ", step_%d(group %% %" PRId64 ", group / %" PRId64 " %% %" PRId64 ", group / %" PRId64,
                function_of(memory->plan, chain, index), x, x, y, x * y);
    write_args(memory, step, write_value, out);
    ig_text_add(out, "))\n            break;\n");
}

static void write_kernel(const ig_chain_memory *memory, const ig_chain *chain, ig_text *out)
{
    const ig_plan *plan = memory->plan;
    ig_text_add(out, "#define LINE %d\n#define CALLS %d\n", IG_CHAIN_LINE, ig_chain_most_calls(chain->count));
    ig_text_add(out, "%s\n", ig_kernel_header("chain.clh"));
    for (int i = chain->first; i < chain->first + chain->count; i++) {
        if (function_of(plan, chain, i) != i)
            continue;
        ig_text_add(out, "void step_%d(int, int, int", i);
        write_args(memory, &plan->steps[i], write_type, out);
        ig_text_add(out, ");\n");
    }
    ig_text_add(out, "\n__kernel __attribute__((reqd_work_group_size(1, 1, 1)))\nvoid chain(");
    for (int i = 0; i < plan->n_slabs; i++)
        ig_text_add(out, "__global float *slab%d, ", i);
    for (int i = 0; i < memory->n_ports; i++)
        ig_text_add(out, "__global float *port%d, ", i);
    ig_text_add(out, "__global float *weights, volatile __global int *state, int from, int count, int turns)\n{\n");
    ig_text_add(out, "    const int calls = count * turns;\n    for (int call = 0; call < calls; ++call)\n");
    ig_text_add(out, "        switch (from + call %% count) {\n");
    for (int i = chain->first; i < chain->first + chain->count; i++)
        write_call(memory, chain, i, out);
    ig_text_add(out, "        }\n    leave(state, calls, %d);\n}\n", plan->limits.compute_units);
}

/* --- all ---------------------------------------------------------------------------------------------------------- */

ig_status ig_chain_write(const ig_chain_memory *memory, const ig_chain *chain, ig_chain_text *out, ig_error *error)
{
    const ig_plan *plan = memory->plan;
    const size_t most = (size_t)chain->count + 1;
    *out = (ig_chain_text){calloc(most, sizeof *out->sources), calloc(most, sizeof *out->parts), 0};
    if (!out->sources || !out->parts)
        return ig_fail_memory(error, most * sizeof *out->sources);
    for (int i = chain->first; i < chain->first + chain->count; i++) {
        if (function_of(plan, chain, i) != i)
            continue;
        out->parts[out->n_parts].options = plan->steps[i].options;
        write_function(&plan->steps[i], i, &out->sources[out->n_parts++]);
    }
    out->parts[out->n_parts].options = IG_KERNEL_OPTIONS;
    write_kernel(memory, chain, &out->sources[out->n_parts++]);
    bool failed = false;
    for (int i = 0; i < out->n_parts; i++) {
        failed = failed || out->sources[i].failed;
        out->parts[i].source = ig_text_get(&out->sources[i]);
    }
    return failed ? ig_fail_memory(error, 0) : IG_OK;
}

void ig_chain_text_release(ig_chain_text *text)
{
    for (int i = 0; text->sources && i < text->n_parts; i++)
        ig_text_release(&text->sources[i]);
    free(text->sources);
    free(text->parts);
    *text = (ig_chain_text){0};
}
