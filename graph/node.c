/* Appending a node: attributes copied, shape inferred, parameters declared. */
#include "base/error.h"
#include "base/shape.h"
#include "graph/ir.h"

#include <string.h>

ig_status ig_node_call(const ig_graph *graph, const ig_node *node, ig_op_context *out, ig_error *error)
{
    ig_shape inputs[IG_MAX_INPUTS];
    for (int i = 0; i < node->n_inputs; i++)
        inputs[i] = graph->values[node->inputs[i]].shape;
    return ig_op_call(out, node->op, node->attrs, inputs, node->n_inputs, error);
}

void ig_node_context(const ig_graph *graph, const ig_node *node, ig_op_context *out)
{
    /* The node was accepted with these very inputs, so inferring again cannot fail. */
    ig_status status = ig_node_call(graph, node, out, NULL);
    (void)status;
}

int ig_node_own_inputs(const ig_node *node)
{
    return node->n_inputs - ig_op_operands(node->op, node->attrs);
}

static bool shape_in_bounds(const ig_shape *shape)
{
    int64_t elems = ig_shape_elems(shape);
    for (int i = 0; i < shape->rank; i++)
        if (shape->dim[i] > IG_MAX_EXTENT)
            return false;
    return shape->rank >= 0 && shape->rank <= IG_MAX_RANK && elems >= 1 && elems <= IG_MAX_TENSOR_ELEMS;
}

static ig_status check_shape(const ig_shape *shape, const char *what, ig_error *error)
{
    char text[96];
    if (shape_in_bounds(shape))
        return IG_OK;
    ig_fail(error, IG_E_DATA, "%s is too large", what);
    ig_error_expected(error, "at most 2^31 elements and 2^24 along an axis");
    ig_error_found(error, "%s", ig_shape_text(shape, text, sizeof text));
    return IG_E_DATA;
}

static bool copy_words(ig_graph *graph, ig_attr *attr)
{
    const char **words = ig_arena_array(graph->arena, (size_t)attr->n_words + 1, sizeof *words);
    bool done = words != NULL;
    for (int i = 0; i < attr->n_words && done; i++) {
        words[i] = ig_arena_strdup(graph->arena, attr->words[i]);
        done = words[i] != NULL;
    }
    attr->words = words;
    return done;
}

static ig_status copy_attrs(ig_graph *graph, const ig_node_spec *spec, ig_node *node, ig_error *error)
{
    size_t count = (size_t)spec->op->n_attrs;
    node->attrs = ig_arena_array(graph->arena, count + 1, sizeof *node->attrs);
    if (!node->attrs)
        return ig_fail_memory(error, count * sizeof *node->attrs);
    if (count > 0)
        memcpy(node->attrs, spec->attrs, count * sizeof *node->attrs);
    for (size_t i = 0; i < count; i++) {
        node->attrs[i].s = ig_arena_strdup(graph->arena, spec->attrs[i].s ? spec->attrs[i].s : "");
        if (!node->attrs[i].s || !copy_words(graph, &node->attrs[i]))
            return ig_fail_memory(error, 1);
    }
    return IG_OK;
}

static ig_status check_shared(const ig_param *param, const ig_param_decl *decl, ig_error *error)
{
    char shape[96], other[96];
    if (param->kind == decl->kind && ig_shape_equal(&param->shape, &decl->shape))
        return IG_OK;
    ig_fail(error, IG_E_DATA, "the parameter '%s' is shared by steps that do not fit", param->name);
    ig_error_expected(error, "%s %s", ig_param_kind_name(param->kind),
                      ig_shape_text(&param->shape, shape, sizeof shape));
    ig_error_found(error, "%s %s", ig_param_kind_name(decl->kind), ig_shape_text(&decl->shape, other, sizeof other));
    return IG_E_DATA;
}

static ig_status add_param(ig_graph *graph, const ig_node *node, const ig_param_decl *decl, int *id, ig_error *error)
{
    const char *prefix = decl->prefix ? decl->prefix : node->scope;
    const char *name =
        decl->suffix[0] ? ig_arena_join(graph->arena, prefix, decl->suffix) : ig_arena_strdup(graph->arena, prefix);
    if (!name)
        return ig_fail_memory(error, strlen(prefix));
    *id = ig_index_find(&graph->params_by_name, name);
    if (*id >= 0)
        return check_shared(&graph->params[*id], decl, error);
    ig_status status = check_shape(&decl->shape, "a parameter", error);
    if (status != IG_OK)
        return status;
    if (!ig_arena_grow(graph->arena, (void **)&graph->params, &graph->cap_params, graph->n_params + 1,
                       sizeof *graph->params) ||
        !ig_index_put(&graph->params_by_name, graph->arena, name, graph->n_params))
        return ig_fail_memory(error, sizeof *graph->params);
    graph->params[graph->n_params] =
        (ig_param){.name = name, .shape = decl->shape, .kind = decl->kind, .first_user = graph->n_nodes};
    *id = graph->n_params++;
    return IG_OK;
}

static ig_status add_params(ig_graph *graph, ig_node *node, const ig_op_context *call, ig_error *error)
{
    bool own = false;
    for (int slot = 0; slot < IG_MAX_PARAMS; slot++) {
        const ig_param_decl *decl = &call->params[slot];
        node->params[slot] = -1;
        if (!decl->suffix)
            continue;
        ig_status status = add_param(graph, node, decl, &node->params[slot], error);
        if (status != IG_OK)
            return status;
        own = own || !decl->prefix;
    }
    if (!own)
        node->scope = node->path; /* nothing of its own to share */
    return IG_OK;
}

static ig_status check_inputs(const ig_graph *graph, const ig_node_spec *spec, ig_error *error)
{
    const ig_op *op = spec->op;
    if (ig_graph_find_value_id(graph, spec->path) >= 0)
        return ig_fail(error, IG_E_DATA, "two results are called '%s'", spec->path);
    const int operands = ig_op_operands(op, spec->attrs), own = spec->n_inputs - operands;
    const bool counts = operands >= 0; /* an ill-formed epilogue is refused by ig_op_call(), with a better message */
    if (spec->n_inputs > IG_MAX_INPUTS || (counts && (own < op->min_inputs || own > op->max_inputs))) {
        ig_fail(error, IG_E_DATA, "'%s' has the wrong number of inputs", op->name);
        if (op->min_inputs == op->max_inputs)
            ig_error_expected(error, "%d", op->min_inputs);
        else
            ig_error_expected(error, "%d to %d", op->min_inputs, op->max_inputs);
        ig_error_found(error, "%d", own);
        return IG_E_DATA;
    }
    for (int i = 0; i < spec->n_inputs; i++)
        if (spec->inputs[i] < 0 || spec->inputs[i] >= graph->n_values)
            return ig_fail(error, IG_E_INTERNAL, "input %d of '%s' is no value", i, spec->path);
    return IG_OK;
}

static ig_status build_node(ig_graph *graph, const ig_node_spec *spec, ig_node *node, ig_op_context *call,
                            ig_error *error)
{
    ig_status status = check_inputs(graph, spec, error);
    if (status == IG_OK)
        status = copy_attrs(graph, spec, node, error);
    if (status != IG_OK)
        return status;
    node->n_inputs = spec->n_inputs;
    for (int i = 0; i < spec->n_inputs; i++)
        node->inputs[i] = spec->inputs[i];
    status = ig_node_call(graph, node, call, error);
    if (status == IG_OK)
        status = check_shape(&call->output, "the result", error);
    return status;
}

static bool follows_selection(const ig_graph *graph, const ig_node *node)
{
    bool follows = node->op->selects;
    for (int k = 0; k < node->n_inputs; k++)
        follows = follows || graph->values[node->inputs[k]].follows_selection;
    return follows;
}

static ig_status append(ig_graph *graph, const ig_node_spec *spec, int *value, ig_error *error)
{
    ig_op_context call;
    ig_node node = {.op = spec->op, .line = spec->line, .column = spec->column};
    ig_status status = build_node(graph, spec, &node, &call, error);
    if (status != IG_OK)
        return status;
    if (!ig_arena_grow(graph->arena, (void **)&graph->nodes, &graph->cap_nodes, graph->n_nodes + 1,
                       sizeof *graph->nodes))
        return ig_fail_memory(error, sizeof *graph->nodes);
    node.output = ig_graph_add_value(graph, spec->path, &call.output, graph->n_nodes);
    if (node.output < 0)
        return ig_fail_memory(error, sizeof *graph->values);
    graph->values[node.output].follows_selection = follows_selection(graph, &node);
    node.path = graph->values[node.output].name;
    node.scope = spec->scope ? ig_arena_strdup(graph->arena, spec->scope) : node.path;
    node.file = spec->file ? ig_arena_strdup(graph->arena, spec->file) : NULL;
    if (!node.scope || (spec->file && !node.file))
        return ig_fail_memory(error, strlen(spec->path));
    status = add_params(graph, &node, &call, error);
    if (status != IG_OK)
        return status;
    *value = node.output;
    graph->nodes[graph->n_nodes++] = node;
    return IG_OK;
}

ig_status ig_graph_add_node(ig_graph *graph, const ig_node_spec *spec, int *value, ig_error *error)
{
    ig_status status = append(graph, spec, value, error);
    if (status != IG_OK && spec->file)
        ig_error_where(error, spec->file, spec->line, spec->column);
    return status;
}
