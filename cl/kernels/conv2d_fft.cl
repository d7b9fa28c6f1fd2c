//@ kernel conv2d_fft
//@ op conv2d
//@ doc Convolutions with large kernels by clFFT: spectra of the input's planes are multiplied by those of the weights.
//@ priority -20
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : output channels side by side in the weights' spectra
//@ tune TN 1..64 = 1 : rows of a plane, or frequencies, that a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let OCG = OC / G
//@ let LANES = OCG % VW == 0 || (G == 1 && OC > VW) ? VW : 1
//@ let TILES = ceil(OC, LANES)
//@ let NEED_H = (OH - 1) * SH + (KH - 1) * DH + 1
//@ let NEED_W = (OW - 1) * SW + (KW - 1) * DW + 1
//@ let TOP_H = NEED_H <= 16 ? 16 : NEED_H <= 32 ? 32 : NEED_H <= 64 ? 64 : NEED_H <= 128 ? 128 : NEED_H <= 256 ? 256 : 512
//@ let TOP_W = NEED_W <= 16 ? 16 : NEED_W <= 32 ? 32 : NEED_W <= 64 ? 64 : NEED_W <= 128 ? 128 : NEED_W <= 256 ? 256 : 512
//@ let FH = TOP_H / 8 * 5 >= NEED_H ? TOP_H / 8 * 5 : TOP_H / 4 * 3 >= NEED_H ? TOP_H / 4 * 3 : TOP_H
//@ let FW = TOP_W / 8 * 5 >= NEED_W ? TOP_W / 8 * 5 : TOP_W / 4 * 3 >= NEED_W ? TOP_W / 4 * 3 : TOP_W
//@ let F = FH * (FW / 2 + 1)
//@ let ELEMS = N * max(C, OC) * FH * (FW + 2)
//@ let WEIGHTS = ceil(OC, LANES) * LANES * (C / G) * F * 2
//@ when KH * KW >= 25 && NEED_H <= 512 && NEED_W <= 512 && !GATE && !PLANE && !POOL
//@ when ELEMS <= 2147483647 && WEIGHTS <= 33554432
//@ define LANES LX SH SW BIAS MODE
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg buffer scratch planes 4 * N * max(C, OC) * FH * FW
//@ arg buffer scratch spectra 8 * N * C * F
//@ arg buffer scratch sums 8 * N * OC * F
//@ arg int C H W G OC OH OW PH PW FH FW F TN
//@ pack w spectrum LANES
//@ stage conv2d_fft_copy
//@ take x planes H W PH PW FH FW TN
//@ local LX, 1, 1
//@ groups ceil(FH, TN), N * C, 1
//@ stage forward
//@ call clfft_forward planes spectra : FH, FW, N * C
//@ stage conv2d_fft_multiply
//@ take x spectra w sums C G OC F TN
//@ local LX, 1, 1
//@ groups ceil(F, TN * LX), TILES, N
//@ stage backward
//@ call clfft_backward sums planes : FH, FW, N * OC
//@ stage conv2d_fft_finish
//@ take x planes bias y OC OH OW FH FW TN
//@ local LX, 1, 1
//@ groups ceil(OH, TN), N * OC, 1

/* A plane with its border, from its corner on; what lies behind it does not matter, as no window reads it. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void conv2d_fft_copy(__global const float *restrict x, __global float *restrict planes, int H, int W, int PH, int PW,
                     int FH, int FW, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int plane = get_group_id(1), first = (int)get_group_id(0) * TN;
    x += plane * H * W;
    planes += plane * FH * FW;
    for (int row = first; row < min(first + TN, FH); ++row)
        for (int column = get_local_id(0); column < FW; column += LX) {
            const int iy = row - PH, ix = column - PW;
#if MODE
            planes[row * FW + column] = x[MIRROR(iy, H - 1) * W + MIRROR(ix, W - 1)];
#else
            planes[row * FW + column] = (uint)iy < (uint)H && (uint)ix < (uint)W ? x[iy * W + ix] : 0.0f;
#endif
        }
}

/* A correlation: by the conjugate of the weights' spectrum, summed over the channels of the group. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void conv2d_fft_multiply(__global const float *restrict x, __global const float *restrict spectra,
                         __global const float *restrict w, __global float *restrict sums, int C, int G, int OC, int F,
                         int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int tile = get_group_id(1), image = get_group_id(2), oc0 = tile * LANES, IC = C / G;
    const int first = (int)get_group_id(0) * LX * TN + (int)get_local_id(0);
    spectra += (image * C + oc0 / (OC / G) * IC) * F * 2;
    w += tile * IC * F * 2 * LANES;
    for (int f = first; f < min(first + LX * TN, F); f += LX) {
        VF re = 0.0f, im = 0.0f;
        for (int ic = 0; ic < IC; ++ic) {
            const float2 v = vload2(ic * F + f, spectra);
            const VF wr = VLOAD(w + (ic * F + f) * 2 * LANES), wi = VLOAD(w + ((ic * F + f) * 2 + 1) * LANES);
            re += v.x * wr + v.y * wi;
            im += v.y * wr - v.x * wi;
        }
        float parts[2][LANES];
        VSTORE(re, parts[0]);
        VSTORE(im, parts[1]);
        for (int i = 0; i < min(LANES, OC - oc0); ++i)
            vstore2((float2)(parts[0][i], parts[1][i]), (image * OC + oc0 + i) * F + f, sums);
    }
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void conv2d_fft_finish(__global const float *restrict x, __global const float *restrict planes,
                       __global const float *restrict bias, __global float *restrict y, int OC, int OH, int OW, int FH,
                       int FW, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int plane = get_group_id(1), first = (int)get_group_id(0) * TN;
#if BIAS
    const float b = bias[plane % OC];
#else
    const float b = 0.0f;
#endif
    for (int oy = first; oy < min(first + TN, OH); ++oy)
        for (int ox = get_local_id(0); ox < OW; ox += LX)
            FINISH_ONE(planes[(plane * FH + oy * SH) * FW + ox * SW] + b, y, (plane * OH + oy) * OW + ox);
}
