//@ kernel avg_pool2d_direct
//@ op avg_pool2d
//@ doc Average pooling: each work-item makes TN vectors of output pixels of one plane, one after another.
//@ priority 5
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output pixels
//@ tune TN 1..64 = 1 : vectors a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = VW
//@ let FLAT = SH == 1 && SW == 1 && OW == W
//@ let STEPS = ceil(FLAT ? OH * OW : OW, LANES)
//@ let RUNS = FLAT ? 1 : OH
//@ let PIXEL_GROUPS = ceil(STEPS * RUNS, TN * LX)
//@ let COUNT_PH = COUNT_PAD ? PH : 0
//@ let COUNT_PW = COUNT_PAD ? PW : 0
//@ let EVEN_Y = COUNT_PH == PH && (OH - 1) * SH + KH <= H + 2 * PH
//@ let EVEN = EVEN_Y && COUNT_PW == PW && (OW - 1) * SW + KW <= W + 2 * PW
//@ define LANES LX FLAT KH KW SH SW EVEN
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int N C H W OH OW PH PW COUNT_PH COUNT_PW TN RUNS STEPS PIXEL_GROUPS
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * N * C, 1, 1

#if KH * KW <= 16
#define UNROLL _Pragma("unroll")
#else
#define UNROLL
#endif

#if LANES == 1
#define TO_FLOAT(v) ((float)(v))
#else
#define TO_FLOAT(v) IG_PASTE(convert_float, LANES)(v)
#endif

/* Positions begin..begin+extent-1 that lie in the input, or `pad` beside it. */
#define COUNTED(begin, extent, in, pad) (min((begin) + (extent), (in) + (pad)) - max(begin, -(pad)))

/* Every tap of the window; `load` reads at `at`. Sums of rows are summed, which keeps the digits of large windows. */
#define WINDOW(load)                                                                                                   \
    do {                                                                                                               \
        UNROLL for (int kh = 0; kh < KH; ++kh) {                                                                       \
            const VI row_outside = ROW_OUTSIDE(s, kh, H);                                                              \
            VF row_sum = 0.0f;                                                                                         \
            UNROLL for (int kw = 0; kw < KW; ++kw) {                                                                   \
                const VI outside = row_outside | OUTSIDE(s.ix + kw, W);                                                \
                const int at = plane + s.start + kh * W + kw;                                                          \
                row_sum += DROP(load, outside);                                                                        \
            }                                                                                                          \
            sum += row_sum;                                                                                            \
        }                                                                                                              \
    } while (0)

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void avg_pool2d_direct(__global const float *restrict x, __global float *restrict y, int N, int C, int H, int W, int OH,
                       int OW, int PH, int PW, int COUNT_PH, int COUNT_PW, int TN, int RUNS, int STEPS,
                       int PIXEL_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), channel = group / PIXEL_GROUPS, plane = channel * H * W, steps = STEPS * RUNS;
    /* Work-items of a group take neighbouring vectors in turn. */
    const int step0 = group % PIXEL_GROUPS * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, steps); step += LX) {
        const ig_step s = make_step(step, STEPS, W, OW, PH, PW);
        VF sum = 0.0f;
#if LANES == 1
        WINDOW(load_taps(x, at, outside));
#else
        const int last = plane + s.start + (KH - 1) * W + (KW - 1) + SPAN;
        if (plane + s.start >= 0 && last <= N * C * H * W)
            WINDOW(LOAD(x + at));
        else
            WINDOW(load_taps(x, at, outside));
#endif
#if EVEN
        const VF mean = sum / (float)(KH * KW);
#else
        const VF mean = sum / TO_FLOAT(COUNTED(s.iy, KH, H, COUNT_PH) * COUNTED(s.ix, KW, W, COUNT_PW));
#endif
        FINISH(mean, y, (channel * OH + s.row) * OW + s.column, 0, (FLAT ? OH * OW : OW) - s.column);
    }
}
