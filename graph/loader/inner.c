/* Running the steps of a block or group inside another body. */
#include "graph/loader/loader.h"

static ig_status check_nesting(ig_loader *loader, const ig_body *body, const ig_yaml *node, const ig_block *block)
{
    int depth = 0;
    for (; body; body = body->parent, depth++)
        if (block && body->block == block)
            return ig_yaml_fail(node, loader->error, "the block '%s' contains itself", block->name);
    if (depth >= IG_LIMIT_DEPTH)
        return ig_yaml_fail(node, loader->error, "steps are nested deeper than %d", (int)IG_LIMIT_DEPTH);
    return IG_OK;
}

/* A block's arguments: written ones mean what they say where they are written, defaults where the block is. */
static ig_status set_args(ig_loader *loader, ig_body *inner, const ig_step *step)
{
    const ig_block *block = inner->block;
    ig_status status = IG_OK;
    for (int i = 0; i < block->args.count && status == IG_OK; i++) {
        const ig_arg *arg = &block->args.items[i];
        const ig_yaml *given = ig_yaml_get(step->node, arg->name);
        const ig_env inside = {.loader = loader, .body = inner, .prev = inner->prev};
        int64_t value = 0;
        if (!given && !arg->fallback) {
            ig_yaml_fail(step->node, loader->error, "the block '%s' needs the argument '%s'", block->name, arg->name);
            return IG_E_DATA;
        }
        status =
            ig_loader_read_choice(loader, given ? &step->env : &inside, arg, given ? given : arg->fallback, &value);
        if (status == IG_OK)
            status = ig_loader_add_var(loader, inner, arg, value);
    }
    return status;
}

/* Runs the inner steps; a named body is a scope that stands for its last result. */
ig_status ig_loader_run_inner(ig_loader *loader, ig_body *body, ig_step *step, ig_body *inner, int *value)
{
    ig_status status = IG_OK;
    inner->parent = body;
    inner->prev = step->n_inputs > 0 ? step->inputs[0] : -1;
    inner->path = body->path;
    if (step->name)
        status = ig_loader_join(loader, step->node, body->path, step->name, &inner->path);
    if (status == IG_OK)
        status = ig_loader_step_scope(step, body, step->name, &inner->scope);
    if (status == IG_OK)
        status = check_nesting(loader, body, step->node, inner->block);
    if (status == IG_OK && inner->block)
        status = set_args(loader, inner, step);
    if (status == IG_OK)
        status = ig_loader_run_body(loader, inner);
    *value = inner->prev;
    if (status != IG_OK || !step->name)
        return status;
    const ig_binding binding = {.path = inner->path, .body = body, .value = *value};
    return ig_loader_bind_scope(loader, step->node, &binding);
}
