//@ kernel conv2d_rows
//@ op conv2d
//@ doc Convolution of a map that is mirrored or repeated around, or whose result is normalised or pooled, row by row.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of output pixels
//@ tune TM 1..16 = 4 : output channels of a tile
//@ tune TN 1..4 = 1 : vectors of a tile
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ when MODE != 0 || PLANE || POOL
//@ let OCG = OC / G
//@ let TILE = G == 1 || OCG % TM == 0 ? TM : TM >= 4 && OCG % 4 == 0 ? 4 : TM >= 2 && OCG % 2 == 0 ? 2 : 1
//@ let LANES = POOL ? 1 : VW
//@ let VN = POOL ? 4 : TN
//@ let FLAT = 0
//@ let RUN = ceil(OW, LANES)
//@ let STEPS = POOL ? floor(OH, 2) * floor(OW, 2) * 4 : RUN * OH
//@ let PIXEL_GROUPS = PLANE ? 1 : ceil(STEPS, VN * LX)
//@ define LANES TILE VN LX FLAT KH KW SH SW DH DW BIAS MODE GATE PLANE POOL
//@ arg buffer in 0 x
//@ arg buffer in 1 gate
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int N C H W G OC OH OW PH PW RUN STEPS PIXEL_GROUPS
//@ arg float plane_norm_eps
//@ pack w oc_tile_hiw TILE
//@ local_mem PLANE && LX > 1 ? LX * 4 : 0
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * ceil(OC, TILE), 1, N

/* One input channel under one kernel row: all taps along x. */
#define TAPS(load)                                                                                                     \
    do {                                                                                                               \
        _Pragma("unroll") for (int kw = 0; kw < KW; ++kw) {                                                            \
            VF v[VN];                                                                                                  \
            _Pragma("unroll") for (int n = 0; n < VN; ++n) v[n] = GATED(load, ic);                                     \
            _Pragma("unroll") for (int m = 0; m < TILE; ++m) {                                                         \
                const float wm = wt[kw * TILE + m];                                                                    \
                _Pragma("unroll") for (int n = 0; n < VN; ++n) sum[m][n] += wm * v[n];                                 \
            }                                                                                                          \
        }                                                                                                              \
        wt += KW * TILE;                                                                                               \
    } while (0)

#define ROW(n) (in + row[n] * W)
#if MODE
/* Lanes beside the row take what stands at `edge`, where they are one; else every lane is fetched on its own. */
typedef struct {
    VI column, outside;
    int edge, is_one;
} ig_border;

static inline ig_border make_border(VI ix, int live, int W)
{
    ig_border b = {MIRROR(ix, W - 1), OUTSIDE(ix, W), 0, 1};
#if LANES > 1
    int column[LANES], outside[LANES], found = 0;
    IG_PASTE(vstore, LANES)(b.column, 0, column);
    IG_PASTE(vstore, LANES)(b.outside, 0, outside);
    for (int i = 0; i < min(live, LANES); ++i)
        if (outside[i]) {
            b.edge = column[i];
            b.is_one = ++found == 1;
        }
#endif
    return b;
}

static inline VF fetch(__global const float *row, VI column)
{
#if LANES == 1
    return row[column];
#else
    int at[LANES];
    float value[LANES];
    IG_PASTE(vstore, LANES)(column, 0, at);
    for (int i = 0; i < LANES; ++i)
        value[i] = row[at[i]];
    return VLOAD(value);
#endif
}

#define SLOW(n) fetch(ROW(n), border[kw][n].column)
#define FAST(n) select(LOAD(ROW(n) + left[n] + kw * DW), (VF)(ROW(n)[border[kw][n].edge]), border[kw][n].outside)
#else
#define SLOW(n) load_taps(ROW(n), left[n] + kw * DW, outside[kw][n])
#define FAST(n) DROP(LOAD(ROW(n) + left[n] + kw * DW), outside[kw][n])
#endif

/* Where step i begins, counted along the rows; those whose largest is taken follow each other. */
#if POOL
#define PIXEL_OF(i) (((i) / 4 / (OW / 2) * 2 + (i) / 2 % 2) * OW + (i) / 4 % (OW / 2) * 2 + (i) % 2)
#else
#define PIXEL_OF(i) (i)
#endif

/* Sums wait in the result until the plane's moments are known. */
#if PLANE
#define STORE(v, at, count) store_lanes(v, y + PLACE(at), 0, count)
#else
#define STORE(v, at, count) FINISH(v, y, at, 0, count)
#endif

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void conv2d_rows(__global const float *restrict x, __global const float *restrict gate,
                 __global const float *restrict w, __global const float *restrict bias, __global float *restrict y,
                 int N, int C, int H, int W, int G, int OC, int OH, int OW, int PH, int PW, int RUN, int STEPS,
                 int PIXEL_GROUPS, float plane_norm_eps EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), lx = get_local_id(0), image = get_group_id(2);
    const int tile = group / PIXEL_GROUPS, oc0 = tile * TILE, channels = min(TILE, OC - oc0);
    const int IC = C / G, plane = H * W, channel0 = image * C + oc0 / (OC / G) * IC;
    const int first = (group % PIXEL_GROUPS * LX + lx) * VN;
    gate += image * C;
    /* one tile of pixels a work-item, or its share of the whole plane */
    for (int step0 = first; step0 < STEPS; step0 += PLANE ? LX * VN : STEPS) {
        __global const float *restrict wt = w + tile * TILE * IC * KH * KW;
        ig_step step[VN];
        int left[VN];
        VF sum[TILE][VN];
#if MODE
        ig_border border[KW][VN];
        int is_easy = 1;
#endif
        #pragma unroll
        for (int n = 0; n < VN; ++n) {
            step[n] = make_step(PIXEL_OF(min(step0 + n, STEPS - 1)), RUN, W, OW, PH, PW);
            left[n] = step[n].column * SW - PW;
            #pragma unroll
            for (int m = 0; m < TILE; ++m)
                sum[m][n] = 0.0f;
#if MODE
            for (int kw = 0; kw < KW; ++kw) {
                border[kw][n] = make_border(step[n].ix + kw * DW, OW - step[n].column, W);
                is_easy &= border[kw][n].is_one;
            }
#endif
        }

        for (int kh = 0; kh < KH; ++kh) {
            __global const float *in = x + channel0 * plane;
            int row[VN], low = channel0 * plane + plane, high = channel0 * plane - PW;
#if !MODE
            VI outside[KW][VN];
#endif
            #pragma unroll
            for (int n = 0; n < VN; ++n) {
                const int iy = step[n].iy + kh * DH;
                row[n] = MIRROR(iy, H - 1);
                low = min(low, channel0 * plane + row[n] * W + left[n]);
                high = max(high, channel0 * plane + row[n] * W + left[n]);
#if !MODE
                #pragma unroll
                for (int kw = 0; kw < KW; ++kw)
                    outside[kw][n] = ALL_OUTSIDE(iy, H) | OUTSIDE(step[n].ix + kw * DW, W);
#endif
            }
            int ic = 0;
#if LANES > 1
            /* Channels begin..end have all their vectors inside the tensor; only those at its very ends may not. */
            const int room = N * C * plane - (high + (KW - 1) * DW + SPAN);
            const int begin = low >= 0 ? 0 : min(IC, (plane - 1 - low) / plane);
            const int end = room >= IC * plane ? IC : max(begin, room < 0 ? 0 : min(IC, room / plane + 1));
            for (; ic < begin; ++ic, in += plane)
                TAPS(SLOW(n));
#if MODE
            for (; ic < end && !is_easy; ++ic, in += plane)
                TAPS(border[kw][n].is_one ? FAST(n) : SLOW(n));
#endif
            for (; ic < end; ++ic, in += plane)
                TAPS(FAST(n));
#endif
            for (; ic < IC; ++ic, in += plane)
                TAPS(SLOW(n));
        }

        #pragma unroll
        for (int m = 0; m < TILE; ++m) {
#if BIAS
            const float b = bias[min(oc0 + m, OC - 1)];
#else
            const float b = 0.0f;
#endif
#if POOL
            const int pool = (step[0].row / 2) * (OW / 2) + step[0].column / 2;
            VF largest = sum[m][0];
            #pragma unroll
            for (int n = 1; n < VN; ++n)
                largest = MAX_OR_NAN(largest, sum[m][n]);
            if (m < channels)
                STORE(largest + b, (image * OC + oc0 + m) * (OH / 2) * (OW / 2) + pool, 1);
#else
            #pragma unroll
            for (int n = 0; n < VN; ++n) {
                const int at = ((image * OC + oc0 + m) * OH + step[n].row) * OW + step[n].column;
                if (m < channels && step0 + n < STEPS)
                    STORE(sum[m][n] + b, at, OW - step[n].column);
            }
#endif
        }
    }

#if PLANE
    barrier(CLK_GLOBAL_MEM_FENCE); /* the whole work-group's pixels are there */
#if LX > 1
    __local float part[LX];
#else
    __local float *part = 0;
#endif
    for (int m = 0; m < channels; ++m) {
        const int begin = (image * OC + oc0 + m) * OH * OW, pixels = OH * OW;
        __global const float *sums = y + PLACE(begin);
        const float mean = row_moment(sums, pixels, 0.0f, 1, part) / pixels;
        const float factor = 1.0f / sqrt(row_moment(sums, pixels, mean, 2, part) / pixels + plane_norm_eps);
        for (int at = lx * LANES; at < pixels; at += LX * LANES)
            FINISH((load_some(sums + at, pixels - at) - mean) * factor, y, begin + at, 0, pixels - at);
    }
#endif
}
