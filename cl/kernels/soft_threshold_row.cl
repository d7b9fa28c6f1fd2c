//@ kernel soft_threshold_row
//@ op soft_threshold
//@ doc Shrinks each plane towards zero by its own threshold: a work-item takes TN vectors of each of TM planes.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TM 1..64 = 1 : planes a work-item takes
//@ tune TN 1..256 = 1 : vectors of a plane a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along a plane
//@ when SLOPE == 0
//@ let LANES = VW
//@ let ROW_GROUPS = ceil(S, LANES * TN * LX)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer in 1 t
//@ arg buffer out y
//@ arg int ROWS S ROW_GROUPS TM TN
//@ local LX, 1, 1
//@ groups ROW_GROUPS * ceil(ROWS, TM), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void soft_threshold_row(__global const float *restrict x, __global const float *restrict t, __global float *restrict y,
                        int ROWS, int S, int ROW_GROUPS, int TM, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), row0 = group / ROW_GROUPS * TM;
    for (int row = row0; row < min(row0 + TM, ROWS); ++row) {
        const float threshold = t[row];
        /* Work-items of a group take neighbouring vectors in turn. */
        int at = (group % ROW_GROUPS * TN * LX + (int)get_local_id(0)) * LANES;
        for (int n = 0; n < TN && at < S; ++n, at += LX * LANES) {
            const VF v = load_some(x + row * S + at, S - at);
            const VF rest = v - sign(v) * threshold; /* not by max(), which may hide a NaN */
            FINISH(select(rest, (VF)(0.0f), fabs(v) <= threshold), y, row * S + at, 0, S - at);
        }
    }
}
