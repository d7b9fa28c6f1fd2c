#include "graph/op.h"

#include <math.h>
#include <string.h>

const char *const ig_activation_names[IG_ACT_COUNT] = {"none", "relu",         "relu6",      "sigmoid", "abs",
                                                       "silu", "hard_sigmoid", "hard_swish", "gelu",    "tanh"};

static double none(double x)
{
    return x;
}

/* Comparisons are written so that a NaN comes out as a NaN. */
static double relu(double x)
{
    return x < 0 ? 0 : x;
}

static double relu6(double x)
{
    return x > 6 ? 6 : relu(x);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double silu(double x)
{
    return x * sigmoid(x);
}

static double hard_sigmoid(double x)
{
    return relu6(x + 3) / 6;
}

static double hard_swish(double x)
{
    return x * hard_sigmoid(x);
}

static double gelu(double x)
{
    return 0.5 * x * (1 + erf(x * sqrt(0.5)));
}

/* A comparison counts as an addition; a negation, an exponential (or erf or tanh) and a division as one other operation
 * each. */
static const struct {
    double (*apply)(double x);
    int adds, other;
} activations[IG_ACT_COUNT] = {
    [IG_ACT_NONE] = {none, 0, 0},
    [IG_ACT_RELU] = {relu, 1, 0},
    [IG_ACT_RELU6] = {relu6, 2, 0},
    [IG_ACT_SIGMOID] = {sigmoid, 1, 3},
    [IG_ACT_ABS] = {fabs, 1, 0},
    [IG_ACT_SILU] = {silu, 1, 4},
    [IG_ACT_HARD_SIGMOID] = {hard_sigmoid, 3, 1},
    [IG_ACT_HARD_SWISH] = {hard_swish, 3, 2},
    [IG_ACT_GELU] = {gelu, 1, 4},
    [IG_ACT_TANH] = {tanh, 0, 1},
};

ig_activation ig_activation_find(const char *name)
{
    for (int i = IG_ACT_NONE + 1; i < IG_ACT_COUNT; i++)
        if (strcmp(ig_activation_names[i], name) == 0)
            return (ig_activation)i;
    return IG_ACT_NONE;
}

double ig_activation_apply(ig_activation activation, double x)
{
    return activations[activation].apply(x);
}

ig_cost ig_activation_cost(ig_activation activation, int64_t elems)
{
    return (ig_cost){.adds = elems * activations[activation].adds, .other = elems * activations[activation].other};
}
