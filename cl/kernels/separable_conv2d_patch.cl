//@ kernel separable_conv2d_patch
//@ op separable_conv2d
//@ doc In blocks of channels: a work-item makes the depthwise of its pixels, and multiplies that by OB blocks of output channels at a time, TW pixels in registers.
//@ layout blocked either
//@ priority 5
//@ epilogue
//@ tune ACC {2,4,6,8,10,12,24,28} = 4 : vectors of sums in registers
//@ tune DT {1,2,4,7,8} = 4 : pixels of the depthwise that share their loads
//@ tune PX {4,8,16,32,64,96,128,192,256} = 16 : pixels of a work-item, about
//@ tune KB {4,8,16,32,64,128,192,256} = 8 : kilobytes of the depthwise, at most; more channels take turns
//@ tune WG 1..16 = 1 : work-groups for each compute unit; where pixels do not make so many, output channels do
//@ let LANES = LANES_LIKED
//@ let PLANES = BLOCK == 1
//@ let BIAS = 1
//@ let IB = IN_BLOCK
//@ let CB = ceil(C, IB)
//@ let OCB = ceil(OC, LANES)
//@ let OB = OCB % 2 == 0 ? 2 : OCB % 3 == 0 && ACC >= 6 ? 3 : OCB == 1 ? 1 : 2
//@ let TW = ACC / OB
//@ let COLUMNS = ceil(OW, PX)
//@ let Q = ceil(OW, COLUMNS)
//@ let ROWS = ceil(OH, max(1, (PX + Q / 2) / Q))
//@ let R = ceil(OH, ROWS)
//@ let CHUNKS = ceil(CB, max(1, KB * 256 / (R * Q * IB)))
//@ let CHUNK = ceil(CB, CHUNKS)
//@ let TILES = ceil(OCB, OB)
//@ let EACH = ceil(TILES, min(TILES, ceil(WG * UNITS, ROWS * COLUMNS * N)))
//@ let TILE_KH = 1
//@ let TILE_KW = 1
//@ when CHUNK * IB * R * Q <= KB * 256
//@ define LANES PLANES BIAS IB OB DT TW TILE_KH TILE_KW KB KH KW SH SW DH DW ACT
//@ arg buffer in 0 x
//@ arg buffer param 0 dw
//@ arg buffer param 1 dw_bias
//@ arg buffer param 6 pw
//@ arg buffer param 7 bias
//@ arg buffer out y
//@ arg int C CB H W OC OCB OH OW PH PW ROWS COLUMNS R Q TILES EACH CHUNK
//@ pack dw oc_tile IN_BLOCK
//@ pack pw oc_tile_blocked OB * LANES
//@ local_mem KB * 1024
//@ local 1, 1, 1
//@ groups ROWS * COLUMNS * ceil(TILES, EACH), 1, N

/* The depthwise of one block of channels at width x height pixels, of which the first sees the map from iy0, ix0 on. */
static inline void fill_block(__global const float *restrict x, __global const float *restrict dw, VF bias,
                              __local float *restrict to, int H, int W, int iy0, int ix0, int height, int width)
{
    for (int row = 0; row < height; ++row)
        for (int column = 0; column < width; column += DT) {
            VF sum[DT];
            #pragma unroll
            for (int t = 0; t < DT; ++t)
                sum[t] = bias;
            depthwise_tile(x, dw, H, W, iy0 + row * SH, ix0 + column * SW, sum);
            #pragma unroll
            for (int t = 0; t < DT; ++t)
                if (column + t < width) {
                    const VF value = ACTIVATE(sum[t]);
                    VSTORE(value, to + (row * width + column + t) * IB);
                }
        }
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void separable_conv2d_patch(__global const float *restrict x, __global const float *restrict dw,
                            __global const float *restrict dw_bias, __global const float *restrict pw,
                            __global const float *restrict bias, __global float *restrict y, int C, int CB, int H,
                            int W, int OC, int OCB, int OH, int OW, int PH, int PW, int ROWS, int COLUMNS, int R, int Q,
                            int TILES, int EACH, int CHUNK EPILOGUE_PARAMS)
{
    BEGIN;
    __local float patch[KB * 256];
    const int group = get_group_id(0), region = group % (ROWS * COLUMNS), image = get_group_id(2);
    const int oy = region / COLUMNS * R, ox = region % COLUMNS * Q;
    const int height = min(R, OH - oy), width = min(Q, OW - ox), pixels = height * width;
    if (height <= 0 || width <= 0)
        return;
    const int tile0 = group / (ROWS * COLUMNS) * EACH;
    x += image * CB * IB * H * W;
    for (int c0 = 0; c0 < CB; c0 += CHUNK) {
        const int blocks = min(CHUNK, CB - c0);
        for (int c = 0; c < blocks; ++c) {
            const int channel = (c0 + c) * IB;
            fill_block(x + channel * H * W, dw + channel * KH * KW, load_some(dw_bias + channel, C - channel),
                       patch + c * pixels * IB, H, W, oy * SH - PH, ox * SW - PW, height, width);
        }
        for (int tile = tile0; tile < min(tile0 + EACH, TILES); ++tile)
            for (int first = 0, row = 0, column = 0; first < pixels; first += TW) {
                int start[TW], at[TW];
                next_pixels(&row, &column, pixels - first, width, width * IB, IB, oy * OW + ox, OW, start, at);
                VF sum[OB][TW];
                sum_tile(patch, pw + (tile * CB + c0) * IB * OB * LANES, start, blocks, pixels * IB, 0, 0, sum);
                finish_tile(sum, bias, y, at, pixels - first, image, tile * OB, OC, OCB, OH * OW, c0 == 0,
                            c0 + blocks == CB EPILOGUE_ARGS);
            }
    }
}
