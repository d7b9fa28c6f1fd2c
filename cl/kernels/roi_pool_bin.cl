//@ kernel roi_pool_bin
//@ op roi_pool
//@ doc RoI pooling: each work-item finds the pixels of one bin of a region once for TM channels.
//@ priority 10
//@ tune TM {1,2,4,8,16,32} = 8 : channels a work-item makes
//@ tune LX {1,2,4,8,16,32,64,128,256} = 64 : work-items of a group
//@ let BIN_GROUPS = ceil(ROIS * OH * OW, LX)
//@ define TM LX
//@ arg buffer in 0 rois
//@ arg buffer in 1 x
//@ arg buffer param 0 scale
//@ arg buffer out y
//@ arg int ROIS K COLS C H W OH OW BIN_GROUPS
//@ local LX, 1, 1
//@ groups BIN_GROUPS * ceil(C, TM), 1, 1

#define FAR 4194304.0f

static inline int find_pixel(float at, float scale)
{
    const float v = at * scale;
    return (int)round(v > FAR ? FAR : v > -FAR ? v : -FAR); /* a NaN is far away */
}

/* First pixel and the one behind the last. */
static inline int2 find_bin(float first, float last, float scale, int bin, int bins, int extent)
{
    const int start = find_pixel(first, scale), length = max(find_pixel(last, scale) - start + 1, 1);
    return (int2)(clamp(bin * length / bins + start, 0, extent),
                  clamp(((bin + 1) * length + bins - 1) / bins + start, 0, extent));
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void roi_pool_bin(__global const float *restrict rois, __global const float *restrict x,
                  __global const float *restrict scale, __global float *restrict y, int ROIS, int K, int COLS, int C,
                  int H, int W, int OH, int OW, int BIN_GROUPS)
{
    const int group = get_group_id(0), item = group % BIN_GROUPS * LX + (int)get_local_id(0);
    const int bin = item % (OH * OW), roi = item / (OH * OW), channel0 = group / BIN_GROUPS * TM;
    if (roi >= ROIS)
        return;
    rois += roi * COLS;
    const int2 rows = find_bin(rois[1], rois[3], scale[0], bin / OW, OH, H);
    const int2 columns = find_bin(rois[0], rois[2], scale[1], bin % OW, OW, W);
    const bool empty = rows.x >= rows.y || columns.x >= columns.y;
    for (int c = channel0; c < min(channel0 + TM, C); ++c) {
        __global const float *plane = x + (roi / K * C + c) * H * W;
        float top = empty ? 0.0f : -INFINITY;
        for (int row = rows.x; row < rows.y; ++row)
            for (int column = columns.x; column < columns.y; ++column) {
                const float v = plane[row * W + column];
                top = v > top || v != v ? v : top;
            }
        y[(roi * C + c) * OH * OW + bin] = top;
    }
}
