//@ kernel reduce_mean_blocked
//@ op reduce_mean adaptive_avg_pool2d avg_pool2d
//@ doc Mean over whole maps in blocks of channels: a work-item sums one block.
//@ layout blocked nchw
//@ priority 20
//@ epilogue
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items of a group
//@ when RED == IN_PIXELS && INNER == 1
//@ let LANES = IN_BLOCK
//@ let CB = ceil(IN_C, IN_BLOCK)
//@ let PLANES = OUTER / IN_C * CB
//@ define LANES LX OF
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int PLANES CB RED IN_C
//@ local LX, 1, 1
//@ groups ceil(PLANES, LX), 1, 1

#define EACH(v) IG_PASTE(ACT_, OF)(v)
#define RUN 128 /* sums of runs are summed: long chains of single additions would lose digits */

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void reduce_mean_blocked(__global const float *restrict x, __global float *restrict y, int PLANES, int CB, int RED,
                         int IN_C EPILOGUE_PARAMS)
{
    BEGIN;
    const int plane = get_global_id(0), channel = plane % CB * LANES;
    if (plane >= PLANES)
        return;
    x += plane * RED * LANES;
    VF total = 0.0f;
    for (int run = 0; run < RED; run += RUN) {
        VF sum = 0.0f;
        for (int r = run; r < min(run + RUN, RED); ++r)
            sum += EACH(VLOAD(x + r * LANES));
        total += sum;
    }
    FINISH(total / RED, y, plane / CB * IN_C + channel, 0, IN_C - channel);
}
