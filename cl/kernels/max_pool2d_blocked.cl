//@ kernel max_pool2d_blocked
//@ op max_pool2d
//@ doc Max pooling in blocks of channels, padding as -inf: a work-item makes TR rows of one block.
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
//@ define LANES PLANES TR LX KH KW SH SW
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int MAPS C CB H W OH OW PH PW ROW_GROUPS
//@ local LX, 1, 1
//@ groups ceil(MAPS * ROW_GROUPS, LX), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void max_pool2d_blocked(__global const float *restrict x, __global float *restrict y, int MAPS, int C, int CB, int H, int W, int OH,
                        int OW, int PH, int PW, int ROW_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int item = get_global_id(0), plane = item / ROW_GROUPS, row0 = item % ROW_GROUPS * TR;
    if (plane >= MAPS)
        return;
    x += plane * H * W * LANES;
    for (int oy = row0; oy < min(row0 + TR, OH); ++oy)
        for (int ox = 0; ox < OW; ++ox) {
            const int iy = oy * SH - PH, ix = ox * SW - PW;
            VF top = -INFINITY;
            for (int r = max(iy, 0); r < min(iy + KH, H); ++r)
                for (int c = max(ix, 0); c < min(ix + KW, W); ++c) {
                    const VF v = VLOAD(x + (r * W + c) * LANES);
                    top = MAX_OR_NAN(top, v);
                }
            FINISH_BLOCK(top, y, plane / CB, plane % CB, oy * OW + ox, C, CB, OH * OW);
        }
}
