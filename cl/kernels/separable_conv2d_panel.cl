//@ kernel separable_conv2d_panel
//@ op separable_conv2d
//@ doc A work-item makes the depthwise of a tile of the map, side by side, and multiplies that panel with the 1x1 weights.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of pixels
//@ tune PV 1..32 = 1 : vectors in a panel, about
//@ tune KB {16,32,64,128,256,512,1024} = 32 : channels in a panel
//@ tune TR 1..8 = 1 : depthwise rows that share what they read
//@ tune TM 1..16 = 4 : output channels of a tile of the product
//@ tune TN 1..4 = 1 : vectors of such a tile
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along the map
//@ tune LY {1,2,4,8} = 4 : work-items along output channels
//@ tune ITEMS {1,2,4,8,16,1024} = 1024 : work-items wanted; where the map has fewer panels, several make the same one
//@ let PIXELS = OH * OW
//@ let LANES = PIXELS >= VW ? VW : PIXELS >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(OW, LANES)
//@ let STRIPS = OW % LANES == 0 || STEPS > 8
//@ let ROWS = STRIPS ? min(TR, OH) : ceil(OH, ceil(OH, max(1, min(PV * LANES / OW, ceil(OH, ITEMS)))))
//@ let SHARE = min(TR, ROWS)
//@ let COLUMNS = STRIPS ? ceil(STEPS, ceil(STEPS, max(1, PV / ROWS))) : STEPS
//@ let VECTORS = STRIPS ? ROWS * COLUMNS : ceil(ROWS * OW, LANES)
//@ let PITCH = (ceil(VECTORS, TN) / 2 * 2 + 1) * TN * LANES
//@ let COLUMN_TILES = ceil(STEPS, COLUMNS)
//@ let PANELS = COLUMN_TILES * ceil(OH, ROWS)
//@ let PANEL_GROUPS = ceil(PANELS, LX)
//@ let TILES = ceil(OC, TM)
//@ let EACH = ceil(TILES, min(TILES, LY * ceil(ITEMS, PANEL_GROUPS * LX * LY)))
//@ define LANES STRIPS ROWS SHARE COLUMNS PITCH KB TM TN LX LY KH KW SH SW DH DW ACT
//@ arg buffer in 0 x
//@ arg buffer param 0 dw
//@ arg buffer param 1 dw_bias
//@ arg buffer param 6 pw
//@ arg buffer param 7 bias
//@ arg buffer out y
//@ arg int N C H W OC OH OW PH PW COLUMN_TILES PANELS PANEL_GROUPS TILES EACH
//@ pack pw oc_tile TM
//@ local LX, LY, 1
//@ groups PANEL_GROUPS * ceil(TILES, EACH * LY), 1, N

/* A tile of the map has ROWS rows. Where rows are vectors (STRIPS) it is COLUMNS vectors wide. Narrow maps give whole
 * rows, one behind the other: a row's last vector may run into the next row, whose own values are written later. */
#define TAPS (KH * KW)
#define IN_ROWS ((SHARE - 1) * SH + (KH - 1) * DH + 1)

typedef struct {
    int H, W, OW;
    int row, column, rows; /* first pixel of the tile, and how many rows it has */
    int iy, start;         /* input row and element where the first pixel's window begins, relative to the plane */
} ig_tile;

#if STRIPS
#define AT(row, step) (((row) * COLUMNS + (step)) * LANES)
#else
#define AT(row, step) ((row) * t.OW + (step) * LANES)
#endif

/* Each input row once, and its taps added to every output row they reach; `load` reads at in + (r * W + kw * DW). */
#define SUM_ROWS(load)                                                                                                 \
    do {                                                                                                               \
        _Pragma("unroll") for (int r = 0; r < IN_ROWS; ++r) {                                                          \
            if (iy + r < 0 || iy + r >= t.H)                                                                           \
                continue;                                                                                              \
            _Pragma("unroll") for (int kw = 0; kw < KW; ++kw) {                                                        \
                const VF v = load;                                                                                     \
                _Pragma("unroll") for (int s = 0; s < SHARE; ++s) {                                                    \
                    const int below = r - s * SH;                                                                      \
                    if (below >= 0 && below % DH == 0 && below / DH < KH)                                              \
                        sum[s] += w[below / DH * KW + kw] * v;                                                         \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

/* One channel of the panel. Loads may touch neighbouring rows and planes, and where they would leave the tensor, only
 * lanes that count are read. */
static inline void fill_channel(__global const float *plane, int inside, __global const float *w, float bias, ig_tile t,
                                const VI outside[COLUMNS][KW], float *panel)
{
    for (int row = 0; row < t.rows; row += SHARE) {
        const int iy = t.iy + row * SH;
        for (int step = COLUMNS - 1; step >= 0; --step) {
            __global const float *in = plane + t.start + row * SH * t.W + step * LANES * SW;
            VF sum[SHARE];
            #pragma unroll
            for (int s = 0; s < SHARE; ++s)
                sum[s] = bias;
#if LANES > 1
            if (inside)
                SUM_ROWS(DROP(LOAD(in + r * t.W + kw * DW), outside[step][kw]));
            else
#endif
                SUM_ROWS(load_taps(in, r * t.W + kw * DW, outside[step][kw]));
            #pragma unroll
            for (int s = 0; s < SHARE; ++s)
                if (row + s < t.rows)
                    VSTORE(ACTIVATE(sum[s]), panel + AT(row + s, step));
        }
    }
}

/* Inlined, the loop would share registers with what is hoisted out of the code around it, and spill. */
#if LANES > 1
#define APART __attribute__((noinline))
#else
#define APART inline
#endif

/* The product of TM rows of the weights with `width` vectors of each of the panel's channels. It is summed in registers
 * and then copied, as an index known only at run time would keep the sums out of them. */
#define MULTIPLY(name, width)                                                                                          \
static APART void name(__global const float *w, const float *panel, int channels, VF total[TM][TN])                   \
{                                                                                                                      \
    VF sum[TM][width];                                                                                                 \
    _Pragma("unroll") for (int m = 0; m < TM; ++m)                                                                     \
        _Pragma("unroll") for (int n = 0; n < width; ++n)                                                              \
            sum[m][n] = 0.0f;                                                                                          \
    for (int c = 0; c < channels; ++c, w += TM, panel += PITCH) {                                                      \
        VF v[width];                                                                                                   \
        _Pragma("unroll") for (int n = 0; n < width; ++n)                                                              \
            v[n] = VLOAD(panel + n * LANES);                                                                           \
        _Pragma("unroll") for (int m = 0; m < TM; ++m) {                                                               \
            const float wm = w[m];                                                                                     \
            _Pragma("unroll") for (int n = 0; n < width; ++n)                                                          \
                sum[m][n] += wm * v[n];                                                                                \
        }                                                                                                              \
    }                                                                                                                  \
    _Pragma("unroll") for (int m = 0; m < TM; ++m)                                                                     \
        _Pragma("unroll") for (int n = 0; n < width; ++n)                                                              \
            total[m][n] = sum[m][n];                                                                                   \
}
MULTIPLY(multiply_tile, TN)
MULTIPLY(multiply_vector, 1)

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void separable_conv2d_panel(__global const float *restrict x, __global const float *restrict dw,
                            __global const float *restrict dw_bias, __global const float *restrict pw,
                            __global const float *restrict bias, __global float *restrict y, int N, int C, int H, int W,
                            int OC, int OH, int OW, int PH, int PW, int COLUMN_TILES, int PANELS, int PANEL_GROUPS,
                            int TILES, int EACH EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), image = get_group_id(2);
    const int first_tile = (group / PANEL_GROUPS * LY + (int)get_local_id(1)) * EACH;
    const int index = group % PANEL_GROUPS * LX + (int)get_local_id(0);
    if (index >= PANELS)
        return;

    ig_tile t = {.H = H, .W = W, .OW = OW};
    t.row = index / COLUMN_TILES * ROWS;
    t.column = index % COLUMN_TILES * (COLUMNS * LANES);
    t.rows = min(ROWS, OH - t.row);
    t.iy = t.row * SH - PH;
    t.start = t.iy * W + t.column * SW - PW;
    VI outside[COLUMNS][KW];
    for (int step = 0; step < COLUMNS; ++step)
        for (int kw = 0; kw < KW; ++kw)
            outside[step][kw] = OUTSIDE((t.column + step * LANES + LANE_INDEX) * SW - PW + kw * DW, W);
    const int plane = H * W;
    const int end = t.start + ((t.rows - 1 + SHARE - 1) * SH + (KH - 1) * DH) * W + COLUMNS * SPAN + (KW - 1) * DW;
#if STRIPS
    const int vectors = t.rows * COLUMNS;
#else
    const int vectors = (t.rows * OW + LANES - 1) / LANES;
#endif
    const int result = image * OC * OH * OW + t.row * OW + t.column;
    float panel[KB * PITCH + LANES];

    for (int c0 = 0; c0 < C; c0 += KB) {
        const int channels = min(KB, C - c0);
        for (int c = 0; c < channels; ++c) {
            const int first = (image * C + c0 + c) * plane;
            float *row = panel + c * PITCH;
            VSTORE((VF)0.0f, row + (vectors - 1) * LANES); /* no row need fill the last vector */
            fill_channel(x + first, first + t.start >= 0 && first + end <= N * C * plane, dw + (c0 + c) * TAPS,
                         dw_bias[c0 + c], t, outside, row);
        }
        for (int v0 = 0, width; v0 < vectors; v0 += width) {
            width = vectors - v0 >= TN ? TN : 1;
            for (int tile = first_tile; tile < min(first_tile + EACH, TILES); ++tile) {
                __global const float *wt = pw + (tile * C + c0) * TM;
                VF total[TM][TN];
                if (width == TN)
                    multiply_tile(wt, panel + v0 * LANES, channels, total);
                else
                    multiply_vector(wt, panel + v0 * LANES, channels, total);
                #pragma nounroll
                for (int n = 0; n < width; ++n) {
#if STRIPS
                    const int column = (v0 + n) % COLUMNS * LANES, at = (v0 + n) / COLUMNS * OW + column;
                    const int count = OW - t.column - column;
#else
                    const int at = (v0 + n) * LANES, count = t.rows * OW - at;
#endif
                    if (count <= 0)
                        continue;
                    #pragma nounroll
                    for (int m = 0; m < min(TM, OC - tile * TM); ++m) {
                        const int oc = tile * TM + m, place = result + oc * OH * OW + at;
                        VF value = total[m][n];
                        if (c0 > 0)
                            value += load_some(y + PLACE(place), count);
                        else
                            value += bias[oc];
                        if (c0 + channels < C)
                            store_lanes(value, y + PLACE(place), 0, count);
                        else
                            FINISH(value, y, place, 0, count);
                    }
                }
            }
        }
    }
}
