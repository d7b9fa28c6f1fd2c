/* The graph as the chosen layouts want it: with a `reorder` behind each value that someone reads in its other layout.
 */
#include "plan/plan.h"

#include "base/error.h"
#include "base/shape.h"
#include "graph/rewrite.h"

#include <stdlib.h>

typedef struct orderer {
    ig_plan *plan;
    const ig_call_layout *layouts; /* per node of the graph before */
    ig_rewrite rewrite;
    int *other;          /* per value of the graph before: the reordered one's id in the new graph; -1: none yet */
    ig_call_layout *now; /* per node of the new graph */
    int n_now, cap_now;
} orderer;

static bool is_blocked(const orderer *o, int value)
{
    const int producer = o->plan->graph->values[value].producer;
    return producer >= 0 && o->layouts[producer].out;
}

static ig_status note_layout(orderer *o, ig_call_layout layout, ig_error *error)
{
    if (!ig_arena_grow(o->plan->arena, (void **)&o->now, &o->cap_now, o->n_now + 1, sizeof *o->now))
        return ig_fail_memory(error, sizeof *o->now);
    o->now[o->n_now++] = layout;
    return IG_OK;
}

/* The value's id in the new graph, in the layout asked for. */
static ig_status get_value(orderer *o, int value, bool blocked, int *out, ig_error *error)
{
    const ig_graph *graph = o->plan->graph;
    *out = o->rewrite.value[value];
    if (blocked == is_blocked(o, value) || ig_plan_is_neutral(o->plan, &graph->values[value].shape))
        return IG_OK;
    if (o->other[value] < 0) {
        const int producer = graph->values[value].producer;
        ig_node_spec spec =
            producer >= 0 ? ig_rewrite_spec(&graph->nodes[producer]) : (ig_node_spec){.file = graph->name};
        spec.op = ig_op_find("reorder");
        spec.path = ig_rewrite_name(&o->rewrite, graph->values[value].name, blocked ? "blocks" : "planes");
        spec.scope = spec.path;
        spec.inputs = out;
        spec.n_inputs = 1;
        spec.attrs = NULL;
        if (!spec.path)
            return ig_fail_memory(error, 1);
        ig_status status = ig_rewrite_add(&o->rewrite, &spec, &o->other[value], error);
        if (!status)
            status = note_layout(o, (ig_call_layout){!blocked, blocked}, error);
        if (status)
            return status;
    }
    *out = o->other[value];
    return IG_OK;
}

static ig_status copy_node(orderer *o, int index, ig_error *error)
{
    const ig_graph *graph = o->plan->graph;
    const ig_node *node = &graph->nodes[index];
    const int own = ig_node_own_inputs(node);
    int inputs[IG_MAX_INPUTS], value = -1;
    for (int k = 0; k < node->n_inputs; k++) {
        const bool blocked = (k < own ? o->layouts[index].in : o->layouts[index].out) &&
                             ig_plan_can_be_blocked(&graph->values[node->inputs[k]].shape);
        ig_status status = get_value(o, node->inputs[k], blocked, &inputs[k], error);
        if (status)
            return status;
    }
    ig_node_spec spec = ig_rewrite_spec(node);
    spec.inputs = inputs;
    ig_status status = ig_rewrite_add(&o->rewrite, &spec, &value, error);
    return status ? status : note_layout(o, o->layouts[index], error);
}

static ig_status copy_graph(orderer *o, ig_error *error)
{
    const ig_graph *graph = o->plan->graph;
    ig_status status = IG_OK;
    for (int i = 0; i < graph->n_values; i++)
        o->other[i] = -1;
    for (int i = 0; i < graph->n_nodes && !status; i++)
        status = copy_node(o, i, error);
    for (int i = 0; i < graph->n_outputs && !status; i++) {
        const int value = graph->outputs[i].value;
        int plain;
        status = get_value(o, value, false, &plain, error);
        o->rewrite.value[value] = status ? -1 : plain;
    }
    return status;
}

static ig_status note_values(orderer *o, ig_error *error)
{
    ig_plan *plan = o->plan;
    plan->layouts = o->now;
    plan->blocked = ig_arena_array(plan->arena, (size_t)plan->graph->n_values, sizeof *plan->blocked);
    if (!plan->blocked)
        return ig_fail_memory(error, (size_t)plan->graph->n_values);
    for (int i = 0; i < plan->graph->n_nodes; i++)
        plan->blocked[plan->graph->nodes[i].output] = o->now[i].out;
    return IG_OK;
}

ig_status ig_plan_reorder(ig_plan *plan, const ig_call_layout *layouts, ig_error *error)
{
    orderer o = {.plan = plan, .layouts = layouts};
    ig_status status = ig_rewrite_begin(&o.rewrite, plan->graph, NULL, error);
    o.other = ig_arena_array(plan->arena, (size_t)plan->graph->n_values, sizeof *o.other);
    if (!status && !o.other)
        status = ig_fail_memory(error, (size_t)plan->graph->n_values);
    if (!status)
        status = copy_graph(&o, error);
    status = ig_rewrite_end(&o.rewrite, status, &plan->own_graph, error);
    if (!status && !ig_graph_seal(plan->own_graph))
        status = ig_fail_memory(error, sizeof *plan->own_graph);
    if (status)
        return status;
    plan->graph = plan->own_graph;
    return note_values(&o, error);
}
