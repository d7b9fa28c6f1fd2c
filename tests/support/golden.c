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

/* --- the fill rule of the MM and ILCS specification ----------------------------------------------------------- */

static double next_uniform(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return (*state >> 8) / 16777216.0 - 0.5;
}

static void fill_xorshift(const char *name, double base, double span, float *data, int64_t elems)
{
    uint32_t state = ig_hash_fnv32(name);
    for (int64_t i = 0; i < elems; i++)
        data[i] = (float)(base + span * next_uniform(&state));
}

static void fill_mm_param(void *user, const ig_param_info *param, float *data, int64_t elems)
{
    double fan_in = 1, base = 0, span = 0.2;
    (void)user;
    for (int axis = 1; axis < param->shape.rank; axis++)
        fan_in *= (double)param->shape.dim[axis];
    if (param->kind == IG_PARAM_CONV_WEIGHT || param->kind == IG_PARAM_LINEAR_WEIGHT)
        span = sqrt(24 / fan_in);
    else if (param->kind == IG_PARAM_CONV_BIAS || param->kind == IG_PARAM_LINEAR_BIAS)
        span = 0.1;
    else if (param->kind == IG_PARAM_NORM_WEIGHT)
        base = 1;
    else if (param->kind == IG_PARAM_RUNNING_VAR)
        base = 1, span = 0.4;
    fill_xorshift(param->name, base, span, data, elems);
}

static ig_status fill_mm_weights(const ig_graph *graph, ig_weights **out, ig_error *error)
{
    return ig_weights_fill(graph, fill_mm_param, NULL, out, error);
}

static void fill_mm_input(const char *name, float *data, int64_t elems)
{
    fill_xorshift(name, 0, 2, data, elems);
}

/* --- the seeded rule, with the specification's range of norm weights whatever the model says ------------------ */

static void fill_default_norm(void *user, const ig_param_info *param, float *data, int64_t elems)
{
    const ig_weights *seeded = user;
    memcpy(data, ig_weights_get(seeded, param->name), (size_t)elems * sizeof *data);
    uint32_t seed = ig_hash_fnv32(param->name);
    for (int64_t i = 0; param->kind == IG_PARAM_NORM_WEIGHT && i < elems; i++)
        data[i] = (float)(0.3 + 0.4 * ig_hash_uniform(seed, (uint32_t)(i + 1)));
}

static ig_status fill_default_weights(const ig_graph *graph, ig_weights **out, ig_error *error)
{
    ig_weights *seeded = NULL;
    ig_status status = ig_weights_seeded(graph, &seeded, error);
    if (status == IG_OK)
        status = ig_weights_fill(graph, fill_default_norm, seeded, out, error);
    ig_weights_destroy(&seeded);
    return status;
}

static const char *const FILL_NAMES[] = {"seeded", "mobilesteelnet", "mm_ilcs", "seeded_default"};
static const struct {
    ig_status (*weights)(const ig_graph *graph, ig_weights **out, ig_error *error);
    void (*input)(const char *name, float *data, int64_t elems);
} FILLS[] = {{ig_weights_seeded, ig_fill_seeded_input},
             {fill_weights, fill_input},
             {fill_mm_weights, fill_mm_input},
             {fill_default_weights, ig_fill_seeded_input}};
enum { N_FILLS = (int)(sizeof FILLS / sizeof *FILLS) };

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

static ig_status read_probe(const ig_yaml *node, golden_digest *digest, ig_error *error)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "probe", error);
    if (status == IG_OK && node->count > GOLDEN_MAX_PROBES)
        return ig_yaml_fail(node, error, "too many probes");
    for (int i = 0; status == IG_OK && i < node->count; i++) {
        const ig_yaml *pair = node->items[i];
        status = ig_yaml_expect(pair, IG_YAML_SEQUENCE, "[place, value]", error);
        if (status == IG_OK && pair->count != 2)
            return ig_yaml_fail(pair, error, "a probe is [place, value]");
        if (status == IG_OK)
            status = ig_yaml_int(pair->items[0], "a place", 0, INT32_MAX, &digest->place[i], error);
        if (status == IG_OK)
            status = ig_yaml_double(pair->items[1], "a value", -1e30, 1e30, &digest->probe[i], error);
        digest->n_probes = i + 1;
    }
    return status;
}

static ig_status read_digest(const ig_yaml *node, golden_digest *digest, ig_error *error)
{
    static const char *const KEYS[] = {"shape", "probe", "mean", "absmean", "absmax", "dot"};
    double *const numbers[] = {&digest->mean, &digest->absmean, &digest->absmax, &digest->dot};
    ig_status status = ig_yaml_check_keys(node, "a digest", KEYS, 6, error);
    for (int i = 0; i < 4 && status == IG_OK; i++)
        status = ig_yaml_double(ig_yaml_get(node, KEYS[i + 2]), KEYS[i + 2], -1e30, 1e30, numbers[i], error);
    if (status == IG_OK)
        status = read_shape(ig_yaml_get(node, "shape"), &digest->shape, error);
    return status == IG_OK ? read_probe(ig_yaml_get(node, "probe"), digest, error) : status;
}

static ig_status read_overrides(const ig_yaml *node, ig_arena *arena, golden *out)
{
    out->overrides = node ? ig_arena_array(arena, (size_t)node->count + 1, sizeof *out->overrides) : NULL;
    for (int i = 0; out->overrides && i < node->count; i++)
        out->overrides[out->n_overrides++] = (ig_override){node->keys[i]->text, node->items[i]->text};
    return node && !out->overrides ? IG_E_NO_MEMORY : IG_OK;
}

static ig_status read_taps(const ig_yaml *node, ig_arena *arena, golden *out, ig_error *error)
{
    ig_status status = IG_OK;
    out->taps = node ? ig_arena_array(arena, (size_t)node->count + 1, sizeof *out->taps) : NULL;
    for (int i = 0; out->taps && i < node->count && status == IG_OK; i++) {
        out->taps[i].path = node->keys[i]->text;
        status = read_tap(node->items[i], &out->taps[i], error);
        out->n_taps++;
    }
    return status;
}

static ig_status read_digests(const ig_yaml *node, ig_arena *arena, golden *out, ig_error *error)
{
    ig_status status = IG_OK;
    out->digests = node ? ig_arena_array(arena, (size_t)node->count + 1, sizeof *out->digests) : NULL;
    for (int i = 0; out->digests && i < node->count && status == IG_OK; i++) {
        out->digests[i].output = node->keys[i]->text;
        status = read_digest(node->items[i], &out->digests[i], error);
        out->n_digests++;
    }
    return status;
}

static ig_status read_golden(const ig_yaml *node, ig_arena *arena, golden *out, ig_error *error)
{
    static const char *const KEYS[] = {"model", "fill", "large", "outputs", "digests", "taps", "shape", "set"};
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "a golden", error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "a golden", KEYS, 8, error);
    if (status == IG_OK)
        status = ig_yaml_string(ig_yaml_get(node, "model"), "model", &out->model, error);
    if (status == IG_OK)
        status = ig_yaml_choice(ig_yaml_get(node, "fill"), "fill", FILL_NAMES, N_FILLS, &out->fill, error);
    if (status == IG_OK && ig_yaml_get(node, "large"))
        status = ig_yaml_bool(ig_yaml_get(node, "large"), "large", &out->large, error);
    if (status == IG_OK)
        status = read_shape(ig_yaml_get(node, "shape"), &out->shape, error);
    if (status == IG_OK)
        status = read_overrides(ig_yaml_get(node, "set"), arena, out);
    if (status == IG_OK)
        status = read_digests(ig_yaml_get(node, "digests"), arena, out, error);
    if (status == IG_OK && (ig_yaml_get(node, "outputs") || out->n_digests == 0))
        status = read_numbers(ig_yaml_get(node, "outputs"), arena, &out->outputs, &out->n_outputs, error);
    return status == IG_OK ? read_taps(ig_yaml_get(node, "taps"), arena, out, error) : status;
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

/* The weights of the digest's dot product: 2u-1 of the stream "probe". */
static double probe_weight(uint32_t seed, int64_t element)
{
    return 2 * ig_hash_uniform(seed, (uint32_t)(element + 1)) - 1;
}

static bool probes_agree(const golden_digest *d, const ig_tensor *value, double tolerance, char *why, size_t why_size)
{
    int64_t elems = ig_shape_elems(&value->shape);
    for (int i = 0; i < d->n_probes; i++) {
        int64_t place = d->place[i];
        if (place < elems && near(d->probe[i], value->data[place], d->absmax, tolerance))
            continue;
        snprintf(why, why_size, "%s: element %lld is %.9g (%.9g)", d->output, (long long)place,
                 place < elems ? (double)value->data[place] : NAN, d->probe[i]);
        return false;
    }
    return true;
}

bool golden_check_digest(const golden_digest *d, const ig_tensor *value, double tolerance, char *why, size_t why_size)
{
    const uint32_t seed = ig_hash_fnv32("probe");
    const int64_t elems = ig_shape_elems(&value->shape);
    double sum = 0, magnitude = 0, most = 0, dot = 0;
    char shape[96];
    if (!ig_shape_equal(&d->shape, &value->shape)) {
        snprintf(why, why_size, "%s: the shape is %s", d->output, ig_shape_text(&value->shape, shape, sizeof shape));
        return false;
    }
    for (int64_t i = 0; i < elems; i++) {
        const double x = value->data[i];
        sum += x;
        magnitude += fabs(x);
        most = fmax(most, fabs(x));
        dot += x * probe_weight(seed, i);
    }
    sum /= (double)elems;
    magnitude /= (double)elems;
    dot /= (double)elems;
    snprintf(why, why_size, "%s: mean %.9g (%.9g), absmean %.9g (%.9g), absmax %.9g (%.9g), dot %.9g (%.9g)", d->output,
             sum, d->mean, magnitude, d->absmean, most, d->absmax, dot, d->dot);
    return near(d->mean, sum, d->absmax, tolerance) && near(d->absmean, magnitude, d->absmax, tolerance) &&
           near(d->absmax, most, d->absmax, tolerance) && near(d->dot, dot, d->absmax, tolerance) &&
           probes_agree(d, value, tolerance, why, why_size);
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
