//@ kernel l2_normalize_row
//@ op l2_normalize
//@ doc Unit length along the last axis: LX work-items share a row and take TM rows one after another.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TM 1..64 = 1 : rows a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items along a row
//@ tune LY {1,2,4,8} = 2 : rows of a group
//@ when INNER == 1
//@ let LANES = VW
//@ define LANES LX LY
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int OUTER RED TM
//@ arg float eps
//@ local_mem LX > 1 ? LX * LY * 4 : 0
//@ local LX, LY, 1
//@ groups ceil(OUTER, LY * TM), 1, 1

#define STRIDE (LX * LANES)
#define BLOCK (128 * STRIDE) /* sums of blocks are summed: long chains of single additions would lose digits */

/* This work-item's share of the sum of squares of a row. */
static inline float sum_squares(__global const float *x, int RED)
{
    VF total = 0.0f;
    for (int block = (int)get_local_id(0) * LANES; block < RED; block += BLOCK) {
        VF sum = 0.0f;
        for (int at = block; at < min(block + BLOCK, RED); at += STRIDE) {
            const VF v = load_some(x + at, RED - at);
            sum += v * v;
        }
        total += sum;
    }
    return lane_sum(total);
}

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void l2_normalize_row(__global const float *restrict x, __global float *restrict y, int OUTER, int RED, int TM,
                      float eps)
{
#if LX > 1
    __local float shared[LY][LX];
    __local float *part = shared[get_local_id(1)];
#endif
    const int first = (int)get_group_id(0) * LY * TM;
    for (int top = first; top < min(first + LY * TM, OUTER); top += LY) {
        const int row = top + (int)get_local_id(1); /* rows past the end only meet the barriers */
        __global const float *from = x + min(row, OUTER - 1) * RED;
        __global float *to = y + min(row, OUTER - 1) * RED;
        const float norm = sqrt(ROW_SUM(sum_squares(from, RED), part));
        const float factor = 1.0f / (norm < eps ? eps : norm); /* max() may hide a NaN */
        for (int at = row < OUTER ? (int)get_local_id(0) * LANES : RED; at < RED; at += STRIDE)
            store_lanes(load_some(from + at, RED - at) * factor, to + at, 0, RED - at);
    }
}
