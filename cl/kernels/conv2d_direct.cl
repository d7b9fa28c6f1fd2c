//@ kernel conv2d_direct
//@ op conv2d
//@ doc Any convolution: each work-item sums TM output channels by TN vectors of output pixels in registers.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output pixels
//@ tune TM 1..16 = 4 : output channels of a tile
//@ tune TN 1..4 = 1 : vectors of a tile
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along output channels
//@ when MODE == 0 && !PLANE && !POOL
//@ let OCG = OC / G
//@ let TILE = G == 1 || OCG % TM == 0 ? TM : TM >= 4 && OCG % 4 == 0 ? 4 : TM >= 2 && OCG % 2 == 0 ? 2 : 1
//@ let LANES = VW
//@ let FLAT = SH == 1 && SW == 1 && OW == W
//@ let STEPS = ceil(FLAT ? OH * OW : OW, LANES)
//@ let RUNS = FLAT ? 1 : OH
//@ let PIXEL_GROUPS = ceil(STEPS * RUNS, TN * LX)
//@ let CHANNEL_GROUPS = ceil(OC, TILE * LY)
//@ let CHANNELS_FIRST = C * H * W > OC * (C / G) * KH * KW
//@ define LANES TILE TN LX LY FLAT KH KW SH SW DH DW BIAS GATE
//@ arg buffer in 0 x
//@ arg buffer in 1 gate
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int N C H W G OC OH OW PH PW RUNS STEPS PIXEL_GROUPS CHANNEL_GROUPS CHANNELS_FIRST
//@ pack w oc_tile_hiw TILE
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * CHANNEL_GROUPS, 1, N

/* One input channel under one kernel row: all taps along x. */
#define TAPS(load)                                                                                                     \
    do {                                                                                                               \
        _Pragma("unroll") for (int kw = 0; kw < KW; ++kw) {                                                            \
            VF v[TN];                                                                                                  \
            _Pragma("unroll") for (int n = 0; n < TN; ++n) v[n] = GATED(load, ic);                                     \
            _Pragma("unroll") for (int m = 0; m < TILE; ++m) {                                                         \
                const float wm = w[kw * TILE + m];                                                                     \
                _Pragma("unroll") for (int n = 0; n < TN; ++n) sum[m][n] += wm * v[n];                                 \
            }                                                                                                          \
        }                                                                                                              \
        w += KW * TILE;                                                                                                \
    } while (0)

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv2d_direct(__global const float *restrict x, __global const float *restrict gate,
                   __global const float *restrict w, __global const float *restrict bias, __global float *restrict y,
                   int N, int C, int H, int W, int G, int OC, int OH, int OW, int PH, int PW, int RUNS, int STEPS,
                   int PIXEL_GROUPS, int CHANNEL_GROUPS, int CHANNELS_FIRST EPILOGUE_PARAMS)
{
    BEGIN;
    /* Whichever of map and weights is smaller stays in the cache while work-groups walk the other. */
    const int group = get_group_id(0);
    const int pixel_group = CHANNELS_FIRST ? group / CHANNEL_GROUPS : group % PIXEL_GROUPS;
    const int channel_group = CHANNELS_FIRST ? group % CHANNEL_GROUPS : group / PIXEL_GROUPS;
    const int image = get_group_id(2);
    const int tile = channel_group * LY + (int)get_local_id(1), oc0 = tile * TILE;
    const int step0 = (pixel_group * LX + (int)get_local_id(0)) * TN, steps = STEPS * RUNS;
    if (oc0 >= OC || step0 >= steps)
        return;

    const int IC = C / G, plane = H * W;
    const int channel0 = image * C + oc0 / (OC / G) * IC;
    ig_step step[TN];
    VF sum[TILE][TN];
    #pragma unroll
    for (int n = 0; n < TN; ++n) {
        step[n] = make_step(min(step0 + n, steps - 1), STEPS, W, OW, PH, PW);
        #pragma unroll
        for (int m = 0; m < TILE; ++m)
            sum[m][n] = 0.0f;
    }

    w += tile * TILE * IC * KH * KW;
    gate += image * C;
    for (int kh = 0; kh < KH; ++kh) {
        VI outside[KW][TN];
        #pragma unroll
        for (int n = 0; n < TN; ++n) {
            const VI row_outside = ROW_OUTSIDE(step[n], kh * DH, H);
            #pragma unroll
            for (int kw = 0; kw < KW; ++kw)
                outside[kw][n] = row_outside | OUTSIDE(step[n].ix + kw * DW, W);
        }
        __global const float *in = x + channel0 * plane + kh * DH * W;
#if LANES == 1
        for (int ic = 0; ic < IC; ++ic, in += plane)
            TAPS(load_taps(in, step[n].start + kw * DW, outside[kw][n]));
#else
        /* Channels begin..end have all their vectors inside the tensor; only those at its very ends may not. */
        const int low = channel0 * plane + kh * DH * W + step[0].start;
        const int room = N * C * plane - (low - step[0].start + step[TN - 1].start + (KW - 1) * DW + SPAN);
        const int begin = low >= 0 ? 0 : min(IC, (plane - 1 - low) / plane);
        const int end = room >= IC * plane ? IC : max(begin, room < 0 ? 0 : min(IC, room / plane + 1));
        int ic = 0;
        for (; ic < begin; ++ic, in += plane)
            TAPS(load_taps(in, step[n].start + kw * DW, outside[kw][n]));
        for (; ic < end; ++ic, in += plane)
            TAPS(DROP(LOAD(in + step[n].start + kw * DW), outside[kw][n]));
        for (; ic < IC; ++ic, in += plane)
            TAPS(load_taps(in, step[n].start + kw * DW, outside[kw][n]));
#endif
    }

    #pragma unroll
    for (int m = 0; m < TILE; ++m) {
        const int oc = min(oc0 + m, OC - 1);
#if BIAS
        const float b = bias[oc];
#else
        const float b = 0.0f;
#endif
        #pragma unroll
        for (int n = 0; n < TN; ++n)
            if (oc0 + m < OC && step0 + n < steps)
                FINISH(sum[m][n] + b, y, ((image * OC + oc) * OH + step[n].row) * OW + step[n].column, 0,
                       (FLAT ? OH * OW : OW) - step[n].column);
    }
}
