//@ kernel fourier_position_table
//@ op fourier_position
//@ doc Sines and cosines of the pixels' places: each is computed once for the TM rows and TN vectors of a work-item.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TM 1..64 = 1 : rows a work-item fills
//@ tune TN 1..64 = 1 : vectors along a row a work-item fills
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items along a row
//@ let LANES = VW
//@ let STEP_GROUPS = ceil(W, LANES * TN * LX)
//@ let ROW_BLOCKS = ceil(H, TM)
//@ define LANES LX
//@ arg buffer param 0 frequency
//@ arg buffer out y
//@ arg int HIDDEN H W STEP_GROUPS ROW_BLOCKS TM TN
//@ local LX, 1, 1
//@ groups STEP_GROUPS * ROW_BLOCKS * 2 * HIDDEN, 1, 1

#pragma OPENCL FP_CONTRACT OFF /* `low` is what exactly these roundings lose */

/* Sine or cosine of 2 pi (place + 1) / (extent + 1e-6) * (f + f_low). The number of turns is kept as a sum of two
 * floats until whole turns are gone: the result is to be right to 1e-6, and one float would round an angle of 6 by a
 * quarter of that in each step. */
static inline float wave(int place, int extent, float f, float f_low, int is_cosine)
{
    const float n = place + 1, d = extent;
    const float part = n / d, part_low = (fma(-part, d, n) - part * 1e-6f) / d;
    const float turns = part * f, low = fma(part, f, -turns) + (part * f_low + part_low * f);
    const float half_turns = 2.0f * (turns - rint(turns) + low);
    return is_cosine ? cospi(half_turns) : sinpi(half_turns);
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void fourier_position_table(__global const float *restrict frequency, __global float *restrict y, int HIDDEN, int H,
                            int W, int STEP_GROUPS, int ROW_BLOCKS, int TM, int TN)
{
    const int group = get_group_id(0), channel = group / STEP_GROUPS / ROW_BLOCKS, i = channel % HIDDEN;
    const float f = frequency[i], f_low = frequency[HIDDEN + i];
    const int row0 = group / STEP_GROUPS % ROW_BLOCKS * TM, row_end = min(row0 + TM, H);
    /* Work-items of a group take neighbouring vectors in turn. */
    const int first = (group % STEP_GROUPS * TN * LX + (int)get_local_id(0)) * LANES;
    const int end = min(first + TN * LX * LANES, W);
    y += channel * H * W;
    if (channel < HIDDEN) {
        for (int row = row0; row < row_end; ++row) {
            const VF v = wave(row, H, f, f_low, i & 1);
            for (int at = first; at < end; at += LX * LANES)
                store_lanes(v, y + row * W + at, 0, W - at);
        }
    } else {
        for (int at = first; at < end; at += LX * LANES) {
            float value[LANES];
            for (int lane = 0; lane < LANES; ++lane)
                value[lane] = wave(at + lane, W, f, f_low, i & 1);
            for (int row = row0; row < row_end; ++row)
                store_lanes(VLOAD(value), y + row * W + at, 0, W - at);
        }
    }
}
