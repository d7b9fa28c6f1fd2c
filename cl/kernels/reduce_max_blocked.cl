//@ kernel reduce_max_blocked
//@ op reduce_max adaptive_max_pool2d
//@ doc Largest of whole maps in blocks of channels: a work-item goes through one block.
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
#define CHAINS 4 /* comparisons that do not wait for each other */

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void reduce_max_blocked(__global const float *restrict x, __global float *restrict y, int PLANES, int CB, int RED,
                        int IN_C EPILOGUE_PARAMS)
{
    BEGIN;
    const int plane = get_global_id(0), channel = plane % CB * LANES;
    if (plane >= PLANES)
        return;
    x += plane * RED * LANES;
    VF top[CHAINS];
    #pragma unroll
    for (int i = 0; i < CHAINS; ++i)
        top[i] = -INFINITY;
    for (int r = 0; r < RED; r += CHAINS) {
        #pragma unroll
        for (int i = 0; i < CHAINS; ++i) {
            const VF v = EACH(VLOAD(x + min(r + i, RED - 1) * LANES)); /* the last pixel may be met again */
            top[i] = MAX_OR_NAN(top[i], v);
        }
    }
    for (int i = 1; i < CHAINS; ++i)
        top[0] = MAX_OR_NAN(top[0], top[i]);
    FINISH(top[0], y, plane / CB * IN_C + channel, 0, IN_C - channel);
}
