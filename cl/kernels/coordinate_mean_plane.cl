//@ kernel coordinate_mean_plane
//@ op coordinate_mean
//@ doc One work-group takes a plane, and a work-item of it a row, or a vector of columns: the plane is near by then.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items of a group
//@ let LANES = W >= VW ? VW : W >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(W, LANES)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int H W STEPS
//@ local LX, 1, 1
//@ groups PLANES, 1, 1

#define BLOCK 128 /* sums of blocks are summed: long chains of single additions would lose digits */

static inline float row_mean(__global const float *x, int W)
{
    VF total = 0.0f;
    for (int block = 0; block < W; block += BLOCK * LANES) {
        VF sum = 0.0f;
        for (int at = block; at < min(block + BLOCK * LANES, W); at += LANES)
            sum += load_some(x + at, W - at);
        total += sum;
    }
    return lane_sum(total) / W;
}

static inline VF column_means(__global const float *x, int H, int W)
{
    VF total = 0.0f;
    for (int block = 0; block < H; block += BLOCK) {
        VF sum = 0.0f;
        for (int row = block; row < min(block + BLOCK, H); ++row)
            sum += VLOAD(x + row * W);
        total += sum;
    }
    return total / H;
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void coordinate_mean_plane(__global const float *restrict x, __global float *restrict y, int H, int W,
                           int STEPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int plane = get_group_id(0), first = plane * (H + W);
    x += plane * H * W;
    for (int row = get_local_id(0); row < H; row += LX)
        FINISH_ONE(row_mean(x + row * W, W), y, first + row);
    for (int step = get_local_id(0); step < STEPS; step += LX) {
        const int start = min(step * LANES, W - LANES); /* the last vector moves back to stay inside */
        FINISH(column_means(x + start, H, W), y, first + H + start, step * LANES - start, LANES);
    }
}
