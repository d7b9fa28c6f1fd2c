/* What callers may ask about a graph. */
#include "base/text.h"
#include "graph/ir.h"

#include <stdlib.h>

/* Totals of absurd networks stop at the largest number and do not wrap. */
static int64_t add_up(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static int64_t flops_of(const ig_cost *cost)
{
    return add_up(add_up(cost->macs, cost->macs), add_up(cost->adds, cost->other));
}

static bool is_buffer(ig_param_kind kind)
{
    return kind == IG_PARAM_RUNNING_MEAN || kind == IG_PARAM_RUNNING_VAR;
}

static void node_cost(const ig_graph *graph, const ig_node *node, ig_cost *out)
{
    ig_op_context call;
    int64_t elems = ig_shape_elems(&graph->values[node->output].shape);
    ig_node_context(graph, node, &call);
    *out = (ig_cost){0};
    if (node->op->is_constant || ig_op_call_is_view(&call))
        return; /* nothing moves */
    ig_op_call_cost(&call, out);
    for (int i = 0; i < node->n_inputs; i++)
        elems += ig_shape_elems(&graph->values[node->inputs[i]].shape);
    for (int slot = 0; slot < IG_MAX_PARAMS; slot++)
        if (node->params[slot] >= 0)
            elems += ig_shape_elems(&call.params[slot].shape);
    out->bytes = elems * (int64_t)sizeof(float);
}

void ig_graph_count(const ig_graph *graph, ig_graph_totals *totals)
{
    *totals = (ig_graph_totals){0};
    for (int i = 0; i < graph->n_params; i++) {
        const ig_param *param = &graph->params[i];
        int64_t *count = is_buffer(param->kind) ? &totals->buffers : &totals->params;
        *count += ig_shape_elems(&param->shape);
    }
    totals->weight_bytes = (totals->params + totals->buffers) * (int64_t)sizeof(float);
    for (int i = 0; i < graph->n_nodes; i++) {
        ig_cost cost;
        node_cost(graph, &graph->nodes[i], &cost);
        totals->cost.macs = add_up(totals->cost.macs, cost.macs);
        totals->cost.adds = add_up(totals->cost.adds, cost.adds);
        totals->cost.other = add_up(totals->cost.other, cost.other);
        totals->cost.bytes = add_up(totals->cost.bytes, cost.bytes);
    }
    totals->flops = flops_of(&totals->cost);
}

void ig_graph_get_info(const ig_graph *graph, ig_graph_info *out)
{
    *out = (ig_graph_info){
        .name = graph->name,
        .doc = graph->doc ? graph->doc : "",
        .source = graph->source ? graph->source : "",
        .task = graph->task ? graph->task : "",
        .input_name = graph->values[graph->input].name,
        .input_shape = graph->values[graph->input].shape,
        .preprocess = graph->preprocess,
        .has_preprocess = graph->has_preprocess,
        .n_outputs = graph->n_outputs,
        .output_names = graph->output_names,
        .output_values = graph->output_values,
        .output_shapes = graph->output_shapes,
        .labels = graph->n_labels > 0 ? graph->labels : NULL,
        .n_labels = graph->n_labels,
        .weights_file = graph->weights_file,
        .n_layers = graph->n_nodes,
        .n_params = graph->n_params,
        .totals = graph->totals,
    };
}

bool ig_graph_get_layer(const ig_graph *graph, int index, ig_layer_info *out)
{
    if (index < 0 || index >= graph->n_nodes)
        return false;
    const ig_node *node = &graph->nodes[index];
    *out = (ig_layer_info){.path = node->path,
                           .op = node->op->name,
                           .output = graph->values[node->output].shape,
                           .n_inputs = node->n_inputs};
    for (int i = 0; i < node->n_inputs; i++)
        out->inputs[i] = graph->values[node->inputs[i]].name;
    for (int slot = 0; slot < IG_MAX_PARAMS; slot++) {
        const ig_param *param = node->params[slot] >= 0 ? &graph->params[node->params[slot]] : NULL;
        if (param && param->first_user == index && !is_buffer(param->kind))
            out->params += ig_shape_elems(&param->shape);
    }
    node_cost(graph, node, &out->cost);
    out->flops = flops_of(&out->cost);
    return true;
}

bool ig_graph_get_param(const ig_graph *graph, int index, ig_param_info *out)
{
    if (index < 0 || index >= graph->n_params)
        return false;
    const ig_param *param = &graph->params[index];
    *out = (ig_param_info){.name = param->name, .shape = param->shape, .kind = param->kind};
    return true;
}

bool ig_graph_is_selected(const ig_graph *graph, const char *value)
{
    int id = ig_graph_find_value_id(graph, value);
    for (int i = 0; i < graph->n_nodes && id >= 0; i++) {
        const ig_node *node = &graph->nodes[i];
        for (int k = 0; node->op->selects && k < node->n_inputs; k++)
            if (node->inputs[k] == id)
                return true;
    }
    return false;
}

bool ig_graph_follows_selection(const ig_graph *graph, const char *value)
{
    const int id = ig_graph_find_value_id(graph, value);
    return id >= 0 && graph->values[id].follows_selection;
}

const char *ig_param_kind_name(ig_param_kind kind)
{
    static const char *const NAMES[IG_PARAM_KIND_COUNT] = {"conv_weight",  "conv_bias",   "linear_weight",
                                                           "linear_bias",  "norm_weight", "norm_bias",
                                                           "running_mean", "running_var", "other"};
    return (unsigned)kind < IG_PARAM_KIND_COUNT ? NAMES[kind] : "unknown";
}

static const char *nearest_name(const ig_graph *graph, const char *path)
{
    size_t count = 0;
    const char **names = malloc(((size_t)graph->n_values + (size_t)graph->n_scopes) * sizeof *names);
    if (!names)
        return NULL; /* a hint less */
    for (int i = 0; i < graph->n_values; i++)
        names[count++] = graph->values[i].name;
    for (int i = 0; i < graph->n_scopes; i++)
        names[count++] = graph->scopes[i].path;
    const char *nearest = ig_text_nearest(path, names, (int)count);
    free(names);
    return nearest;
}

const char *ig_graph_find_value(const ig_graph *graph, const char *path, const char **nearest)
{
    if (nearest)
        *nearest = NULL;
    int value = ig_graph_find_value_id(graph, path);
    int scope = value < 0 ? ig_index_find(&graph->scopes_by_path, path) : -1;
    if (scope >= 0)
        value = graph->scopes[scope].value;
    if (value >= 0)
        return graph->values[value].name;
    if (nearest && path)
        *nearest = nearest_name(graph, path);
    return NULL;
}
