//@ kernel softmax_row
//@ op softmax
//@ doc Softmax in three sweeps: LX work-items share a row when INNER is 1, else each takes a vector of rows.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items along a row, or along INNER
//@ tune LY {1,2,4,8} = 2 : rows of a group
//@ let ROWWISE = INNER == 1
//@ let LANES = ROWWISE || INNER >= VW ? VW : INNER >= 4 ? min(VW, 4) : 1
//@ let STEPS = ROWWISE ? 1 : ceil(INNER, LANES)
//@ let STEP_GROUPS = ROWWISE ? 1 : ceil(STEPS, LX)
//@ define LANES LX LY ROWWISE
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int OUTER RED INNER STEPS STEP_GROUPS
//@ local_mem ROWWISE && LX > 1 ? LX * LY * 4 : 0
//@ local LX, LY, 1
//@ groups STEP_GROUPS * ceil(OUTER, LY), 1, 1

#if ROWWISE
__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void softmax_row(__global const float *restrict x, __global float *restrict y, int OUTER, int RED, int INNER, int STEPS,
                 int STEP_GROUPS)
{
#if LX > 1
    __local float shared[LY][LX];
    __local float *part = shared[get_local_id(1)];
#endif
    const int row = (int)get_group_id(0) * LY + (int)get_local_id(1);
    const int first = row < OUTER ? (int)get_local_id(0) * LANES : RED; /* rows past the end only meet the barriers */
    x += min(row, OUTER - 1) * RED;
    y += min(row, OUTER - 1) * RED;

    VF top = -INFINITY;
    for (int at = first; at < RED; at += LX * LANES) {
        const VF v = load_some(x + at, RED - at);
        top = select(MAX_OR_NAN(top, v), top, OUTSIDE(at + LANE_INDEX, RED));
    }
    const float row_top = ROW_MAX(lane_max(top), part);

    VF sum = 0.0f;
    for (int at = first; at < RED; at += LX * LANES) {
        const VF v = exp(load_some(x + at, RED - at) - row_top);
        sum += DROP(v, OUTSIDE(at + LANE_INDEX, RED));
    }
    const float factor = 1.0f / ROW_SUM(lane_sum(sum), part);

    for (int at = first; at < RED; at += LX * LANES)
        store_lanes(exp(load_some(x + at, RED - at) - row_top) * factor, y + at, 0, RED - at);
}
#else
__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void softmax_row(__global const float *restrict x, __global float *restrict y, int OUTER, int RED, int INNER, int STEPS,
                 int STEP_GROUPS)
{
    const int group = get_group_id(0);
    const int step = group % STEP_GROUPS * LX + (int)get_local_id(0);
    const int row = group / STEP_GROUPS * LY + (int)get_local_id(1);
    if (row >= OUTER || step >= STEPS)
        return;
    const int start = min(step * LANES, INNER - LANES); /* the last vector moves back to stay inside INNER */
    const int own = step * LANES - start;
    x += row * RED * INNER + start;
    y += row * RED * INNER + start;

    VF top = -INFINITY, sum = 0.0f;
    for (int r = 0; r < RED; ++r)
        top = MAX_OR_NAN(top, VLOAD(x + r * INNER));
    for (int r = 0; r < RED; ++r)
        sum += exp(VLOAD(x + r * INNER) - top);
    for (int r = 0; r < RED; ++r)
        store_lanes(exp(VLOAD(x + r * INNER) - top) / sum, y + r * INNER, own, LANES);
}
#endif
