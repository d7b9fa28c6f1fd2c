//@ kernel resize_bilinear
//@ op resize
//@ doc Bilinear or nearest resize: places and weights of TN vectors of output pixels in a row are found once for TM planes.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : pixels of a vector
//@ tune TM 1..16 = 1 : planes a work-item makes
//@ tune TN 1..16 = 1 : vectors of pixels a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along a row
//@ let LANES = VW
//@ let WIDE = max(H * (2 * OH + 1), W * (2 * OW + 1)) > 2147483647
//@ let ROW_GROUPS = ceil(OW, TN * LX * LANES)
//@ define LANES TM TN LX MODE ALIGN WIDE
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int N C H W OH OW ROW_GROUPS
//@ local LX, 1, 1
//@ groups ROW_GROUPS * OH * ceil(N * C, TM), 1, 1

/* Where the pixels of a vector look, and the weight of `upper`. */
typedef struct {
    int lower[LANES], upper[LANES];
    VF weight;
} ig_places;

static inline ig_places find_places(int ox, int W, int OW)
{
    ig_places p;
    float weight[LANES];
    for (int i = 0; i < LANES; ++i) {
        const ig_place at = find_place(min(ox + i, OW - 1), W, OW);
        p.lower[i] = at.lower;
        p.upper[i] = at.upper;
        weight[i] = at.weight;
    }
    p.weight = VLOAD(weight);
    return p;
}

static inline VF gather(__global const float *row, const int at[LANES])
{
    float value[LANES];
    #pragma unroll
    for (int i = 0; i < LANES; ++i)
        value[i] = row[at[i]];
    return VLOAD(value);
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void resize_bilinear(__global const float *restrict x, __global float *restrict y, int N, int C, int H, int W, int OH,
                     int OW, int ROW_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), lx = get_local_id(0);
    const int oy = group / ROW_GROUPS % OH, plane0 = group / ROW_GROUPS / OH * TM;
    const ig_place py = find_place(oy, H, OH);
    for (int n = 0; n < TN; ++n) {
        /* work-items of a group take neighbouring vectors in turn */
        const int ox = ((group % ROW_GROUPS * TN + n) * LX + lx) * LANES;
        if (ox >= OW)
            break;
        const ig_places px = find_places(ox, W, OW);
        for (int plane = plane0; plane < min(plane0 + TM, N * C); ++plane) {
            __global const float *above = x + (plane * H + py.lower) * W;
            const int at = (plane * OH + oy) * OW + ox;
#if MODE == 0
            __global const float *below = x + (plane * H + py.upper) * W;
            const VF top = mix(gather(above, px.lower), gather(above, px.upper), px.weight);
            const VF bottom = mix(gather(below, px.lower), gather(below, px.upper), px.weight);
            FINISH(mix(top, bottom, py.weight), y, at, 0, OW - ox);
#else
            FINISH(gather(above, px.lower), y, at, 0, OW - ox);
#endif
        }
    }
}
