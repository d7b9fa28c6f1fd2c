//@ kernel reorder_blocks
//@ op reorder
//@ doc NCHW to blocks of channels: a work-item takes squares of as many pixels as channels of one block and transposes them.
//@ layout nchw blocked
//@ priority 20
//@ epilogue
//@ tune TN 1..32 = 1 : squares a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along pixels
//@ let LANES = BLOCK
//@ let SQUARE = 1
//@ let CB = ceil(C, BLOCK)
//@ let PIXEL_GROUPS = ceil(PIXELS, LANES * TN * LX)
//@ define LANES LX SQUARE
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
    const int channels = C - block * LANES, to = (image * CB + block) * PIXELS;
    x += (image * C + block * LANES) * PIXELS;
    /* Work-items of a group take neighbouring squares in turn. */
    int p = (group % PIXEL_GROUPS * TN * LX + (int)get_local_id(0)) * LANES;
    for (int n = 0; n < TN && p < PIXELS; ++n, p += LX * LANES) {
        VF v[LANES];
        #pragma unroll
        for (int i = 0; i < LANES; ++i)
            v[i] = i < channels ? load_some(x + i * PIXELS + p, PIXELS - p) : (VF)0.0f;
        transpose(v);
        #pragma unroll
        for (int i = 0; i < LANES; ++i)
            if (p + i < PIXELS)
                FINISH(v[i], y, (to + p + i) * LANES, 0, LANES);
    }
}
