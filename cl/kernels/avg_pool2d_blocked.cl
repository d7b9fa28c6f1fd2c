//@ kernel avg_pool2d_blocked
//@ op avg_pool2d
//@ doc Average pooling in blocks of channels: a work-item makes TR rows of one block.
//@ layout blocked either
//@ priority 20
//@ epilogue
//@ tune TR 1..16 = 1 : rows a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items of a group
//@ let LANES = IN_BLOCK
//@ let PLANES = BLOCK == 1
//@ let CB = ceil(C, LANES)
//@ let MAPS = N * CB
//@ let ROW_GROUPS = ceil(OH, TR)
//@ let COUNT_PH = COUNT_PAD ? PH : 0
//@ let COUNT_PW = COUNT_PAD ? PW : 0
//@ define LANES PLANES TR LX KH KW SH SW
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int MAPS C CB H W OH OW PH PW COUNT_PH COUNT_PW ROW_GROUPS
//@ local LX, 1, 1
//@ groups ceil(MAPS * ROW_GROUPS, LX), 1, 1

/* Positions begin..begin+extent-1 that lie in the input, or `pad` beside it. */
#define COUNTED(begin, extent, in, pad) (min((begin) + (extent), (in) + (pad)) - max(begin, -(pad)))

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void avg_pool2d_blocked(__global const float *restrict x, __global float *restrict y, int MAPS, int C, int CB, int H, int W, int OH,
                        int OW, int PH, int PW, int COUNT_PH, int COUNT_PW, int ROW_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int item = get_global_id(0), plane = item / ROW_GROUPS, row0 = item % ROW_GROUPS * TR;
    if (plane >= MAPS)
        return;
    x += plane * H * W * LANES;
    for (int oy = row0; oy < min(row0 + TR, OH); ++oy)
        for (int ox = 0; ox < OW; ++ox) {
            const int iy = oy * SH - PH, ix = ox * SW - PW;
            VF sum = 0.0f;
            for (int r = max(iy, 0); r < min(iy + KH, H); ++r) {
                VF row_sum = 0.0f; /* sums of rows are summed, which keeps the digits of large windows */
                for (int c = max(ix, 0); c < min(ix + KW, W); ++c)
                    row_sum += VLOAD(x + (r * W + c) * LANES);
                sum += row_sum;
            }
            const VF mean = sum / (float)(COUNTED(iy, KH, H, COUNT_PH) * COUNTED(ix, KW, W, COUNT_PW));
            FINISH_BLOCK(mean, y, plane / CB, plane % CB, oy * OW + ox, C, CB, OH * OW);
        }
}
