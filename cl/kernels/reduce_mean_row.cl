//@ kernel reduce_mean_row
//@ op reduce_mean adaptive_avg_pool2d avg_pool2d
//@ doc Mean along RED: LX work-items share a row when INNER is 1, else each takes a vector of neighbouring rows.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items along a row, or along INNER
//@ tune LY {1,2,4,8} = 2 : rows of a group
//@ when RED > 0
//@ let ROWWISE = INNER == 1
//@ let LANES = ROWWISE || INNER >= VW ? VW : INNER >= 4 ? min(VW, 4) : 1
//@ let STEPS = ROWWISE ? 1 : ceil(INNER, LANES)
//@ let STEP_GROUPS = ROWWISE ? 1 : ceil(STEPS, LX)
//@ define LANES LX LY ROWWISE OF
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int OUTER RED INNER STEPS STEP_GROUPS
//@ local_mem ROWWISE && LX > 1 ? LX * LY * 4 : 0
//@ local LX, LY, 1
//@ groups STEP_GROUPS * ceil(OUTER, LY), 1, 1

#define EACH(v) IG_PASTE(ACT_, OF)(v)
#if OF /* lanes past the end of the row hold 0, which an activation may make another number */
#define EACH_BELOW(v, at, end) DROP(EACH(v), OUTSIDE((at) + LANE_INDEX, end))
#else
#define EACH_BELOW(v, at, end) (v)
#endif
#define BLOCK 128 /* sums of blocks are summed: long chains of single additions would lose digits */

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void reduce_mean_row(__global const float *restrict x, __global float *restrict y, int OUTER, int RED, int INNER,
                     int STEPS, int STEP_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), lx = get_local_id(0);
    const int row = group / STEP_GROUPS * LY + (int)get_local_id(1);
    VF total = 0.0f;
#if ROWWISE
#if LX > 1
    __local float shared[LY][LX];
    __local float *part = shared[get_local_id(1)];
#endif
    x += min(row, OUTER - 1) * RED;
    for (int block = lx * LANES; block < RED; block += BLOCK * LX * LANES) {
        VF sum = 0.0f;
        for (int at = block; at < min(block + BLOCK * LX * LANES, RED); at += LX * LANES)
            sum += EACH_BELOW(load_some(x + at, RED - at), at, RED);
        total += sum;
    }
    const float sum = ROW_SUM(lane_sum(total), part); /* rows past the end only meet the barriers */
    if (row < OUTER && lx == 0)
        FINISH_ONE(sum / RED, y, row);
#else
    const int step = group % STEP_GROUPS * LX + lx;
    if (row >= OUTER || step >= STEPS)
        return;
    const int start = min(step * LANES, INNER - LANES); /* the last vector moves back to stay inside INNER */
    x += row * RED * INNER + start;
    for (int block = 0; block < RED; block += BLOCK) {
        VF sum = 0.0f;
        for (int r = block; r < min(block + BLOCK, RED); ++r)
            sum += EACH(VLOAD(x + r * INNER));
        total += sum;
    }
    FINISH(total / RED, y, row * INNER + start, step * LANES - start, LANES);
#endif
}
