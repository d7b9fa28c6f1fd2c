//@ kernel conv2d_depthwise
//@ op conv2d
//@ doc Depthwise convolution: a work-item makes TR rows of one vector of output pixels of each of TM channels.
//@ priority 20
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output pixels
//@ tune TR 1..8 = 1 : output rows of a tile; they share what they read
//@ tune TM 1..64 = 1 : output channels of a tile, one after another; they share border masks
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along channels
//@ when G == C && OC % C == 0 && MODE == 0 && !GATE && !PLANE && !POOL
//@ let LANES = OW >= VW ? VW : min(VW, OW > 4 ? 8 : 4)
//@ let STEPS = ceil(OW, LANES)
//@ let PIXEL_GROUPS = ceil(STEPS * ceil(OH, TR), LX)
//@ define LANES TR LX LY KH KW SH SW DH DW BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int N C H W OC OH OW PH PW TM STEPS PIXEL_GROUPS
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * ceil(OC, TM * LY), 1, N

#define IN_ROWS ((TR - 1) * SH + (KH - 1) * DH + 1)

/* Each input row once, and its taps added to every output row they reach; `load` reads at in + (r * W + kw * DW). */
#define ROWS(load)                                                                                                     \
    do {                                                                                                               \
        _Pragma("unroll") for (int r = 0; r < IN_ROWS; ++r) {                                                          \
            if (s.iy + r < 0 || s.iy + r >= H)                                                                         \
                continue;                                                                                              \
            _Pragma("unroll") for (int kw = 0; kw < KW; ++kw) {                                                        \
                const VF v = load;                                                                                     \
                _Pragma("unroll") for (int t = 0; t < TR; ++t) {                                                       \
                    const int below = r - t * SH;                                                                      \
                    if (below >= 0 && below % DH == 0 && below / DH < KH)                                              \
                        sum[t] += weight[below / DH * KW + kw] * v;                                                    \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv2d_depthwise(__global const float *restrict x, __global const float *restrict w,
                      __global const float *restrict bias, __global float *restrict y, int N, int C, int H, int W,
                      int OC, int OH, int OW, int PH, int PW, int TM, int STEPS, int PIXEL_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), image = get_group_id(2), plane = H * W;
    const int tile = group % PIXEL_GROUPS * LX + (int)get_local_id(0), row0 = tile / STEPS * TR;
    if (row0 >= OH)
        return;
    const ig_step s = make_step(row0 * STEPS + tile % STEPS, STEPS, W, OW, PH, PW);
    VI outside[KW];
    #pragma unroll
    for (int kw = 0; kw < KW; ++kw)
        outside[kw] = OUTSIDE(s.ix + kw * DW, W);

    const int oc0 = (group / PIXEL_GROUPS * LY + (int)get_local_id(1)) * TM;
    const int per_channel = OC / C, c0 = oc0 / per_channel;
    int first = (image * C + c0) * plane + s.start, used = oc0 - c0 * per_channel;
    for (int oc = oc0; oc < min(oc0 + TM, OC); ++oc) {
        __global const float *in = x + first, *weight = w + oc * KH * KW;
        VF sum[TR];
        #pragma unroll
        for (int t = 0; t < TR; ++t)
            sum[t] = 0.0f;
#if LANES == 1
        ROWS(load_taps(in, r * W + kw * DW, outside[kw]));
#else
        if (first >= 0 && first + (IN_ROWS - 1) * W + (KW - 1) * DW + SPAN <= N * C * plane)
            ROWS(DROP(LOAD(in + r * W + kw * DW), outside[kw]));
        else
            ROWS(load_taps(in, r * W + kw * DW, outside[kw]));
#endif
#if BIAS
        const float b = bias[oc];
#else
        const float b = 0.0f;
#endif
        #pragma unroll
        for (int t = 0; t < TR; ++t)
            if (row0 + t < OH)
                FINISH(sum[t] + b, y, ((image * OC + oc) * OH + row0 + t) * OW + s.column, 0, OW - s.column);
        if (++used == per_channel) {
            used = 0;
            first += plane;
        }
    }
}
