//@ kernel soft_threshold_blocked
//@ op soft_threshold
//@ doc Shrinks each channel towards zero by its own threshold in blocks of channels: a work-item takes TN pixels of one block.
//@ layout blocked blocked
//@ priority 20
//@ epilogue
//@ tune TN 1..256 = 1 : pixels a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along pixels
//@ when IN_C % BLOCK == 0
//@ let LANES = BLOCK
//@ let PIXEL_GROUPS = ceil(S, TN * LX)
//@ define LANES LX SLOPE
//@ arg buffer in 0 x
//@ arg buffer in 1 t
//@ arg buffer in 2 d
//@ arg buffer out y
//@ arg int S PIXEL_GROUPS TN
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * ROWS / BLOCK, 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void soft_threshold_blocked(__global const float *restrict x, __global const float *restrict t,
                            __global const float *restrict d, __global float *restrict y, int S, int PIXEL_GROUPS,
                            int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), plane = group / PIXEL_GROUPS;
    const VF threshold = VLOAD(t + plane * LANES);
#if SLOPE
    const VF slope = VLOAD(d + plane * LANES);
#else
    const VF slope = 1.0f;
#endif
    /* Work-items of a group take neighbouring pixels in turn. */
    int p = group % PIXEL_GROUPS * TN * LX + (int)get_local_id(0);
    for (int n = 0; n < TN && p < S; ++n, p += LX) {
        const int at = (plane * S + p) * LANES;
        const VF v = VLOAD(x + at);
        const VF rest = v * slope - sign(v) * threshold; /* not by max(), which may hide a NaN */
        FINISH(select(rest, (VF)(0.0f), fabs(v) <= threshold), y, at, 0, LANES);
    }
}
