/* The three kinds of step: an operator, a block, a group of steps. */
#include "graph/loader/loader.h"

#include <string.h>

/* Notes that parameters now live under `scope` and every path above it. */
static ig_status note_prefixes(ig_loader *loader, const char *scope)
{
    for (const char *end = strchr(scope, '.');; end = strchr(end + 1, '.')) {
        char prefix[IG_LIMIT_NAME + 1] = {0};
        memcpy(prefix, scope, end ? (size_t)(end - scope) : strlen(scope));
        if (ig_index_find(&loader->prefixes, prefix) < 0) {
            const char *copy = ig_arena_strdup(loader->arena, prefix);
            if (!copy || !ig_index_put(&loader->prefixes, loader->arena, copy, 1))
                return ig_fail_memory(loader->error, sizeof prefix);
        }
        if (!end)
            return IG_OK;
    }
}

/* The parameter prefix of a step called `name` (NULL: unnamed): its own path, or the one `share` names. */
ig_status ig_loader_step_scope(const ig_step *step, const ig_body *body, const char *name, const char **scope)
{
    ig_loader *loader = step->env.loader;
    const ig_yaml *share = ig_yaml_get(step->node, "share");
    ig_status status = share ? ig_loader_expand_name(&step->env, share, &name) : IG_OK;
    *scope = body->scope;
    if (status == IG_OK && name)
        status = ig_loader_join(loader, step->node, body->scope, name, scope);
    if (status == IG_OK && share && !loader->printed && ig_index_find(&loader->prefixes, *scope) < 0) {
        ig_yaml_fail(share, loader->error, "nothing before this step has parameters under '%s'", *scope);
        ig_error_hint(loader->error, "'share' names an earlier step of the same body");
        return IG_E_DATA;
    }
    return status;
}

static ig_status add_op(ig_loader *loader, ig_body *body, ig_step *step, ig_node_spec *spec, int *value)
{
    const char *leaf = step->name;
    ig_status status = leaf ? ig_loader_join(loader, step->node, body->path, leaf, &spec->path)
                            : ig_loader_free_name(loader, step->node, body->path, spec->op->name, &spec->path);
    if (status == IG_OK && !leaf) /* the part that was chosen, under the body's parameter prefix */
        leaf = spec->path + (body->path[0] ? strlen(body->path) + 1 : 0);
    if (status == IG_OK)
        status = ig_loader_step_scope(step, body, leaf, &spec->scope);
    if (status != IG_OK)
        return status;
    if (loader->graph->n_nodes >= IG_LIMIT_NODES)
        return ig_yaml_fail(step->node, loader->error, "the model has more than %d operators", (int)IG_LIMIT_NODES);
    int n_params = loader->graph->n_params;
    status = ig_graph_add_node(loader->graph, spec, value, loader->error);
    if (status == IG_OK && loader->graph->n_params > n_params)
        status = note_prefixes(loader, spec->scope);
    if (status != IG_OK)
        return status;
    const ig_binding binding = {.path = spec->path, .body = body, .value = *value};
    return ig_loader_bind(loader, step->node, &binding);
}

static ig_status find_op(ig_loader *loader, const ig_yaml *step, const ig_op **out)
{
    const char *name, *names[64];
    int count = 0;
    const ig_yaml *node = ig_yaml_get(step, "op");
    ig_status status = ig_yaml_string(node, "op", &name, loader->error);
    if (status != IG_OK)
        return status;
    *out = ig_op_find(name);
    if (*out)
        return IG_OK;
    for (; count < ig_op_count && count < 64; count++)
        names[count] = ig_op_table[count]->name;
    ig_yaml_fail(node, loader->error, "there is no operator '%.100s'", name);
    const char *nearest = ig_text_nearest(name, names, count);
    if (nearest)
        ig_error_hint(loader->error, "did you mean '%s'?", nearest);
    return IG_E_DATA;
}

static ig_status run_op(ig_loader *loader, ig_body *body, ig_step *step, int *value)
{
    const ig_op *op = NULL;
    ig_attr attrs[IG_MAX_ATTRS];
    ig_status status = find_op(loader, step->node, &op);
    if (status == IG_OK)
        status = ig_loader_read_attrs(&step->env, op, step->node, attrs);
    if (status != IG_OK)
        return status;
    ig_node_spec spec = {.op = op,
                         .inputs = step->inputs,
                         .n_inputs = step->n_inputs,
                         .attrs = attrs,
                         .file = step->node->file,
                         .line = step->node->line,
                         .column = step->node->column};
    return add_op(loader, body, step, &spec, value);
}

static ig_status find_block(ig_loader *loader, const ig_yaml *step, const ig_block **out)
{
    const char *name;
    const ig_yaml *node = ig_yaml_get(step, "block");
    ig_status status = ig_yaml_string(node, "block", &name, loader->error);
    if (status != IG_OK)
        return status;
    int at = ig_index_find(&loader->blocks_by_name, name);
    if (at >= 0) {
        *out = &loader->blocks[at];
        return IG_OK;
    }
    const char **names = ig_arena_array(loader->arena, (size_t)loader->n_blocks + 1, sizeof *names);
    for (int i = 0; names && i < loader->n_blocks; i++)
        names[i] = loader->blocks[i].name;
    ig_yaml_fail(node, loader->error, "there is no block '%.100s'", name);
    const char *nearest = names ? ig_text_nearest(name, names, loader->n_blocks) : NULL;
    if (nearest)
        ig_error_hint(loader->error, "did you mean '%s'?", nearest);
    else if (loader->n_blocks == 0)
        ig_error_hint(loader->error, "define it under 'blocks:' or name its file under 'include:'");
    return IG_E_DATA;
}

static ig_status run_block(ig_loader *loader, ig_body *body, ig_step *step, int *value)
{
    const ig_block *block = NULL;
    ig_status status = find_block(loader, step->node, &block);
    if (status != IG_OK)
        return status;
    if (step->n_inputs != block->n_inputs) {
        ig_yaml_fail(step->node, loader->error, "the block '%s' has the wrong number of inputs", block->name);
        ig_error_expected(loader->error, "%d", block->n_inputs);
        ig_error_found(loader->error, "%d", step->n_inputs);
        return IG_E_DATA;
    }
    ig_body *inner = ig_arena_alloc(loader->arena, sizeof *inner);
    int *inputs = ig_arena_array(loader->arena, IG_MAX_INPUTS, sizeof *inputs);
    if (!inner || !inputs)
        return ig_fail_memory(loader->error, sizeof *inner);
    memcpy(inputs, step->inputs, sizeof step->inputs);
    *inner = (ig_body){.block = block,
                       .layers = block->layers,
                       .input_names = block->inputs,
                       .inputs = inputs,
                       .n_inputs = block->n_inputs};
    return ig_loader_run_inner(loader, body, step, inner, value);
}

static ig_status run_group(ig_loader *loader, ig_body *body, ig_step *step, int *value)
{
    if (step->n_inputs != 1)
        return ig_yaml_fail(step->node, loader->error, "a group of layers has one input");
    ig_body *inner = ig_arena_alloc(loader->arena, sizeof *inner);
    if (!inner)
        return ig_fail_memory(loader->error, sizeof *inner);
    *inner = (ig_body){.layers = ig_yaml_get(step->node, "layers"), .has_i = step->env.has_i, .i = step->env.i};
    return ig_loader_run_inner(loader, body, step, inner, value);
}

static ig_status op_keys(ig_loader *loader, const ig_yaml *step, const char ***names, int *count)
{
    const ig_op *op = NULL;
    ig_status status = find_op(loader, step, &op);
    if (status != IG_OK)
        return status;
    *names = ig_arena_array(loader->arena, (size_t)op->n_attrs + 1, sizeof **names);
    if (!*names)
        return ig_fail_memory(loader->error, sizeof **names);
    for (int i = 0; i < op->n_attrs; i++)
        if (!op->attrs[i].internal || loader->printed) /* passes set those; people do not */
            (*names)[(*count)++] = op->attrs[i].name;
    return IG_OK;
}

static ig_status block_keys(ig_loader *loader, const ig_yaml *step, const char ***names, int *count)
{
    const ig_block *block = NULL;
    ig_status status = find_block(loader, step, &block);
    if (status != IG_OK)
        return status;
    *names = ig_arena_array(loader->arena, (size_t)block->args.count + 1, sizeof **names);
    if (!*names)
        return ig_fail_memory(loader->error, sizeof **names);
    for (*count = 0; *count < block->args.count; ++*count)
        (*names)[*count] = block->args.items[*count].name;
    return IG_OK;
}

static ig_status group_keys(ig_loader *loader, const ig_yaml *step, const char ***names, int *count)
{
    (void)step;
    *names = ig_arena_array(loader->arena, 1, sizeof **names);
    *count = 0;
    return *names ? IG_OK : ig_fail_memory(loader->error, sizeof **names);
}

bool ig_loader_takes_input(const ig_yaml *step)
{
    const ig_yaml *node = ig_yaml_get(step, "op");
    const ig_op *op = node && node->kind == IG_YAML_SCALAR && node->text ? ig_op_find(node->text) : NULL;
    return !op || op->max_inputs > 0;
}

const ig_step_kind ig_step_kinds[] = {
    {"op", run_op, op_keys},
    {"block", run_block, block_keys},
    {"layers", run_group, group_keys},
};
const int ig_step_kind_count = (int)(sizeof ig_step_kinds / sizeof ig_step_kinds[0]);
