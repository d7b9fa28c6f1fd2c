/* Attributes of an operator step, by the operator's own schema. */
#include "graph/loader/loader.h"

#include <math.h>
#include <string.h>

typedef ig_status (*attr_reader)(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out);

static ig_status read_int(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    return ig_loader_int(env, node, spec->name, spec->min, spec->max, &out->i);
}

static ig_status read_bool(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    bool word = node->kind == IG_YAML_SCALAR && node->text && !node->quoted &&
                (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0);
    if (word) {
        out->i = node->text[0] == 't';
        return IG_OK;
    }
    ig_status status = ig_loader_int(env, node, spec->name, INT64_MIN, INT64_MAX, &out->i);
    out->i = out->i != 0;
    return status;
}

static ig_status read_float(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    double literal;
    int64_t whole = 0;
    bool is_number = node->kind != IG_YAML_SCALAR || ig_text_to_double(node->text, &literal);
    if (is_number)
        return ig_yaml_double(node, spec->name, spec->fmin, spec->fmax, &out->f, env->loader->error);
    ig_status status =
        ig_loader_int(env, node, spec->name, (int64_t)ceil(spec->fmin), (int64_t)floor(spec->fmax), &whole);
    out->f = (double)whole;
    return status;
}

static ig_status read_ints(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, spec->name, env->loader->error);
    if (status != IG_OK)
        return status;
    int most = spec->type == IG_ATTR_PAIR ? 2 : IG_MAX_RANK;
    if (node->count > most || (most == 2 && node->count < 2)) {
        ig_yaml_fail(node, env->loader->error, "'%s' has the wrong number of items", spec->name);
        ig_error_expected(env->loader->error, most == 2 ? "one integer, or [height, width]" : "up to 6 integers");
        ig_error_found(env->loader->error, "%d", node->count);
        return IG_E_DATA;
    }
    out->n_list = node->count;
    for (int i = 0; i < node->count && status == IG_OK; i++)
        status = ig_loader_int(env, node->items[i], spec->name, spec->min, spec->max, &out->list[i]);
    return status;
}

static ig_status read_pair(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    if (node->kind == IG_YAML_SEQUENCE)
        return read_ints(env, spec, node, out);
    ig_status status = ig_loader_int(env, node, spec->name, spec->min, spec->max, &out->list[0]);
    out->list[1] = out->list[0];
    out->n_list = 2;
    return status;
}

static ig_status read_enum(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    int index = 0;
    ig_status status = ig_yaml_choice(node, spec->name, spec->choices, spec->n_choices, &index, env->loader->error);
    out->i = index;
    return status;
}

static ig_status read_path(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    ig_status status = ig_yaml_string(node, spec->name, &out->s, env->loader->error);
    return status == IG_OK && out->s[0] ? ig_loader_check_name(env->loader, node, out->s) : status;
}

static ig_status read_words(const ig_env *env, const ig_attr_spec *spec, const ig_yaml *node, ig_attr *out)
{
    ig_loader *loader = env->loader;
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, spec->name, loader->error);
    if (status != IG_OK)
        return status;
    const char **words = ig_arena_array(loader->arena, (size_t)node->count + 1, sizeof *words);
    if (!words)
        return ig_fail_memory(loader->error, (size_t)node->count * sizeof *words);
    for (int i = 0; i < node->count && status == IG_OK; i++)
        status = ig_yaml_string(node->items[i], spec->name, &words[i], loader->error);
    out->words = words;
    out->n_words = node->count;
    return status;
}

static const attr_reader READERS[] = {
    [IG_ATTR_INT] = read_int,   [IG_ATTR_BOOL] = read_bool, [IG_ATTR_FLOAT] = read_float, [IG_ATTR_PAIR] = read_pair,
    [IG_ATTR_INTS] = read_ints, [IG_ATTR_ENUM] = read_enum, [IG_ATTR_TEXT] = read_path,   [IG_ATTR_WORDS] = read_words,
};

ig_status ig_loader_read_attrs(const ig_env *env, const ig_op *op, const ig_yaml *step, ig_attr *attrs)
{
    ig_op_attr_defaults(op, attrs);
    for (int i = 0; i < op->n_attrs; i++) {
        const ig_attr_spec *spec = &op->attrs[i];
        const ig_yaml *node = ig_yaml_get(step, spec->name);
        if (!node && spec->required) {
            ig_yaml_fail(step, env->loader->error, "'%s' needs the attribute '%s'", op->name, spec->name);
            ig_error_hint(env->loader->error, "%s: %s", spec->name, spec->doc ? spec->doc : "");
            return IG_E_DATA;
        }
        if (!node)
            continue;
        ig_status status = READERS[spec->type](env, spec, node, &attrs[i]);
        if (status != IG_OK)
            return status;
        attrs[i].given = true;
    }
    return IG_OK;
}
