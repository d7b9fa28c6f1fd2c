//@ kernel inverted_residual_patch
//@ op inverted_residual
//@ doc A work-item takes a region of pixels: OB blocks of hidden channels at a time it expands what those pixels see and makes their depthwise, and multiplies what comes of it by OB blocks of output channels, TW pixels in registers.
//@ layout either either
//@ priority 5
//@ epilogue
//@ tune ACC {4,6,8,12,24} = 4 : vectors of sums in registers
//@ tune DT {1,4,7} = 4 : pixels of the depthwise that share their weights
//@ tune PX {4,16,64,256,512} = 4 : pixels of a region, about
//@ tune QX {2,8,14,28,56} = 2 : pixels in a row of it, at most
//@ tune KB {16,64,256,512} = 16 : kilobytes of the hidden maps, at most; behind the depthwise, more channels take turns
//@ tune WG {1,2} = 1 : regions for each compute unit, where the map has as many pixels
//@ let LANES = LANES_LIKED
//@ let PLANES = BLOCK == 1
//@ let BIAS = 1
//@ let IB = IN_BLOCK
//@ let CB = ceil(C, IB)
//@ let HB = ceil(HC, LANES)
//@ let OCB = ceil(OC, LANES)
//@ let OB = OCB % 2 == 0 ? 2 : OCB % 3 == 0 && ACC >= 6 ? 3 : OCB == 1 ? 1 : 2
//@ let TW = ACC / OB
//@ let COLUMNS = ceil(OW, QX)
//@ let Q = ceil(OW, COLUMNS)
//@ let ROWS = ceil(OH, max(1, (min(PX, ceil(OH * OW * N, WG * UNITS)) + Q / 2) / Q))
//@ let R = ceil(OH, ROWS)
//@ let TD = min(DT, Q)
//@ let RIN = (R - 1) * SH + (KH - 1) * DH + 1
//@ let QIN = (ceil(Q, TD) * TD - 1) * SW + (KW - 1) * DW + 1
//@ let ROOM = KB * 256 - RIN * QIN * (OB * LANES + 2)
//@ let CHUNKS = ceil(HB, max(1, ROOM / (R * Q * OB * LANES)) * OB)
//@ let CHUNK = ceil(HB, CHUNKS * OB) * OB
//@ let TILE_KH = 1
//@ let TILE_KW = 1
//@ when CHUNK * R * Q * LANES <= ROOM
//@ define LANES PLANES BIAS IB OB TD TW TILE_KH TILE_KW KB KH KW SH SW DH DW AHEAD ACT
//@ arg buffer in 0 x
//@ arg buffer param 0 ew
//@ arg buffer param 1 e_bias
//@ arg buffer param 6 dw
//@ arg buffer param 7 dw_bias
//@ arg buffer param 12 pw
//@ arg buffer param 13 bias
//@ arg buffer out y
//@ arg int CB HC HB H W OC OCB OH OW PH PW ROWS COLUMNS R Q RIN QIN CHUNK
//@ pack ew oc_tile_blocked OB * LANES
//@ pack dw oc_tile LANES
//@ pack pw oc_tile_blocked OB * LANES
//@ local_mem KB * 1024
//@ local 1, 1, 1
//@ groups ROWS * COLUMNS, 1, N

#define ACTIVATE_AHEAD(x) IG_PASTE(ACT_, AHEAD)(x)

/* The hidden channels of OB blocks, of which `channels` exist, at the TW places from `first` on: of each, where the map
 * has it and where it is to lie among its block's `plane` floats. Blocks of the map's channels are `area` floats apart. */
static inline void expand_tile(__global const float *restrict x, __global const float *restrict w,
                               __global const float *restrict bias, __local const int *restrict places,
                               __local float *restrict hidden, int CB, int area, int channels, int first, int count,
                               int plane)
{
    VF sum[OB][TW];
    __global const float *in[TW];
    int to[TW];
    #pragma unroll
    for (int t = 0; t < TW; ++t) {
        const int2 place = vload2(min(first + t, count - 1), places);
        in[t] = x + place.x;
        to[t] = place.y;
    }
    #pragma unroll
    for (int o = 0; o < OB; ++o) {
        const VF b = o * LANES < channels ? load_some(bias + o * LANES, channels - o * LANES) : (VF)0.0f;
        #pragma unroll
        for (int t = 0; t < TW; ++t)
            sum[o][t] = b;
    }
    for (int c = 0; c < CB; ++c, w += IB * OB * LANES)
        #pragma unroll
        for (int i = 0; i < IB; ++i) {
            VF wv[OB];
            #pragma unroll
            for (int o = 0; o < OB; ++o)
                wv[o] = VLOAD(w + (i * OB + o) * LANES);
            #pragma unroll
            for (int t = 0; t < TW; ++t) {
                const float v = in[t][c * area + i];
                #pragma unroll
                for (int o = 0; o < OB; ++o)
                    sum[o][t] += wv[o] * v;
            }
        }
    #pragma unroll
    for (int o = 0; o < OB; ++o)
        #pragma unroll
        for (int t = 0; t < TW; ++t) {
            const VF value = ACTIVATE_AHEAD(sum[o][t]);
            VSTORE(value, hidden + o * plane + to[t]);
        }
}

/* Keeps one pixel's hidden channels as the projection reads them: IB side by side, `plane` floats between the runs. */
static inline void keep_pixel(VF v, __local float *restrict to, int plane, int channels)
{
#if IB == 1
    float value[LANES];
    VSTORE(v, value);
    for (int i = 0; i < min(LANES, channels); ++i)
        to[i * plane] = value[i];
#else
    VSTORE(v, to);
#endif
}

/* The depthwise of one block at width x height pixels; what they see lies in rows of QIN, borders included. */
static inline void depthwise_block(__local const float *restrict in, __global const float *restrict w, VF bias,
                                   __local float *restrict to, int QIN, int height, int width, int channels)
{
    for (int row = 0; row < height; ++row)
        for (int column = 0; column < width; column += TD) {
            __local const float *window = in + (row * SH * QIN + column * SW) * LANES;
            VF sum[TD];
            #pragma unroll
            for (int t = 0; t < TD; ++t)
                sum[t] = bias;
            for (int kh = 0; kh < KH; ++kh)
                #pragma unroll
                for (int kw = 0; kw < KW; ++kw) {
                    const VF wv = VLOAD(w + (kh * KW + kw) * LANES);
                    #pragma unroll
                    for (int t = 0; t < TD; ++t)
                        sum[t] += wv * VLOAD(window + (kh * DH * QIN + kw * DW + t * SW) * LANES);
                }
            #pragma unroll
            for (int t = 0; t < TD; ++t)
                if (column + t < width) {
                    const VF value = ACTIVATE(sum[t]);
                    keep_pixel(value, to + (row * width + column + t) * IB, height * width * IB, channels);
                }
        }
}

/* Where the map has each pixel that a region sees, of those within it, and where in a block's plane it is to lie: the
 * window begins at row iy0 and column ix0. Returns their number. */
static inline int list_places(__local int *restrict places, int H, int W, int iy0, int ix0, int rows, int columns,
                              int QIN)
{
    int count = 0;
    for (int iy = max(iy0, 0); iy < min(iy0 + rows, H); ++iy)
        for (int ix = max(ix0, 0); ix < min(ix0 + columns, W); ++ix)
            vstore2((int2)((iy * W + ix) * IB, ((iy - iy0) * QIN + ix - ix0) * LANES), count++, places);
    return count;
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void inverted_residual_patch(__global const float *restrict x, __global const float *restrict ew,
                             __global const float *restrict e_bias, __global const float *restrict dw,
                             __global const float *restrict dw_bias, __global const float *restrict pw,
                             __global const float *restrict bias, __global float *restrict y, int CB, int HC, int HB,
                             int H, int W, int OC, int OCB, int OH, int OW, int PH, int PW, int ROWS, int COLUMNS,
                             int R, int Q, int RIN, int QIN, int CHUNK EPILOGUE_PARAMS)
{
    BEGIN;
    __local float memory[KB * 256];
    const int region = get_group_id(0), image = get_group_id(2);
    const int oy = region / COLUMNS * R, ox = region % COLUMNS * Q;
    const int height = min(R, OH - oy), width = min(Q, OW - ox), pixels = height * width;
    if (height <= 0 || width <= 0)
        return;
    const int plane = RIN * QIN * LANES, HIB = (HC + IB - 1) / IB;
    __local float *hidden = memory, *middle = memory + OB * plane;
    __local int *places = (__local int *)(memory + KB * 256 - RIN * QIN * 2);
    for (int i = 0; i < OB * plane; ++i)
        hidden[i] = 0.0f; /* the depthwise's padding: what lies outside of the map is never written */
    const int count = list_places(places, H, W, oy * SH - PH, ox * SW - PW, (height - 1) * SH + (KH - 1) * DH + 1,
                                  (width - 1) * SW + (KW - 1) * DW + 1, QIN);
    x += image * CB * IB * H * W;
    for (int h0 = 0; h0 < HB; h0 += CHUNK) {
        const int blocks = min(CHUNK, HB - h0), runs = min(CHUNK * LANES / IB, HIB - h0 * LANES / IB);
        for (int h = h0; h < h0 + blocks; h += OB) {
            for (int first = 0; first < count; first += TW)
                expand_tile(x, ew + h * LANES * CB * IB, e_bias + h * LANES, places, hidden, CB, H * W * IB,
                            HC - h * LANES, first, count, plane);
            for (int b = h; b < min(h + OB, h0 + blocks); ++b)
                depthwise_block(hidden + (b - h) * plane, dw + b * LANES * KH * KW,
                                load_some(dw_bias + b * LANES, HC - b * LANES), middle + (b - h0) * LANES * pixels, QIN,
                                height, width, HC - b * LANES);
        }
        for (int tile = 0; tile < OCB; tile += OB)
            for (int first = 0, row = 0, column = 0; first < pixels; first += TW) {
                int start[TW], at[TW];
                next_pixels(&row, &column, pixels - first, width, width * IB, IB, oy * OW + ox, OW, start, at);
                VF sum[OB][TW];
                sum_tile(middle, pw + (tile * HIB * IB + h0 * LANES * OB) * LANES, start, runs, pixels * IB, 0, 0, sum);
                finish_tile(sum, bias, y, at, pixels - first, image, tile, OC, OCB, OH * OW, h0 == 0,
                            h0 + blocks == HB EPILOGUE_ARGS);
            }
    }
}
