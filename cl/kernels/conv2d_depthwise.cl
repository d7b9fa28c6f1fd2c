//@ kernel conv2d_depthwise
//@ op conv2d
//@ doc Depthwise convolution: a work-item makes TN vectors of output pixels of each of TM channels.
//@ priority 20
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output pixels
//@ tune TM 1..64 = 1 : output channels of a tile; they share border masks
//@ tune TN 1..64 = 1 : vectors a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along channels
//@ when G == C && OC % C == 0
//@ let LANES = VW
//@ let FLAT = SH == 1 && SW == 1 && OW == W
//@ let STEPS = ceil(FLAT ? OH * OW : OW, LANES)
//@ let RUNS = FLAT ? 1 : OH
//@ let PIXEL_GROUPS = ceil(STEPS * RUNS, TN * LX)
//@ define LANES LX LY FLAT KH KW SH SW DH DW ACT BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int N C H W OC OH OW PH PW TM TN RUNS STEPS PIXEL_GROUPS
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * ceil(OC, TM * LY), 1, N

/* Every tap of the window; `load` reads at in + (kh * DH * W + kw * DW). Rows are summed apart: shorter chains. */
#define WINDOW(load)                                                                                                   \
    do {                                                                                                               \
        _Pragma("unroll") for (int kh = 0; kh < KH; ++kh) {                                                            \
            VF row = 0.0f;                                                                                             \
            _Pragma("unroll") for (int kw = 0; kw < KW; ++kw) row += w[oc * KH * KW + kh * KW + kw] * load;            \
            sum += row;                                                                                                \
        }                                                                                                              \
    } while (0)

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv2d_depthwise(__global const float *restrict x, __global const float *restrict w,
                      __global const float *restrict bias, __global float *restrict y, int N, int C, int H, int W,
                      int OC, int OH, int OW, int PH, int PW, int TM, int TN, int RUNS, int STEPS, int PIXEL_GROUPS)
{
    const int group = get_group_id(0), image = get_group_id(2), steps = STEPS * RUNS, plane = H * W;
    const int oc0 = (group / PIXEL_GROUPS * LY + (int)get_local_id(1)) * TM;
    const int per_channel = OC / C, c0 = oc0 / per_channel, elems = N * C * plane;

    /* Work-items of a group take neighbouring vectors in turn. */
    const int step0 = group % PIXEL_GROUPS * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, steps); step += LX) {
        const ig_step s = make_step(step, STEPS, W, OW, PH, PW);
        VI outside[KH][KW];
        #pragma unroll
        for (int kh = 0; kh < KH; ++kh) {
            const VI row_outside = ROW_OUTSIDE(s, kh * DH, H);
            #pragma unroll
            for (int kw = 0; kw < KW; ++kw)
                outside[kh][kw] = row_outside | OUTSIDE(s.ix + kw * DW, W);
        }
        int first = (image * C + c0) * plane + s.start, used = oc0 - c0 * per_channel;
        for (int oc = oc0; oc < min(oc0 + TM, OC); ++oc) {
            __global const float *in = x + first;
            VF sum = 0.0f;
#if LANES == 1
            WINDOW(load_taps(in, kh * DH * W + kw * DW, outside[kh][kw]));
#else
            if (first >= 0 && first + (KH - 1) * DH * W + (KW - 1) * DW + SPAN <= elems)
                WINDOW(DROP(LOAD(in + kh * DH * W + kw * DW), outside[kh][kw]));
            else
                WINDOW(load_taps(in, kh * DH * W + kw * DW, outside[kh][kw]));
#endif
#if BIAS
            sum += bias[oc];
#endif
            store_lanes(ACTIVATE(sum), y + ((image * OC + oc) * OH + s.row) * OW + s.column, 0,
                        (FLAT ? OH * OW : OW) - s.column);
            if (++used == per_channel) {
                used = 0;
                first += plane;
            }
        }
    }
}
