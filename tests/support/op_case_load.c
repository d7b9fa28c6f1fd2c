#include "base/error.h"
#include "tests/support/op_case.h"
#include "yaml/yaml.h"

#include <math.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static ig_status read_integers(const ig_yaml *node, const char *what, int64_t *out, int *count, ig_error *error)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, what, error);
    if (status == IG_OK && node->count > IG_MAX_RANK)
        status = ig_yaml_fail(node, error, "%s has too many items", what);
    *count = status == IG_OK ? node->count : 0;
    for (int i = 0; i < *count && status == IG_OK; i++)
        status = ig_yaml_int(node->items[i], what, INT64_MIN, INT64_MAX, &out[i], error);
    return status;
}

static ig_status read_shape(const ig_yaml *node, ig_shape *out, ig_error *error)
{
    return read_integers(node, "shape", out->dim, &out->rank, error);
}

static ig_status read_number(const ig_yaml *node, const char *what, double *out, ig_error *error)
{
    return ig_yaml_double(node, what, -HUGE_VAL, HUGE_VAL, out, error);
}

/* Elements of tensors may be nan, which YAML of ours cannot say as a number. */
static ig_status read_element(const ig_yaml *node, const char *what, double *out, ig_error *error)
{
    if (!node || !node->text || strcmp(node->text, "nan") != 0)
        return read_number(node, what, out, error);
    *out = NAN;
    return IG_OK;
}

static ig_status read_words(const ig_yaml *node, ig_arena *arena, ig_attr *out, ig_error *error)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "words", error);
    const char **words = ig_arena_array(arena, (size_t)node->count + 1, sizeof *words);
    if (!words)
        return ig_fail_memory(error, (size_t)node->count * sizeof *words);
    for (int i = 0; i < node->count && status == IG_OK; i++)
        status = ig_yaml_string(node->items[i], "a word", &words[i], error);
    out->words = words;
    out->n_words = node->count;
    return status;
}

/* Values outside the schema's range are read as they are: refusals are made of them. */
static ig_status read_attr(const ig_attr_spec *spec, const ig_yaml *node, ig_arena *arena, ig_attr *out,
                           ig_error *error)
{
    bool truth = false;
    int choice = 0;
    ig_status status = IG_OK;
    out->given = true;
    if (spec->type == IG_ATTR_INTS || (spec->type == IG_ATTR_PAIR && node->kind == IG_YAML_SEQUENCE))
        return read_integers(node, spec->name, out->list, &out->n_list, error);
    if (spec->type == IG_ATTR_PAIR) {
        status = ig_yaml_int(node, spec->name, INT64_MIN, INT64_MAX, &out->list[0], error);
        out->list[1] = out->list[0];
        return status;
    }
    if (spec->type == IG_ATTR_WORDS)
        return read_words(node, arena, out, error);
    if (spec->type == IG_ATTR_FLOAT)
        return read_number(node, spec->name, &out->f, error);
    if (spec->type == IG_ATTR_TEXT)
        return ig_yaml_string(node, spec->name, &out->s, error);
    if (spec->type == IG_ATTR_BOOL) {
        status = ig_yaml_bool(node, spec->name, &truth, error);
        out->i = truth;
        return status;
    }
    if (spec->type == IG_ATTR_ENUM) {
        status = ig_yaml_choice(node, spec->name, spec->choices, spec->n_choices, &choice, error);
        out->i = choice;
        return status;
    }
    return ig_yaml_int(node, spec->name, INT64_MIN, INT64_MAX, &out->i, error);
}

static ig_status read_attrs(const ig_yaml *node, ig_arena *arena, op_case *c, ig_error *error)
{
    const char *names[IG_MAX_ATTRS];
    for (int i = 0; i < c->op->n_attrs; i++)
        names[i] = c->op->attrs[i].name;
    ig_op_attr_defaults(c->op, c->attrs);
    ig_status status = node ? ig_yaml_check_keys(node, "attrs", names, c->op->n_attrs, error) : IG_OK;
    for (int i = 0; node && i < c->op->n_attrs && status == IG_OK; i++) {
        const ig_yaml *value = ig_yaml_get(node, names[i]);
        if (value)
            status = read_attr(&c->op->attrs[i], value, arena, &c->attrs[i], error);
    }
    return status;
}

static ig_status read_inputs(const ig_yaml *node, op_case *c, ig_error *error)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "inputs", error);
    if (status == IG_OK && node->count > IG_MAX_INPUTS)
        status = ig_yaml_fail(node, error, "too many inputs");
    c->n_inputs = status == IG_OK ? node->count : 0;
    for (int i = 0; i < c->n_inputs && status == IG_OK; i++)
        status = read_shape(node->items[i], &c->inputs[i], error);
    return status;
}

static ig_status read_literal(const ig_yaml *node, int64_t count, ig_arena *arena, const float **out, ig_error *error)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "data", error);
    if (status == IG_OK && node->count != count)
        status = ig_yaml_fail(node, error, "the data does not fit the input's shape");
    if (status != IG_OK)
        return status;
    float *data = ig_arena_array(arena, (size_t)node->count + 1, sizeof *data);
    if (!data)
        return ig_fail_memory(error, (size_t)node->count * sizeof *data);
    for (int i = 0; i < node->count && status == IG_OK; i++) {
        double value = 0;
        status = read_element(node->items[i], "data", &value, error);
        data[i] = (float)value;
    }
    *out = data;
    return status;
}

static ig_status read_data(const ig_yaml *node, ig_arena *arena, op_case *c, ig_error *error)
{
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "data", error);
    if (status == IG_OK && node->count != c->n_inputs)
        status = ig_yaml_fail(node, error, "the data does not fit the inputs");
    for (int i = 0; i < c->n_inputs && status == IG_OK; i++)
        status = read_literal(node->items[i], ig_shape_elems(&c->inputs[i]), arena, &c->data[i], error);
    return status;
}

static ig_status read_ranges(const ig_yaml *node, ig_arena *arena, op_case *c, ig_error *error)
{
    for (int i = 0; node && i < node->count && i < c->n_inputs; i++) {
        const ig_yaml *pairs = node->items[i];
        ig_status status = read_literal(pairs, pairs->count / 2 * 2, arena, &c->ranges[i], error);
        if (status != IG_OK)
            return status;
        c->n_ranges[i] = pairs->count / 2;
    }
    return IG_OK;
}

static ig_status read_cost(const ig_yaml *node, op_expect *out, ig_error *error)
{
    static const char *const keys[] = {"macs", "adds", "other"};
    int64_t *const fields[] = {&out->cost.macs, &out->cost.adds, &out->cost.other};
    out->has_cost = node != NULL;
    ig_status status = node ? ig_yaml_check_keys(node, "cost", keys, COUNT(keys), error) : IG_OK;
    for (int i = 0; node && i < COUNT(keys) && status == IG_OK; i++)
        status = ig_yaml_int(ig_yaml_get(node, keys[i]), keys[i], 0, INT64_MAX, fields[i], error);
    return status;
}

static ig_status read_probe(const ig_yaml *node, int64_t elems, op_probe *out, ig_error *error)
{
    if (node->kind != IG_YAML_SEQUENCE || node->count != 2)
        return ig_yaml_fail(node, error, "a probe is [index, value]");
    ig_status status = ig_yaml_int(node->items[0], "index", 0, elems - 1, &out->index, error);
    return status != IG_OK ? status : read_element(node->items[1], "value", &out->value, error);
}

/* `first` and `last`, then every item of `probe` or `values`. */
static ig_status read_probes(const ig_yaml *node, ig_arena *arena, op_expect *out, ig_error *error)
{
    const ig_yaml *pairs = ig_yaml_get(node, "probe"), *list = pairs ? pairs : ig_yaml_get(node, "values");
    ig_status status = ig_yaml_expect(list, IG_YAML_SEQUENCE, "probe or values", error);
    if (status == IG_OK && !pairs && list->count != ig_shape_elems(&out->shape))
        status = ig_yaml_fail(list, error, "the values do not fit the shape");
    if (status != IG_OK)
        return status;
    out->probes = ig_arena_array(arena, (size_t)list->count + 2, sizeof *out->probes);
    if (!out->probes)
        return ig_fail_memory(error, (size_t)list->count * sizeof *out->probes);
    const int64_t elems = ig_shape_elems(&out->shape);
    out->n_probes = list->count + 2;
    out->probes[1].index = elems - 1;
    status = read_element(ig_yaml_get(node, "first"), "first", &out->probes[0].value, error);
    if (status == IG_OK)
        status = read_element(ig_yaml_get(node, "last"), "last", &out->probes[1].value, error);
    for (int i = 0; i < list->count && status == IG_OK; i++) {
        op_probe *probe = &out->probes[i + 2];
        probe->index = i;
        status = pairs ? read_probe(list->items[i], elems, probe, error)
                       : read_element(list->items[i], "values", &probe->value, error);
    }
    return status;
}

static ig_status read_expect(const ig_yaml *node, ig_arena *arena, op_expect *out, ig_error *error)
{
    static const char *const keys[] = {"shape", "mean",  "absmean", "absmax", "dot",
                                       "nans",  "first", "last",    "probe",  "values"};
    double *const fields[] = {NULL, &out->mean, &out->absmean, &out->absmax, &out->dot};
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "expect", error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "expect", keys, COUNT(keys), error);
    if (status == IG_OK)
        status = read_shape(ig_yaml_get(node, "shape"), &out->shape, error);
    for (int i = 1; i < COUNT(fields) && status == IG_OK; i++)
        status = read_number(ig_yaml_get(node, keys[i]), keys[i], fields[i], error);
    if (status == IG_OK && ig_yaml_get(node, "nans"))
        status = ig_yaml_int(ig_yaml_get(node, "nans"), "nans", 0, INT64_MAX, &out->nans, error);
    return status != IG_OK ? status : read_probes(node, arena, out, error);
}

static ig_status read_refusal(const ig_yaml *node, op_case *c, ig_error *error)
{
    const ig_yaml *asked = ig_yaml_get(node, "status");
    int status_code = IG_E_DATA;
    const char *names[IG_STATUS_COUNT];
    for (int i = 0; i < IG_STATUS_COUNT; i++)
        names[i] = ig_status_name((ig_status)i);
    ig_status status = ig_yaml_string(ig_yaml_get(node, "message"), "message", &c->refusal, error);
    if (status == IG_OK && asked)
        status = ig_yaml_choice(asked, "status", names, IG_STATUS_COUNT, &status_code, error);
    c->refusal_status = (ig_status)status_code;
    return status;
}

static ig_status read_case(const ig_yaml *node, ig_arena *arena, bool refused, op_case *c, ig_error *error)
{
    static const char *const keys[] = {"name", "inputs", "attrs", "data", "ranges", "cost", "expect"};
    static const char *const refusal_keys[] = {"name", "inputs", "attrs", "message", "status"};
    ig_status status = refused ? ig_yaml_check_keys(node, "refusal", refusal_keys, COUNT(refusal_keys), error)
                               : ig_yaml_check_keys(node, "case", keys, COUNT(keys), error);
    c->file = node->file;
    c->line = node->line;
    if (status == IG_OK)
        status = ig_yaml_string(ig_yaml_get(node, "name"), "name", &c->name, error);
    if (status == IG_OK)
        status = read_inputs(ig_yaml_get(node, "inputs"), c, error);
    if (status == IG_OK)
        status = read_attrs(ig_yaml_get(node, "attrs"), arena, c, error);
    if (status != IG_OK || refused)
        return status != IG_OK ? status : read_refusal(node, c, error);
    status = read_data(ig_yaml_get(node, "data"), arena, c, error);
    if (status == IG_OK)
        status = read_ranges(ig_yaml_get(node, "ranges"), arena, c, error);
    if (status == IG_OK)
        status = read_cost(ig_yaml_get(node, "cost"), &c->expect, error);
    return status != IG_OK ? status : read_expect(ig_yaml_get(node, "expect"), arena, &c->expect, error);
}

ig_status op_suite_load(const char *path, ig_arena *arena, op_suite *out, ig_error *error)
{
    static const char *const keys[] = {"op", "cases", "refusals"};
    ig_yaml *root;
    const char *name = "";
    ig_status status = ig_yaml_read(path, arena, &root, error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(root, "file", keys, COUNT(keys), error);
    if (status == IG_OK)
        status = ig_yaml_string(ig_yaml_get(root, "op"), "op", &name, error);
    if (status == IG_OK && !(out->op = ig_op_find(name)))
        status = ig_yaml_fail(root, error, "no operator is called '%s'", name);
    if (status != IG_OK)
        return status;
    const ig_yaml *lists[2] = {ig_yaml_get(root, "cases"), ig_yaml_get(root, "refusals")};
    size_t total = (size_t)(lists[0] ? lists[0]->count : 0) + (size_t)(lists[1] ? lists[1]->count : 0);
    out->n_cases = 0;
    out->cases = ig_arena_array(arena, total + 1, sizeof *out->cases);
    if (!out->cases)
        return ig_fail_memory(error, total * sizeof *out->cases);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; lists[k] && i < lists[k]->count && status == IG_OK; i++) {
            op_case *c = &out->cases[out->n_cases++];
            c->op = out->op;
            status = read_case(lists[k]->items[i], arena, k == 1, c, error);
        }
    }
    return status;
}
