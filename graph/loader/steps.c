/* Running steps one after another: inputs, `when`, `repeat`, names. */
#include "graph/loader/loader.h"

#include <string.h>

static const char *const STEP_KEYS[] = {"op", "block", "layers", "name", "in", "repeat", "when", "share"};
enum { N_STEP_KEYS = (int)(sizeof STEP_KEYS / sizeof STEP_KEYS[0]), N_KIND_KEYS = 3 };

bool ig_loader_is_step_key(const char *key)
{
    for (int i = 0; i < N_STEP_KEYS; i++)
        if (strcmp(STEP_KEYS[i], key) == 0)
            return true;
    return false;
}

static ig_status find_kind(ig_loader *loader, const ig_yaml *node, const ig_step_kind **out)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "a step", loader->error);
    int found = 0;
    if (status != IG_OK)
        return status;
    for (int i = 0; i < ig_step_kind_count; i++) {
        if (!ig_yaml_get(node, ig_step_kinds[i].key))
            continue;
        *out = &ig_step_kinds[i];
        found++;
    }
    if (found == 1)
        return IG_OK;
    ig_yaml_fail(node, loader->error, "a step has exactly one of op, block and layers");
    ig_error_found(loader->error, "%s", found ? "several of them" : "none of them");
    return IG_E_DATA;
}

static ig_status check_keys(ig_loader *loader, const ig_yaml *node, const ig_step_kind *kind)
{
    const char **own;
    int count = 0;
    ig_status status = kind->own_keys(loader, node, &own, &count);
    if (status != IG_OK)
        return status;
    int total = count + 1 + N_STEP_KEYS - N_KIND_KEYS;
    const char **keys = ig_arena_array(loader->arena, (size_t)total, sizeof *keys);
    if (!keys)
        return ig_fail_memory(loader->error, (size_t)total);
    if (count > 0)
        memcpy(keys, own, (size_t)count * sizeof *keys);
    keys[count] = kind->key;
    for (int i = N_KIND_KEYS; i < N_STEP_KEYS; i++)
        keys[count + 1 + i - N_KIND_KEYS] = STEP_KEYS[i];
    return ig_yaml_check_keys(node, "the step", keys, total, loader->error);
}

static ig_status read_inputs(ig_loader *loader, const ig_body *body, ig_step *step)
{
    const ig_yaml *in = ig_yaml_get(step->node, "in");
    if (!in) {
        step->n_inputs = ig_loader_takes_input(step->node) ? 1 : 0;
        step->inputs[0] = body->prev;
        return IG_OK;
    }
    if (in->kind != IG_YAML_SEQUENCE) {
        step->n_inputs = 1;
        return ig_loader_resolve(loader, body, in, &step->inputs[0]);
    }
    if (in->count < 1 || in->count > IG_MAX_INPUTS)
        return ig_yaml_fail(in, loader->error, "a step has 1 to %d inputs", (int)IG_MAX_INPUTS);
    step->n_inputs = in->count;
    for (int i = 0; i < in->count; i++) {
        ig_status status = ig_loader_resolve(loader, body, in->items[i], &step->inputs[i]);
        if (status != IG_OK)
            return status;
    }
    return IG_OK;
}

/* The name of instance i: a template is evaluated, a plain name gets the number behind it. */
static ig_status set_name(ig_step *step, bool repeated)
{
    ig_loader *loader = step->env.loader;
    const ig_yaml *node = ig_yaml_get(step->node, "name");
    step->name = NULL;
    if (!node)
        return IG_OK;
    ig_status status = ig_loader_expand_name(&step->env, node, &step->name);
    if (status != IG_OK || !repeated || ig_loader_is_template(node->text))
        return status;
    step->name = ig_arena_printf(loader->arena, "%s.%lld", step->name, (long long)step->env.i);
    return step->name ? IG_OK : ig_fail_memory(loader->error, IG_LIMIT_NAME);
}

/* A name that stands for another step's result: no result or scope of its own, and it gives way to one. */
static ig_status bind_weakly(ig_loader *loader, ig_body *body, const ig_step *step, const char *name, int value)
{
    ig_binding binding = {.body = body, .value = value, .weak = true};
    ig_status status = ig_loader_join(loader, step->node, body->path, name, &binding.path);
    return status == IG_OK ? ig_loader_bind(loader, step->node, &binding) : status;
}

/* Every step costs, also one that does nothing: bodies inside repeated bodies multiply. */
static ig_status count_step(ig_loader *loader, const ig_yaml *node)
{
    if (++loader->steps > IG_LIMIT_STEPS)
        return ig_yaml_fail(node, loader->error, "more than %d steps are run", (int)IG_LIMIT_STEPS);
    return IG_OK;
}

/* One instance; `*value` is its result, or its first input when `when` says no. */
static ig_status run_instance(ig_loader *loader, ig_body *body, ig_step *step, const ig_step_kind *kind, bool repeated,
                              int *value)
{
    const ig_yaml *when = ig_yaml_get(step->node, "when");
    int64_t wanted = 1;
    step->env.prev = step->n_inputs > 0 ? step->inputs[0] : -1;
    ig_status status = count_step(loader, step->node);
    if (status == IG_OK)
        status = set_name(step, repeated);
    if (status == IG_OK && when)
        status = ig_loader_int(&step->env, when, "when", INT64_MIN, INT64_MAX, &wanted);
    if (status != IG_OK)
        return status;
    if (wanted)
        return kind->run(loader, body, step, value);
    if (step->n_inputs == 0)
        return ig_yaml_fail(when, loader->error, "a step without inputs cannot be skipped");
    *value = step->inputs[0];
    return step->name ? bind_weakly(loader, body, step, step->name, *value) : IG_OK;
}

/* `name` itself stands for the last of name.0, name.1, ...; for the input when there are none. */
static ig_status bind_repeated(ig_loader *loader, ig_body *body, const ig_step *step, int64_t count, int value)
{
    const ig_yaml *node = ig_yaml_get(step->node, "name");
    ig_binding binding = {.body = body, .value = value};
    if (!node || ig_loader_is_template(node->text))
        return IG_OK;
    if (count == 0)
        return bind_weakly(loader, body, step, node->text, value);
    ig_status status = ig_loader_join(loader, step->node, body->path, node->text, &binding.path);
    return status == IG_OK ? ig_loader_bind_scope(loader, step->node, &binding) : status;
}

static ig_status run_step(ig_loader *loader, ig_body *body, const ig_yaml *node)
{
    const ig_step_kind *kind = NULL;
    ig_step step = {.node = node, .env = {.loader = loader, .body = body}};
    int64_t count = 1;
    ig_status status = find_kind(loader, node, &kind);
    if (status == IG_OK)
        status = check_keys(loader, node, kind);
    if (status == IG_OK)
        status = read_inputs(loader, body, &step);
    const ig_yaml *repeat = status == IG_OK ? ig_yaml_get(node, "repeat") : NULL;
    step.env.prev = step.n_inputs > 0 ? step.inputs[0] : -1;
    if (repeat)
        status = ig_loader_int(&step.env, repeat, "repeat", 0, IG_LIMIT_REPEAT, &count);
    if (status == IG_OK && step.n_inputs == 0 && count == 0)
        return ig_yaml_fail(node, loader->error, "a step without inputs cannot be repeated 0 times");
    if (status == IG_OK && count == 0)
        status = count_step(loader, node);
    step.env.has_i = repeat != NULL;
    int value = step.inputs[0];
    for (int64_t i = 0; i < count && status == IG_OK; i++) {
        step.env.i = i;
        status = run_instance(loader, body, &step, kind, repeat != NULL, &value);
        if (step.n_inputs > 0)
            step.inputs[0] = value;
    }
    if (status == IG_OK && repeat)
        status = bind_repeated(loader, body, &step, count, value);
    body->prev = value;
    return status;
}

ig_status ig_loader_run_body(ig_loader *loader, ig_body *body)
{
    ig_status status = ig_yaml_expect(body->layers, IG_YAML_SEQUENCE, "layers", loader->error);
    if (status == IG_OK && body->layers->count == 0 && !loader->printed) /* an output may be the input itself */
        return ig_yaml_fail(body->layers, loader->error, "layers must not be empty");
    for (int i = 0; status == IG_OK && i < body->layers->count; i++)
        status = run_step(loader, body, body->layers->items[i]);
    return status;
}
