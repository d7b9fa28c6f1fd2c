//@ kernel cross_spatial_attention_group
//@ op cross_spatial_attention
//@ doc One work-group takes an image: means of all planes, their softmax in local memory, then the gate of each pixel.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of pixels
//@ tune TN {1,2,4,8,16,32} = 1 : vectors of pixels a work-item takes at a time
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along a plane
//@ tune LY {1,2,4,8} = 4 : planes side by side
//@ let LANES = S >= VW ? VW : S >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(S, LANES)
//@ let ROOM = ceil(C, 64) * 64
//@ define LANES TN LX LY ROOM
//@ arg buffer in 0 x
//@ arg buffer in 1 a
//@ arg buffer in 2 b
//@ arg buffer out y
//@ arg int C S STEPS
//@ local_mem (4 * ROOM + (LX > 1 ? LX * LY : 0)) * 4
//@ local LX, LY, 1
//@ groups N, 1, 1

#define BLOCK (128 * LX * LANES) /* sums of blocks are summed: long chains of single additions would lose digits */

static inline __attribute__((always_inline)) /* it reaches a barrier: tests/lint/kernels.py says why */
float plane_mean(__global const float *x, int S, __local float *part)
{
    VF total = 0.0f;
    for (int block = (int)get_local_id(0) * LANES; block < S; block += BLOCK) {
        VF sum = 0.0f;
        for (int at = block; at < min(block + BLOCK, S); at += LX * LANES)
            sum += load_some(x + at, S - at);
        total += sum;
    }
    return ROW_SUM(lane_sum(total), part) / S;
}

/* Every work-item compares and sums for itself, as C is small; each writes its share. */
static inline __attribute__((always_inline)) /* it holds barriers */
void soften(__local const float *mean, int C, __local float *weight)
{
    const int item = (int)get_local_id(1) * LX + (int)get_local_id(0);
    float top = -INFINITY, sum = 0.0f;
    for (int c = 0; c < C; ++c)
        top = MAX_OR_NAN(top, mean[c]);
    for (int c = item; c < C; c += LX * LY)
        weight[c] = exp(mean[c] - top);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int c = 0; c < C; ++c)
        sum += weight[c];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int c = item; c < C; c += LX * LY)
        weight[c] /= sum;
    barrier(CLK_LOCAL_MEM_FENCE);
}

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void cross_spatial_attention_group(__global const float *restrict x, __global const float *restrict a,
                                   __global const float *restrict b, __global float *restrict y, int C, int S,
                                   int STEPS EPILOGUE_PARAMS)
{
    BEGIN;
    __local float mean[2][ROOM], weight[2][ROOM];
#if LX > 1
    __local float shared[LY][LX];
    __local float *part = shared[get_local_id(1)];
#else
    __local float *part = 0;
#endif
    const int first = (int)get_group_id(0) * C * S, ly = get_local_id(1), item = ly * LX + (int)get_local_id(0);
    x += first;
    a += first;
    b += first;
    for (int begin = 0; begin < 2 * C; begin += LY) { /* planes of a, then of b */
        const int plane = min(begin + ly, 2 * C - 1), c = plane < C ? plane : plane - C;
        mean[plane >= C][c] = plane_mean((plane < C ? a : b) + c * S, S, part); /* who shares a plane writes the same */
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    soften(mean[0], C, weight[0]);
    soften(mean[1], C, weight[1]);
    for (int step = item * TN; step < STEPS; step += LX * LY * TN) {
        int start[TN];
        VF gate[TN];
        for (int n = 0; n < TN; ++n) {
            start[n] = min(min(step + n, STEPS - 1) * LANES, S - LANES); /* the last vector moves back to stay inside */
            gate[n] = 0.0f;
        }
        for (int c = 0; c < C; ++c) {
                for (int n = 0; n < TN; ++n)
                gate[n] += weight[0][c] * VLOAD(b + c * S + start[n]) + weight[1][c] * VLOAD(a + c * S + start[n]);
        }
        for (int n = 0; n < TN; ++n)
            gate[n] = ACT_3(gate[n]);
        for (int c = 0; c < C; ++c)
            for (int n = 0; n < min(TN, STEPS - step); ++n)
                FINISH(VLOAD(x + c * S + start[n]) * gate[n], y, first + c * S + start[n],
                       (step + n) * LANES - start[n], LANES);
    }
}
