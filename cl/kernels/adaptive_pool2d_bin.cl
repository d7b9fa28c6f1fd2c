//@ kernel adaptive_pool2d_bin
//@ op adaptive_avg_pool2d adaptive_max_pool2d
//@ doc Mean or largest of each bin: LX work-items share a bin and read vectors along its rows.
//@ priority 5
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector along a row of a bin
//@ tune TN 1..64 = 1 : bins made one after another
//@ tune LX {1,2,4,8,16,32,64} = 8 : work-items sharing a bin
//@ tune LY {1,2,4,8} = 8 : bins of a group side by side
//@ let LANES = VW
//@ let BINS = N * C * OH * OW
//@ let WIDE = max((H + 1) * (OH + 1), (W + 1) * (OW + 1)) > 2147483647
//@ define LANES LX LY MAX WIDE
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int H W OH OW BINS TN
//@ local_mem LX > 1 ? LX * LY * 4 : 0
//@ local LX, LY, 1
//@ groups ceil(BINS, TN * LY), 1, 1

#if WIDE
typedef long ratio;
#else
typedef int ratio;
#endif

#define BLOCK (128 * LX) /* sums of blocks are summed: long chains of single additions would lose digits */

#if MAX
#define START -INFINITY
#define FOLD(a, b) MAX_OR_NAN(a, b)
#else
#define START 0.0f
#define FOLD(a, b) ((a) + (b))
#endif

/* Where bin i of `out` begins and ends among `in` elements. */
static inline int bin_begin(int i, int in, int out)
{
    return (int)((ratio)i * in / out);
}

static inline int bin_end(int i, int in, int out)
{
    return (int)(((ratio)(i + 1) * in + (out - 1)) / out);
}

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void adaptive_pool2d_bin(__global const float *restrict x, __global float *restrict y, int H, int W, int OH, int OW,
                         int BINS, int TN EPILOGUE_PARAMS)
{
    BEGIN;
#if LX > 1
    __local float shared[LY][LX];
    __local float *part = shared[get_local_id(1)];
#endif
    const int lx = get_local_id(0), bin0 = (int)get_group_id(0) * TN * LY + (int)get_local_id(1);
    for (int n = 0; n < TN; ++n) {
        const int bin = min(bin0 + n * LY, BINS - 1); /* rows past the end only meet the barriers */
        const int u = bin / OW % OH, v = bin % OW;
        const int top = bin_begin(u, H, OH), left = bin_begin(v, W, OW);
        const int height = bin_end(u, H, OH) - top, width = bin_end(v, W, OW) - left;
        __global const float *in = x + (bin / OW / OH * H + top) * W + left;
        const int row_steps = (width + LANES - 1) / LANES, steps = height * row_steps;
        int row = lx / row_steps, column = lx % row_steps;
        VF total = START;
        for (int block = 0; block < steps; block += BLOCK) {
            VF sum = START;
            for (int step = block + lx; step < min(block + BLOCK, steps); step += LX) {
                const int at = column * LANES;
                const VF value = load_some(in + row * W + at, width - at);
#if MAX
                sum = select(MAX_OR_NAN(sum, value), sum, OUTSIDE(at + LANE_INDEX, width));
#else
                sum += value;
#endif
                column += LX % row_steps;
                row += LX / row_steps + (column >= row_steps);
                column -= column >= row_steps ? row_steps : 0;
            }
            total = FOLD(total, sum);
        }
#if MAX
        const float result = ROW_MAX(lane_max(total), part);
#else
        const float result = ROW_SUM(lane_sum(total), part) / (height * width);
#endif
        if (lx == 0 && bin0 + n * LY < BINS)
            FINISH_ONE(result, y, bin);
    }
}
