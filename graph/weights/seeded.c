/* Weights from names alone. Source: rkd_sarsn specification, section 8. */
#include "base/hash.h"
#include "graph/weights/weights.h"

#include <math.h>

typedef struct seeded {
    double norm_base, norm_span;
} seeded;

/* Each rule is base + span * u with u uniform in [0,1). */
typedef struct range {
    double base, span;
} range;

static range symmetric(double reach)
{
    return (range){-reach, 2 * reach};
}

static range weight_range(const ig_shape *shape)
{
    double fan_in = 1;
    for (int axis = 1; axis < shape->rank; axis++)
        fan_in *= (double)shape->dim[axis];
    return symmetric(sqrt(6 / fan_in));
}

static range range_of(const seeded *rule, const ig_param_info *param)
{
    const range table[IG_PARAM_KIND_COUNT] = {
        [IG_PARAM_CONV_WEIGHT] = weight_range(&param->shape),
        [IG_PARAM_LINEAR_WEIGHT] = weight_range(&param->shape),
        [IG_PARAM_CONV_BIAS] = symmetric(0.1),
        [IG_PARAM_LINEAR_BIAS] = symmetric(0.1),
        [IG_PARAM_NORM_WEIGHT] = {rule->norm_base, rule->norm_span},
        [IG_PARAM_NORM_BIAS] = symmetric(0.2),
        [IG_PARAM_RUNNING_MEAN] = symmetric(0.2),
        [IG_PARAM_RUNNING_VAR] = {0.5, 1},
        [IG_PARAM_OTHER] = {0.5, 1},
    };
    return table[param->kind];
}

/* The rule counts elements from 1 and wraps at 2^32. */
static void fill(const char *name, range values, float *data, int64_t elems)
{
    uint32_t seed = ig_hash_fnv32(name);
    for (int64_t i = 0; i < elems; i++)
        data[i] = (float)(values.base + values.span * ig_hash_uniform(seed, (uint32_t)(i + 1)));
}

static void fill_param(void *user, const ig_param_info *param, float *data, int64_t elems)
{
    fill(param->name, range_of(user, param), data, elems);
}

ig_status ig_weights_seeded(const ig_graph *graph, ig_weights **out, ig_error *error)
{
    seeded rule = {graph->seeded_norm_base, graph->seeded_norm_span};
    return ig_weights_fill(graph, fill_param, &rule, out, error);
}

void ig_fill_seeded_input(const char *name, float *data, int64_t elems)
{
    fill(name, symmetric(1), data, elems);
}
