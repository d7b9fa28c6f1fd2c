//@ kernel conv2d_pointwise
//@ op conv2d
//@ doc 1x1 convolution as a matrix product: a work-item sums TM output channels by TN vectors of pixels in registers.
//@ priority 20
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of pixels
//@ tune TM 1..16 = 4 : output channels of a tile
//@ tune TN 1..4 = 1 : vectors of a tile
//@ tune KB {0,32,64,128,256,512} = 0 : input channels copied side by side before use (for CPUs); 0 reads them in place
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along output channels
//@ when KH == 1 && KW == 1 && SH == 1 && SW == 1 && PH == 0 && PW == 0 && G == 1 && !PLANE && !POOL
//@ let PIXELS = H * W
//@ let LANES = PIXELS >= VW ? VW : PIXELS >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(PIXELS, LANES)
//@ let PIXEL_GROUPS = ceil(STEPS, TN * LX)
//@ let TILES = ceil(OC, TM)
//@ let EACH = KB == 0 ? 1 : ceil(TILES, min(TILES, ceil(16, PIXEL_GROUPS)))
//@ let CHANNEL_GROUPS = ceil(TILES, EACH * LY)
//@ let CHANNELS_FIRST = PIXELS > OC
//@ define LANES TM TN KB LX LY BIAS GATE
//@ arg buffer in 0 x
//@ arg buffer in 1 gate
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int C OC PIXELS STEPS TILES EACH PIXEL_GROUPS CHANNEL_GROUPS CHANNELS_FIRST
//@ pack w oc_tile TM
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * CHANNEL_GROUPS, 1, N

/* Planes lie far apart, which costs a CPU a cache set conflict and a TLB miss for each channel. With KB, a work-item
 * copies KB channels of its few pixels first and uses them for EACH tiles; partial sums wait in y. */
#if KB
#define BLOCK KB
#define SOURCE(c, n) (panel + ((c) * TN + (n)) * LANES)
#define READ(c, n) VLOAD(SOURCE(c, n))
#define UNROLL_STORES _Pragma("nounroll") /* one copy of the code for all vectors builds in two thirds of the time */
#else
#define BLOCK C
#define READ(c, n) GATED(VLOAD(x + (c) * PIXELS + start[n]), c)
#define UNROLL_STORES _Pragma("unroll")
#endif

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv2d_pointwise(__global const float *restrict x, __global const float *restrict gate,
                      __global const float *restrict w, __global const float *restrict bias, __global float *restrict y,
                      int C, int OC, int PIXELS, int STEPS, int TILES, int EACH, int PIXEL_GROUPS, int CHANNEL_GROUPS,
                      int CHANNELS_FIRST EPILOGUE_PARAMS)
{
    BEGIN;
    /* Whichever of map and weights is smaller stays in the cache while work-groups walk the other. */
    const int group = get_group_id(0);
    const int pixel_group = CHANNELS_FIRST ? group / CHANNEL_GROUPS : group % PIXEL_GROUPS;
    const int channel_group = CHANNELS_FIRST ? group % CHANNEL_GROUPS : group / PIXEL_GROUPS;
    const int first_tile = (channel_group * LY + (int)get_local_id(1)) * EACH;
    const int step0 = (pixel_group * LX + (int)get_local_id(0)) * TN;
    if (step0 >= STEPS)
        return;

    int start[TN], own[TN]; /* first pixel of each vector, and its first lane that no other vector stores */
    #pragma unroll
    for (int n = 0; n < TN; ++n) {
        start[n] = min((step0 + n) * LANES, PIXELS - LANES); /* the last vector moves back to stay inside the plane */
        own[n] = (step0 + n) * LANES - start[n];
    }
    x += (int)get_group_id(2) * C * PIXELS;
    gate += (int)get_group_id(2) * C;
    const int first = (int)get_group_id(2) * OC * PIXELS;
#if KB
    float panel[KB * TN * LANES];
#endif

    for (int c0 = 0; c0 < C; c0 += BLOCK) {
        const int channels = min(BLOCK, C - c0);
#if KB
        for (int c = 0; c < channels; ++c)
            #pragma unroll
            for (int n = 0; n < TN; ++n)
                VSTORE(GATED(VLOAD(x + (c0 + c) * PIXELS + start[n]), c0 + c), SOURCE(c, n));
#endif
        for (int tile = first_tile; tile < min(first_tile + EACH, TILES); ++tile) {
            __global const float *wt = w + (tile * C + c0) * TM;
            VF sum[TM][TN];
            #pragma unroll
            for (int m = 0; m < TM; ++m)
                #pragma unroll
                for (int n = 0; n < TN; ++n)
                    sum[m][n] = 0.0f;
            for (int c = 0; c < channels; ++c, wt += TM) {
                VF v[TN];
                #pragma unroll
                for (int n = 0; n < TN; ++n)
                    v[n] = READ(c, n);
                #pragma unroll
                for (int m = 0; m < TM; ++m) {
                    const float wm = wt[m];
                    #pragma unroll
                    for (int n = 0; n < TN; ++n)
                        sum[m][n] += wm * v[n];
                }
            }

            VF result[TM][TN]; /* a copy, as an index known only at run time would keep `sum` itself out of registers */
            #pragma unroll
            for (int m = 0; m < TM; ++m)
                #pragma unroll
                for (int n = 0; n < TN; ++n)
                    result[m][n] = sum[m][n];
            UNROLL_STORES
            for (int m = 0; m < TM; ++m) {
                const int oc = min(tile * TM + m, OC - 1);
#if BIAS
                const float b = c0 == 0 ? bias[oc] : 0.0f;
#else
                const float b = 0.0f;
#endif
                UNROLL_STORES
                for (int n = 0; n < TN; ++n) {
                    if (tile * TM + m >= OC || step0 + n >= STEPS)
                        continue;
                    const int at = first + oc * PIXELS + start[n];
                    VF value = result[m][n] + b;
#if KB
                    if (c0 > 0)
                        value += load_lanes(y + PLACE(at), own[n]);
                    if (c0 + channels < C)
                        store_lanes(value, y + PLACE(at), own[n], LANES);
                    else
#endif
                        FINISH(value, y, at, own[n], LANES);
                }
            }
        }
    }
}
