/* What expressions see: parameters, choices, `i`, and the extents of results. */
#include "base/expr.h"
#include "graph/loader/loader.h"

#include <stdio.h>
#include <string.h>

static const ig_body *boundary(const ig_body *body)
{
    while (!body->block && body->parent)
        body = body->parent;
    return body;
}

static bool find_i(const ig_env *env, int64_t *value)
{
    *value = env->i;
    if (env->has_i)
        return true;
    for (const ig_body *body = env->body; body; body = body->block ? NULL : body->parent) {
        *value = body->i;
        if (body->has_i)
            return true;
    }
    return false;
}

static int extent_axis(const char *key)
{
    static const char *const NCHW = "nchw";
    if (key[0] == 'd' && key[1] >= '0' && key[1] < '0' + IG_MAX_RANK && key[2] == '\0')
        return key[1] - '0';
    const char *at = key[0] && !key[1] ? strchr(NCHW, key[0]) : NULL;
    return at ? (int)(at - NCHW) : -1;
}

static bool find_extent(const ig_env *env, const char *name, const char *dot, int64_t *out)
{
    char reference[IG_LIMIT_NAME + 1];
    size_t length = (size_t)(dot - name);
    int axis = extent_axis(dot + 1);
    if (axis < 0 || length > IG_LIMIT_NAME)
        return false;
    memcpy(reference, name, length);
    reference[length] = '\0';
    bool prev = strcmp(reference, "prev") == 0;
    int value = prev ? env->prev : ig_loader_find(env->loader, env->body, reference);
    if (value < 0 || axis >= env->loader->graph->values[value].shape.rank)
        return false;
    *out = env->loader->graph->values[value].shape.dim[axis];
    return true;
}

static bool find_name(const ig_env *env, const char *name, int64_t *value)
{
    const char *dot = strrchr(name, '.');
    if (dot)
        return find_extent(env, name, dot, value);
    if (strcmp(name, "i") == 0 && find_i(env, value))
        return true;
    const ig_body *closed = boundary(env->body);
    for (int i = 0; i < closed->n_vars; i++) {
        *value = closed->vars[i].value;
        if (strcmp(closed->vars[i].name, name) == 0)
            return true;
    }
    return false;
}

typedef struct names {
    const ig_env *env;
    bool missed;
} names;

static bool look_up(void *user, const char *name, int64_t *value)
{
    names *known = user;
    bool found = find_name(known->env, name, value);
    known->missed = known->missed || !found;
    return found;
}

/* Offsets inside the expression become columns of the file. */
static void place_error(const ig_env *env, const ig_yaml *node, int offset, bool missed)
{
    ig_error *error = env->loader->error;
    int column = error->column > 0 ? error->column - 1 : 0;
    ig_error_where(error, node->file, node->line, node->column + column + offset + (node->quoted ? 1 : 0));
    if (missed && !error->hint[0])
        ig_error_hint(error, "expressions see the parameters, i inside a repeat, and extents such as in.c or prev.h");
}

/* Only a failure is worth collecting the names for. */
static ig_status eval_for_hint(names *known, const char *text, int64_t *out)
{
    const ig_loader *loader = known->env->loader;
    const ig_body *closed = boundary(known->env->body);
    size_t count = (size_t)closed->n_vars;
    const char **hints = ig_arena_array(loader->arena, count + 1, sizeof *hints);
    if (!hints)
        return ig_fail_memory(loader->error, count);
    for (size_t i = 0; i < count; i++)
        hints[i] = closed->vars[i].name;
    const ig_expr_env scope = {.lookup = look_up, .user = known, .names = hints, .n_names = (int)count};
    return ig_expr_eval(text, &scope, out, loader->error);
}

ig_status ig_loader_eval(const ig_env *env, const ig_yaml *node, const char *text, int offset, int64_t *out)
{
    names known = {.env = env};
    const ig_expr_env scope = {.lookup = look_up, .user = &known};
    ig_status status = ig_expr_eval(text, &scope, out, env->loader->error);
    if (status != IG_OK && known.missed)
        status = eval_for_hint(&known, text, out);
    if (status != IG_OK)
        place_error(env, node, offset, known.missed);
    return status;
}

ig_status ig_loader_int(const ig_env *env, const ig_yaml *node, const char *what, int64_t min, int64_t max,
                        int64_t *out)
{
    ig_error *error = env->loader->error;
    if (!node || node->kind != IG_YAML_SCALAR || ig_yaml_is_null(node)) {
        ig_yaml_fail(node, error, "%s must be an integer", what);
        ig_error_expected(error, "an integer or an expression");
        ig_error_found(error, "%s", ig_yaml_kind_text(node));
        return IG_E_DATA;
    }
    if (!ig_text_to_int(node->text, out)) {
        ig_status status = ig_loader_eval(env, node, node->text, 0, out);
        if (status != IG_OK)
            return status;
    }
    if (*out >= min && *out <= max)
        return IG_OK;
    ig_yaml_fail(node, error, "%s is out of range", what);
    ig_error_expected(error, "%lld to %lld", (long long)min, (long long)max);
    ig_error_found(error, "%lld", (long long)*out);
    return IG_E_DATA;
}
