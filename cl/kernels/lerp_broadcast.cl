//@ kernel lerp_broadcast
//@ op lerp
//@ doc a + w * (b - a) by NumPy broadcasting: a work-item takes TN vectors along the last axis of each of TM rows.
//@ layout any
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TM 1..64 = 1 : rows a work-item takes
//@ tune TN 1..256 = 1 : vectors of a row a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along a row
//@ when BLOCK == 1 || FLAT
//@ let LANES = VW
//@ let ROWS = FLAT ? 1 : D0 * D1 * D2
//@ let LENGTH = FLAT ? ELEMS : D3
//@ let A_STEP = FLAT ? 1 : A3
//@ let B_STEP = FLAT ? 1 : B3
//@ let W_STEP = FLAT ? 1 : W3
//@ let ROW_GROUPS = ceil(LENGTH, LANES * TN * LX)
//@ define LANES LX
//@ arg buffer in 0 a
//@ arg buffer in 1 b
//@ arg buffer in 2 w
//@ arg buffer out y
//@ arg int D1 D2 A0 A1 A2 A_STEP B0 B1 B2 B_STEP W0 W1 W2 W_STEP ROWS LENGTH ROW_GROUPS TM TN
//@ local LX, 1, 1
//@ groups ROW_GROUPS * ceil(ROWS, TM), 1, 1

/* A step along the last axis is 1, or 0 where that input is broadcast. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void lerp_broadcast(__global const float *restrict a, __global const float *restrict b,
                    __global const float *restrict w, __global float *restrict y, int D1, int D2, int A0, int A1,
                    int A2, int A_STEP, int B0, int B1, int B2, int B_STEP, int W0, int W1, int W2, int W_STEP,
                    int ROWS, int LENGTH, int ROW_GROUPS, int TM, int TN)
{
    const int group = get_group_id(0), row0 = group / ROW_GROUPS * TM;
    for (int row = row0; row < min(row0 + TM, ROWS); ++row) {
        const int i0 = row / (D1 * D2), i1 = row / D2 % D1, i2 = row % D2;
        __global const float *from_a = a + i0 * A0 + i1 * A1 + i2 * A2;
        __global const float *from_b = b + i0 * B0 + i1 * B1 + i2 * B2;
        __global const float *from_w = w + i0 * W0 + i1 * W1 + i2 * W2;
        /* Work-items of a group take neighbouring vectors in turn. */
        int at = (group % ROW_GROUPS * TN * LX + (int)get_local_id(0)) * LANES;
        for (int n = 0; n < TN && at < LENGTH; ++n, at += LX * LANES) {
            const VF va = load_axis(from_a, at, A_STEP, LENGTH - at);
            const VF vb = load_axis(from_b, at, B_STEP, LENGTH - at);
            const VF vw = load_axis(from_w, at, W_STEP, LENGTH - at);
            store_lanes(va + vw * (vb - va), y + row * LENGTH + at, 0, LENGTH - at);
        }
    }
}
