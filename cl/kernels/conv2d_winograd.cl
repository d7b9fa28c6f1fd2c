//@ kernel conv2d_winograd
//@ op conv2d
//@ doc 3x3 convolution with fewer products: a work-item transforms tiles of M by M pixels and their borders, multiplies each of the (M+2)^2 points by OB blocks of output channels at a time, and transforms the sums back.
//@ layout either either
//@ priority 4
//@ epilogue
//@ tune M {2,4} = 2 : pixels along a tile
//@ tune ACC {2,4,6,8,12,24,28} = 4 : vectors of sums in registers
//@ tune AREA {4,8,12,18,24,36,48} = 4 : tiles of a work-item, about
//@ tune KB {8,16,32,64,128,192,256,384,512} = 8 : kilobytes of transformed tiles and sums; more input channels take turns
//@ tune WG 1..16 = 1 : work-groups for each compute unit; where tiles do not make so many, output channels do
//@ when G == 1 && KH == 3 && KW == 3 && SH == 1 && SW == 1 && DH == 1 && DW == 1
//@ let LANES = LANES_LIKED
//@ let PLANES = BLOCK == 1
//@ let IB = LANES
//@ let NEAR = M == 2 ? 4 : 3
//@ let FAR = 6
//@ let CB = ceil(C, IB)
//@ when 2 * C > CB * IB
//@ let OCB = ceil(OC, LANES)
//@ let OB = OCB % 2 == 0 ? 2 : OCB % 3 == 0 && ACC >= 6 ? 3 : OCB == 1 ? 1 : 2
//@ let TW = ACC / OB
//@ let TILE_KH = 1
//@ let TILE_KW = 1
//@ let POOLED = POOL ? 2 : 1
//@ let OUT_H = OH / POOLED
//@ let OUT_W = OW / POOLED
//@ let ACROSS = ceil(OUT_W * POOLED, M)
//@ let COUNT = ceil(OUT_H * POOLED, M) * ACROSS
//@ when 2 * COUNT >= TW
//@ let T = ceil(ceil(COUNT, ceil(COUNT, AREA)), TW) * TW
//@ let REGIONS = ceil(COUNT, T)
//@ let APART = PLANE ? 1 : REGIONS
//@ let TILES = ceil(OCB, OB)
//@ let SUMS = (M + 2) * (M + 2) * T * OB * LANES
//@ let SHARES = ceil(TILES, max(1, KB * 128 / SUMS))
//@ let EACH = ceil(TILES, min(TILES, max(SHARES, ceil(WG * UNITS, APART * N))))
//@ let POINTS = (M + 2) * (M + 2) * T * IB
//@ let CHUNKS = ceil(CB, max(1, (KB * 256 - EACH * SUMS) / POINTS))
//@ let CHUNK = ceil(CB, CHUNKS)
//@ when CHUNK * POINTS + EACH * SUMS <= KB * 256
//@ define LANES PLANES IN_BLOCK IB OB TW TILE_KH TILE_KW M NEAR FAR KB BIAS MODE GATE PLANE POOL
//@ arg buffer in 0 x
//@ arg buffer in 1 gate
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int C CB H W OC OCB OUT_H OUT_W PH PW ACROSS COUNT T REGIONS TILES EACH CHUNK
//@ arg float plane_norm_eps
//@ pack w winograd OB * LANES
//@ local_mem KB * 1024
//@ local 1, 1, 1
//@ groups APART * ceil(TILES, EACH), 1, N

/* The polynomials that stand for lines of pixels are known at the points 0, NEAR and -NEAR, for M 4 FAR and -FAR, and
 * infinity. With these, in quarters, float loses next to nothing (docs/decisions/0010-winograd.md). */
#define S (M + 2)
#define SIDE (POOL ? M / 2 : M) /* pixels of the result along a tile */
#define NEAR_1 (NEAR / 4.0f)
#define NEAR_2 (NEAR_1 * NEAR_1)
#define FAR_1 (FAR / 4.0f)
#define FAR_2 (FAR_1 * FAR_1)

/* Values at the points, of a line of S pixels. */
static inline void transform_line(VF d[S])
{
#if M == 2
    const VF even = d[2], odd = NEAR_1 * d[1];
    d[0] = d[2] - NEAR_2 * d[0];
    d[3] = d[3] - NEAR_2 * d[1];
    d[1] = even + odd;
    d[2] = even - odd;
#else
    const VF even = d[4] - FAR_2 * d[2], odd = NEAR_1 * (d[3] - FAR_2 * d[1]);
    const VF far_even = d[4] - NEAR_2 * d[2], far_odd = FAR_1 * (d[3] - NEAR_2 * d[1]);
    d[0] = far_even - FAR_2 * (d[2] - NEAR_2 * d[0]);
    d[5] = d[5] - NEAR_2 * d[3] - FAR_2 * (d[3] - NEAR_2 * d[1]);
    d[1] = even + odd;
    d[2] = even - odd;
    d[3] = far_even + far_odd;
    d[4] = far_even - far_odd;
#endif
}

/* The M pixels of a line, from values at the points. */
static inline void restore_line(VF m[S])
{
    const VF even = m[1] + m[2], odd = NEAR_1 * (m[1] - m[2]);
#if M == 2
    m[0] = m[0] + even;
    m[1] = odd + m[3];
#else
    const VF far_even = m[3] + m[4], far_odd = FAR_1 * (m[3] - m[4]);
    m[0] = m[0] + even + far_even;
    m[1] = odd + far_odd;
    m[2] = NEAR_2 * even + FAR_2 * far_even;
    m[3] = NEAR_2 * odd + FAR_2 * far_odd + m[5];
#endif
}

/* LANES channels of pixel `at`, of which `channels` exist; planes are `area` floats apart. */
static inline VF read_pixel(__global const float *restrict x, __global const float *restrict gate, int at, int area,
                            int channels)
{
#if IN_BLOCK > 1
    const VF v = VLOAD(x + at * LANES);
#else
    float value[LANES];
    for (int i = 0; i < LANES; ++i)
        value[i] = i < channels ? x[i * area + at] : 0.0f;
    const VF v = VLOAD(value);
#endif
#if GATE
    return v * load_some(gate, IN_BLOCK > 1 ? LANES : channels);
#else
    return v;
#endif
}

/* Transforms a block of channels of the tile whose window begins at row iy and column ix; its points are `step` apart. */
static inline void transform_tile(__global const float *restrict x, __global const float *restrict gate,
                                  __local float *restrict to, int step, int channels, int H, int W, int iy, int ix)
{
    VF d[S][S];
    const int inside = ix >= 0 && ix + S <= W;
    #pragma unroll
    for (int r = 0; r < S; ++r) {
#if MODE
        const int row = MIRROR(iy + r, H - 1) * W, there = 1;
#define BESIDE(q) read_pixel(x, gate, row + MIRROR(ix + (q), W - 1), H * W, channels)
#else
        const int row = (iy + r) * W, there = iy + r >= 0 && iy + r < H;
#define BESIDE(q) (there && ix + (q) >= 0 && ix + (q) < W ? read_pixel(x, gate, row + ix + (q), H * W, channels) : 0.0f)
#endif
        if (there && inside) {
            #pragma unroll
            for (int q = 0; q < S; ++q)
                d[r][q] = read_pixel(x, gate, row + ix + q, H * W, channels);
        } else {
            #pragma unroll
            for (int q = 0; q < S; ++q)
                d[r][q] = BESIDE(q);
        }
        transform_line(d[r]);
    }
    #pragma unroll
    for (int q = 0; q < S; ++q) {
        VF column[S];
        #pragma unroll
        for (int r = 0; r < S; ++r)
            column[r] = d[r][q];
        transform_line(column);
        #pragma unroll
        for (int r = 0; r < S; ++r)
            VSTORE(column[r], to + (r * S + q) * step);
    }
}

/* The pixels of a tile, from sums at points `step` apart. */
static inline void restore_tile(__local const float *restrict sums, int step, VF d[S][S])
{
    #pragma unroll
    for (int r = 0; r < S; ++r) {
        #pragma unroll
        for (int q = 0; q < S; ++q)
            d[r][q] = VLOAD(sums + (r * S + q) * step);
        restore_line(d[r]);
    }
    #pragma unroll
    for (int q = 0; q < M; ++q) {
        VF column[S];
        #pragma unroll
        for (int r = 0; r < S; ++r)
            column[r] = d[r][q];
        restore_line(column);
        #pragma unroll
        for (int r = 0; r < M; ++r)
            d[r][q] = column[r];
    }
}

/* Adds the sums of TW tiles at a point to those of the channels before; OB blocks lie `step` apart. */
static inline void keep_sums(VF sum[OB][TW], __local float *restrict sums, int step, int first)
{
    #pragma unroll
    for (int o = 0; o < OB; ++o)
        #pragma unroll
        for (int t = 0; t < TW; ++t) {
            __local float *to = sums + o * step + t * LANES;
            VSTORE(first ? sum[o][t] : VLOAD(to) + sum[o][t], to);
        }
}

/* Sums of `blocks` blocks of channels, at all points of `count` tiles; see keep_sums. */
static inline void multiply_points(__local const float *restrict points, __global const float *restrict w,
                                   __local float *restrict sums, int blocks, int CB, int T, int count, int first)
{
    for (int p = 0; p < S * S; ++p)
        for (int t0 = 0; t0 < count; t0 += TW) {
            int start[TW];
            #pragma unroll
            for (int t = 0; t < TW; ++t)
                start[t] = min(t0 + t, count - 1) * IB;
            VF sum[OB][TW];
            sum_tile(points + p * blocks * T * IB, w + p * CB * IB * OB * LANES, start, blocks, T * IB, 0, 0, sum);
            keep_sums(sum, sums + (p * OB * T + t0) * LANES, T * LANES, first);
        }
}

/* Stores the pixels of a tile whose first one lies at row oy and column ox of the result; their places are `step` apart
 * in `sums`. */
static inline void finish_pixels(__local const float *restrict sums, int step, VF bias, __global float *restrict y,
                                 int image, int block, int oy, int ox, int OC, int OCB, int OUT_H,
                                 int OUT_W EPILOGUE_PARAMS)
{
    VF d[S][S];
    restore_tile(sums, step, d);
    for (int r = 0; r < min(SIDE, OUT_H - oy); ++r)
        for (int q = 0; q < min(SIDE, OUT_W - ox); ++q) {
#if POOL
            const VF upper = MAX_OR_NAN(d[2 * r][2 * q], d[2 * r][2 * q + 1]);
            const VF v = MAX_OR_NAN(upper, MAX_OR_NAN(d[2 * r + 1][2 * q], d[2 * r + 1][2 * q + 1])) + bias;
#else
            const VF v = d[r][q] + bias;
#endif
            const int to = BLOCK_AT(image, block, (oy + r) * OUT_W + ox + q, OC, OCB, OUT_H * OUT_W);
            if (PLANE)
                STORE_SUMS(v, y, to, OUT_H * OUT_W, OC - block * LANES);
            else
                FINISH_SUMS(v, y, to, OUT_H * OUT_W, OC - block * LANES);
        }
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void conv2d_winograd(__global const float *restrict x, __global const float *restrict gate,
                     __global const float *restrict w, __global const float *restrict bias, __global float *restrict y,
                     int C, int CB, int H, int W, int OC, int OCB, int OUT_H, int OUT_W, int PH, int PW, int ACROSS,
                     int COUNT, int T, int REGIONS, int TILES, int EACH, int CHUNK,
                     float plane_norm_eps EPILOGUE_PARAMS)
{
    BEGIN;
    __local float points[KB * 256];
    const int apart = PLANE ? 1 : REGIONS, group = get_group_id(0), image = get_group_id(2);
    const int tile0 = group / apart * EACH, end = min(tile0 + EACH, TILES), of_tile = S * S * OB * T * LANES;
    __local float *sums = points + KB * 256 - EACH * of_tile;
    const int channels = IN_BLOCK > 1 ? CB * IB : C;
    x += image * channels * H * W;
    gate += image * channels;
    for (int first = group % apart * T, n = 0; n < (PLANE ? REGIONS : 1); ++n, first += T) {
        const int count = min(T, COUNT - first);
        for (int c0 = 0; c0 < CB; c0 += CHUNK) {
            const int blocks = min(CHUNK, CB - c0);
            for (int c = 0; c < blocks; ++c)
                for (int t = 0; t < count; ++t)
                    transform_tile(x + (c0 + c) * IB * H * W, gate + (c0 + c) * IB, points + (c * T + t) * IB,
                                   blocks * T * IB, C - (c0 + c) * IB, H, W, (first + t) / ACROSS * M - PH,
                                   (first + t) % ACROSS * M - PW);
            for (int tile = tile0; tile < end; ++tile)
                multiply_points(points, w + (tile * S * S * CB + c0) * IB * OB * LANES, sums + (tile - tile0) * of_tile,
                                blocks, CB, T, count, c0 == 0);
        }
        for (int block = tile0 * OB; block < min(end * OB, OCB); ++block) {
#if BIAS
            const VF b = load_some(bias + block * LANES, OC - block * LANES);
#else
            const VF b = 0.0f;
#endif
            for (int t = 0; t < count; ++t)
                finish_pixels(sums + (block / OB - tile0) * of_tile + (block % OB * T + t) * LANES, OB * T * LANES, b, y,
                              image, block, (first + t) / ACROSS * SIDE, (first + t) % ACROSS * SIDE, OC, OCB, OUT_H,
                              OUT_W EPILOGUE_ARGS);
        }
    }
#if PLANE
    for (int block = tile0 * OB; block < min(end * OB, OCB); ++block)
        normalise_planes(y, image, block, OC, OCB, OUT_H, OUT_W, plane_norm_eps EPILOGUE_ARGS);
#endif
}
