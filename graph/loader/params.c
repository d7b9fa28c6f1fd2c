/* Parameters of models and blocks: declaration, value, override. */
#include "graph/loader/loader.h"

#include <stdio.h>
#include <string.h>

static const char *const ARG_KEYS[] = {"default", "min", "max", "choices", "doc"};
enum { N_ARG_KEYS = (int)(sizeof ARG_KEYS / sizeof ARG_KEYS[0]) };

static ig_status check_arg_name(ig_loader *loader, const ig_yaml *key)
{
    bool plain = strcmp(key->text, "i") != 0 && !ig_loader_is_step_key(key->text) && !strpbrk(key->text, ".-") &&
                 !(key->text[0] >= '0' && key->text[0] <= '9');
    if (plain)
        return ig_loader_check_name(loader, key, key->text);
    ig_yaml_fail(key, loader->error, "'%.100s' cannot be the name of a parameter", key->text);
    ig_error_expected(loader->error, "letters, digits and '_', and no word that steps use already");
    return IG_E_DATA;
}

static ig_status read_choices(ig_loader *loader, const ig_yaml *node, ig_arg *arg)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "choices", loader->error);
    if (status != IG_OK)
        return status;
    if (node->count == 0)
        return ig_yaml_fail(node, loader->error, "choices must not be empty");
    arg->choices = ig_arena_array(loader->arena, (size_t)node->count, sizeof *arg->choices);
    if (!arg->choices)
        return ig_fail_memory(loader->error, (size_t)node->count);
    for (int i = 0; i < node->count; i++) {
        status = ig_yaml_string(node->items[i], "a choice", &arg->choices[i], loader->error);
        if (status == IG_OK)
            status = check_arg_name(loader, node->items[i]);
        if (status != IG_OK)
            return status;
    }
    arg->n_choices = node->count;
    arg->min = 0;
    arg->max = node->count - 1;
    return IG_OK;
}

static ig_status read_long_form(ig_loader *loader, const ig_yaml *node, ig_arg *arg)
{
    ig_status status = ig_yaml_check_keys(node, "a parameter", ARG_KEYS, N_ARG_KEYS, loader->error);
    const ig_yaml *min = ig_yaml_get(node, "min"), *max = ig_yaml_get(node, "max");
    const ig_yaml *choices = ig_yaml_get(node, "choices"), *doc = ig_yaml_get(node, "doc");
    const char *text;
    arg->fallback = ig_yaml_get(node, "default");
    if (status == IG_OK && doc)
        status = ig_yaml_string(doc, "doc", &text, loader->error);
    if (status == IG_OK && choices && (min || max))
        return ig_yaml_fail(node, loader->error, "a parameter with choices has no min and max");
    if (status == IG_OK && choices)
        status = read_choices(loader, choices, arg);
    if (status == IG_OK && min)
        status = ig_yaml_int(min, "min", INT64_MIN, INT64_MAX, &arg->min, loader->error);
    if (status == IG_OK && max)
        status = ig_yaml_int(max, "max", arg->min, INT64_MAX, &arg->max, loader->error);
    return status;
}

ig_status ig_loader_read_args(ig_loader *loader, const ig_yaml *node, ig_arg_list *out)
{
    *out = (ig_arg_list){0};
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "params", loader->error);
    if (status != IG_OK)
        return status;
    out->items = ig_arena_array(loader->arena, (size_t)node->count + 1, sizeof *out->items);
    if (!out->items)
        return ig_fail_memory(loader->error, (size_t)node->count);
    for (int i = 0; i < node->count && status == IG_OK; i++) {
        ig_yaml *value = node->items[i];
        ig_arg *arg = &out->items[out->count++];
        *arg = (ig_arg){.name = node->keys[i]->text, .node = value, .min = INT64_MIN, .max = INT64_MAX};
        status = check_arg_name(loader, node->keys[i]);
        if (status == IG_OK && value->kind == IG_YAML_MAPPING)
            status = read_long_form(loader, value, arg);
        else
            arg->fallback = value;
        if (ig_yaml_is_null(arg->fallback))
            arg->fallback = NULL;
    }
    return status;
}

static ig_status unknown_choice(ig_loader *loader, const ig_arg *arg, const char *found)
{
    ig_text list = {0};
    for (int i = 0; i < arg->n_choices; i++)
        ig_text_add(&list, "%s%s", i ? ", " : "", arg->choices[i]);
    ig_error_expected(loader->error, "%s", ig_text_get(&list));
    ig_error_found(loader->error, "'%.100s'", found);
    const char *nearest = ig_text_nearest(found, (const char *const *)arg->choices, arg->n_choices);
    if (nearest)
        ig_error_hint(loader->error, "did you mean '%s'?", nearest);
    ig_text_release(&list);
    return IG_E_DATA;
}

static int find_choice(const ig_arg *arg, const char *text)
{
    for (int i = 0; i < arg->n_choices; i++)
        if (strcmp(arg->choices[i], text) == 0)
            return i;
    return -1;
}

ig_status ig_loader_read_choice(ig_loader *loader, const ig_env *env, const ig_arg *arg, const ig_yaml *node,
                                int64_t *out)
{
    if (arg->n_choices > 0 && node->kind == IG_YAML_SCALAR && node->text) {
        *out = find_choice(arg, node->text);
        if (*out >= 0)
            return IG_OK;
        int64_t number;
        if (!env->body->parent && !ig_text_to_int(node->text, &number)) {
            ig_yaml_fail(node, loader->error, "'%s' is none of its choices", arg->name);
            return unknown_choice(loader, arg, node->text);
        }
    }
    char what[IG_LIMIT_NAME + 3];
    snprintf(what, sizeof what, "'%s'", arg->name);
    return ig_loader_int(env, node, what, arg->min, arg->max, out);
}

static ig_status push_var(ig_loader *loader, ig_body *body, const ig_yaml *node, const char *name, int64_t value)
{
    for (int i = 0; i < body->n_vars; i++)
        if (strcmp(body->vars[i].name, name) == 0 && body->vars[i].value != value)
            return ig_yaml_fail(node, loader->error, "'%s' stands for two numbers here", name);
    if (body->n_vars >= IG_LIMIT_VARS)
        return ig_yaml_fail(node, loader->error, "more than %d parameters and choices", (int)IG_LIMIT_VARS);
    if (!ig_arena_grow(loader->arena, (void **)&body->vars, &body->cap_vars, body->n_vars + 1, sizeof *body->vars))
        return ig_fail_memory(loader->error, sizeof *body->vars);
    body->vars[body->n_vars++] = (ig_var){.name = name, .value = value};
    return IG_OK;
}

ig_status ig_loader_add_var(ig_loader *loader, ig_body *body, const ig_arg *arg, int64_t value)
{
    ig_status status = push_var(loader, body, arg->node, arg->name, value);
    for (int i = 0; i < arg->n_choices && status == IG_OK; i++)
        status = push_var(loader, body, arg->node, arg->choices[i], i);
    return status;
}

static ig_status read_override(ig_loader *loader, const ig_arg *arg, const char *text, int64_t *out)
{
    *out = find_choice(arg, text);
    if (*out >= 0)
        return IG_OK;
    bool number = ig_text_to_int(text, out);
    if (number && *out >= arg->min && *out <= arg->max)
        return IG_OK;
    ig_fail(loader->error, IG_E_USAGE, "the value of the parameter '%s' is not allowed", arg->name);
    if (arg->n_choices > 0) {
        unknown_choice(loader, arg, text);
        return IG_E_USAGE;
    }
    if (arg->min == INT64_MIN && arg->max == INT64_MAX)
        ig_error_expected(loader->error, "an integer");
    else
        ig_error_expected(loader->error, "an integer, %lld to %lld", (long long)arg->min, (long long)arg->max);
    ig_error_found(loader->error, "'%.100s'", text);
    return IG_E_USAGE;
}

static ig_status check_overrides(ig_loader *loader)
{
    const char **names = ig_arena_array(loader->arena, (size_t)loader->args.count + 1, sizeof *names);
    if (!names)
        return ig_fail_memory(loader->error, sizeof *names);
    for (int i = 0; i < loader->args.count; i++)
        names[i] = loader->args.items[i].name;
    for (int i = 0; i < loader->params->n_overrides; i++) {
        const char *key = loader->params->overrides[i].key;
        bool known = false;
        for (int j = 0; j < loader->args.count; j++)
            known = known || strcmp(names[j], key) == 0;
        if (known)
            continue;
        ig_fail(loader->error, IG_E_USAGE, "the model has no parameter '%.100s'", key);
        const char *nearest = ig_text_nearest(key, names, loader->args.count);
        if (nearest)
            ig_error_hint(loader->error, "did you mean '%s'?", nearest);
        else if (loader->args.count > 0)
            ig_error_hint(loader->error, "the first of its parameters is '%s'", names[0]);
        return IG_E_USAGE;
    }
    return IG_OK;
}

static const char *find_override(const ig_loader *loader, const char *name)
{
    const char *found = NULL; /* the last one wins, as on command lines */
    for (int i = 0; i < loader->params->n_overrides; i++)
        if (strcmp(loader->params->overrides[i].key, name) == 0)
            found = loader->params->overrides[i].value;
    return found;
}

ig_status ig_loader_set_model_params(ig_loader *loader)
{
    ig_status status = check_overrides(loader);
    ig_env env = {.loader = loader, .body = loader->top, .prev = -1};
    for (int i = 0; i < loader->args.count && status == IG_OK; i++) {
        const ig_arg *arg = &loader->args.items[i];
        const char *text = find_override(loader, arg->name);
        int64_t value = 0;
        if (!arg->fallback)
            return ig_yaml_fail(arg->node, loader->error, "the model's parameter '%s' has no default", arg->name);
        status = ig_loader_read_choice(loader, &env, arg, arg->fallback, &value);
        if (status == IG_OK && text)
            status = read_override(loader, arg, text, &value);
        if (status == IG_OK)
            status = ig_loader_add_var(loader, loader->top, arg, value);
    }
    return status;
}
