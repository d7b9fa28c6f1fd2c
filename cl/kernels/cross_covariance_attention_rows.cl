//@ kernel cross_covariance_attention_rows
//@ op cross_covariance_attention
//@ doc A work-group makes a vector of rows of scores in local memory, then mixes the values of all tokens by them.
//@ priority 10
//@ tune VW {1,4,8,16} = 4 : rows of scores in a vector
//@ tune TK 1..16 = 1 : keys a work-item sums at a time
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along the keys
//@ tune LY {1,2,4,8,16} = 4 : slices of the tokens
//@ let LANES = D >= VW ? VW : D >= 4 ? min(VW, 4) : 1
//@ let SLICES = D * LY <= 512 ? LY : 1
//@ let ITEMS = LX * SLICES
//@ define LANES TK LX SLICES ITEMS D PACKED
//@ arg buffer in 0 q
//@ arg buffer in 1 k
//@ arg buffer in 2 v
//@ arg buffer in 3 temperature
//@ arg buffer out y
//@ arg int HEADS T
//@ arg float eps
//@ local_mem (SLICES * D * (LANES + 1) + ITEMS * LANES) * 4
//@ local LX, SLICES, 1
//@ groups ceil(D, LANES), HEADS, B

#define BLOCK 128 /* sums of blocks are summed: long chains of single additions would lose digits */

/* Products of the rows at `q` with neighbouring keys at `k`, and the keys' squares, over a slice of the tokens. */
static inline void correlate(__global const float *q, __global const float *k, int width, int keys, int slice, int T,
                             VF product[TK], float square[TK])
{
    for (int block = slice; block < T; block += BLOCK * SLICES) {
        VF sum[TK];
        float own[TK];
        #pragma unroll
        for (int i = 0; i < TK; ++i) {
            sum[i] = 0.0f;
            own[i] = 0.0f;
        }
        for (int t = block; t < min(block + BLOCK * SLICES, T); t += SLICES) {
            const VF rows = VLOAD(q + t * width);
            #pragma unroll
            for (int i = 0; i < TK; ++i) {
                const float key = k[t * width + min(i, keys - 1)];
                sum[i] += rows * key;
                own[i] += key * key;
            }
        }
        #pragma unroll
        for (int i = 0; i < TK; ++i) {
            product[i] += sum[i];
            square[i] += own[i];
        }
    }
}

static inline VF sum_squares(__global const float *q, int width, int first, int T)
{
    VF total = 0.0f;
    for (int block = first; block < T; block += BLOCK * ITEMS) {
        VF sum = 0.0f;
        for (int t = block; t < min(block + BLOCK * ITEMS, T); t += ITEMS)
            sum += VLOAD(q + t * width) * VLOAD(q + t * width);
        total += sum;
    }
    return total;
}

static inline float one_over_norm(float square, float eps)
{
    const float norm = sqrt(square);
    return 1.0f / (norm < eps ? eps : norm); /* max() may hide a NaN */
}

/* Row r of the scores becomes weights that sum to 1. */
static inline void soften(__local float scores[D][LANES], int r, float factor)
{
    float top = -INFINITY, sum = 0.0f;
    for (int j = 0; j < D; ++j)
        top = MAX_OR_NAN(top, scores[j][r] * factor);
    for (int j = 0; j < D; ++j) {
        scores[j][r] = exp(scores[j][r] * factor - top);
        sum += scores[j][r];
    }
    for (int j = 0; j < D; ++j)
        scores[j][r] /= sum;
}

__kernel __attribute__((reqd_work_group_size(LX, SLICES, 1)))
void cross_covariance_attention_rows(__global const float *restrict q, __global const float *restrict k,
                                     __global const float *restrict v, __global const float *restrict temperature,
                                     __global float *restrict y, int HEADS, int T, float eps)
{
    __local float scores[SLICES][D][LANES], key_square[SLICES][D], row_square[ITEMS][LANES];
    const int lx = get_local_id(0), slice = get_local_id(1), item = slice * LX + lx;
    const int head = get_group_id(1), image = get_group_id(2);
    const int row = (int)get_group_id(0) * LANES;
    const int start = min(row, D - LANES); /* the last vector moves back to stay inside the head */
    const int out_width = HEADS * D, width = PACKED ? 3 * out_width : out_width;
#if PACKED
    temperature = k;
    k = q + out_width;
    v = k + out_width;
#endif
    q += image * T * width + head * D + start;
    k += image * T * width + head * D;
    v += image * T * width + head * D;
    y += image * T * out_width + head * D + start;

    VSTORE(sum_squares(q, width, item, T), row_square[item]);
    for (int j = lx * TK; j < D; j += LX * TK) {
        VF product[TK];
        float square[TK];
        #pragma unroll
        for (int i = 0; i < TK; ++i) {
            product[i] = 0.0f;
            square[i] = 0.0f;
        }
        correlate(q, k + j, width, D - j, slice, T, product, square);
        for (int i = 0; i < min(TK, D - j); ++i) {
            VSTORE(product[i], scores[slice][j + i]);
            key_square[slice][j + i] = square[i];
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int j = item; j < D; j += ITEMS) {
        VF product = 0.0f;
        float square = 0.0f;
        for (int s = 0; s < SLICES; ++s) {
            product += VLOAD(scores[s][j]);
            square += key_square[s][j];
        }
        VSTORE(product * (temperature[head] * one_over_norm(square, eps)), scores[0][j]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int r = item; r < LANES; r += ITEMS) {
        float square = 0.0f;
        for (int i = 0; i < ITEMS; ++i)
            square += row_square[i][r];
        soften(scores[0], r, one_over_norm(square, eps));
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int t = item; t < T; t += ITEMS) {
        VF mixed = 0.0f;
        for (int j = 0; j < D; ++j)
            mixed += VLOAD(scores[0][j]) * v[t * width + j];
        store_lanes(mixed, y + t * out_width, row - start, LANES);
    }
}
