//@ kernel batch_norm_blocked
//@ op batch_norm
//@ doc Scale and shift by channel in blocks of channels: a work-item takes TN pixels of one block.
//@ layout blocked blocked
//@ priority 20
//@ epilogue
//@ in_place
//@ tune TN 1..256 = 1 : pixels a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along pixels
//@ let LANES = BLOCK
//@ let CB = ceil(C, BLOCK)
//@ let PIXEL_GROUPS = ceil(S, TN * LX)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer param 0 scale
//@ arg buffer param 1 shift
//@ arg buffer out y
//@ arg int C CB S PIXEL_GROUPS TN
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * CB * N, 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void batch_norm_blocked(__global const float *x, __global const float *restrict scale,
                        __global const float *restrict shift, __global float *y, int C, int CB, int S,
                        int PIXEL_GROUPS, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), plane = group / PIXEL_GROUPS, channel = plane % CB * LANES;
    const VF a = load_some(scale + channel, C - channel), b = load_some(shift + channel, C - channel);
    /* Work-items of a group take neighbouring pixels in turn. */
    int p = group % PIXEL_GROUPS * TN * LX + (int)get_local_id(0);
    for (int n = 0; n < TN && p < S; ++n, p += LX) {
        const int at = (plane * S + p) * LANES;
        FINISH(VLOAD(x + at) * a + b, y, at, 0, LANES);
    }
}
