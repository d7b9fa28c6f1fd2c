//@ kernel channel_conv_group
//@ op channel_conv
//@ doc One work-group takes an image: the means of its planes, in local memory, then their convolution.
//@ layout either nchw
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 4 : floats in a vector
//@ tune ITEMS {0,1,16,64,256} = 0 : work-items of a group; 0: as many as one of the device has room for, up to 256
//@ let POOLS = 1
//@ let MEAN = 1
//@ let MAX = 0
//@ let LX = ITEMS > 0 ? ITEMS : min(256, MAX_GROUP)
//@ let LANES = IN_BLOCK > 1 ? IN_BLOCK : VW
//@ let IMAGE = ceil(C, IN_BLOCK) * IN_BLOCK * S
//@ let LY = 1
//@ let PART = LX * IN_BLOCK
//@ let ROOM = ceil(C + K + LANES, 256) * 256
//@ define LANES LX LY POOLS MEAN MAX IN_BLOCK ROOM PART K
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int C S IMAGE
//@ local_mem (ROOM + PART) * 4
//@ local LX, 1, 1
//@ groups N, 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void channel_conv_group(__global const float *restrict x, __global const float *restrict w,
                        __global const float *restrict bias, __global float *restrict y, int C, int S,
                        int IMAGE EPILOGUE_PARAMS)
{
    BEGIN;
    __local float room[ROOM]; /* the means, and zeros around them as far as vectors of windows reach */
    __local float part[PART];
    __local float *mean = room + K / 2;
    const int sample = get_group_id(0), item = get_local_id(0);
    for (int i = item; i < K / 2; i += LX)
        room[i] = 0.0f;
    for (int i = C + item; i < C + K / 2 + LANES; i += LX)
        mean[i] = 0.0f;
    pool_planes(x + sample * IMAGE, C, S, part, mean);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int c = item * LANES; c < C; c += LX * LANES) {
        VF sum = bias[0];
        for (int k = 0; k < K; ++k)
            sum += w[k] * VLOAD(room + c + k);
        FINISH(sum, y, sample * C + c, 0, C - c);
    }
}
