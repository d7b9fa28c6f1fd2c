#include "graph/rewrite.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static void count_uses(ig_rewrite *rewrite)
{
    const ig_graph *in = rewrite->in;
    for (int i = 0; i < in->n_values; i++)
        rewrite->value[i] = rewrite->reader[i] = -1;
    for (int i = 0; i < in->n_nodes; i++) {
        for (int j = 0; j < in->nodes[i].n_inputs; j++) {
            rewrite->uses[in->nodes[i].inputs[j]]++;
            rewrite->reader[in->nodes[i].inputs[j]] = i;
        }
    }
    for (int i = 0; i < in->n_outputs; i++)
        rewrite->uses[in->outputs[i].value]++;
}

ig_status ig_rewrite_begin(ig_rewrite *rewrite, const ig_graph *in, const bool *keep, ig_error *error)
{
    size_t count = (size_t)in->n_values;
    *rewrite = (ig_rewrite){.in = in, .keep = keep, .out = ig_graph_create()};
    rewrite->value = calloc(count, sizeof *rewrite->value);
    rewrite->uses = calloc(count, sizeof *rewrite->uses);
    rewrite->reader = calloc(count, sizeof *rewrite->reader);
    if (!rewrite->out || !rewrite->value || !rewrite->uses || !rewrite->reader ||
        !ig_graph_copy_header(rewrite->out, in))
        return ig_fail_memory(error, count * sizeof *rewrite->value);
    count_uses(rewrite);
    const ig_value *input = &in->values[in->input];
    rewrite->out->input = ig_graph_add_value(rewrite->out, input->name, &input->shape, -1);
    rewrite->value[in->input] = rewrite->out->input;
    return rewrite->out->input >= 0 ? IG_OK : ig_fail_memory(error, sizeof *input);
}

ig_status ig_rewrite_add(ig_rewrite *rewrite, const ig_node_spec *spec, int *value, ig_error *error)
{
    const int replaced = ig_graph_find_value_id(rewrite->in, spec->path);
    ig_status status = ig_graph_add_node(rewrite->out, spec, value, error);
    if (status == IG_OK && replaced >= 0)
        rewrite->value[replaced] = *value;
    return status;
}

ig_node_spec ig_rewrite_spec(const ig_node *node)
{
    return (ig_node_spec){.op = node->op,
                          .path = node->path,
                          .scope = node->scope,
                          .inputs = node->inputs,
                          .n_inputs = node->n_inputs,
                          .attrs = node->attrs,
                          .file = node->file,
                          .line = node->line,
                          .column = node->column};
}

ig_status ig_rewrite_put(ig_rewrite *rewrite, const ig_node *node, const char *path, const ig_attr *attrs,
                         const int *inputs, int n_inputs, ig_error *error)
{
    int mapped[IG_MAX_INPUTS], value = -1;
    ig_node_spec spec = ig_rewrite_spec(node);
    for (int i = 0; i < n_inputs; i++)
        mapped[i] = rewrite->value[inputs[i]];
    spec.path = path;
    spec.attrs = attrs;
    spec.inputs = mapped;
    spec.n_inputs = n_inputs;
    return ig_rewrite_add(rewrite, &spec, &value, error);
}

static bool is_taken(const ig_graph *graph, const char *name)
{
    return ig_graph_find_value_id(graph, name) >= 0 || ig_index_find(&graph->scopes_by_path, name) >= 0;
}

const char *ig_rewrite_name(const ig_rewrite *rewrite, const char *stem, const char *word)
{
    for (int i = 0;; i++) {
        const char *name = ig_arena_printf(rewrite->out->arena, "%s.%s%d", stem, word, i);
        if (!name || (!is_taken(rewrite->in, name) && !is_taken(rewrite->out, name)))
            return name;
    }
}

bool ig_rewrite_is_asked_for(const ig_rewrite *rewrite, int value)
{
    for (int i = 0; i < rewrite->in->n_outputs; i++)
        if (rewrite->in->outputs[i].value == value)
            return true;
    return rewrite->keep[value];
}

ig_status ig_rewrite_copy(ig_rewrite *rewrite, const ig_node *node, const char *path, const ig_attr *attrs,
                          ig_error *error)
{
    return ig_rewrite_put(rewrite, node, path ? path : node->path, attrs ? attrs : node->attrs, node->inputs,
                          node->n_inputs, error);
}

static ig_status finish(ig_rewrite *rewrite, ig_error *error)
{
    const ig_graph *in = rewrite->in;
    bool done = true;
    for (int i = 0; i < in->n_scopes; i++) {
        int value = rewrite->value[in->scopes[i].value];
        if (value >= 0)
            done = done && ig_graph_add_scope(rewrite->out, in->scopes[i].path, value);
    }
    for (int i = 0; i < in->n_outputs; i++)
        done = done && ig_graph_add_output(rewrite->out, in->outputs[i].name, rewrite->value[in->outputs[i].value]);
    return done ? IG_OK : ig_fail_memory(error, sizeof *rewrite->out);
}

ig_status ig_rewrite_end(ig_rewrite *rewrite, ig_status status, ig_graph **out, ig_error *error)
{
    *out = NULL;
    if (status == IG_OK)
        status = finish(rewrite, error);
    if (status == IG_OK)
        *out = rewrite->out;
    else
        ig_graph_destroy(&rewrite->out);
    free(rewrite->value);
    free(rewrite->uses);
    free(rewrite->reader);
    return status;
}

ig_status ig_rewrite_nothing(const ig_graph *in, ig_graph **out, ig_error *error)
{
    ig_rewrite rewrite;
    ig_status status = ig_rewrite_begin(&rewrite, in, NULL, error);
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++)
        status = ig_rewrite_copy(&rewrite, &in->nodes[i], NULL, NULL, error);
    return ig_rewrite_end(&rewrite, status, out, error);
}

ig_attr *ig_rewrite_attr(const ig_op *op, ig_attr *attrs, const char *name)
{
    int index = ig_op_attr_index(op, name);
    return index >= 0 ? &attrs[index] : NULL;
}

bool ig_node_has_epilogue(const ig_node *node)
{
    const ig_attr *then = ig_node_attr(node, IG_EPILOGUE_ATTR), *norm = ig_node_attr(node, IG_PLANE_NORM_ATTR);
    const ig_attr *pool = ig_node_attr(node, IG_MAX_POOL_ATTR);
    return (then && then->n_words > 0) || (norm && norm->i) || (pool && pool->i);
}

static bool is_gated(const ig_node *node)
{
    const ig_attr *gate = ig_node_attr(node, IG_GATE_ATTR);
    return gate && gate->i;
}

bool ig_node_is(const ig_node *node, const char *op)
{
    return node && strcmp(node->op->name, op) == 0 && !is_gated(node) && !ig_node_has_epilogue(node);
}

const ig_attr *ig_node_attr(const ig_node *node, const char *name)
{
    return ig_rewrite_attr(node->op, node->attrs, name);
}

/* The node that `first` can be joined with, or NULL. */
static const ig_node *find_second(const ig_fusion *fusion, const ig_rewrite *rewrite, const ig_node *first)
{
    int value = first->output;
    if (rewrite->uses[value] != 1 || rewrite->reader[value] < 0 || rewrite->keep[value])
        return NULL;
    const ig_node *second = &rewrite->in->nodes[rewrite->reader[value]];
    return second->n_inputs == 1 && fusion->legal(rewrite->in, first, second) ? second : NULL;
}

static ig_status fuse_pair(const ig_fusion *fusion, ig_rewrite *rewrite, const ig_node *first, const ig_node *second,
                           ig_error *error)
{
    ig_attr attrs[IG_MAX_ATTRS];
    ig_node joined = fusion->second_stays ? *second : *first;
    memcpy(attrs, joined.attrs, (size_t)joined.op->n_attrs * sizeof *attrs);
    fusion->rewrite(first, second, attrs);
    joined.n_inputs = first->n_inputs;
    memcpy(joined.inputs, first->inputs, sizeof joined.inputs);
    return ig_rewrite_copy(rewrite, &joined, second->path, attrs, error);
}

/* The pair stands where the second stood, so results keep their order. A node is at most one pair's second. */
static ig_status fuse_nodes(const ig_fusion *fusion, ig_rewrite *rewrite, const ig_node **second_of, ig_error *error)
{
    const ig_graph *in = rewrite->in;
    ig_status status = IG_OK;
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        const ig_node *node = &in->nodes[i];
        const ig_node *first = node->n_inputs == 1 && in->values[node->inputs[0]].producer >= 0
                                   ? &in->nodes[in->values[node->inputs[0]].producer]
                                   : NULL;
        second_of[i] = find_second(fusion, rewrite, node);
        if (second_of[i])
            continue;
        if (first && second_of[first - in->nodes] == node)
            status = fuse_pair(fusion, rewrite, first, node, error);
        else
            status = ig_rewrite_copy(rewrite, node, NULL, NULL, error);
    }
    return status;
}

ig_status ig_rewrite_fuse(const ig_fusion *fusion, const ig_graph *in, const bool *keep, ig_graph **out,
                          ig_error *error)
{
    ig_rewrite rewrite;
    ig_status status = ig_rewrite_begin(&rewrite, in, keep, error);
    const ig_node **second_of = calloc((size_t)in->n_nodes + 1, sizeof(const ig_node *));
    if (!second_of)
        status = ig_fail_memory(error, (size_t)in->n_nodes * sizeof(const ig_node *));
    else if (status == IG_OK)
        status = fuse_nodes(fusion, &rewrite, second_of, error);
    free(second_of);
    return ig_rewrite_end(&rewrite, status, out, error);
}
