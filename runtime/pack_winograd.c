/* Weights of 3x3 convolutions as Winograd's minimal filtering wants them: the polynomial that a line of three weights
 * stands for, at the points of the kernel, each divided by its Lagrange factor there. (Lavin and Gray, "Fast algorithms
 * for convolutional neural networks", 2015.) */
#include "runtime/session.h"

enum { MAX_POINTS = 6 };

/* Lines of three weights to m + 2 values: out[i] = line . factors[i]. */
typedef struct transform {
    int points;
    double factors[MAX_POINTS][3];
} transform;

/* Divides by the product of the distances to the other finite points. */
static void set_point(transform *t, int index, const double *at, int count)
{
    double distance = 1;
    for (int i = 0; i < count; i++)
        distance *= i == index ? 1 : at[index] - at[i];
    for (int power = 0; power < 3; power++)
        t->factors[index][power] = (power == 0 ? 1 : power == 1 ? at[index] : at[index] * at[index]) / distance;
}

static transform make_transform(const ig_winograd *winograd)
{
    const double near = (double)winograd->near / 4, far = (double)winograd->far / 4;
    const double at[MAX_POINTS - 1] = {0, near, -near, far, -far};
    transform t = {.points = (int)winograd->m + 2};
    for (int i = 0; i < t.points - 1; i++)
        set_point(&t, i, at, t.points - 1);
    t.factors[t.points - 1][2] = 1; /* infinity */
    return t;
}

static double dot(const double factors[3], double a, double b, double c)
{
    return factors[0] * a + factors[1] * b + factors[2] * c;
}

/* The points of one kernel, `step` apart. */
static void transform_kernel(const transform *t, const float in[9], int64_t step, float *out)
{
    double lines[MAX_POINTS][3];
    for (int i = 0; i < t->points; i++)
        for (int x = 0; x < 3; x++)
            lines[i][x] = dot(t->factors[i], (double)in[x], (double)in[3 + x], (double)in[6 + x]);
    for (int i = 0; i < t->points; i++)
        for (int j = 0; j < t->points; j++)
            out[(i * t->points + j) * step] = (float)dot(t->factors[j], lines[i][0], lines[i][1], lines[i][2]);
}

void ig_pack_winograd(const float *in, int64_t rows, int64_t columns, const ig_plan_param *param, float *out)
{
    const transform t = make_transform(&param->winograd);
    const int64_t blocks = (columns + param->block - 1) / param->block, tile = param->tile;
    const int64_t step = blocks * param->block * tile, points = (int64_t)t.points * t.points;
    for (int64_t o = 0; o < rows; o++)
        for (int64_t i = 0; i < columns; i++)
            transform_kernel(&t, in + (o * columns + i) * 9, step,
                             out + o / tile * points * step + i * tile + o % tile);
}
