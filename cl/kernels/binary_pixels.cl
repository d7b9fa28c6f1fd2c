//@ kernel binary_pixels
//@ op add mul sub
//@ doc A map in blocks of channels and one number for each of its pixels: a work-item takes TN pixels of one block.
//@ layout blocked blocked
//@ priority 20
//@ epilogue
//@ in_place
//@ tune TN 1..256 = 1 : pixels a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along pixels
//@ when D0 == 1 && D3 == IN_PIXELS && D2 == IN_C && A3 == 1 && A2 == D3 && B3 == 1 && B2 == 0
//@ let LANES = BLOCK
//@ let CB = ceil(IN_C, BLOCK)
//@ let PIXELS = D3
//@ let PIXEL_GROUPS = ceil(PIXELS, TN * LX)
//@ define LANES LX FN
//@ arg buffer in 0 a
//@ arg buffer in 1 b
//@ arg buffer out y
//@ arg int CB B1 PIXELS PIXEL_GROUPS TN
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * D1 * CB, 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void binary_pixels(__global const float *a, __global const float *restrict b, __global float *y, int CB, int B1,
                   int PIXELS, int PIXEL_GROUPS, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), plane = group / PIXEL_GROUPS;
    b += plane / CB * B1;
    /* Work-items of a group take neighbouring pixels in turn. */
    int p = group % PIXEL_GROUPS * TN * LX + (int)get_local_id(0);
    for (int n = 0; n < TN && p < PIXELS; ++n, p += LX) {
        const int at = (plane * PIXELS + p) * LANES;
        const VF v = VLOAD(a + at), number = b[p];
        FINISH(COMBINE(v, number), y, at, 0, LANES);
    }
}
