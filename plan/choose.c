/* Which kernel computes a step: the legal one of highest priority, with the parameters of the best rung it is legal
 * with. */
#include "plan/plan.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

typedef struct choice_state {
    const ig_plan *plan;
    const ig_plan_params *params;
    const ig_op_context *call;
    ig_step *step;
    ig_kernel_vars problem;
    bool full; /* more variables than the table holds */
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
        if (strcmp(kernel->ops[i], op) == 0)
            return true;
    return false;
}

static ig_status try_choice(choice_state *state, const ig_kernel_def *kernel, const ig_tune_choice *choice, bool *legal,
                            ig_error *error)
{
    const ig_device_limits *limits = &state->plan->limits;
    ig_kernel_bounds bounds = {.max_work_group = limits->max_work_group, .local_mem_bytes = limits->local_mem_bytes};
    memcpy(bounds.max_work_item, limits->max_work_item, sizeof bounds.max_work_item);
    ig_step *step = state->step;
    step->vars = state->problem;
    char why[IG_ERROR_TEXT] = "";
    ig_status status = ig_kernel_bind(kernel, choice->values, &step->vars, error);
    if (!status)
        status = ig_kernel_check(kernel, &step->vars, &bounds, legal, &step->launch, why, sizeof why, error);
    if (status)
        return status;
    if (*legal) {
        step->kernel = kernel;
        step->rung = choice->rung;
        memcpy(step->values, choice->values, sizeof step->values);
    } else {
        ig_text_add(&state->reasons, "%s (%s): %s\n", kernel->name, ig_tune_rung_name(choice->rung), why);
    }
    return IG_OK;
}

static bool is_avoided(const ig_plan_params *params, const char *kernel)
{
    for (int i = 0; i < params->n_avoid_kernels; i++)
        if (strcmp(params->avoid_kernels[i], kernel) == 0)
            return true;
    return false;
}

static ig_status try_kernel(choice_state *state, const ig_kernel_def *kernel, ig_error *error)
{
    if (is_avoided(state->params, kernel->name)) {
        ig_text_add(&state->reasons, "%s: to be avoided\n", kernel->name);
        return IG_OK;
    }
    ig_tune_choice choices[IG_RUNG_COUNT];
    if (!kernel->epilogue && ig_plan_needs_epilogue(state->plan, state->call, state->step)) {
        ig_text_add(&state->reasons, "%s: takes no epilogue\n", kernel->name);
        return IG_OK;
    }
    int count = ig_tune_lookup(state->params->db, &state->plan->limits, kernel, &state->problem, choices);
    bool legal = false;
    for (int i = 0; i < count && !legal; i++) {
        ig_status status = try_choice(state, kernel, &choices[i], &legal, error);
        if (status)
            return status;
    }
    return IG_OK;
}

/* The next kernel for `op` below (priority, name) of the last one tried; NULL when there is none. */
static const ig_kernel_def *next_kernel(const ig_kernel_set *set, const char *op, const ig_kernel_def *last)
{
    const ig_kernel_def *best = NULL;
    for (int i = 0; i < set->count; i++) {
        const ig_kernel_def *kernel = &set->kernels[i];
        if (!kernel_serves(kernel, op))
            continue;
        if (last && (kernel->priority > last->priority || (kernel->priority == last->priority && kernel <= last)))
            continue;
        if (!best || kernel->priority > best->priority)
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

ig_status ig_plan_choose_kernel(const ig_plan *plan, const ig_plan_params *params, const ig_op_context *call,
                                ig_step *step, ig_error *error)
{
    choice_state state = {.plan = plan, .params = params, .call = call, .step = step};
    call->op->problem(call, step->piece, emit_variable, &state);
    if (state.full)
        return ig_fail(error, IG_E_INTERNAL, "operator %s has more problem variables than a kernel can see",
                       call->op->name);
    ig_status status = IG_OK;
    const ig_kernel_def *kernel = NULL;
    while (!status && !step->kernel && (kernel = next_kernel(&plan->kernels, call->op->name, kernel)))
        status = try_kernel(&state, kernel, error);
    if (!status && !step->kernel)
        status = fail_without_kernel(&state, call, error);
    ig_text_release(&state.reasons);
    return status;
}
