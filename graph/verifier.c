/* What must hold of every graph, whoever built it. Runs after loading and after every pass. */
#include "base/error.h"
#include "graph/ir.h"

#include <string.h>

static ig_status broken(const ig_graph *graph, int node, ig_error *error, const char *what)
{
    const char *path = node >= 0 && node < graph->n_nodes ? graph->nodes[node].path : NULL;
    return ig_fail(error, IG_E_INTERNAL, "the graph is broken%s%s: %s", path ? " at " : "", path ? path : "", what);
}

static bool is_value(const ig_graph *graph, int value)
{
    return value >= 0 && value < graph->n_values;
}

static ig_status verify_names(const ig_graph *graph, ig_error *error)
{
    for (int i = 0; i < graph->n_values; i++) {
        const ig_value *value = &graph->values[i];
        if (!value->name || ig_index_find(&graph->values_by_name, value->name) != i)
            return broken(graph, value->producer, error, "its result's name is not unique");
    }
    for (int i = 0; i < graph->n_params; i++) {
        const ig_param *param = &graph->params[i];
        if (!param->name || ig_index_find(&graph->params_by_name, param->name) != i)
            return broken(graph, param->first_user, error, "a parameter's name is not unique");
        if (param->first_user < 0 || param->first_user >= graph->n_nodes)
            return broken(graph, -1, error, "a parameter has no user");
    }
    return IG_OK;
}

static ig_status verify_links(const ig_graph *graph, int index, ig_error *error)
{
    const ig_node *node = &graph->nodes[index];
    if (!node->op || !node->path || !node->scope || !node->attrs)
        return broken(graph, index, error, "a field is missing");
    const int own = ig_node_own_inputs(node);
    if (own < node->op->min_inputs || own > node->op->max_inputs || node->n_inputs > IG_MAX_INPUTS)
        return broken(graph, index, error, "the number of inputs");
    for (int i = 0; i < node->n_inputs; i++)
        if (!is_value(graph, node->inputs[i]) || graph->values[node->inputs[i]].producer >= index)
            return broken(graph, index, error, "an input is not computed before it");
    if (!is_value(graph, node->output) || graph->values[node->output].producer != index ||
        strcmp(graph->values[node->output].name, node->path) != 0)
        return broken(graph, index, error, "its result belongs to another node");
    return IG_OK;
}

static ig_status verify_inference(const ig_graph *graph, int index, ig_error *error)
{
    const ig_node *node = &graph->nodes[index];
    ig_op_context call;
    if (ig_node_call(graph, node, &call, NULL) != IG_OK)
        return broken(graph, index, error, "its operator refuses its inputs");
    if (!ig_shape_equal(&call.output, &graph->values[node->output].shape))
        return broken(graph, index, error, "its shape does not follow from its inputs");
    for (int slot = 0; slot < IG_MAX_PARAMS; slot++) {
        int id = node->params[slot];
        if ((call.params[slot].suffix != NULL) != (id >= 0) || id >= graph->n_params)
            return broken(graph, index, error, "its parameters do not follow from its attributes");
        if (id >= 0 && !ig_shape_equal(&graph->params[id].shape, &call.params[slot].shape))
            return broken(graph, index, error, "a parameter's shape");
    }
    return IG_OK;
}

ig_status ig_graph_verify(const ig_graph *graph, ig_error *error)
{
    if (!is_value(graph, graph->input) || graph->values[graph->input].producer != -1)
        return broken(graph, -1, error, "it has no input");
    if (graph->n_outputs < 1)
        return broken(graph, -1, error, "it has no output");
    ig_status status = verify_names(graph, error);
    for (int i = 0; i < graph->n_nodes && status == IG_OK; i++) {
        status = verify_links(graph, i, error);
        if (status == IG_OK)
            status = verify_inference(graph, i, error);
    }
    for (int i = 0; i < graph->n_scopes && status == IG_OK; i++)
        if (!graph->scopes[i].path || !is_value(graph, graph->scopes[i].value))
            status = broken(graph, -1, error, "a module path stands for no result");
    for (int i = 0; i < graph->n_outputs && status == IG_OK; i++)
        if (!graph->outputs[i].name || !is_value(graph, graph->outputs[i].value))
            status = broken(graph, -1, error, "an output stands for no result");
    return status;
}
