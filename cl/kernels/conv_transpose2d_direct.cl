//@ kernel conv_transpose2d_direct
//@ op conv_transpose2d
//@ doc Transposed convolution: a work-item sums TM output channels of LANES output pixels SW apart, whose inputs touch.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of input pixels
//@ tune TM 1..16 = 4 : output channels of a tile
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along output channels
//@ let LANES = VW
//@ let OCG = OC / G
//@ let STEPS = ceil(ceil(OW, SW), LANES)
//@ let ITEMS = STEPS * SW * OH
//@ let PIXEL_GROUPS = ceil(ITEMS, LX)
//@ let GROUP_TILES = ceil(OCG, TM)
//@ define LANES TM LX LY KH KW SH SW DH DW BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int N C H W G OC OCG OH OW PH PW STEPS ITEMS PIXEL_GROUPS GROUP_TILES
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * ceil(GROUP_TILES * G, LY), 1, N

/* One tap: all input channels of the group. Weights beyond the tile's last channel repeat it and are not stored. */
#define TAP(load)                                                                                                      \
    do {                                                                                                               \
        for (int ic = 0; ic < IC; ++ic) {                                                                              \
            const int at = start + ic * plane;                                                                         \
            const VF v = load;                                                                                         \
            _Pragma("unroll") for (int m = 0; m < TM; ++m) sum[m] += tap[ic * KH * KW * OCG + min(m, most)] * v;       \
        }                                                                                                              \
    } while (0)

static inline VF load_inside(__global const float *p, VI outside)
{
#if LANES == 1
    return outside ? 0.0f : *p;
#else
    float value[LANES];
    int skip[LANES];
    IG_PASTE(vstore, LANES)(outside, 0, skip);
    for (int i = 0; i < LANES; ++i)
        value[i] = skip[i] ? 0.0f : p[i];
    return VLOAD(value);
#endif
}

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv_transpose2d_direct(__global const float *restrict x, __global const float *restrict w,
                             __global const float *restrict bias, __global float *restrict y, int N, int C, int H,
                             int W, int G, int OC, int OCG, int OH, int OW, int PH, int PW, int STEPS, int ITEMS,
                             int PIXEL_GROUPS, int GROUP_TILES EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), image = get_group_id(2), plane = H * W, IC = C / G;
    const int tile = group / PIXEL_GROUPS * LY + (int)get_local_id(1);
    const int item = group % PIXEL_GROUPS * LX + (int)get_local_id(0);
    if (tile >= GROUP_TILES * G || item >= ITEMS)
        return;
    const int oc0 = tile % GROUP_TILES * TM, most = OCG - 1 - oc0; /* within the group of channels */
    const int channel0 = tile / GROUP_TILES * IC, first = item % STEPS * LANES;
    const int column = item / STEPS % SW, oy = item / STEPS / SW; /* pixels column + SW * (first + lane) */

    VF sum[TM];
    #pragma unroll
    for (int m = 0; m < TM; ++m)
        sum[m] = 0.0f;
    for (int kh = 0; kh < KH; ++kh) {
        const int below = oy + PH - kh * DH, iy = below / SH;
        if (below < 0 || below % SH != 0 || iy >= H)
            continue;
        for (int kw = 0; kw < KW; ++kw) {
            const int beside = column + PW - kw * DW, ix = first + beside / SW;
            if (beside % SW != 0)
                continue;
            const VI outside = OUTSIDE(ix + LANE_INDEX, W);
            const int start = ((image * C + channel0) * H + iy) * W + ix;
            __global const float *tap = w + ((channel0 * KH + kh) * KW + kw) * OCG + oc0;
#if LANES == 1
            TAP(load_inside(x + at, outside));
#else
            if (start >= 0 && start + (IC - 1) * plane + LANES <= N * C * plane)
                TAP(DROP(VLOAD(x + at), outside));
            else
                TAP(load_inside(x + at, outside));
#endif
        }
    }

    const int count = (OW - 1 - column + SW) / SW - first; /* pixels from `first` on; of a stride beyond OW none */
    #pragma unroll
    for (int m = 0; m < TM; ++m) {
        if (m > most)
            continue;
        const int oc = tile / GROUP_TILES * OCG + oc0 + m;
#if BIAS
        sum[m] += bias[oc];
#endif
        const int at = ((image * OC + oc) * OH + oy) * OW + column + first * SW;
#if SW == 1
        FINISH(sum[m], y, at, 0, count);
#else
        FINISH_STEP(sum[m], y, at, SW, count);
#endif
    }
}
