//@ kernel copy_rows
//@ op concat slice reorder
//@ doc Copies rows of LEN elements between tensors of different row length: TN vectors of each of TM rows a work-item.
//@ layout any
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TM 1..64 = 1 : rows a work-item takes
//@ tune TN 1..256 = 1 : vectors of a row a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along a row
//@ let LANES = VW
//@ let ROW_GROUPS = ceil(LEN, LANES * TN * LX)
//@ when BLOCK == 1 || (AXIS < 2 && LEN % (INNER * BLOCK) == 0 && IN_OFF % (INNER * BLOCK) == 0 && OUT_OFF % (INNER * BLOCK) == 0)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int OUTER LEN IN_ROW IN_OFF OUT_ROW OUT_OFF ROW_GROUPS TM TN
//@ local LX, 1, 1
//@ groups ROW_GROUPS * ceil(OUTER, TM), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void copy_rows(__global const float *restrict x, __global float *restrict y, int OUTER, int LEN, int IN_ROW, int IN_OFF,
               int OUT_ROW, int OUT_OFF, int ROW_GROUPS, int TM, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), row0 = group / ROW_GROUPS * TM;
    for (int row = row0; row < min(row0 + TM, OUTER); ++row) {
        __global const float *from = x + row * IN_ROW + IN_OFF;
        const int to = row * OUT_ROW + OUT_OFF;
        /* Work-items of a group take neighbouring vectors in turn. */
        int at = (group % ROW_GROUPS * TN * LX + (int)get_local_id(0)) * LANES;
        for (int n = 0; n < TN && at < LEN; ++n, at += LX * LANES)
            FINISH(load_some(from + at, LEN - at), y, to + at, 0, LEN - at);
    }
}
