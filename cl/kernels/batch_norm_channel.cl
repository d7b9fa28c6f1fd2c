//@ kernel batch_norm_channel
//@ op batch_norm
//@ doc Scale and shift by channel: a work-item takes TN vectors of each of TM planes.
//@ priority 10
//@ epilogue
//@ in_place
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TM 1..64 = 1 : planes a work-item takes
//@ tune TN 1..256 = 1 : vectors of a plane a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along a plane
//@ let LANES = VW
//@ let ROWS = N * C
//@ let ROW_GROUPS = ceil(S, LANES * TN * LX)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer param 0 scale
//@ arg buffer param 1 shift
//@ arg buffer out y
//@ arg int C S ROWS ROW_GROUPS TM TN
//@ local LX, 1, 1
//@ groups ROW_GROUPS * ceil(ROWS, TM), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void batch_norm_channel(__global const float *x, __global const float *restrict scale,
                        __global const float *restrict shift, __global float *y, int C, int S, int ROWS,
                        int ROW_GROUPS, int TM, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), row0 = group / ROW_GROUPS * TM;
    for (int row = row0; row < min(row0 + TM, ROWS); ++row) {
        const float a = scale[row % C], b = shift[row % C];
        /* Work-items of a group take neighbouring vectors in turn. */
        int at = (group % ROW_GROUPS * TN * LX + (int)get_local_id(0)) * LANES;
        for (int n = 0; n < TN && at < S; ++n, at += LX * LANES)
            FINISH(load_some(x + row * S + at, S - at) * a + b, y, row * S + at, 0, S - at);
    }
}
