//@ kernel conv2d_pointwise
//@ op conv2d
//@ doc 1x1 convolution as a matrix product: a work-item sums TM output channels by TN vectors of pixels in registers.
//@ priority 20
//@ tune VW {1,4,8,16} = 1 : floats in a vector of pixels
//@ tune TM 1..16 = 4 : output channels of a tile
//@ tune TN 1..4 = 1 : vectors of a tile
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along output channels
//@ when KH == 1 && KW == 1 && SH == 1 && SW == 1 && PH == 0 && PW == 0 && G == 1
//@ let PIXELS = H * W
//@ let LANES = PIXELS >= VW ? VW : PIXELS >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(PIXELS, LANES)
//@ let PIXEL_GROUPS = ceil(STEPS, TN * LX)
//@ let CHANNEL_GROUPS = ceil(OC, TM * LY)
//@ let CHANNELS_FIRST = PIXELS > OC
//@ define LANES TM TN LX LY ACT BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int C OC PIXELS STEPS PIXEL_GROUPS CHANNEL_GROUPS CHANNELS_FIRST
//@ pack w oc_tile TM
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * CHANNEL_GROUPS, 1, N

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv2d_pointwise(__global const float *restrict x, __global const float *restrict w,
                      __global const float *restrict bias, __global float *restrict y, int C, int OC, int PIXELS,
                      int STEPS, int PIXEL_GROUPS, int CHANNEL_GROUPS, int CHANNELS_FIRST)
{
    /* Whichever of map and weights is smaller stays in the cache while work-groups walk the other. */
    const int group = get_group_id(0);
    const int pixel_group = CHANNELS_FIRST ? group / CHANNEL_GROUPS : group % PIXEL_GROUPS;
    const int channel_group = CHANNELS_FIRST ? group % CHANNEL_GROUPS : group / PIXEL_GROUPS;
    const int image = get_group_id(2);
    const int tile = channel_group * LY + (int)get_local_id(1), oc0 = tile * TM;
    const int step0 = (pixel_group * LX + (int)get_local_id(0)) * TN;
    if (oc0 >= OC || step0 >= STEPS)
        return;

    int start[TN];
    VF sum[TM][TN];
    #pragma unroll
    for (int n = 0; n < TN; ++n) {
        start[n] = min((step0 + n) * LANES, PIXELS - LANES); /* the last vector moves back to stay inside the plane */
        #pragma unroll
        for (int m = 0; m < TM; ++m)
            sum[m][n] = 0.0f;
    }

    x += image * C * PIXELS;
    w += tile * TM * C;
    for (int c = 0; c < C; ++c) {
        VF v[TN];
        #pragma unroll
        for (int n = 0; n < TN; ++n)
            v[n] = VLOAD(x + start[n]);
        #pragma unroll
        for (int m = 0; m < TM; ++m) {
            const float wm = w[m];
            #pragma unroll
            for (int n = 0; n < TN; ++n)
                sum[m][n] += wm * v[n];
        }
        x += PIXELS;
        w += TM;
    }

    #pragma unroll
    for (int m = 0; m < TM; ++m) {
        const int oc = min(oc0 + m, OC - 1);
#if BIAS
        const float b = bias[oc];
#else
        const float b = 0.0f;
#endif
        #pragma unroll
        for (int n = 0; n < TN; ++n)
            if (oc0 + m < OC && step0 + n < STEPS)
                store_lanes(ACTIVATE(sum[m][n] + b), y + (image * OC + oc) * PIXELS + start[n],
                            (step0 + n) * LANES - start[n], LANES);
    }
}
