//@ kernel resize_bilinear
//@ op resize
//@ doc Bilinear or nearest resize: places and weights of TN output pixels in a row are found once for TM planes.
//@ priority 10
//@ epilogue
//@ tune TM 1..16 = 1 : planes a work-item makes
//@ tune TN 1..16 = 1 : neighbouring pixels a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along a row
//@ let LANES = 1
//@ let WIDE = max(H * (2 * OH + 1), W * (2 * OW + 1)) > 2147483647
//@ let ROW_GROUPS = ceil(OW, TN * LX)
//@ define LANES TM TN LX MODE ALIGN WIDE
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int N C H W OH OW ROW_GROUPS
//@ local LX, 1, 1
//@ groups ROW_GROUPS * OH * ceil(N * C, TM), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void resize_bilinear(__global const float *restrict x, __global float *restrict y, int N, int C, int H, int W, int OH,
                     int OW, int ROW_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), lx = get_local_id(0);
    const int oy = group / ROW_GROUPS % OH, plane0 = group / ROW_GROUPS / OH * TM;
    const ig_place py = find_place(oy, H, OH);
    ig_place px[TN];
    int ox[TN];
    for (int n = 0; n < TN; ++n) {
        ox[n] = (group % ROW_GROUPS * TN + n) * LX + lx; /* work-items of a group take neighbouring pixels in turn */
        px[n] = find_place(min(ox[n], OW - 1), W, OW);
    }
    for (int plane = plane0; plane < min(plane0 + TM, N * C); ++plane) {
        __global const float *upper_row = x + (plane * H + py.lower) * W, *lower_row = x + (plane * H + py.upper) * W;
        for (int n = 0; n < TN; ++n) {
            if (ox[n] >= OW)
                continue;
#if MODE == 0
            const float top = mix(upper_row[px[n].lower], upper_row[px[n].upper], px[n].weight);
            const float bottom = mix(lower_row[px[n].lower], lower_row[px[n].upper], px[n].weight);
            FINISH_ONE(mix(top, bottom, py.weight), y, (plane * OH + oy) * OW + ox[n]);
#else
            FINISH_ONE(upper_row[px[n].lower], y, (plane * OH + oy) * OW + ox[n]);
#endif
        }
    }
}
