//@ kernel layer_norm_inner
//@ op layer_norm
//@ doc Normalisation along an outer axis, such as channels: lanes are neighbours along INNER, TN vectors a work-item.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TN 1..64 = 1 : vectors along INNER a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along INNER
//@ when INNER > 1
//@ let LANES = INNER >= VW ? VW : INNER >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(INNER, LANES)
//@ let STEP_GROUPS = ceil(STEPS, LX * TN)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer param 0 weight
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int RED INNER STEPS STEP_GROUPS TN
//@ arg float eps
//@ local LX, 1, 1
//@ groups STEP_GROUPS * OUTER, 1, 1

#define BLOCK 128 /* sums of blocks are summed: long chains of single additions would lose digits */

/* Sum of (x - mean)^power along the axis, for every lane on its own. */
static inline VF moment(__global const float *x, int RED, int INNER, VF mean, int power)
{
    VF total = 0.0f;
    for (int block = 0; block < RED; block += BLOCK) {
        VF sum = 0.0f;
        for (int r = block; r < min(block + BLOCK, RED); ++r) {
            const VF v = VLOAD(x + r * INNER) - mean;
            sum += power == 2 ? v * v : v;
        }
        total += sum;
    }
    return total;
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void layer_norm_inner(__global const float *restrict x, __global const float *restrict weight,
                      __global const float *restrict bias, __global float *restrict y, int RED, int INNER, int STEPS,
                      int STEP_GROUPS, int TN, float eps)
{
    const int group = get_group_id(0), row = group / STEP_GROUPS * RED * INNER;
    /* Work-items of a group take neighbouring vectors in turn. */
    int step = group % STEP_GROUPS * TN * LX + (int)get_local_id(0);
    for (int n = 0; n < TN && step < STEPS; ++n, step += LX) {
        const int start = min(step * LANES, INNER - LANES); /* the last vector moves back to stay inside INNER */
        __global const float *from = x + row + start;
        __global float *to = y + row + start;
        const VF mean = moment(from, RED, INNER, 0.0f, 1) / RED;
        const VF factor = 1.0f / sqrt(moment(from, RED, INNER, mean, 2) / RED + eps);
        for (int r = 0; r < RED; ++r) {
            const VF normal = (VLOAD(from + r * INNER) - mean) * factor;
            store_lanes(normal * weight[r] + bias[r], to + r * INNER, step * LANES - start, LANES);
        }
    }
}
