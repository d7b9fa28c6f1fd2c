//@ kernel coordinate_scale_plane
//@ op coordinate_scale
//@ doc One work-group takes a plane; its work-items share the vectors of each row.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items of a group
//@ let LANES = W >= VW ? VW : W >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(W, LANES)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer in 1 rows
//@ arg buffer in 2 columns
//@ arg buffer out y
//@ arg int H W STEPS R R_AT L L_AT
//@ local LX, 1, 1
//@ groups PLANES, 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void coordinate_scale_plane(__global const float *restrict x, __global const float *restrict rows,
                            __global const float *restrict columns, __global float *restrict y, int H, int W, int STEPS,
                            int R, int R_AT, int L, int L_AT EPILOGUE_PARAMS)
{
    BEGIN;
    const int plane = get_group_id(0);
    rows += plane * R + R_AT;
    columns += plane * L + L_AT;
    for (int i = get_local_id(0); i < H * STEPS; i += LX) {
        const int row = i / STEPS, step = i - row * STEPS;
        const int start = min(step * LANES, W - LANES); /* the last vector moves back to stay inside */
        const int at = (plane * H + row) * W + start;
        FINISH(VLOAD(x + at) * rows[row] * VLOAD(columns + start), y, at, step * LANES - start, LANES);
    }
}
