/* Weights from names alone. Source: rkd_sarsn specification, section 8. */
#include "base/hash.h"
#include "graph/weights/weights.h"

#include <math.h>
#include <string.h>

/* Each rule is base + span * u with u uniform in [0,1). */
typedef struct range {
    double base, span;
} range;

static range symmetric(double reach)
{
    return (range){-reach, 2 * reach};
}

static range weight_range(const ig_shape *shape, double gain)
{
    double fan_in = 1;
    for (int axis = 1; axis < shape->rank; axis++)
        fan_in *= (double)shape->dim[axis];
    return symmetric(gain * sqrt(6 / fan_in));
}

static bool ends_with(const char *path, size_t length, const char *suffix)
{
    size_t tail = strlen(suffix);
    if (tail > length || strncmp(path + length - tail, suffix, tail) != 0)
        return false;
    return tail == length || path[length - tail - 1] == '.';
}

/* The norm's path is the tensor's name without its last component. */
static range norm_range(const ig_graph *graph, const char *name)
{
    const char *dot = strrchr(name, '.');
    for (int i = graph->n_seeded_norms - 1; i >= 0 && dot; i--) {
        const ig_seeded_norm *norm = &graph->seeded_norms[i];
        if (ends_with(name, (size_t)(dot - name), norm->suffix))
            return (range){norm->base, norm->span};
    }
    return (range){graph->seeded_norm_base, graph->seeded_norm_span};
}

static range range_of(const ig_graph *graph, const ig_param_info *param)
{
    const range table[IG_PARAM_KIND_COUNT] = {
        [IG_PARAM_CONV_WEIGHT] = weight_range(&param->shape, graph->seeded_gain),
        [IG_PARAM_LINEAR_WEIGHT] = weight_range(&param->shape, graph->seeded_gain),
        [IG_PARAM_CONV_BIAS] = symmetric(0.1),
        [IG_PARAM_LINEAR_BIAS] = symmetric(0.1),
        [IG_PARAM_NORM_WEIGHT] = norm_range(graph, param->name),
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
    fill(param->name, range_of(*(const ig_graph *const *)user, param), data, elems);
}

ig_status ig_weights_seeded(const ig_graph *graph, ig_weights **out, ig_error *error)
{
    return ig_weights_fill(graph, fill_param, &graph, out, error);
}

void ig_fill_seeded_input(const char *name, float *data, int64_t elems)
{
    fill(name, symmetric(1), data, elems);
}
