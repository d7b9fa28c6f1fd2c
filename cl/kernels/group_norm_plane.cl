//@ kernel group_norm_plane
//@ op group_norm
//@ doc Group normalisation, one work-group a group of channels: mean, then variance about it, then scale and shift.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = VW
//@ let GC = C / G
//@ define LANES LX AFFINE
//@ arg buffer in 0 x
//@ arg buffer param 0 weight
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int C S G GC
//@ arg float eps
//@ local_mem LX > 1 ? LX * 4 : 0
//@ local LX, 1, 1
//@ groups N * G, 1, 1

#define STRIDE (LX * LANES)

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void group_norm_plane(__global const float *restrict x, __global const float *restrict weight,
                      __global const float *restrict bias, __global float *restrict y, int C, int S, int G, int GC,
                      float eps EPILOGUE_PARAMS)
{
    BEGIN;
#if LX > 1
    __local float part[LX];
#else
    __local float *part = 0;
#endif
    const int group = get_group_id(0), elems = GC * S, channel0 = group % G * GC;
    x += group * elems;
    const float mean = row_moment(x, elems, 0.0f, 1, part) / elems;
    const float variance = row_moment(x, elems, mean, 2, part) / elems;
    const float factor = 1.0f / sqrt(variance + eps);
    for (int c = 0; c < GC; ++c) {
#if AFFINE
        const float scale = weight[channel0 + c] * factor, shift = bias[channel0 + c];
#else
        const float scale = factor, shift = 0.0f;
#endif
        for (int at = (int)get_local_id(0) * LANES; at < S; at += STRIDE) {
            const VF v = load_some(x + c * S + at, S - at);
            FINISH((v - mean) * scale + shift, y, group * elems + c * S + at, 0, S - at);
        }
    }
}
