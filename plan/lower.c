/* Nodes to steps: one a node, or one a piece; views and constants need none. */
#include "plan/plan.h"

#include "base/error.h"

#include <string.h>

static ig_status lower_int(const ig_step *step, const ig_karg *karg, ig_plan_arg *arg, ig_error *error)
{
    int64_t value;
    if (!ig_kernel_vars_get(&step->vars, karg->name, &value))
        return ig_fail(error, IG_E_INTERNAL, "kernel %s takes '%s', which its operator does not give",
                       step->kernel->name, karg->name);
    if (value < INT32_MIN || value > INT32_MAX)
        return ig_fail(error, IG_E_UNSUPPORTED, "%s = %lld does not fit a 32-bit kernel argument", karg->name,
                       (long long)value);
    arg->i = (int32_t)value;
    return IG_OK;
}

/* Memory of this step alone. */
static ig_status lower_scratch(ig_plan *plan, const ig_step *step, const ig_karg *karg, ig_plan_arg *arg,
                               ig_error *error)
{
    int64_t bytes;
    ig_status status = ig_kernel_eval(step->kernel, karg->bytes, &step->vars, &bytes, error);
    if (status)
        return status;
    if (bytes < 1)
        return ig_fail(error, IG_E_INTERNAL, "kernel %s asks for %lld bytes of '%s'", step->kernel->name,
                       (long long)bytes, karg->name);
    return ig_plan_add_storage(plan, bytes, &arg->index, error);
}

static void set_place(ig_plan_arg *arg, const ig_place *place)
{
    arg->index = place->storage;
    arg->at = place->at;
}

static ig_status lower_arg(ig_plan *plan, const ig_op_context *call, ig_step *step, int index, ig_error *error)
{
    const ig_node *node = &plan->graph->nodes[step->node];
    const ig_karg *karg = &step->kernel->args[index];
    ig_plan_arg *arg = &step->args[index];
    arg->kind = karg->kind;
    switch (karg->kind) {
    case IG_KARG_INPUT: {
        int input = node->op->pieces ? step->piece : karg->index;
        if (input >= node->op->max_inputs)
            return ig_fail(error, IG_E_INTERNAL, "kernel %s reads input %d", step->kernel->name, input);
        arg->spare = input >= call->n_inputs;
        set_place(arg, &plan->places[node->inputs[arg->spare ? 0 : input]]);
        return IG_OK;
    }
    case IG_KARG_OUTPUT: set_place(arg, &plan->places[node->output]); return IG_OK;
    case IG_KARG_PARAM: return ig_plan_lower_param(plan, call, step, karg, arg, error);
    case IG_KARG_INT: return lower_int(step, karg, arg, error);
    case IG_KARG_FLOAT: arg->f = (float)ig_op_attr(call, karg->name)->f; return IG_OK;
    case IG_KARG_SCRATCH: return lower_scratch(plan, step, karg, arg, error);
    }
    return ig_fail(error, IG_E_INTERNAL, "unknown argument kind");
}

static ig_status build_options(ig_plan *plan, ig_step *step, ig_error *error)
{
    ig_text text = {0};
    ig_status status = IG_OK;
    ig_text_add(&text, IG_KERNEL_OPTIONS);
    for (int i = 0; i < step->kernel->n_defines && !status; i++) {
        const char *name = step->kernel->defines[i];
        int64_t value = 0;
        if (!ig_kernel_vars_get(&step->vars, name, &value))
            status = ig_fail(error, IG_E_INTERNAL, "kernel %s defines '%s', which its operator does not give",
                             step->kernel->name, name);
        ig_text_add(&text, " -D%s=%lld", name, (long long)value);
    }
    step->options = text.failed ? NULL : ig_arena_strdup(plan->arena, ig_text_get(&text));
    ig_text_release(&text);
    return status || step->options ? status : ig_fail_memory(error, text.length);
}

static ig_status lower_piece(ig_plan *plan, const ig_plan_params *params, const ig_op_context *call, ig_step *step,
                             ig_error *error)
{
    ig_status status = ig_plan_choose_kernel(plan, params, call, step, error);
    if (status)
        return status;
    const size_t most = (size_t)(step->kernel->n_args + ig_plan_epilogue_args(call));
    step->args = ig_arena_array(plan->arena, most, sizeof *step->args);
    if (!step->args)
        return ig_fail_memory(error, most * sizeof *step->args);
    for (; step->n_args < step->kernel->n_args && !status; step->n_args++)
        status = lower_arg(plan, call, step, step->n_args, error);
    if (!status)
        status = ig_plan_lower_epilogue(plan, call, step, error);
    if (!status)
        status = build_options(plan, step, error);
    if (status)
        return status;
    step->word = ig_plan_kernel_word(plan, call, step);
    if (!step->word ||
        !ig_arena_grow(plan->arena, (void **)&plan->steps, &plan->cap_steps, plan->n_steps + 1, sizeof *step))
        return ig_fail_memory(error, sizeof *step);
    plan->steps[plan->n_steps++] = *step;
    return IG_OK;
}

static ig_status lower_constant(ig_plan *plan, int node_index, ig_error *error)
{
    const ig_node *node = &plan->graph->nodes[node_index];
    ig_op_context call;
    ig_node_context(plan->graph, node, &call);
    ig_plan_param param = {.node = node_index, .tile = 1, .block = 1, .elems = ig_shape_elems(&call.output)};
    param.pack_elems = param.elems;
    return ig_plan_add_param(plan, &param, &plan->storages[plan->places[node->output].storage].param, error);
}

static ig_status lower_node(ig_plan *plan, const ig_plan_params *params, int node_index, ig_error *error)
{
    const ig_node *node = &plan->graph->nodes[node_index];
    ig_op_context call;
    ig_node_context(plan->graph, node, &call);
    if (node->op->is_constant)
        return lower_constant(plan, node_index, error);
    if (ig_op_call_is_view(&call))
        return IG_OK;
    const int pieces = node->op->pieces ? node->op->pieces(&call) : 1, before = plan->n_steps;
    for (int piece = 0; piece < pieces; piece++) {
        ig_step step = {.node = node_index, .piece = piece};
        if (ig_plan_is_there(plan, node, &call, piece))
            continue;
        ig_status status = lower_piece(plan, params, &call, &step, error);
        if (status) {
            ig_error_where(error, node->file, node->line, node->column);
            ig_error_hint(error, "the step is '%s'", node->path);
            return status;
        }
    }
    if (plan->n_steps > before)
        plan->steps[plan->n_steps - 1].complete = true;
    return IG_OK;
}

ig_status ig_plan_lower(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    for (int i = 0; i < plan->graph->n_nodes; i++) {
        ig_status status = lower_node(plan, params, i, error);
        if (status)
            return status;
    }
    return IG_OK;
}
