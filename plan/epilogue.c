/* The epilogue of a step: the macros that cl/kernels/prelude.clh expects in front of it, and the arguments behind the
 * kernel's own. */
#include "plan/plan.h"

#include "base/error.h"

#include <stdio.h>

enum { PLACE_ARGS = 3, OPERAND_ARGS = 6, NUMBERS = 2 };

/* What one step adds to the texts. */
typedef struct writer {
    ig_plan *plan;
    const ig_op_context *call;
    ig_step *step;
    int block; /* of the result; 1: NCHW */
    ig_operand operands[IG_MAX_OPERANDS];
    int runs[IG_MAX_OPERANDS]; /* per operand: the first with the same run, whose argument it uses */
    ig_text params, args, begin, one, lanes, even, steps;
} writer;

static void add_arg(writer *w, ig_plan_arg arg)
{
    w->step->args[w->step->n_args++] = arg;
}

static void add_int(writer *w, const char *name, int64_t value)
{
    ig_text_add(&w->params, ", int %s", name);
    ig_text_add(&w->args, ", %s", name);
    add_arg(w, (ig_plan_arg){.kind = IG_KARG_INT, .i = (int32_t)value}); /* extents were checked by the graph */
}

static bool is_one_channel(const writer *w, int k)
{
    return ig_plan_is_one_channel(&w->call->then.operands[k]);
}

/* From one image of the operand to the next; 0 when there is one for all. */
static int64_t image_elems(const writer *w, int k)
{
    const ig_shape *shape = &w->call->then.operands[k];
    if (w->operands[k].image == 0)
        return 0;
    return ig_plan_elems(w->plan, shape, w->block > 1 && !is_one_channel(w, k)) / shape->dim[0];
}

/* Element r of the operand's form, when the result lies as NCHW. */
static void add_plain_index(const writer *w, int k, ig_text *out)
{
    const int run = w->runs[k];
    switch (w->operands[k].form) {
    case IG_OPERAND_SAME: ig_text_add(out, "r"); return;
    case IG_OPERAND_LEADING: ig_text_add(out, "RUN_OF(r, o%d)", run); return;
    case IG_OPERAND_TRAILING: ig_text_add(out, "r - RUN_OF(r, o%d) * o%d_run", run, run); return;
    }
}

/* The same in blocks of channels: r / block counts pixels. An operand of one channel lies as NCHW. */
static void add_blocked_index(const writer *w, int k, ig_text *out)
{
    const bool one_channel = is_one_channel(w, k);
    const int block = w->block, run = w->runs[k];
    if (w->operands[k].form == IG_OPERAND_SAME)
        ig_text_add(out, "r");
    else if (w->operands[k].form == IG_OPERAND_TRAILING)
        ig_text_add(out, "r / %d - RUN_OF(r / %d, o%d) * o%d_run", block, block, run, run);
    else if (one_channel)
        ig_text_add(out, "0");
    else
        ig_text_add(out, "RUN_OF(r / %d, o%d) * %d + r %% %d", block, run, block, block);
}

static void add_index(const writer *w, int k, ig_text *out)
{
    ig_text_add(out, "o%d_at + image * o%d_image + ", k, k);
    if (w->block > 1)
        add_blocked_index(w, k, out);
    else
        add_plain_index(w, k, out);
}

/* One number for all lanes. */
static bool is_uniform(const writer *w, int k)
{
    const ig_operand_form form = w->operands[k].form;
    return w->block > 1 ? form != IG_OPERAND_SAME && is_one_channel(w, k) : form == IG_OPERAND_LEADING;
}

static void add_operand_int(writer *w, int k, const char *what, int64_t value)
{
    char name[24];
    snprintf(name, sizeof name, "o%d_%s", k, what);
    add_int(w, name, value);
}

/* For 0 <= r < 2^31, r / run is the upper half of r * magic, shifted: magic = floor(2^(31 + bits) / run) + 1, bits
 * being those of run - 1. A division would take longer than all else at a store. */
static void add_divisor(writer *w, int k, int64_t run)
{
    int bits = 0;
    while ((int64_t)1 << bits < run)
        bits++;
    const uint32_t magic = (uint32_t)(((uint64_t)1 << (31 + bits)) / (uint64_t)run + 1);
    add_operand_int(w, k, "run", run);
    add_operand_int(w, k, "magic", (int32_t)magic);
    add_operand_int(w, k, "shift", bits - 1);
}

/* Operands with the same run share its arguments, so that compilers see one quotient. */
static void add_run(writer *w, int k)
{
    const ig_operand *operands = w->operands;
    w->runs[k] = k;
    if (operands[k].form == IG_OPERAND_SAME)
        return;
    for (int i = k - 1; i >= 0; i--)
        if (operands[i].form != IG_OPERAND_SAME && operands[i].run == operands[k].run)
            w->runs[k] = w->runs[i];
    if (w->runs[k] != k)
        return;
    add_divisor(w, k, operands[k].run);
    if (w->block == 1)
        ig_text_add(&w->even, " && last < (RUN_OF(r, o%d) + 1) * o%d_run", k, k);
}

static void add_operand(writer *w, int k)
{
    const ig_node *node = &w->plan->graph->nodes[w->step->node];
    const bool uniform = is_uniform(w, k);
    ig_text_add(&w->params, ", __global const float *p%d", k);
    ig_text_add(&w->args, ", p%d", k);
    const ig_place *place = &w->plan->places[node->inputs[w->call->n_inputs + k]];
    add_arg(w, (ig_plan_arg){.kind = IG_KARG_INPUT, .index = place->storage, .at = place->at});
    add_operand_int(w, k, "at", place->at);
    add_operand_int(w, k, "image", image_elems(w, k));
    add_run(w, k);
    ig_text_add(&w->one, " const float o%d = p%d[", k, k);
    add_index(w, k, &w->one);
    ig_text_add(&w->one, "];");
    ig_text_add(&w->lanes, uniform ? " const VF o%d = p%d[" : " const VF o%d = load_some(p%d + ", k, k);
    add_index(w, k, &w->lanes);
    ig_text_add(&w->lanes, uniform ? "];" : ", to);");
}

static void add_number(writer *w, int step, int index, double value)
{
    ig_text_add(&w->params, ", float n%d_%d", step, index);
    ig_text_add(&w->args, ", n%d_%d", step, index);
    add_arg(w, (ig_plan_arg){.kind = IG_KARG_FLOAT, .f = (float)value});
}

static void add_step(writer *w, int k)
{
    const ig_epilogue_step *step = &w->call->then.steps[k];
    switch (step->kind) {
    case IG_EPILOGUE_ACTIVATION: ig_text_add(&w->steps, " v = ACT_%d(v);", step->activation); return;
    case IG_EPILOGUE_LEAKY_RELU:
        add_number(w, k, 0, step->number[0]);
        ig_text_add(&w->steps, " v = LEAKY_RELU(v, n%d_0);", k);
        return;
    case IG_EPILOGUE_SCALE:
        for (int i = 0; i < NUMBERS; i++)
            add_number(w, k, i, step->number[i]);
        ig_text_add(&w->steps, " v = v * n%d_0 + n%d_1;", k, k);
        return;
    case IG_EPILOGUE_ADD: ig_text_add(&w->steps, " v = v + o%d;", step->operand); return;
    case IG_EPILOGUE_SUB: ig_text_add(&w->steps, " v = v - o%d;", step->operand); return;
    case IG_EPILOGUE_RSUB: ig_text_add(&w->steps, " v = o%d - v;", step->operand); return;
    case IG_EPILOGUE_MUL: ig_text_add(&w->steps, " v = v * o%d;", step->operand); return;
    }
}

static void write_macros(writer *w, int64_t images, ig_text *out)
{
    ig_text_add(out, "#define IMAGE_OF(at) %s\n", images == 1 ? "0" : "((at) / image_elems)");
    ig_text_add(out, "#define RUN_OF(r, o) ((int)(mul_hi((uint)(r), (uint)o##_magic) >> o##_shift))\n");
    /* With operands that need a quotient, code that lanes seldom need is a call: inlined, it costs PoCL's compiler the
     * registers of the loop that computed them, a factor of two in time. */
    ig_text_add(out, "#define EPILOGUE_APART %s\n", w->even.length > 0 ? "__attribute__((noinline))" : "inline");
    ig_text_add(out, "#define EPILOGUE_PARAMS %s\n", ig_text_get(&w->params));
    ig_text_add(out, "#define EPILOGUE_ARGS %s\n", ig_text_get(&w->args));
    ig_text_add(out, "#define EPILOGUE_BEGIN %s\n", ig_text_get(&w->begin));
    ig_text_add(out, "#define EPILOGUE_EVEN(r, last) (1%s)\n", ig_text_get(&w->even));
    ig_text_add(out, "#define EPILOGUE_ONE(image, r)%s\n", ig_text_get(&w->one));
    ig_text_add(out, "#define EPILOGUE_LANES(image, r, to)%s\n", ig_text_get(&w->lanes));
    ig_text_add(out, "#define EPILOGUE_STEPS%s\n", ig_text_get(&w->steps));
}

/* The kernel's own inputs that do not lie at the beginning of their storage. */
static void add_inputs(writer *w)
{
    const ig_kernel_def *kernel = w->step->kernel;
    char name[64];
    for (int i = 0; i < kernel->n_args; i++) {
        const ig_plan_arg *arg = &w->step->args[i];
        if (arg->kind != IG_KARG_INPUT || arg->spare || arg->at == 0)
            continue;
        snprintf(name, sizeof name, "%.40s_begins", kernel->args[i].name);
        add_int(w, name, arg->at);
        ig_text_add(&w->begin, "%s%s += %s", w->begin.length ? ", " : "", kernel->args[i].name, name);
    }
}

static ig_status write_epilogue(writer *w, ig_error *error)
{
    const ig_shape *result = &w->call->output;
    const int64_t images = result->rank > 0 ? result->dim[0] : 1;
    const int64_t elems = ig_plan_elems(w->plan, result, w->block > 1) / images;
    add_inputs(w);
    add_int(w, "image_elems", elems);
    add_int(w, "place_at", w->plan->places[w->plan->graph->nodes[w->step->node].output].at);
    add_int(w, "place_image", elems);
    for (int k = 0; k < w->call->then.n_operands; k++) {
        if (!ig_operand_see(result, &w->call->then.operands[k], &w->operands[k]))
            return ig_fail(error, IG_E_INTERNAL, "an operand of the epilogue does not fit");
        add_operand(w, k);
    }
    for (int k = 0; k < w->call->then.count; k++)
        add_step(w, k);
    ig_text out = {0};
    write_macros(w, images, &out);
    const bool failed = out.failed || w->params.failed || w->args.failed || w->begin.failed || w->one.failed ||
                        w->lanes.failed || w->even.failed || w->steps.failed;
    w->step->epilogue = failed ? NULL : ig_arena_strdup(w->plan->arena, ig_text_get(&out));
    const size_t length = out.length;
    ig_text_release(&out);
    return w->step->epilogue ? IG_OK : ig_fail_memory(error, length);
}

int ig_plan_epilogue_args(const ig_op_context *call)
{
    return IG_MAX_INPUTS + PLACE_ARGS + call->then.n_operands * OPERAND_ARGS + call->then.count * NUMBERS;
}

bool ig_plan_needs_epilogue(const ig_plan *plan, const ig_op_context *call, const ig_step *step)
{
    const ig_node *node = &plan->graph->nodes[step->node];
    if (call->then.count > 0 || !plan->places) /* while layouts are chosen no value has a place yet */
        return call->then.count > 0;
    bool needed = plan->places[node->output].at > 0;
    for (int i = 0; i < node->n_inputs; i++)
        needed = needed || plan->places[node->inputs[i]].at > 0;
    return needed;
}

ig_status ig_plan_lower_epilogue(ig_plan *plan, const ig_op_context *call, ig_step *step, ig_error *error)
{
    if (!ig_plan_needs_epilogue(plan, call, step))
        return IG_OK;
    int64_t block = 1;
    (void)ig_kernel_vars_get(&step->vars, "BLOCK", &block);
    writer w = {.plan = plan, .call = call, .step = step, .block = (int)block};
    ig_status status = write_epilogue(&w, error);
    ig_text *const texts[] = {&w.params, &w.args, &w.begin, &w.one, &w.lanes, &w.even, &w.steps};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ig_text_release(texts[i]);
    return status;
}
