//@ kernel conv2d_blocked
//@ op conv2d
//@ doc Dense convolution between blocks of channels: a work-item sums TW neighbouring pixels of one block of output channels.
//@ layout blocked blocked
//@ priority 10
//@ epilogue
//@ tune TW 1..8 = 2 : pixels of a tile
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along pixels
//@ tune LY {1,2,4,8} = 4 : work-items along output channels
//@ when G == 1 && MODE == 0 && !PLANE && !POOL
//@ let LANES = BLOCK
//@ let CB = ceil(C, BLOCK)
//@ let OCB = ceil(OC, BLOCK)
//@ let STEPS = ceil(OW, TW)
//@ let PIXEL_GROUPS = ceil(STEPS * OH, LX)
//@ define LANES TW LX LY KH KW SH SW DH DW BIAS GATE
//@ arg buffer in 0 x
//@ arg buffer in 1 gate
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int CB H W OC OCB OH OW PH PW STEPS PIXEL_GROUPS
//@ pack w oc_tile_blocked BLOCK
//@ local LX, LY, 1
//@ groups PIXEL_GROUPS, ceil(OCB, LY), N

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void conv2d_blocked(__global const float *restrict x, __global const float *restrict gate,
                    __global const float *restrict w, __global const float *restrict bias, __global float *restrict y,
                    int CB, int H, int W, int OC, int OCB, int OH, int OW, int PH, int PW, int STEPS,
                    int PIXEL_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int step = get_global_id(0), block = get_global_id(1), image = get_group_id(2);
    const int oy = step / STEPS, ox = step % STEPS * TW;
    if (oy >= OH || block >= OCB)
        return;
    x += image * CB * H * W * LANES;
    gate += image * CB * LANES;
    w += block * CB * KH * KW * LANES * LANES;
    VF sum[TW];
    #pragma unroll
    for (int t = 0; t < TW; ++t)
        sum[t] = 0.0f;
    for (int c = 0; c < CB; ++c) {
        VF part[TW]; /* short sums lose fewer bits than a long one */
        #pragma unroll
        for (int t = 0; t < TW; ++t)
            part[t] = 0.0f;
        for (int kh = 0; kh < KH; ++kh) {
            const int iy = oy * SH - PH + kh * DH;
            for (int kw = 0; kw < KW; ++kw, w += LANES * LANES) {
                if (iy < 0 || iy >= H)
                    continue;
                float v[TW][LANES];
                #pragma unroll
                for (int t = 0; t < TW; ++t) {
                    const int ix = (ox + t) * SW - PW + kw * DW;
                    const VF at = ix >= 0 && ix < W ? VLOAD(x + ((c * H + iy) * W + ix) * LANES) : (VF)0.0f;
#if GATE
                    VSTORE(at * VLOAD(gate + c * LANES), v[t]);
#else
                    VSTORE(at, v[t]);
#endif
                }
                #pragma unroll
                for (int i = 0; i < LANES; ++i) {
                    const VF wv = VLOAD(w + i * LANES);
                    #pragma unroll
                    for (int t = 0; t < TW; ++t)
                        part[t] += wv * v[t][i];
                }
            }
        }
        #pragma unroll
        for (int t = 0; t < TW; ++t)
            sum[t] += part[t];
    }
#if BIAS
    const VF b = load_some(bias + block * LANES, OC - block * LANES);
#else
    const VF b = 0.0f;
#endif
    #pragma unroll
    for (int t = 0; t < TW; ++t)
        if (ox + t < OW)
            FINISH(sum[t] + b, y, (((image * OCB + block) * OH + oy) * OW + ox + t) * LANES, 0, LANES);
}
