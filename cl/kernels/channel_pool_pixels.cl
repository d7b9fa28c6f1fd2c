//@ kernel channel_pool_pixels
//@ op channel_pool
//@ doc A work-item takes TN vectors of pixels, or TN pixels of blocks of channels, and goes through the channels once.
//@ layout either nchw
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : pixels in a vector, of planes
//@ tune TN {1,2,4,8} = 1 : vectors of a work-item
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let BLOCKED = IN_BLOCK > 1
//@ let LANES = BLOCKED ? IN_BLOCK : S >= VW ? VW : S >= 4 ? min(VW, 4) : 1
//@ let STEPS = BLOCKED ? S : ceil(S, LANES)
//@ let FULL = floor(C, IN_BLOCK)
//@ let REST = C % IN_BLOCK
//@ let IMAGE = ceil(C, IN_BLOCK) * IN_BLOCK * S
//@ define LANES TN LX BLOCKED
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int C S STEPS FULL REST IMAGE
//@ local LX, 1, 1
//@ groups ceil(STEPS, TN * LX), N, 1

#define RUN 128 /* sums of runs are summed: long chains of single additions would lose digits */

static inline void take(__global const float *x, const int start[TN], VF sum[TN], VF top[TN])
{
    #pragma unroll
    for (int n = 0; n < TN; ++n) {
        const VF v = VLOAD(x + start[n]);
        sum[n] += v;
        top[n] = MAX_OR_NAN(top[n], v);
    }
}

/* Of the last block only `rest` lanes are channels. */
static inline void take_rest(__global const float *x, const int start[TN], int rest, VF sum[TN], VF top[TN])
{
    for (int n = 0; n < TN; ++n) {
        const VF v = VLOAD(x + start[n]);
        sum[n] += DROP(v, OUTSIDE(LANE_INDEX, rest));
        top[n] = select(MAX_OR_NAN(top[n], v), top[n], OUTSIDE(LANE_INDEX, rest));
    }
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void channel_pool_pixels(__global const float *restrict x, __global float *restrict y, int C, int S, int STEPS, int FULL,
                         int REST, int IMAGE EPILOGUE_PARAMS)
{
    BEGIN;
    const int step = (int)get_global_id(0) * TN, image = get_group_id(1), stride = BLOCKED ? S * LANES : S;
    int start[TN];
    VF total[TN], top[TN];
    if (step >= STEPS)
        return;
    for (int n = 0; n < TN; ++n) { /* of planes the last vector moves back to stay inside */
        start[n] = min(min(step + n, STEPS - 1) * LANES, stride - LANES);
        total[n] = 0.0f;
        top[n] = -INFINITY;
    }
    x += image * IMAGE;
    for (int run = 0; run < FULL; run += RUN) {
        VF sum[TN];
        for (int n = 0; n < TN; ++n)
            sum[n] = 0.0f;
        for (int i = run; i < min(run + RUN, FULL); ++i)
            take(x + i * stride, start, sum, top);
        for (int n = 0; n < TN; ++n)
            total[n] += sum[n];
    }
    if (REST > 0)
        take_rest(x + FULL * stride, start, REST, total, top);
    const int first = image * 2 * S; /* element of the result */
    for (int n = 0; n < min(TN, STEPS - step); ++n) {
#if BLOCKED
        FINISH_ONE(lane_sum(total[n]) / C, y, first + step + n);
        FINISH_ONE(lane_max(top[n]), y, first + S + step + n);
#else
        FINISH(total[n] / C, y, first + start[n], (step + n) * LANES - start[n], LANES);
        FINISH(top[n], y, first + S + start[n], (step + n) * LANES - start[n], LANES);
#endif
    }
}
