//@ kernel conv2d_depthwise
//@ op conv2d
//@ doc Depthwise convolution: each work-item makes TN vectors of output pixels, one after another, of TM channels.
//@ priority 20
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output pixels
//@ tune TM 1..16 = 1 : output channels of a tile; they share border masks
//@ tune TN 1..64 = 1 : vectors a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along channels
//@ when G == C && OC % C == 0
//@ let LANES = VW
//@ let FLAT = SH == 1 && SW == 1 && OW == W
//@ let STEPS = ceil(FLAT ? OH * OW : OW, LANES)
//@ let RUNS = FLAT ? 1 : OH
//@ let PIXEL_GROUPS = ceil(STEPS * RUNS, TN * LX)
//@ define LANES TM LX LY FLAT KH KW SH SW DH DW ACT BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int N C H W OC OH OW PH PW TN RUNS STEPS PIXEL_GROUPS
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * ceil(OC, TM * LY), 1, N

/* Every tap of the window for the TM channels; `load` reads at in[m] + at. */
#define WINDOW(load)                                                                                                   \
    do {                                                                                                               \
        for (int kh = 0; kh < KH; ++kh) {                                                                              \
            const VI row_outside = OUTSIDE(s.iy + kh * DH, H);                                                         \
            _Pragma("unroll") for (int kw = 0; kw < KW; ++kw) {                                                        \
                const VI outside = row_outside | OUTSIDE(s.ix + kw * DW, W);                                           \
                const int at = s.start + kh * DH * W + kw * DW;                                                        \
                _Pragma("unroll") for (int m = 0; m < TM; ++m) sum[m] += w[oc[m] * KH * KW + kh * KW + kw] * load;     \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv2d_depthwise(__global const float *restrict x, __global const float *restrict w,
                      __global const float *restrict bias, __global float *restrict y, int N, int C, int H, int W,
                      int OC, int OH, int OW, int PH, int PW, int TN, int RUNS, int STEPS, int PIXEL_GROUPS)
{
    const int group = get_group_id(0), image = get_group_id(2), steps = STEPS * RUNS;
    const int oc0 = (group / PIXEL_GROUPS * LY + (int)get_local_id(1)) * TM;
    if (oc0 >= OC)
        return;

    int oc[TM], in[TM]; /* output channels, and where their input planes begin; those past the end repeat the last */
    #pragma unroll
    for (int m = 0; m < TM; ++m) {
        oc[m] = min(oc0 + m, OC - 1);
        in[m] = (image * C + oc[m] / (OC / C)) * H * W;
    }

    /* Work-items of a group take neighbouring vectors in turn. */
    const int step0 = group % PIXEL_GROUPS * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, steps); step += LX) {
        const ig_step s = make_step(step, STEPS, W, OW, PH, PW);
        VF sum[TM];
        #pragma unroll
        for (int m = 0; m < TM; ++m)
            sum[m] = 0.0f;
#if LANES == 1
        WINDOW(load_taps(x, in[m] + at, outside));
#else
        const int last = in[TM - 1] + s.start + (KH - 1) * DH * W + (KW - 1) * DW + SPAN;
        if (in[0] + s.start >= 0 && last <= N * C * H * W)
            WINDOW(DROP(LOAD(x + in[m] + at), outside));
        else
            WINDOW(load_taps(x, in[m] + at, outside));
#endif
        #pragma unroll
        for (int m = 0; m < TM; ++m) {
#if BIAS
            sum[m] += bias[oc[m]];
#endif
            if (oc0 + m < OC)
                store_lanes(ACTIVATE(sum[m]), y + ((image * OC + oc[m]) * OH + s.row) * OW + s.column, 0,
                            (FLAT ? OH * OW : OW) - s.column);
        }
    }
}
