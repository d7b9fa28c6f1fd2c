//@ kernel gaussian_blur_fft
//@ op gaussian_blur
//@ doc Filters by clFFT: the spectrum of every map is multiplied by that of the filter.
//@ priority -20
//@ epilogue
//@ tune TN 1..64 = 1 : rows of a map, or frequencies, that a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let DH = 1
//@ let DW = 1
//@ let NEED_H = H + KH - 1
//@ let NEED_W = W + KW - 1
//@ let TOP_H = NEED_H <= 16 ? 16 : NEED_H <= 32 ? 32 : NEED_H <= 64 ? 64 : NEED_H <= 128 ? 128 : NEED_H <= 256 ? 256 : 512
//@ let TOP_W = NEED_W <= 16 ? 16 : NEED_W <= 32 ? 32 : NEED_W <= 64 ? 64 : NEED_W <= 128 ? 128 : NEED_W <= 256 ? 256 : 512
//@ let FH = TOP_H / 8 * 5 >= NEED_H ? TOP_H / 8 * 5 : TOP_H / 4 * 3 >= NEED_H ? TOP_H / 4 * 3 : TOP_H
//@ let FW = TOP_W / 8 * 5 >= NEED_W ? TOP_W / 8 * 5 : TOP_W / 4 * 3 >= NEED_W ? TOP_W / 4 * 3 : TOP_W
//@ let F = FH * (FW / 2 + 1)
//@ let LANES = 1
//@ when KH * KW >= 9 && NEED_H <= 512 && NEED_W <= 512 && N * C * FH * (FW + 2) <= 2147483647
//@ define LANES LX KH KW BORDER
//@ arg buffer in 0 x
//@ arg buffer param 0 taps
//@ arg buffer out y
//@ arg buffer scratch planes 4 * N * C * FH * FW
//@ arg buffer scratch spectra 8 * N * C * F
//@ arg int H W FH FW F TN
//@ pack taps spectrum 1
//@ stage gaussian_blur_fft_copy
//@ take x planes H W FH FW TN
//@ local LX, 1, 1
//@ groups ceil(FH, TN), N * C, 1
//@ stage forward
//@ call clfft_forward planes spectra : FH, FW, N * C
//@ stage gaussian_blur_fft_multiply
//@ take x spectra taps F TN
//@ local LX, 1, 1
//@ groups ceil(F, TN * LX), N * C, 1
//@ stage backward
//@ call clfft_backward spectra planes : FH, FW, N * C
//@ stage gaussian_blur_fft_finish
//@ take x planes y H W FH FW TN
//@ local LX, 1, 1
//@ groups ceil(H, TN), N * C, 1

/* A map with its border, from its corner on; what lies behind it does not matter, as no window reads it. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void gaussian_blur_fft_copy(__global const float *restrict x, __global float *restrict planes, int H, int W, int FH,
                            int FW, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int map = get_group_id(1), first = (int)get_group_id(0) * TN;
    x += map * H * W;
    planes += map * FH * FW;
    for (int row = first; row < min(first + TN, FH); ++row)
        for (int column = get_local_id(0); column < FW; column += LX) {
            const int iy = row - KH / 2, ix = column - KW / 2;
            const int outside = BORDER == 0 && ((uint)iy >= (uint)H || (uint)ix >= (uint)W);
            planes[row * FW + column] = outside ? 0.0f : x[clamp(iy, 0, H - 1) * W + clamp(ix, 0, W - 1)];
        }
}

/* A correlation: by the conjugate of the filter's spectrum. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void gaussian_blur_fft_multiply(__global const float *restrict x, __global float *restrict spectra,
                                __global const float *restrict taps, int F, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int first = (int)get_group_id(0) * LX * TN + (int)get_local_id(0);
    spectra += (int)get_group_id(1) * F * 2;
    for (int f = first; f < min(first + LX * TN, F); f += LX) {
        const float2 v = vload2(f, spectra), t = vload2(f, taps);
        vstore2((float2)(v.x * t.x + v.y * t.y, v.y * t.x - v.x * t.y), f, spectra);
    }
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void gaussian_blur_fft_finish(__global const float *restrict x, __global const float *restrict planes,
                              __global float *restrict y, int H, int W, int FH, int FW, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int map = get_group_id(1), first = (int)get_group_id(0) * TN;
    for (int row = first; row < min(first + TN, H); ++row)
        for (int column = get_local_id(0); column < W; column += LX)
            FINISH_ONE(planes[(map * FH + row) * FW + column], y, (map * H + row) * W + column);
}
