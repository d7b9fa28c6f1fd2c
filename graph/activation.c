#include "graph/op.h"

#include <math.h>

const char *const ig_activation_names[IG_ACT_COUNT] = {"none", "relu", "relu6", "sigmoid", "abs"};

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

/* A comparison counts as an addition; a negation, an exponential and a division as one other operation each. */
static const struct {
    double (*apply)(double x);
    int adds, other;
} activations[IG_ACT_COUNT] = {
    [IG_ACT_NONE] = {none, 0, 0},       [IG_ACT_RELU] = {relu, 1, 0}, [IG_ACT_RELU6] = {relu6, 2, 0},
    [IG_ACT_SIGMOID] = {sigmoid, 1, 3}, [IG_ACT_ABS] = {fabs, 1, 0},
};

double ig_activation_apply(ig_activation activation, double x)
{
    return activations[activation].apply(x);
}

ig_cost ig_activation_cost(ig_activation activation, int64_t elems)
{
    return (ig_cost){.adds = elems * activations[activation].adds, .other = elems * activations[activation].other};
}
