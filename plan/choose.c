/* Which kernel computes a step: the legal one of highest priority, with the parameters of the best rung it is legal
 * with. */
#include "plan/plan.h"

#include "base/error.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

typedef struct choice_state {
    const ig_plan *plan;
    const ig_plan_params *params;
    const ig_op_context *call;
    ig_call_layout layout;
    ig_step *step;
    ig_kernel_vars problem;
    bool full;    /* more variables than the table holds */
    bool explain; /* gather reasons: only wanted where no kernel was found */
    ig_text reasons;
} choice_state;

static void emit_variable(void *user, const char *name, int64_t value)
{
    choice_state *state = user;
    state->full |= !ig_kernel_vars_set(&state->problem, name, value);
}

static bool kernel_serves(const ig_kernel_def *kernel, const char *op)
{
    for (int i = 0; i < kernel->n_ops; i++)
        if (ig_text_equal(kernel->ops[i], op))
            return true;
    return false;
}

/* Channels fill the blocks of every map of rank 4. */
static bool fills_blocks(const ig_plan *plan, const ig_op_context *call)
{
    bool fills = call->output.rank == 4 && call->output.dim[1] % plan->block == 0;
    for (int i = 0; i < call->n_inputs; i++)
        fills = fills && call->inputs[i].rank == 4 && call->inputs[i].dim[1] % plan->block == 0;
    return fills;
}

/* Lanes of operands are found within a block; an `any` kernel's vectors must not reach over its end. */
static bool fits_operands(const choice_state *state, const ig_kernel_def *kernel)
{
    int64_t lanes = 1;
    bool same = true;
    (void)ig_kernel_vars_get(&state->step->vars, "LANES", &lanes);
    for (int i = 0; i < state->call->then.n_operands; i++)
        same = same && ig_shape_equal(&state->call->then.operands[i], &state->call->output);
    return kernel->in != IG_KERNEL_ANY || !state->layout.out || same || lanes <= state->plan->block;
}

static bool all_neutral(const ig_plan *plan, const ig_op_context *call)
{
    bool neutral = true;
    for (int i = 0; i < call->n_inputs; i++)
        neutral = neutral && (call->inputs[i].rank != 4 || ig_plan_is_neutral(plan, &call->inputs[i]));
    return neutral;
}

static bool takes_layout(const choice_state *state, const ig_kernel_def *kernel)
{
    const ig_plan *plan = state->plan;
    const ig_op_context *call = state->call;
    const ig_call_layout layout = state->layout;
    if (kernel->in == IG_KERNEL_ANY)
        return layout.in == layout.out && (!layout.out || fills_blocks(plan, call));
    const bool in = kernel->in == IG_KERNEL_EITHER || (kernel->in == IG_KERNEL_BLOCKED) == layout.in ||
                    (!kernel->in && all_neutral(plan, call));
    const bool out = kernel->out == IG_KERNEL_EITHER || (kernel->out == IG_KERNEL_BLOCKED) == layout.out ||
                     ig_plan_is_neutral(plan, &call->output);
    return in && out;
}

/* IN_BLOCK and BLOCK as this kernel has to see them. */
static void set_blocks(choice_state *state, const ig_kernel_def *kernel)
{
    const bool in = kernel->in != IG_KERNEL_NCHW && (kernel->in == IG_KERNEL_BLOCKED || state->layout.in);
    const bool out = kernel->out != IG_KERNEL_NCHW && (kernel->out == IG_KERNEL_BLOCKED || state->layout.out);
    state->full |= !ig_kernel_vars_set(&state->problem, "IN_BLOCK", in ? state->plan->block : 1);
    state->full |= !ig_kernel_vars_set(&state->problem, "BLOCK", out ? state->plan->block : 1);
    const ig_shape *first = &state->call->inputs[0];
    const bool map = state->call->n_inputs > 0 && first->rank == 4;
    state->full |= !ig_kernel_vars_set(&state->problem, "LANES_LIKED", state->plan->block);
    state->full |= !ig_kernel_vars_set(&state->problem, "UNITS", state->plan->limits.compute_units);
    state->full |= !ig_kernel_vars_set(&state->problem, "MAX_GROUP", state->plan->limits.max_work_group);
    state->full |= !ig_kernel_vars_set(&state->problem, "IN_C", map ? first->dim[1] : 0);
    state->full |= !ig_kernel_vars_set(&state->problem, "IN_PIXELS", map ? first->dim[2] * first->dim[3] : 0);
}

/* `choice` NULL: with no parameters at all. */
static void give_reason(choice_state *state, const ig_kernel_def *kernel, const ig_tune_choice *choice, const char *why)
{
    if (state->explain && choice)
        ig_text_add(&state->reasons, "%s (%s): %s\n", kernel->name, ig_tune_rung_name(choice->rung), why);
    else if (state->explain)
        ig_text_add(&state->reasons, "%s: %s\n", kernel->name, why);
}

static ig_status try_choice(choice_state *state, const ig_kernel_def *kernel, const ig_tune_choice *choice, bool *legal,
                            ig_error *error)
{
    const ig_kernel_bounds bounds = ig_tune_bounds(&state->plan->limits);
    ig_step *step = state->step;
    step->vars = state->problem;
    char why[IG_ERROR_TEXT] = "";
    ig_status status = ig_kernel_bind(kernel, choice->values, &step->vars, error);
    if (!status)
        status = ig_kernel_check(kernel, &step->vars, &bounds, legal, &step->launches, why, sizeof why, error);
    if (status)
        return status;
    *legal = *legal && fits_operands(state, kernel);
    if (*legal) {
        step->kernel = kernel;
        step->rung = choice->rung;
        step->rate = choice->rate;
        memcpy(step->values, choice->values, sizeof step->values);
    } else {
        give_reason(state, kernel, choice, why);
    }
    return IG_OK;
}

static bool takes_epilogue(const choice_state *state, const ig_kernel_def *kernel, const ig_step *step)
{
    return kernel->epilogue || !ig_plan_needs_epilogue(state->plan, state->call, step);
}

static bool is_avoided(const ig_plan_params *params, const char *kernel)
{
    for (int i = 0; i < params->n_avoid_kernels; i++)
        if (strcmp(params->avoid_kernels[i], kernel) == 0)
            return true;
    return false;
}

/* Whether the kernel can do the call in this layout; sets the problem as it sees it. */
static bool suits(choice_state *state, const ig_kernel_def *kernel)
{
    const char *why = is_avoided(state->params, kernel->name)       ? "to be avoided"
                      : !takes_layout(state, kernel)                ? "another memory layout"
                      : !takes_epilogue(state, kernel, state->step) ? "takes no epilogue"
                                                                    : NULL;
    if (why)
        give_reason(state, kernel, NULL, why);
    else
        set_blocks(state, kernel);
    return !why;
}

static const ig_tune_shelf *shelf_of(const choice_state *state, const ig_kernel_def *kernel)
{
    return &state->plan->shelves[kernel - state->plan->kernels.kernels];
}

static ig_status try_kernel(choice_state *state, const ig_kernel_def *kernel, ig_error *error)
{
    ig_tune_choice choices[IG_RUNG_COUNT];
    const int count = suits(state, kernel) ? ig_tune_lookup(shelf_of(state, kernel), &state->problem, choices) : 0;
    bool legal = false;
    ig_status status = IG_OK;
    for (int i = 0; i < count && !legal && !status; i++)
        status = try_choice(state, kernel, &choices[i], &legal, error);
    return status;
}

/* The next kernel for `op` below (priority, name) of the last one tried; NULL when there is none. */
static const ig_kernel_def *next_kernel(const ig_plan *plan, const char *op, const ig_kernel_def *last)
{
    const ig_kernel_set *set = &plan->kernels;
    const int64_t below = last ? plan->shelves[last - set->kernels].priority : INT64_MAX;
    const ig_kernel_def *best = NULL;
    for (int i = 0; i < set->count; i++) {
        const ig_kernel_def *kernel = &set->kernels[i];
        const int64_t priority = plan->shelves[i].priority;
        if (!kernel_serves(kernel, op) || (last && (priority > below || (priority == below && kernel <= last))))
            continue;
        if (!best || priority > plan->shelves[best - set->kernels].priority)
            best = kernel;
    }
    return best;
}

static ig_status fail_without_kernel(const choice_state *state, const ig_op_context *call, ig_error *error)
{
    char shape[96];
    ig_fail(error, IG_E_UNSUPPORTED, "no kernel can compute %s to %s on %s", call->op->name,
            ig_shape_text(&call->output, shape, sizeof shape), state->plan->limits.name);
    ig_error_log(error, ig_text_get(&state->reasons));
    return IG_E_UNSUPPORTED;
}

static ig_status try_forced(choice_state *state, ig_error *error)
{
    ig_status status = IG_OK;
    const ig_kernel_def *kernel = NULL;
    while (!status && !state->step->kernel && (kernel = next_kernel(state->plan, state->call->op->name, kernel)) &&
           ig_plan_is_forced(state->params, kernel))
        status = try_kernel(state, kernel, error);
    return status;
}

/* What was measured for this very problem on this device decides, whatever the priorities. */
static ig_status try_measured(choice_state *state, ig_error *error)
{
    const ig_kernel_def *kernel = NULL, *best = NULL;
    ig_tune_choice found, choice = {.time_ns = INT64_MAX};
    while ((kernel = next_kernel(state->plan, state->call->op->name, kernel))) {
        const ig_tune_shelf *shelf = shelf_of(state, kernel);
        if (shelf->n_measured == 0 || !suits(state, kernel) || !ig_tune_find_measured(shelf, &state->problem, &found) ||
            found.time_ns >= choice.time_ns)
            continue;
        best = kernel;
        choice = found;
    }
    bool legal = false;
    if (best)
        set_blocks(state, best);
    return best ? try_choice(state, best, &choice, &legal, error) : IG_OK;
}

static ig_status try_in_order(choice_state *state, ig_error *error)
{
    ig_status status = IG_OK;
    const ig_kernel_def *kernel = NULL;
    while (!status && !state->step->kernel && (kernel = next_kernel(state->plan, state->call->op->name, kernel)))
        status = try_kernel(state, kernel, error);
    return status;
}

static ig_status try_pinned(choice_state *state, ig_error *error)
{
    const ig_plan_pin *pin = state->plan->pin;
    ig_tune_choice choice = {.rung = IG_RUNG_EXACT};
    const ig_kernel_def *kernel = NULL;
    bool legal = false;
    memcpy(choice.values, pin->values, sizeof choice.values);
    while ((kernel = next_kernel(state->plan, state->call->op->name, kernel)))
        if (strcmp(kernel->name, pin->kernel) == 0 && suits(state, kernel))
            return try_choice(state, kernel, &choice, &legal, error);
    return IG_OK;
}

static void set_problem(choice_state *state)
{
    state->call->op->problem(state->call, state->step->piece, emit_variable, state);
}

static ig_status find(choice_state *state, ig_error *error)
{
    set_problem(state);
    const bool pinned = ig_plan_is_pinned(state->plan, state->call->op);
    ig_status status = pinned ? try_pinned(state, error) : try_forced(state, error);
    if (!status && !pinned && !state->step->kernel)
        status = try_measured(state, error);
    if (!status && !pinned && !state->step->kernel)
        status = try_in_order(state, error);
    if (!status && state->full)
        status = ig_fail(error, IG_E_INTERNAL, "operator %s has more problem variables than a kernel can see",
                         state->call->op->name);
    return status;
}

ig_status ig_plan_find_kernel(const ig_plan *plan, const ig_plan_params *params, const ig_op_context *call,
                              ig_call_layout layout, ig_step *step, ig_error *error)
{
    choice_state state = {.plan = plan, .params = params, .call = call, .layout = layout, .step = step};
    ig_status status = find(&state, error);
    ig_text_release(&state.reasons);
    return status;
}

ig_status ig_plan_choose_kernel(const ig_plan *plan, const ig_plan_params *params, const ig_op_context *call,
                                ig_step *step, ig_error *error)
{
    choice_state state = {
        .plan = plan, .params = params, .call = call, .layout = plan->layouts[step->node], .step = step};
    ig_status status = find(&state, error);
    if (!status && !step->kernel) {
        state.explain = true;
        status = find(&state, error);
    }
    if (!status && !step->kernel)
        status = fail_without_kernel(&state, call, error);
    ig_text_release(&state.reasons);
    return status;
}

ig_status ig_plan_each_family(const ig_plan *plan, const ig_plan_params *params, const ig_step *step,
                              ig_plan_see_family see, void *user, ig_error *error)
{
    ig_op_context call;
    ig_node_context(plan->graph, &plan->graph->nodes[step->node], &call);
    ig_step copy = *step;
    choice_state state = {
        .plan = plan, .params = params, .call = &call, .layout = plan->layouts[step->node], .step = &copy};
    ig_status status = IG_OK;
    set_problem(&state);
    for (const ig_kernel_def *kernel = NULL; !status && (kernel = next_kernel(plan, call.op->name, kernel));) {
        ig_tune_family family = {.kernel = kernel};
        if (!suits(&state, kernel))
            continue;
        family.problem = state.problem;
        family.n_known = ig_tune_lookup(shelf_of(&state, kernel), &state.problem, family.known);
        status = see(user, &family, error);
    }
    ig_text_release(&state.reasons);
    return status;
}
