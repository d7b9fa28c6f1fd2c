//@ kernel reorder_blocks
//@ op reorder
//@ doc NCHW to blocks of channels: a work-item makes TN pixels of one block, BLOCK channels side by side.
//@ layout nchw blocked
//@ priority 20
//@ epilogue
//@ tune TN 1..256 = 1 : pixels a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along pixels
//@ let LANES = BLOCK
//@ let CB = ceil(C, BLOCK)
//@ let PIXEL_GROUPS = ceil(PIXELS, TN * LX)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int C CB PIXELS PIXEL_GROUPS TN
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * CB, 1, N

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void reorder_blocks(__global const float *restrict x, __global float *restrict y, int C, int CB, int PIXELS,
                    int PIXEL_GROUPS, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), block = group / PIXEL_GROUPS, image = get_group_id(2);
    const int first = (group % PIXEL_GROUPS * LX + (int)get_local_id(0)) * TN, channels = min(C - block * LANES, LANES);
    __global const float *from = x + (image * C + block * LANES) * PIXELS;
    const int to = (image * CB + block) * PIXELS;
    for (int p = first; p < min(first + TN, PIXELS); ++p) {
        float value[LANES];
        #pragma unroll
        for (int i = 0; i < LANES; ++i)
            value[i] = i < channels ? from[i * PIXELS + p] : 0.0f;
        FINISH(VLOAD(value), y, (to + p) * LANES, 0, LANES);
    }
}
