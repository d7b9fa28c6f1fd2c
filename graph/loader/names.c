/* Names of steps: joining, templates, spelling, and the table of what is bound. */
#include "graph/loader/loader.h"

#include <stdio.h>
#include <string.h>

ig_status ig_loader_join(ig_loader *loader, const ig_yaml *node, const char *prefix, const char *name, const char **out)
{
    if (strlen(prefix) + strlen(name) + 1 > IG_LIMIT_NAME)
        return ig_yaml_fail(node, loader->error, "the full name is longer than %d bytes", (int)IG_LIMIT_NAME);
    *out = prefix[0] ? ig_arena_join(loader->arena, prefix, name) : ig_arena_strdup(loader->arena, name);
    return *out ? IG_OK : ig_fail_memory(loader->error, IG_LIMIT_NAME);
}

bool ig_loader_is_template(const char *name)
{
    return strstr(name, "${") != NULL;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool is_well_formed(const char *name)
{
    bool start = true; /* a component begins here */
    for (const char *c = name; *c; c++) {
        if (*c == '.' ? start : !is_name_char(*c))
            return false;
        start = *c == '.';
    }
    return !start && strcmp(name, "in") != 0 && strcmp(name, "prev") != 0;
}

ig_status ig_loader_check_name(ig_loader *loader, const ig_yaml *node, const char *name)
{
    if (strlen(name) > IG_LIMIT_NAME)
        return ig_yaml_fail(node, loader->error, "the name is longer than %d bytes", (int)IG_LIMIT_NAME);
    if (is_well_formed(name))
        return IG_OK;
    ig_yaml_fail(node, loader->error, "'%.100s' cannot be a name", name);
    ig_error_expected(loader->error, "letters, digits, '_' and '-', with dots between; not 'in' or 'prev'");
    return IG_E_DATA;
}

/* Copies up to `end`, or fails when the expression is not closed. */
static ig_status expand_one(const ig_env *env, const ig_yaml *node, const char **at, ig_text *out)
{
    const char *begin = *at + 2, *end = strchr(begin, '}');
    if (!end) {
        ig_yaml_fail(node, env->loader->error, "the name has a '${' without a '}'");
        return IG_E_DATA;
    }
    char *text = ig_arena_strndup(env->loader->arena, begin, (size_t)(end - begin));
    if (!text)
        return ig_fail_memory(env->loader->error, (size_t)(end - begin));
    int64_t value = 0;
    ig_status status = ig_loader_eval(env, node, text, (int)(begin - node->text), &value);
    if (status != IG_OK)
        return status;
    if (value < 0) {
        ig_yaml_fail(node, env->loader->error, "a number in a name must not be negative");
        ig_error_found(env->loader->error, "%lld", (long long)value);
        return IG_E_DATA;
    }
    ig_text_add(out, "%lld", (long long)value);
    *at = end + 1;
    return IG_OK;
}

static ig_status expand(const ig_env *env, const ig_yaml *node, ig_text *out)
{
    const char *at = node->text;
    while (*at) {
        const char *next = strstr(at, "${");
        ig_text_add_bytes(out, at, next ? (size_t)(next - at) : strlen(at));
        if (!next)
            break;
        at = next;
        ig_status status = expand_one(env, node, &at, out);
        if (status != IG_OK)
            return status;
    }
    return out->failed ? ig_fail_memory(env->loader->error, strlen(node->text)) : IG_OK;
}

ig_status ig_loader_expand_name(const ig_env *env, const ig_yaml *node, const char **out)
{
    ig_loader *loader = env->loader;
    if (node->kind != IG_YAML_SCALAR || ig_yaml_is_null(node)) {
        ig_yaml_fail(node, loader->error, "a name must be text");
        ig_error_found(loader->error, "%s", ig_yaml_kind_text(node));
        return IG_E_DATA;
    }
    ig_text text = {0};
    ig_status status = expand(env, node, &text);
    if (status == IG_OK)
        status = ig_loader_check_name(loader, node, ig_text_get(&text));
    if (status == IG_OK) {
        *out = ig_arena_strdup(loader->arena, ig_text_get(&text));
        if (!*out)
            status = ig_fail_memory(loader->error, text.length);
    }
    ig_text_release(&text);
    return status;
}

ig_status ig_loader_bind(ig_loader *loader, const ig_yaml *node, const ig_binding *binding)
{
    int at = ig_index_find(&loader->bindings_by_path, binding->path);
    if (at >= 0) {
        ig_binding *old = &loader->bindings[at];
        if (old->weak)
            *old = *binding;
        else if (!binding->weak)
            return ig_yaml_fail(node, loader->error, "two steps are called '%s'", binding->path);
        return IG_OK;
    }
    if (!ig_arena_grow(loader->arena, (void **)&loader->bindings, &loader->cap_bindings, loader->n_bindings + 1,
                       sizeof *loader->bindings) ||
        !ig_index_put(&loader->bindings_by_path, loader->arena, binding->path, loader->n_bindings))
        return ig_fail_memory(loader->error, sizeof *binding);
    loader->bindings[loader->n_bindings++] = *binding;
    return IG_OK;
}

ig_status ig_loader_bind_scope(ig_loader *loader, const ig_yaml *node, const ig_binding *binding)
{
    if (ig_graph_find_value_id(loader->graph, binding->path) >= 0)
        return IG_OK;
    ig_status status = ig_loader_bind(loader, node, binding);
    if (status == IG_OK && !ig_graph_add_scope(loader->graph, binding->path, binding->value))
        status = ig_fail_memory(loader->error, strlen(binding->path));
    return status;
}

/* Counts per base name, so that thousands of unnamed steps stay cheap. */
ig_status ig_loader_free_name(ig_loader *loader, const ig_yaml *node, const char *path, const char *op,
                              const char **out)
{
    const char *base = NULL;
    ig_status status = ig_loader_join(loader, node, path, op, &base);
    if (status != IG_OK)
        return status;
    int number = ig_index_find(&loader->next_numbers, base);
    for (number = number < 0 ? 0 : number;; number++) {
        char name[IG_LIMIT_NAME + 16];
        if (number == 0)
            snprintf(name, sizeof name, "%s", base);
        else
            snprintf(name, sizeof name, "%s_%d", base, number);
        int at = ig_index_find(&loader->bindings_by_path, name);
        if ((at >= 0 && !loader->bindings[at].weak) || ig_graph_find_value_id(loader->graph, name) >= 0)
            continue;
        if (!ig_index_put(&loader->next_numbers, loader->arena, base, number + 1))
            return ig_fail_memory(loader->error, sizeof name);
        return ig_loader_join(loader, node, "", name, out);
    }
}
