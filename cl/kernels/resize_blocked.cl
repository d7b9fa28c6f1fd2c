//@ kernel resize_blocked
//@ op resize
//@ doc Bilinear or nearest resize in blocks of channels: places in a row are found once for TN blocks.
//@ layout blocked blocked
//@ priority 20
//@ epilogue
//@ tune TN 1..16 = 1 : blocks a work-item makes
//@ tune TW 1..16 = 1 : neighbouring pixels a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along a row
//@ let LANES = BLOCK
//@ let WIDE = max(H * (2 * OH + 1), W * (2 * OW + 1)) > 2147483647
//@ let PLANES = N * ceil(C, BLOCK)
//@ let ROW_GROUPS = ceil(OW, TW * LX)
//@ define LANES TN TW LX MODE ALIGN WIDE
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int PLANES H W OH OW ROW_GROUPS
//@ local LX, 1, 1
//@ groups ROW_GROUPS * OH * ceil(PLANES, TN), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void resize_blocked(__global const float *restrict x, __global float *restrict y, int PLANES, int H, int W, int OH,
                    int OW, int ROW_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), oy = group / ROW_GROUPS % OH, plane0 = group / ROW_GROUPS / OH * TN;
    const ig_place py = find_place(oy, H, OH);
    for (int n = 0; n < TW; ++n) {
        const int ox = (group % ROW_GROUPS * TW + n) * LX + (int)get_local_id(0);
        const ig_place px = find_place(min(ox, OW - 1), W, OW);
        for (int plane = plane0; plane < min(plane0 + TN, PLANES) && ox < OW; ++plane) {
            __global const float *upper = x + (plane * H + py.lower) * W * LANES;
            const int at = ((plane * OH + oy) * OW + ox) * LANES;
#if MODE == 0
            __global const float *lower = x + (plane * H + py.upper) * W * LANES;
            const VF top = mix(VLOAD(upper + px.lower * LANES), VLOAD(upper + px.upper * LANES), px.weight);
            const VF bottom = mix(VLOAD(lower + px.lower * LANES), VLOAD(lower + px.upper * LANES), px.weight);
            FINISH(mix(top, bottom, py.weight), y, at, 0, LANES);
#else
            FINISH(VLOAD(upper + px.lower * LANES), y, at, 0, LANES);
#endif
        }
    }
}
