//@ kernel conv2d_depthwise_blocked
//@ op conv2d
//@ doc Depthwise convolution in blocks of channels: a work-item makes TR rows of one block, DT pixels in registers.
//@ layout blocked blocked
//@ priority 20
//@ epilogue
//@ tune DT {1,2,4,7,8} = 4 : pixels of a tile
//@ tune TR 1..16 = 1 : rows a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items of a group
//@ when G == C && OC == C && MODE == 0 && !GATE && !PLANE && !POOL
//@ let LANES = BLOCK
//@ let CB = ceil(C, BLOCK)
//@ let ROW_GROUPS = ceil(OH, TR)
//@ define LANES DT TR LX KH KW SH SW DH DW BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int N C CB H W OH OW PH PW ROW_GROUPS
//@ pack w oc_tile BLOCK
//@ local LX, 1, 1
//@ groups ceil(N * CB * ROW_GROUPS, LX), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void conv2d_depthwise_blocked(__global const float *restrict x, __global const float *restrict w,
                              __global const float *restrict bias, __global float *restrict y, int N, int C, int CB,
                              int H, int W, int OH, int OW, int PH, int PW, int ROW_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int item = get_global_id(0), plane = item / ROW_GROUPS, row0 = item % ROW_GROUPS * TR;
    if (plane >= N * CB)
        return;
    const int channel = plane % CB * LANES;
    w += channel * KH * KW;
#if BIAS
    const VF b = load_some(bias + channel, C - channel);
#else
    const VF b = 0.0f;
#endif
    for (int oy = row0; oy < min(row0 + TR, OH); ++oy)
        for (int ox = 0; ox < OW; ox += DT) {
            VF sum[DT];
            #pragma unroll
            for (int t = 0; t < DT; ++t)
                sum[t] = b;
            depthwise_tile(x + plane * H * W * LANES, w, H, W, oy * SH - PH, ox * SW - PW, sum);
            #pragma unroll
            for (int t = 0; t < DT; ++t)
                if (ox + t < OW)
                    FINISH(sum[t], y, ((plane * OH + oy) * OW + ox + t) * LANES, 0, LANES);
        }
}
