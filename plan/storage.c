/* Which values share memory: a view shares its input's storage, a constant lives with the parameters, every other value
 * has a storage of its own, until ig_plan_find_parts() puts parts of others where those are. */
#include "plan/plan.h"

#include "base/error.h"

#include <string.h>

static int add_storage(ig_plan *plan, int value)
{
    int64_t bytes =
        ig_plan_elems(plan, &plan->graph->values[value].shape, plan->blocked[value]) * (int64_t)sizeof(float);
    plan->storages[plan->n_storages] = (ig_storage){.bytes = bytes, .first_step = -1, .last_step = -1, .param = -1};
    return plan->n_storages++;
}

ig_status ig_plan_add_storage(ig_plan *plan, int64_t bytes, int *index, ig_error *error)
{
    if (!ig_arena_grow(plan->arena, (void **)&plan->storages, &plan->cap_storages, plan->n_storages + 1,
                       sizeof *plan->storages))
        return ig_fail_memory(error, sizeof *plan->storages);
    plan->storages[plan->n_storages] = (ig_storage){.bytes = bytes, .first_step = -1, .last_step = -1, .param = -1};
    *index = plan->n_storages++;
    return IG_OK;
}

static void assign_node(ig_plan *plan, const ig_node *node)
{
    ig_op_context call;
    ig_node_context(plan->graph, node, &call);
    plan->places[node->output].storage =
        ig_op_call_is_view(&call) ? plan->places[node->inputs[0]].storage : add_storage(plan, node->output);
    if (node->op->is_constant)
        plan->storages[plan->places[node->output].storage].slab = -1;
}

static ig_storage *storage_of(ig_plan *plan, int value)
{
    return &plan->storages[plan->places[value].storage];
}

bool ig_plan_is_readable(const ig_plan *plan, int value)
{
    const ig_storage *storage = &plan->storages[plan->places[value].storage];
    return storage->slab < 0 || (storage->kept && !plan->overwritten[value]);
}

static ig_status keep_values(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    const ig_graph *graph = plan->graph;
    for (int i = 0; i < graph->n_outputs; i++)
        storage_of(plan, graph->outputs[i].value)->kept = true;
    for (int i = 0; i < params->n_keep; i++) {
        int value = ig_graph_find_value_id(graph, params->keep[i]);
        if (value < 0)
            return ig_fail(error, IG_E_USAGE, "the planned graph has no value '%s'", params->keep[i]);
        storage_of(plan, value)->kept = true;
    }
    for (int i = 0; i < graph->n_nodes; i++) /* verification goes on from these */
        for (int k = 0; graph->nodes[i].op->selects && k < graph->nodes[i].n_inputs; k++)
            storage_of(plan, graph->nodes[i].inputs[k])->kept = true;
    for (int i = 0; params->keep_all && i < graph->n_values; i++)
        storage_of(plan, i)->kept = true;
    return IG_OK;
}

ig_status ig_plan_assign_storage(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    const ig_graph *graph = plan->graph;
    plan->storages = ig_arena_array(plan->arena, (size_t)graph->n_values, sizeof *plan->storages);
    plan->places = ig_arena_array(plan->arena, (size_t)graph->n_values, sizeof *plan->places);
    plan->overwritten = ig_arena_array(plan->arena, (size_t)graph->n_values, sizeof *plan->overwritten);
    if (!plan->storages || !plan->places || !plan->overwritten)
        return ig_fail_memory(error, (size_t)graph->n_values * sizeof *plan->storages);
    plan->cap_storages = graph->n_values;
    plan->places[graph->input].storage = add_storage(plan, graph->input);
    for (int i = 0; i < graph->n_nodes; i++)
        assign_node(plan, &graph->nodes[i]);
    ig_status status = ig_plan_find_parts(plan, params, error);
    return status ? status : keep_values(plan, params, error);
}
