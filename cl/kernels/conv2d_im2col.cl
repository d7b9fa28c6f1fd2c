//@ kernel conv2d_im2col
//@ op conv2d
//@ doc Any convolution as a matrix product by CLBlast: what lies under the kernel is copied into columns first.
//@ priority -10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of the last stage
//@ tune TN 1..64 = 1 : rows of a column matrix, or vectors of the result, that a work-item makes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let TAPS = KH * KW
//@ let P = OH * OW
//@ let DEPTH = C / G * TAPS
//@ let COPIES = TAPS > 1 || SH > 1 || SW > 1 || PH > 0 || PW > 0 || GATE
//@ let ELEMS = N * C * TAPS * P
//@ let LANES = P >= VW ? VW : P >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(P, LANES)
//@ let ALL_STEPS = STEPS * N * OC
//@ when !PLANE && !POOL && ELEMS <= 2147483647
//@ define LANES LX KH KW SH SW DH DW BIAS GATE MODE
//@ arg buffer in 0 x
//@ arg buffer in 1 gate
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg buffer scratch columns COPIES ? 4 * ELEMS : 4
//@ arg int C H W OC OH OW PH PW P TN STEPS ALL_STEPS
//@ stage conv2d_im2col_copy
//@ if COPIES
//@ take x gate columns C H W OH OW PH PW TN
//@ local LX, 1, 1
//@ groups ceil(OH, TN), C * TAPS, N
//@ stage multiply_columns
//@ if COPIES
//@ call clblast_gemm w columns y : OC / G, P, DEPTH, N * G, G
//@ stage multiply_x
//@ if !COPIES
//@ call clblast_gemm w x y : OC / G, P, DEPTH, N * G, G
//@ stage conv2d_im2col_finish
//@ take x gate bias y OC P TN STEPS ALL_STEPS
//@ local LX, 1, 1
//@ groups ceil(ALL_STEPS, TN * LX), 1, 1

/* Pixel (iy, ix) of a map, or what stands beside it. */
static inline float read_pixel(__global const float *map, int iy, int ix, int H, int W)
{
#if MODE
    return map[MIRROR(iy, H - 1) * W + MIRROR(ix, W - 1)];
#else
    return (uint)iy < (uint)H && (uint)ix < (uint)W ? map[iy * W + ix] : 0.0f;
#endif
}

/* [N][C][KH][KW][OH][OW]: a group copies TN rows for one channel and tap. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void conv2d_im2col_copy(__global const float *restrict x, __global const float *restrict gate,
                        __global float *restrict columns, int C, int H, int W, int OH, int OW, int PH, int PW,
                        int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int row = get_group_id(1), image = get_group_id(2), oy0 = (int)get_group_id(0) * TN;
    const int channel = row / (KH * KW), tap = row % (KH * KW);
    const int iy0 = tap / KW * DH - PH, ix0 = tap % KW * DW - PW;
    x += (image * C + channel) * H * W;
    gate += image * C;
    columns += (image * C * KH * KW + row) * OH * OW;
    for (int oy = oy0; oy < min(oy0 + TN, OH); ++oy)
        for (int ox = get_local_id(0); ox < OW; ox += LX)
            columns[oy * OW + ox] = GATED(read_pixel(x, oy * SH + iy0, ox * SW + ix0, H, W), channel);
}

/* The products lie in y already. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void conv2d_im2col_finish(__global const float *restrict x, __global const float *restrict gate,
                          __global const float *restrict bias, __global float *restrict y, int OC, int P, int TN,
                          int STEPS, int ALL_STEPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int step0 = (int)get_group_id(0) * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, ALL_STEPS); step += LX) {
        const int row = step / STEPS, p = step % STEPS * LANES, at = row * P + p;
        VF sum = load_some(y + PLACE(at), P - p);
#if BIAS
        sum += bias[row % OC];
#endif
        FINISH(sum, y, at, 0, P - p);
    }
}
