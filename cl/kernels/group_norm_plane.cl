//@ kernel group_norm_plane
//@ op group_norm
//@ doc Group normalisation, one work-group a group of channels: mean, then variance about it, then scale and shift.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = VW
//@ let GC = C / G
//@ define LANES LX AFFINE
//@ arg buffer in 0 x
//@ arg buffer param 0 weight
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int C S G GC
//@ arg float eps
//@ local_mem LX > 1 ? LX * 4 : 0
//@ local LX, 1, 1
//@ groups N * G, 1, 1

#define STRIDE (LX * LANES)
#define BLOCK (64 * STRIDE) /* sums of blocks are summed: long chains of single additions would lose digits */

/* Sum of (x - mean)^power over `elems` elements, the same for all work-items. Always inlined, because it reaches a
 * barrier through another function: where such a call remains, PoCL 3.1's threads share local ids. */
static inline __attribute__((always_inline))
float moment(__global const float *x, int elems, float mean, int power, __local float *part)
{
    float total = 0.0f;
    for (int block = 0; block < elems; block += BLOCK) {
        VF sum = 0.0f;
        for (int at = block + (int)get_local_id(0) * LANES; at < min(block + BLOCK, elems); at += STRIDE) {
            const VF v = DROP(load_some(x + at, elems - at) - mean, OUTSIDE(at + LANE_INDEX, elems));
            sum += power == 2 ? v * v : v;
        }
        total += lane_sum(sum);
    }
    return ROW_SUM(total, part);
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void group_norm_plane(__global const float *restrict x, __global const float *restrict weight,
                      __global const float *restrict bias, __global float *restrict y, int C, int S, int G, int GC,
                      float eps EPILOGUE_PARAMS)
{
    BEGIN;
#if LX > 1
    __local float part[LX];
#else
    __local float *part = 0;
#endif
    const int group = get_group_id(0), elems = GC * S, channel0 = group % G * GC;
    x += group * elems;
    const float mean = moment(x, elems, 0.0f, 1, part) / elems;
    const float variance = moment(x, elems, mean, 2, part) / elems;
    const float factor = 1.0f / sqrt(variance + eps);
    for (int c = 0; c < GC; ++c) {
#if AFFINE
        const float scale = weight[channel0 + c] * factor, shift = bias[channel0 + c];
#else
        const float scale = factor, shift = 0.0f;
#endif
        for (int at = (int)get_local_id(0) * LANES; at < S; at += STRIDE) {
            const VF v = load_some(x + c * S + at, S - at);
            FINISH((v - mean) * scale + shift, y, group * elems + c * S + at, 0, S - at);
        }
    }
}
