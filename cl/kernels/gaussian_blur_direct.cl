//@ kernel gaussian_blur_direct
//@ op gaussian_blur
//@ doc One filter over every map: a work-item makes TN vectors of output pixels, each along a row.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector along a row
//@ tune TN 1..64 = 1 : vectors a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = W >= VW ? VW : W >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(W, LANES)
//@ let ALL_STEPS = STEPS * H * N * C
//@ define LANES LX KH KW BORDER
//@ arg buffer in 0 x
//@ arg buffer param 0 taps
//@ arg buffer out y
//@ arg int H W TN STEPS ALL_STEPS
//@ local LX, 1, 1
//@ groups ceil(ALL_STEPS, TN * LX), 1, 1

#if KH * KW <= 25
#define UNROLL _Pragma("unroll")
#else
#define UNROLL
#endif

/* LANES pixels of a row from column ix on, those outside being zero or the row's end. */
static inline VF load_bordered(__global const float *row, int ix, int W)
{
    if (ix >= 0 && ix + LANES <= W)
        return VLOAD(row + ix);
    float value[LANES];
    for (int i = 0; i < LANES; ++i) {
        const int at = clamp(ix + i, 0, W - 1);
#if BORDER == 0
        value[i] = at == ix + i ? row[at] : 0.0f;
#else
        value[i] = row[at];
#endif
    }
    return VLOAD(value);
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void gaussian_blur_direct(__global const float *restrict x, __global const float *restrict taps,
                          __global float *restrict y, int H, int W, int TN, int STEPS, int ALL_STEPS EPILOGUE_PARAMS)
{
    BEGIN;
    /* Work-items of a group take neighbouring vectors in turn. */
    const int step0 = (int)get_group_id(0) * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, ALL_STEPS); step += LX) {
        /* The last vector of a row moves back to stay inside it. */
        const int row = step / STEPS, column = step % STEPS * LANES, start = min(column, W - LANES);
        const int oy = row % H;
        VF sum = 0.0f;
        UNROLL for (int kh = 0; kh < KH; ++kh) {
            const int iy = oy + kh - KH / 2, inside = clamp(iy, 0, H - 1);
#if BORDER == 0
            if (iy != inside)
                continue;
#endif
            __global const float *in = x + (row - oy + inside) * W;
            VF row_sum = 0.0f;
            UNROLL for (int kw = 0; kw < KW; ++kw)
                row_sum += taps[kh * KW + kw] * load_bordered(in, start + kw - KW / 2, W);
            sum += row_sum;
        }
        FINISH(sum, y, row * W + start, column - start, LANES);
    }
}
