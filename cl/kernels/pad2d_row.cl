//@ kernel pad2d_row
//@ op pad2d
//@ doc Padding of maps: each work-item makes TN vectors of output pixels, copied as they are away from the edges.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : floats in a vector along a row
//@ tune TN 1..64 = 1 : vectors a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = VW
//@ let STEPS = ceil(OW, LANES)
//@ let ALL_STEPS = STEPS * OH * N * C
//@ define LANES LX MODE
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int H W OH OW TOP LEFT TN STEPS ALL_STEPS
//@ local LX, 1, 1
//@ groups ceil(ALL_STEPS, TN * LX), 1, 1

/* The input position that stands at i, which may lie outside; -1 for a zero. */
static inline int source(int i, int extent)
{
#if MODE == 0
    return (uint)i < (uint)extent ? i : -1;
#elif MODE == 1
    return i < 0 ? -i : i < extent ? i : 2 * (extent - 1) - i;
#else
    return clamp(i, 0, extent - 1);
#endif
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void pad2d_row(__global const float *restrict x, __global float *restrict y, int H, int W, int OH, int OW, int TOP,
               int LEFT, int TN, int STEPS, int ALL_STEPS)
{
    /* Work-items of a group take neighbouring vectors in turn. */
    const int step0 = (int)get_group_id(0) * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, ALL_STEPS); step += LX) {
        const int row = step / STEPS, column = step % STEPS * LANES, iy = source(row % OH - TOP, H), ix = column - LEFT;
        __global const float *in = x + (row / OH * H + max(iy, 0)) * W;
        VF v = 0.0f;
        if (iy >= 0) {
            if (ix >= 0 && ix + LANES <= W) {
                v = VLOAD(in + ix);
            } else {
                float value[LANES];
                for (int i = 0; i < LANES; ++i) {
                    const int from = source(min(column + i, OW - 1) - LEFT, W);
                    value[i] = from < 0 ? 0.0f : in[from];
                }
                v = VLOAD(value);
            }
        }
        store_lanes(v, y + row * OW + column, 0, OW - column);
    }
}
