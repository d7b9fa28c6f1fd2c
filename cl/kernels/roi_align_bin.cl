//@ kernel roi_align_bin
//@ op roi_align
//@ doc RoI align: each work-item takes one bin of a region and finds every sample's place once for TM channels.
//@ priority 10
//@ tune TM {1,2,4,8,16,32} = 8 : channels a work-item makes
//@ tune LX {1,2,4,8,16,32,64,128,256} = 64 : work-items of a group
//@ let BIN_GROUPS = ceil(ROIS * OH * OW, LX)
//@ define TM LX SAMPLING ALIGNED MAPS
//@ arg buffer in 0 rois
//@ arg buffer in 1 map0
//@ arg buffer in 2 map1
//@ arg buffer in 3 map2
//@ arg buffer in 4 map3
//@ arg buffer out y
//@ arg int ROIS K COLS C OH OW SIDE LIFT H0 W0 S0 H1 W1 S1 H2 W2 S2 H3 W3 S3 BIN_GROUPS
//@ local LX, 1, 1
//@ groups BIN_GROUPS * ceil(C, TM), 1, 1

#pragma OPENCL FP_CONTRACT OFF /* the level and the number of samples are chosen exactly as by the reference */

#define MAX_GRID 1024

typedef struct {
    float start, bin;
    int grid;
} ig_ruler;

static inline ig_ruler make_ruler(float first, float last, float factor, int bins)
{
    const float begin = first * factor, end = last * factor;
    float length = end - begin;
    ig_ruler r;
#if ALIGNED
    r.start = begin - 0.5f;
#else
    r.start = begin;
    length = length < 1.0f ? 1.0f : length;
#endif
    r.bin = length / (float)bins;
    r.grid = SAMPLING;
#if SAMPLING == 0
    while (r.grid < MAX_GRID && (float)r.grid * (float)bins < length)
        ++r.grid;
#endif
    return r;
}

typedef struct {
    int first, second;
    float fraction;
    int outside;
} ig_between;

static inline ig_between locate(ig_ruler r, int bin, int sample, int extent)
{
    const float at = r.start + (float)bin * r.bin + ((float)sample + 0.5f) * r.bin / (float)r.grid;
    ig_between b;
    b.outside = at < -1.0f || at > (float)extent;
    b.first = clamp(at > 0.0f && at < (float)extent ? (int)at : at > 0.0f ? extent : 0, 0, extent - 1);
    b.second = min(b.first + 1, extent - 1);
    b.fraction = at < 0.0f || at >= (float)(extent - 1) ? 0.0f : at - (float)b.first; /* a NaN stays */
    return b;
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void roi_align_bin(__global const float *restrict rois, __global const float *restrict map0,
                   __global const float *restrict map1, __global const float *restrict map2,
                   __global const float *restrict map3, __global float *restrict y, int ROIS, int K, int COLS, int C,
                   int OH, int OW, int SIDE, int LIFT, int H0, int W0, int S0, int H1, int W1, int S1, int H2, int W2,
                   int S2, int H3, int W3, int S3, int BIN_GROUPS)
{
    const int group = get_group_id(0), item = group % BIN_GROUPS * LX + (int)get_local_id(0);
    const int bin = item % (OH * OW), roi = item / (OH * OW), channel0 = group / BIN_GROUPS * TM;
    if (roi >= ROIS)
        return;
    rois += roi * COLS;
    const float x1 = rois[0], y1 = rois[1], x2 = rois[2], y2 = rois[3];

    __global const float *plane = map0;
    int H = H0, W = W0, S = S0;
#if MAPS > 1
    const float width = x2 - x1, height = y2 - y1, area = width * height;
    const float square = (float)SIDE * (float)SIDE * 0.99999861f; /* 2^-2e-6 */
    int level = area >= ldexp(square, 2 * (LIFT + 1));
#if MAPS > 2
    level += area >= ldexp(square, 2 * (LIFT + 2));
#endif
#if MAPS > 3
    level += area >= ldexp(square, 2 * (LIFT + 3));
#endif
    plane = level == 0 ? map0 : level == 1 ? map1 : level == 2 ? map2 : map3;
    H = level == 0 ? H0 : level == 1 ? H1 : level == 2 ? H2 : H3;
    W = level == 0 ? W0 : level == 1 ? W1 : level == 2 ? W2 : W3;
    S = level == 0 ? S0 : level == 1 ? S1 : level == 2 ? S2 : S3;
#endif
    plane += (roi / K * C + channel0) * H * W;
    const int channels = min(TM, C - channel0);
    const ig_ruler ry = make_ruler(y1, y2, 1.0f / (float)S, OH), rx = make_ruler(x1, x2, 1.0f / (float)S, OW);

    float sum[TM];
    for (int c = 0; c < TM; ++c)
        sum[c] = 0.0f;
    for (int iy = 0; iy < ry.grid; ++iy) {
        const ig_between v = locate(ry, bin / OW, iy, H);
        for (int ix = 0; ix < rx.grid; ++ix) {
            const ig_between u = locate(rx, bin % OW, ix, W);
            if (v.outside || u.outside)
                continue;
            const float top = 1.0f - v.fraction, left = 1.0f - u.fraction;
            const float share00 = top * left, share01 = top * u.fraction;
            const float share10 = v.fraction * left, share11 = v.fraction * u.fraction;
            const int at00 = v.first * W + u.first, at01 = v.first * W + u.second;
            const int at10 = v.second * W + u.first, at11 = v.second * W + u.second;
            for (int c = 0; c < channels; ++c) {
                __global const float *p = plane + c * H * W;
                sum[c] += share00 * p[at00] + share01 * p[at01] + share10 * p[at10] + share11 * p[at11];
            }
        }
    }
    const float count = max(ry.grid * rx.grid, 1);
    for (int c = 0; c < channels; ++c)
        y[(roi * C + channel0 + c) * OH * OW + bin] = sum[c] / count;
}
