//@ kernel deform_conv2d_block
//@ op deform_conv2d
//@ doc Deformable convolution: a group samples CB channels under one tap, then sums TM vectors by TN pixels.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output channels
//@ tune TM 1..8 = 4 : vectors of output channels a work-item sums
//@ tune TN 1..8 = 1 : output pixels a work-item sums
//@ tune CB {1,2,4,8,16,32,64,128} = 16 : input channels sampled at a time
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along output channels
//@ let OCG = OC / G
//@ let LANES = G == 1 || OCG % VW == 0 ? VW : 1
//@ let VECTORS = G == 1 || OCG % (LANES * TM) == 0 ? TM : 1
//@ let TILES = ceil(OCG, LANES * VECTORS)
//@ let TILE_GROUPS = ceil(TILES, LY)
//@ let TAPS = KH * KW
//@ let PIXEL_GROUPS = ceil(OH * OW, LX * TN)
//@ define LANES VECTORS TN CB LX LY MASK BIAS
//@ arg buffer in 0 x
//@ arg buffer in 1 offset
//@ arg buffer in 2 mask
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int C H W G OC OH OW KW SH SW PH PW DH DW OG TAPS TILES TILE_GROUPS PIXEL_GROUPS
//@ pack w oc_tile LANES * VECTORS
//@ local_mem CB * LX * TN * 4
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS * TILE_GROUPS * G, 1, N

#define PIXELS (LX * TN)
#if LX * LY == 1
#define MEET
#else
#define MEET barrier(CLK_LOCAL_MEM_FENCE)
#endif

/* The four pixels around a place, relative to a plane, -1 where there is none, and their shares. */
typedef struct {
    int at[4];
    float share[4];
} ig_corners;

static inline ig_corners find_corners(float y, float x, float factor, int H, int W)
{
    ig_corners c;
    const int inside = y > -1.0f && y < (float)H && x > -1.0f && x < (float)W;
    const float top = inside ? floor(y) : 0.0f, left = inside ? floor(x) : 0.0f;
    const float down = y - top, right = x - left;
    const int row = (int)top, column = (int)left;
    for (int i = 0; i < 4; ++i) {
        const int r = row + i / 2, q = column + i % 2;
        c.at[i] = inside && r >= 0 && r < H && q >= 0 && q < W ? r * W + q : -1;
        c.share[i] = factor * (i / 2 ? down : 1.0f - down) * (i % 2 ? right : 1.0f - right);
        if (!inside)
            c.share[i] = y != y || x != x ? NAN : factor; /* times 0, but a NaN stays */
    }
    return c;
}

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void deform_conv2d_block(__global const float *restrict x, __global const float *restrict offset,
                         __global const float *restrict mask, __global const float *restrict w,
                         __global const float *restrict bias, __global float *restrict y, int C, int H, int W, int G,
                         int OC, int OH, int OW, int KW, int SH, int SW, int PH, int PW, int DH, int DW, int OG,
                         int TAPS, int TILES, int TILE_GROUPS, int PIXEL_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    __local float samples[CB * PIXELS];
    const int lx = get_local_id(0), ly = get_local_id(1), image = get_group_id(2), pixels = OH * OW;
    const int group = get_group_id(0), pixel0 = group % PIXEL_GROUPS * PIXELS + lx * TN;
    const int tile_group = group / PIXEL_GROUPS, channel_group = tile_group / TILE_GROUPS;
    const int tile = tile_group % TILE_GROUPS * LY + ly, channels = C / G, moved = C / OG;
    /* Work-items past the last tile help to sample. */
    w += (channel_group * TILES + min(tile, TILES - 1)) * channels * TAPS * LANES * VECTORS;

    VF sum[VECTORS][TN];
    for (int m = 0; m < VECTORS; ++m)
        for (int n = 0; n < TN; ++n)
            sum[m][n] = 0.0f;
    for (int tap = 0; tap < TAPS; ++tap) {
        for (int c0 = 0; c0 < channels; c0 += CB) {
            MEET; /* the previous samples have been read */
            for (int n = 0; n < TN; ++n) {
                const int pixel = min(pixel0 + n, pixels - 1);
                ig_corners corners;
                int known = -1;
                for (int c = ly; c < min(CB, channels - c0); c += LY) {
                    const int channel = channel_group * channels + c0 + c, og = channel / moved;
                    if (og != known) {
                        const int at = (image * OG + og) * TAPS + tap;
                        const float dy = offset[2 * at * pixels + pixel], dx = offset[(2 * at + 1) * pixels + pixel];
#if MASK
                        const float factor = mask[at * pixels + pixel];
#else
                        const float factor = 1.0f;
#endif
                        corners = find_corners((float)(pixel / OW * SH - PH + tap / KW * DH) + dy,
                                               (float)(pixel % OW * SW - PW + tap % KW * DW) + dx, factor, H, W);
                        known = og;
                    }
                    __global const float *plane = x + (image * C + channel) * H * W;
                    float value = 0.0f;
                    for (int i = 0; i < 4; ++i)
                        value += corners.share[i] * (corners.at[i] < 0 ? 0.0f : plane[corners.at[i]]);
                    samples[c * PIXELS + lx * TN + n] = value;
                }
            }
            MEET;
            for (int c = 0; c < min(CB, channels - c0); ++c) {
                __global const float *weight = w + ((c0 + c) * TAPS + tap) * LANES * VECTORS;
                VF factor[VECTORS];
                #pragma unroll
                for (int m = 0; m < VECTORS; ++m)
                    factor[m] = VLOAD(weight + m * LANES);
                #pragma unroll
                for (int n = 0; n < TN; ++n) {
                    const float value = samples[c * PIXELS + lx * TN + n];
                    #pragma unroll
                    for (int m = 0; m < VECTORS; ++m)
                        sum[m][n] += factor[m] * value;
                }
            }
        }
    }

    for (int m = 0; m < VECTORS; ++m) {
        const int oc0 = (tile * VECTORS + m) * LANES, count = min(OC / G - oc0, LANES);
        if (count <= 0)
            continue;
        const int channel = channel_group * (OC / G) + oc0;
#if BIAS
        const VF b = load_some(bias + channel, count);
#else
        const VF b = 0.0f;
#endif
        for (int n = 0; n < TN && pixel0 + n < pixels; ++n) {
            FINISH_STEP(sum[m][n] + b, y, (image * OC + channel) * pixels + pixel0 + n, pixels, count);
        }
    }
}
