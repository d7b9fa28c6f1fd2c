//@ kernel binary_channels
//@ op add mul sub
//@ doc A map and one number for each of its channels, in either order, in blocks of channels: a work-item takes TN pixels of one block.
//@ layout blocked blocked
//@ priority 20
//@ epilogue
//@ in_place
//@ tune TN 1..256 = 1 : pixels a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along pixels
//@ let SWAPPED = A3 == 0
//@ let PIXELS = D3
//@ when !FLAT && D0 == 1 && (SWAPPED ? IN_PIXELS == 1 && A2 == 1 && B3 == 1 && B2 == D3 && (D1 == 1 || A1 == 0) : D3 == IN_PIXELS && A3 == 1 && A2 == D3 && B3 == 0 && B2 == 1 && (D1 == 1 || B1 == 0))
//@ let LANES = BLOCK
//@ let CB = ceil(IN_C, BLOCK)
//@ let PLANES = D1 * D2 / IN_C * CB
//@ let EACH_IMAGE = D2 > IN_C
//@ let PIXEL_GROUPS = ceil(PIXELS, TN * LX)
//@ define LANES LX FN SWAPPED
//@ arg buffer in 0 a
//@ arg buffer in 1 b
//@ arg buffer out y
//@ arg int IN_C CB EACH_IMAGE PIXELS PIXEL_GROUPS TN
//@ local LX, 1, 1
//@ groups PIXEL_GROUPS * PLANES, 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void binary_channels(__global const float *a, __global const float *b, __global float *y,
                     int IN_C, int CB, int EACH_IMAGE, int PIXELS, int PIXEL_GROUPS, int TN EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), plane = group / PIXEL_GROUPS, block = EACH_IMAGE ? plane : plane % CB;
    /* Of [C,1,1] there may be no whole last block. */
    const VF number = load_some((SWAPPED ? a : b) + block * LANES, IN_C - plane % CB * LANES);
    /* Work-items of a group take neighbouring pixels in turn. */
    int p = group % PIXEL_GROUPS * TN * LX + (int)get_local_id(0);
    for (int n = 0; n < TN && p < PIXELS; ++n, p += LX) {
        const int at = (plane * PIXELS + p) * LANES;
        const VF element = VLOAD((SWAPPED ? b : a) + at);
        FINISH(SWAPPED ? COMBINE(number, element) : COMBINE(element, number), y, at, 0, LANES);
    }
}
