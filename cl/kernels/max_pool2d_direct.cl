//@ kernel max_pool2d_direct
//@ op max_pool2d
//@ doc Max pooling, padding as -inf: each work-item makes TN vectors of output pixels of one plane, one after another.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output pixels
//@ tune TN 1..64 = 1 : vectors a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = VW
//@ let FLAT = SH == 1 && SW == 1 && OW == W
//@ let STEPS = ceil(FLAT ? OH * OW : OW, LANES)
//@ let RUNS = FLAT ? 1 : OH
//@ let PIXEL_GROUPS = ceil(STEPS * RUNS, TN * LX)
//@ define LANES LX FLAT KH KW SH SW
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int N C H W OH OW PH PW TN RUNS STEPS PIXEL_GROUPS
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * N * C, 1, 1

#if KH * KW <= 16
#define UNROLL _Pragma("unroll")
#else
#define UNROLL
#endif

/* Every tap of the window; `load` reads at `at`. */
#define WINDOW(load)                                                                                                   \
    do {                                                                                                               \
        UNROLL for (int kh = 0; kh < KH; ++kh) {                                                                       \
            const VI row_outside = ROW_OUTSIDE(s, kh, H);                                                              \
            UNROLL for (int kw = 0; kw < KW; ++kw) {                                                                   \
                const VI outside = row_outside | OUTSIDE(s.ix + kw, W);                                                \
                const int at = plane + s.start + kh * W + kw;                                                          \
                const VF v = select(load, (VF)(-INFINITY), outside);                                                   \
                top = MAX_OR_NAN(top, v);                                                                              \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void max_pool2d_direct(__global const float *restrict x, __global float *restrict y, int N, int C, int H, int W, int OH,
                       int OW, int PH, int PW, int TN, int RUNS, int STEPS, int PIXEL_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), channel = group / PIXEL_GROUPS, plane = channel * H * W, steps = STEPS * RUNS;
    /* Work-items of a group take neighbouring vectors in turn. */
    const int step0 = group % PIXEL_GROUPS * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, steps); step += LX) {
        const ig_step s = make_step(step, STEPS, W, OW, PH, PW);
        VF top = -INFINITY;
#if LANES == 1
        WINDOW(load_taps(x, at, outside));
#else
        const int last = plane + s.start + (KH - 1) * W + (KW - 1) + SPAN;
        if (plane + s.start >= 0 && last <= N * C * H * W)
            WINDOW(LOAD(x + at));
        else
            WINDOW(load_taps(x, at, outside));
#endif
        FINISH(top, y, (channel * OH + s.row) * OW + s.column, 0, (FLAT ? OH * OW : OW) - s.column);
    }
}
