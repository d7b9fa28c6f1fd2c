/* References: what `in: NAME` means where it is written. */
#include "graph/loader/loader.h"

#include <stdio.h>
#include <string.h>

/* A binding is seen by the body that made it and by those around it. */
static bool is_inside(const ig_body *inner, const ig_body *outer)
{
    while (inner && inner != outer)
        inner = inner->parent;
    return inner != NULL;
}

static int find_in_body(const ig_loader *loader, const ig_body *body, const char *name)
{
    char full[IG_LIMIT_NAME + 1];
    const char *path = name;
    if (body->path[0]) {
        int length = snprintf(full, sizeof full, "%s.%s", body->path, name);
        if (length < 0 || (size_t)length >= sizeof full)
            return -1;
        path = full;
    }
    int at = ig_index_find(&loader->bindings_by_path, path);
    if (at < 0 || !is_inside(loader->bindings[at].body, body))
        return -1;
    return loader->bindings[at].value;
}

static int find_input(const ig_body *body, const char *name)
{
    for (int i = 0; i < body->n_inputs; i++)
        if (strcmp(body->input_names[i], name) == 0)
            return body->inputs[i];
    return strcmp(name, "in") == 0 && body->n_inputs > 0 ? body->inputs[0] : -1;
}

int ig_loader_find(const ig_loader *loader, const ig_body *body, const char *name)
{
    for (;; body = body->parent) {
        int value = find_in_body(loader, body, name);
        if (value >= 0)
            return value;
        if (body->block || !body->parent)
            return find_input(body, name);
    }
}

/* A step further down that carries the name: then the order is what is wrong, not the spelling. */
static bool is_later_step(const ig_body *body, const char *name)
{
    for (;; body = body->parent) {
        for (int i = 0; body->layers && i < body->layers->count; i++) {
            const ig_yaml *step = body->layers->items[i];
            const ig_yaml *key = step->kind == IG_YAML_MAPPING ? ig_yaml_get(step, "name") : NULL;
            if (key && key->kind == IG_YAML_SCALAR && key->text && strcmp(key->text, name) == 0)
                return true;
        }
        if (body->block || !body->parent)
            return false;
    }
}

const char *ig_loader_nearest(ig_loader *loader, const ig_body *body, const char *name)
{
    size_t count = (size_t)loader->n_bindings + IG_MAX_INPUTS;
    const char **names = ig_arena_array(loader->arena, count, sizeof *names);
    int found = 0;
    for (; names; body = body->parent) {
        size_t skip = body->path[0] ? strlen(body->path) + 1 : 0;
        for (int i = 0; i < loader->n_bindings && (size_t)found < count; i++)
            if (is_inside(loader->bindings[i].body, body) && strlen(loader->bindings[i].path) > skip)
                names[found++] = loader->bindings[i].path + skip;
        if (!body->block && body->parent)
            continue;
        for (int i = 0; i < body->n_inputs && (size_t)found < count; i++)
            names[found++] = body->input_names[i];
        return ig_text_nearest(name, names, found);
    }
    return NULL;
}

ig_status ig_loader_resolve(ig_loader *loader, const ig_body *body, const ig_yaml *node, int *value)
{
    ig_error *error = loader->error;
    if (!node || node->kind != IG_YAML_SCALAR || ig_yaml_is_null(node)) {
        ig_yaml_fail(node, error, "an input must name an earlier step");
        ig_error_found(error, "%s", ig_yaml_kind_text(node));
        return IG_E_DATA;
    }
    *value = strcmp(node->text, "prev") == 0 ? body->prev : ig_loader_find(loader, body, node->text);
    if (*value >= 0)
        return IG_OK;
    ig_yaml_fail(node, error, "there is no earlier step or input called '%.100s'", node->text);
    const char *nearest = ig_loader_nearest(loader, body, node->text);
    if (is_later_step(body, node->text))
        ig_error_hint(error, "'%.100s' comes later: a step can only use results of steps before it", node->text);
    else if (nearest)
        ig_error_hint(error, "did you mean '%s'?", nearest);
    return IG_E_DATA;
}
