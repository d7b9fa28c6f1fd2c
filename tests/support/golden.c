#include "tests/support/golden.h"

#include "base/hash.h"
#include "yaml/yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- the fill rule of the MobileSteelNet specification --------------------------------------------------------- */

static void rule_range(const ig_param_info *param, double *base, double *span)
{
    double fan_in = 1, reach = 0.1;
    for (int axis = 1; axis < param->shape.rank; axis++)
        fan_in *= (double)param->shape.dim[axis];
    switch (param->kind) {
    case IG_PARAM_CONV_WEIGHT:
    case IG_PARAM_LINEAR_WEIGHT: reach = sqrt(3 / fan_in); break;
    case IG_PARAM_CONV_BIAS:
    case IG_PARAM_LINEAR_BIAS:
    case IG_PARAM_NORM_BIAS:
    case IG_PARAM_RUNNING_MEAN: break;
    default:
        *base = 0.5;
        *span = 1;
        return;
    }
    *base = -reach;
    *span = 2 * reach;
}

static void fill_stream(const char *name, double base, double span, float *data, int64_t elems)
{
    uint32_t seed = ig_hash_fnv32(name);
    for (int64_t i = 0; i < elems; i++)
        data[i] = (float)(base + span * ig_hash_uniform(seed, (uint32_t)i));
}

static void fill_param(void *user, const ig_param_info *param, float *data, int64_t elems)
{
    double base, span;
    (void)user;
    rule_range(param, &base, &span);
    fill_stream(param->name, base, span, data, elems);
}

static ig_status fill_weights(const ig_graph *graph, ig_weights **out, ig_error *error)
{
    return ig_weights_fill(graph, fill_param, NULL, out, error);
}

static void fill_input(const char *name, float *data, int64_t elems)
{
    fill_stream(name, -1, 2, data, elems);
}

static const char *const FILL_NAMES[] = {"seeded", "mobilesteelnet"};
static const struct {
    ig_status (*weights)(const ig_graph *graph, ig_weights **out, ig_error *error);
    void (*input)(const char *name, float *data, int64_t elems);
} FILLS[] = {{ig_weights_seeded, ig_fill_seeded_input}, {fill_weights, fill_input}};

ig_status golden_weights(const golden *g, const ig_graph *graph, ig_weights **out, ig_error *error)
{
    return FILLS[g->fill].weights(graph, out, error);
}

void golden_input(const golden *g, const char *name, float *data, int64_t elems)
{
    FILLS[g->fill].input(name, data, elems);
}

/* --- reading ------------------------------------------------------------------------------------------------- */

static ig_status read_numbers(const ig_yaml *node, ig_arena *arena, double **out, int *count, ig_error *error)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "outputs", error);
    if (status != IG_OK)
        return status;
    *out = ig_arena_array(arena, (size_t)node->count + 1, sizeof **out);
    if (!*out)
        return IG_E_NO_MEMORY;
    for (*count = 0; *count < node->count && status == IG_OK; ++*count)
        status = ig_yaml_double(node->items[*count], "a number", -1e30, 1e30, &(*out)[*count], error);
    return status;
}

/* Rank 0 when there is none. */
static ig_status read_shape(const ig_yaml *node, ig_shape *shape, ig_error *error)
{
    ig_status status = IG_OK;
    shape->rank = node && node->count <= IG_MAX_RANK ? node->count : 0;
    for (int i = 0; i < shape->rank && status == IG_OK; i++)
        status = ig_yaml_int(node->items[i], "an extent", 1, INT32_MAX, &shape->dim[i], error);
    return status;
}

static ig_status read_tap(const ig_yaml *node, golden_tap *tap, ig_error *error)
{
    static const char *const KEYS[] = {"shape", "mean", "absmean", "first", "last"};
    double *const numbers[] = {&tap->mean, &tap->absmean, &tap->first, &tap->last};
    ig_status status = ig_yaml_check_keys(node, "a tap", KEYS, 5, error);
    const ig_yaml *shape = status == IG_OK ? ig_yaml_get(node, "shape") : NULL;
    for (int i = 0; i < 4 && status == IG_OK; i++)
        status = ig_yaml_double(ig_yaml_get(node, KEYS[i + 1]), KEYS[i + 1], -1e30, 1e30, numbers[i], error);
    return status == IG_OK ? read_shape(shape, &tap->shape, error) : status;
}

static ig_status read_golden(const ig_yaml *node, ig_arena *arena, golden *out, ig_error *error)
{
    static const char *const KEYS[] = {"model", "fill", "large", "outputs", "taps", "shape"};
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "a golden", error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "a golden", KEYS, 6, error);
    if (status == IG_OK)
        status = ig_yaml_string(ig_yaml_get(node, "model"), "model", &out->model, error);
    if (status == IG_OK)
        status = ig_yaml_choice(ig_yaml_get(node, "fill"), "fill", FILL_NAMES, 2, &out->fill, error);
    if (status == IG_OK && ig_yaml_get(node, "large"))
        status = ig_yaml_bool(ig_yaml_get(node, "large"), "large", &out->large, error);
    if (status == IG_OK)
        status = read_shape(ig_yaml_get(node, "shape"), &out->shape, error);
    if (status == IG_OK)
        status = read_numbers(ig_yaml_get(node, "outputs"), arena, &out->outputs, &out->n_outputs, error);
    const ig_yaml *taps = status == IG_OK ? ig_yaml_get(node, "taps") : NULL;
    out->taps = taps ? ig_arena_array(arena, (size_t)taps->count + 1, sizeof *out->taps) : NULL;
    for (int i = 0; out->taps && i < taps->count && status == IG_OK; i++) {
        out->taps[i].path = taps->keys[i]->text;
        status = read_tap(taps->items[i], &out->taps[i], error);
        out->n_taps++;
    }
    return status;
}

ig_status golden_load(const char *path, ig_arena *arena, golden_list *out, ig_error *error)
{
    ig_yaml *document = NULL;
    ig_status status = ig_yaml_read(path, arena, &document, error);
    *out = (golden_list){0};
    if (status == IG_OK)
        status = ig_yaml_expect(document, IG_YAML_SEQUENCE, "the goldens", error);
    if (status != IG_OK)
        return status;
    out->items = ig_arena_array(arena, (size_t)document->count + 1, sizeof *out->items);
    if (!out->items)
        return IG_E_NO_MEMORY;
    for (; out->count < document->count && status == IG_OK; out->count++)
        status = read_golden(document->items[out->count], arena, &out->items[out->count], error);
    return status;
}

/* --- comparing ------------------------------------------------------------------------------------------------- */

static bool near(double expected, double found, double scale, double tolerance)
{
    return fabs(expected - found) <= tolerance * scale; /* false for NaN */
}

bool golden_check_tap(const golden_tap *tap, const ig_tensor *value, double tolerance, char *why, size_t why_size)
{
    int64_t elems = ig_shape_elems(&value->shape);
    double sum = 0, magnitude = 0, scale = tap->absmean;
    char shape[96];
    if (!ig_shape_equal(&tap->shape, &value->shape)) {
        snprintf(why, why_size, "%s: the shape is %s", tap->path, ig_shape_text(&value->shape, shape, sizeof shape));
        return false;
    }
    for (int64_t i = 0; i < elems; i++) {
        sum += value->data[i];
        magnitude += fabs((double)value->data[i]);
    }
    double first = value->data[0], last = value->data[elems - 1];
    sum /= (double)elems;
    magnitude /= (double)elems;
    snprintf(why, why_size, "%s: mean %.9g (%.9g), absmean %.9g (%.9g), first %.9g (%.9g), last %.9g (%.9g)", tap->path,
             sum, tap->mean, magnitude, tap->absmean, first, tap->first, last, tap->last);
    return near(tap->mean, sum, scale, tolerance) && near(tap->absmean, magnitude, scale, tolerance) &&
           near(tap->first, first, scale, tolerance) && near(tap->last, last, scale, tolerance);
}

bool golden_check_outputs(const golden *g, const ig_tensor *value, double tolerance, char *why, size_t why_size)
{
    double scale = 0;
    if (ig_shape_elems(&value->shape) != g->n_outputs) {
        snprintf(why, why_size, "%s: %d numbers are expected", g->model, g->n_outputs);
        return false;
    }
    for (int i = 0; i < g->n_outputs; i++)
        scale = fmax(scale, fabs(g->outputs[i]));
    for (int i = 0; i < g->n_outputs; i++) {
        snprintf(why, why_size, "%s: output %d is %.9g (%.9g)", g->model, i, value->data[i], g->outputs[i]);
        if (!near(g->outputs[i], value->data[i], scale, tolerance))
            return false;
    }
    return true;
}
