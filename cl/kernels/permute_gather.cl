//@ kernel permute_gather
//@ op permute
//@ doc Output in order, input gathered by strides: a work-item takes TN vectors along the last axis of each of TM rows.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TM 1..64 = 1 : rows a work-item takes
//@ tune TN 1..256 = 1 : vectors of a row a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along a row
//@ let LANES = VW
//@ let ROWS = D0 * D1 * D2 * D3 * D4
//@ let ROW_GROUPS = ceil(D5, LANES * TN * LX)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int D1 D2 D3 D4 D5 S0 S1 S2 S3 S4 S5 ROWS ROW_GROUPS TM TN
//@ local LX, 1, 1
//@ groups ROW_GROUPS * ceil(ROWS, TM), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void permute_gather(__global const float *restrict x, __global float *restrict y, int D1, int D2, int D3, int D4,
                    int D5, int S0, int S1, int S2, int S3, int S4, int S5, int ROWS, int ROW_GROUPS, int TM, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), row0 = group / ROW_GROUPS * TM;
    for (int row = row0; row < min(row0 + TM, ROWS); ++row) {
        int rest = row;
        __global const float *from = x + rest % D4 * S4;
        rest /= D4;
        from += rest % D3 * S3;
        rest /= D3;
        from += rest % D2 * S2;
        rest /= D2;
        from += rest % D1 * S1 + rest / D1 * S0;
        /* Work-items of a group take neighbouring vectors in turn. */
        int at = (group % ROW_GROUPS * TN * LX + (int)get_local_id(0)) * LANES;
        for (int n = 0; n < TN && at < D5; ++n, at += LX * LANES) {
            float value[LANES];
            for (int i = 0; i < LANES; ++i)
                value[i] = at + i < D5 ? from[(at + i) * S5] : 0.0f;
            FINISH(VLOAD(value), y, row * D5 + at, 0, D5 - at);
        }
    }
}
