//@ kernel conv2d_patch
//@ op conv2d
//@ doc Dense convolution: a work-item copies what its pixels see, borders as zeros, and multiplies the copy by OB blocks of output channels at a time, TW pixels in registers; windows of one pixel are read where they lie.
//@ layout either either
//@ priority 5
//@ epilogue
//@ tune ACC {2,4,6,8,10,12,24,28} = 4 : vectors of sums in registers
//@ tune PX {4,8,16,32,64,96,128,192,256} = 16 : pixels of a work-item, about; twice as many where nothing is copied
//@ tune KB {4,8,16,32,64,128,192,256} = 8 : kilobytes of the copy, and of sums to be pooled; more input channels take turns
//@ tune WG 1..16 = 1 : work-groups for each compute unit; where pixels do not make so many, output channels do
//@ when G == 1
//@ let LANES = LANES_LIKED
//@ let PLANES = BLOCK == 1
//@ let IB = IN_BLOCK
//@ let CB = ceil(C, IB)
//@ let OCB = ceil(OC, LANES)
//@ let OB = OCB % 2 == 0 ? 2 : OCB % 3 == 0 && ACC >= 6 ? 3 : OCB == 1 ? 1 : 2
//@ let TW = ACC / OB
//@ let DIRECT = KH == 1 && KW == 1 && PH == 0 && PW == 0 && !GATE
//@ let FLAT = !POOL && KH == 1 && KW == 1 && SH == 1 && SW == 1 && PH == 0 && PW == 0
//@ let IN_H = FLAT ? 1 : H
//@ let IN_W = FLAT ? H * W : W
//@ let SIDE = POOL ? 2 : 1
//@ let OUT_H = FLAT ? 1 : OH / SIDE * SIDE
//@ let OUT_W = FLAT ? OH * OW : OW / SIDE * SIDE
//@ let SPAN = DIRECT ? 2 * PX : PX
//@ let PIECES = ceil(OUT_W * SIDE, SPAN)
//@ let COLUMNS = OUT_H == 1 && PIECES > UNITS ? PIECES / UNITS * UNITS : PIECES
//@ let Q = ceil(OUT_W, COLUMNS * SIDE) * SIDE
//@ let QIN = (Q - 1) * SW + (KW - 1) * DW + 1
//@ let ROWS = ceil(OUT_H, max(1, (SPAN + Q * SIDE / 2) / (Q * SIDE)) * SIDE)
//@ let R = ceil(OUT_H, ROWS * SIDE) * SIDE
//@ let RIN = (R - 1) * SH + (KH - 1) * DH + 1
//@ let TILES = ceil(OCB, OB)
//@ let REGIONS = PLANE ? 1 : ROWS * COLUMNS
//@ let AREA = ceil(R * Q, TW) * TW
//@ let TILE_SUMS = POOL ? AREA * OB * LANES : 0
//@ let SHARES = POOL ? ceil(TILES, max(1, KB * 128 / TILE_SUMS)) : 1
//@ let EACH = ceil(TILES, min(TILES, max(SHARES, ceil(WG * UNITS, REGIONS * N))))
//@ let COPY = KB * 256 - EACH * TILE_SUMS
//@ let SEEN = DIRECT ? R * Q : RIN * QIN
//@ let CHUNK = ceil(CB, ceil(CB, max(1, COPY / (SEEN * IB))))
//@ when CHUNK * IB * SEEN <= COPY
//@ let TILE_KH = KH
//@ let TILE_KW = KW
//@ define LANES PLANES IB OB TW TILE_KH TILE_KW KB KH KW SH SW DH DW BIAS MODE GATE PLANE POOL DIRECT
//@ arg buffer in 0 x
//@ arg buffer in 1 gate
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int CB IN_H IN_W OC OCB OUT_H OUT_W PH PW ROWS COLUMNS R Q RIN QIN TILES EACH CHUNK AREA
//@ arg float plane_norm_eps
//@ pack w oc_tile_blocked OB * LANES
//@ local_mem DIRECT && !POOL ? 0 : KB * 1024
//@ local 1, 1, 1
//@ groups REGIONS * ceil(TILES, EACH), 1, N

#if !DIRECT
/* The pixels begin..end-1 of a row of one block. Of two float vectors loaded alike LLVM would make four products of two
 * lanes, so the gate's is loaded as integers. */
static inline void copy_run(__global const float *restrict row, __global const float *restrict gate,
                            __local float *restrict to, int begin, int end)
{
#if GATE && IB > 1
    const VF numbers = IG_PASTE(as_float, LANES)(IG_PASTE(vload, LANES)(0, (__global const int *)gate));
    for (int p = begin; p < end; ++p)
        VSTORE(VLOAD(row + p * IB) * numbers, to + p * IB);
#else
    for (int i = begin * IB; i < end * IB; ++i)
        to[i] = GATED(row[i], 0);
#endif
}

/* Rows iy0.. and columns ix0.. of `blocks` blocks of input channels, with what MODE puts around the map. */
static inline void copy_patch(__global const float *restrict x, __global const float *restrict gate,
                              __local float *restrict patch, int blocks, int IN_H, int IN_W, int iy0, int ix0, int RIN,
                              int QIN)
{
    const int left = clamp(-ix0, 0, QIN), right = clamp(IN_W - ix0, left, QIN);
    for (int c = 0; c < blocks; ++c)
        for (int r = 0; r < RIN; ++r) {
            __local float *to = patch + (c * RIN + r) * QIN * IB;
#if MODE
            const int iy = MIRROR(iy0 + r, IN_H - 1), begin = left, end = right;
#define BESIDE(i) GATED(row[MIRROR(ix0 + (i) / IB, IN_W - 1) * IB + (i) % IB], c * IB + (i) % IB)
#else
            const int iy = iy0 + r, inside = iy >= 0 && iy < IN_H;
            const int begin = inside ? left : QIN, end = inside ? right : QIN;
#define BESIDE(i) 0.0f
#endif
            __global const float *row = x + (c * IN_H + iy) * IN_W * IB;
            for (int i = 0; i < begin * IB; ++i)
                to[i] = BESIDE(i);
            copy_run(row + ix0 * IB, gate + c * IB, to, begin, end);
            for (int i = end * IB; i < QIN * IB; ++i)
                to[i] = BESIDE(i);
        }
}
#endif

#if POOL
/* Adds the sums of a tile to those beside the copy, where those of a work-item's blocks wait for all channels and rows;
 * `area` pixels apart. The last tile reaches over its pixels, as `area` does. */
static inline void keep_tile(VF sum[OB][TW], __local float *restrict sums, int at, int area, int first)
{
    #pragma unroll
    for (int o = 0; o < OB; ++o)
        #pragma unroll
        for (int t = 0; t < TW; ++t) {
            __local float *to = sums + (o * area + at + t) * LANES;
            VSTORE(first ? sum[o][t] : VLOAD(to) + sum[o][t], to);
        }
}

/* Stores the largest of each two by two sums of a block, `width` in a row: a row of the result. */
static inline void finish_pools(__local const float *restrict sums, int width, __global const float *restrict bias,
                                __global float *restrict y, int image, int block, int at, int OC, int OCB,
                                int area EPILOGUE_PARAMS)
{
#if BIAS
    const VF b = load_some(bias + block * LANES, OC - block * LANES);
#else
    const VF b = 0.0f;
#endif
    for (int i = 0; i < width / 2; ++i, sums += 2 * LANES) {
        const VF upper = MAX_OR_NAN(VLOAD(sums), VLOAD(sums + LANES));
        const VF lower = MAX_OR_NAN(VLOAD(sums + width * LANES), VLOAD(sums + (width + 1) * LANES));
        const int to = BLOCK_AT(image, block, at + i, OC, OCB, area);
        FINISH_SUMS(MAX_OR_NAN(upper, lower) + b, y, to, area, OC - block * LANES);
    }
}
#endif

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void conv2d_patch(__global const float *restrict x, __global const float *restrict gate,
                  __global const float *restrict w, __global const float *restrict bias, __global float *restrict y,
                  int CB, int IN_H, int IN_W, int OC, int OCB, int OUT_H, int OUT_W, int PH, int PW, int ROWS,
                  int COLUMNS, int R, int Q, int RIN, int QIN, int TILES, int EACH, int CHUNK, int AREA,
                  float plane_norm_eps EPILOGUE_PARAMS)
{
    BEGIN;
#if POOL || !DIRECT
    __local float memory[KB * 256];
#endif
    const int regions = ROWS * COLUMNS, group = get_group_id(0), image = get_group_id(2);
    const int own = PLANE ? regions : 1, tile0 = group / (PLANE ? 1 : regions) * EACH;
    const int end = min(tile0 + EACH, TILES);
#if POOL
    __local float *sums = memory + KB * 256 - EACH * OB * AREA * LANES;
#endif
    x += image * CB * IB * IN_H * IN_W;
    gate += image * CB * IB;
    for (int region = PLANE ? 0 : group % regions, n = 0; n < own; ++region, ++n) {
        const int oy = region / COLUMNS * R, ox = region % COLUMNS * Q;
        const int height = min(R, OUT_H - oy), width = min(Q, OUT_W - ox), pixels = height * width;
        if (height <= 0 || width <= 0)
            continue;
        for (int c0 = 0; c0 < CB; c0 += CHUNK) {
            const int blocks = min(CHUNK, CB - c0);
#if DIRECT
            const int seen_rows = IN_H, seen_width = IN_W;
            __global const float *patch = x + (c0 * IN_H * IN_W + oy * SH * IN_W + ox * SW) * IB;
#else
            const int seen_rows = RIN, seen_width = QIN;
            __local float *patch = memory;
            copy_patch(x + c0 * IB * IN_H * IN_W, gate + c0 * IB, patch, blocks, IN_H, IN_W, oy * SH - PH, ox * SW - PW,
                       RIN, QIN);
#endif
            for (int tile = tile0; tile < end; ++tile)
                for (int first = 0, row = 0, column = 0; first < pixels; first += TW) {
                    int start[TW], at[TW];
                    next_pixels(&row, &column, pixels - first, width, SH * seen_width * IB, SW * IB, oy * OUT_W + ox,
                                OUT_W, start, at);
                    VF sum[OB][TW];
                    sum_tile(patch, w + (tile * CB + c0) * KH * KW * IB * OB * LANES, start, blocks,
                             seen_rows * seen_width * IB, DH * seen_width * IB, DW * IB, sum);
#if POOL
                    keep_tile(sum, sums + (tile - tile0) * OB * AREA * LANES, first, AREA, c0 == 0);
#else
                    finish_tile(sum, bias, y, at, pixels - first, image, tile * OB, OC, OCB, OUT_H * OUT_W, c0 == 0,
                                !PLANE && c0 + blocks == CB EPILOGUE_ARGS);
#endif
                }
        }
#if POOL
        for (int block = tile0 * OB; block < min(end * OB, OCB); ++block)
            for (int r = 0; r < height; r += 2)
                finish_pools(sums + ((block - tile0 * OB) * AREA + r * width) * LANES, width, bias, y, image, block,
                             ((oy + r) * OUT_W / 2 + ox) / 2, OC, OCB, OUT_H * OUT_W / 4 EPILOGUE_ARGS);
#endif
    }
#if PLANE
    for (int block = tile0 * OB; block < min(end * OB, OCB); ++block)
        normalise_planes(y, image, block, OC, OCB, OUT_H, OUT_W, plane_norm_eps EPILOGUE_ARGS);
#endif
}
