//@ kernel anchor_decode_cell
//@ op anchor_decode
//@ doc Anchor boxes: each work-item moves and scales one anchor at a vector of cells.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : cells a work-item decodes
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items of a group
//@ let LANES = VW
//@ let STEP_GROUPS = ceil(H * W, LANES * LX)
//@ define LANES LX CLAMP CLIP
//@ arg buffer in 0 x
//@ arg buffer param 0 extents
//@ arg buffer out y
//@ arg int A H W STEP_Y STEP_X IMAGE_H IMAGE_W STEP_GROUPS
//@ local LX, 1, 1
//@ groups STEP_GROUPS * A * N, 1, 1

#if CLAMP
#define GROWTH(d) exp(AT_MOST(d, 4.13516655674235576f)) /* log(1000/16) */
#else
#define GROWTH(d) exp(d)
#endif
#if CLIP
#define INSIDE(at, last) AT_MOST(AT_LEAST(at, 0.0f), (float)(last))
#else
#define INSIDE(at, last) (at)
#endif

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void anchor_decode_cell(__global const float *restrict x, __global const float *restrict extents,
                        __global float *restrict y, int A, int H, int W, int STEP_Y, int STEP_X, int IMAGE_H,
                        int IMAGE_W, int STEP_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), plane = H * W, unit = group / STEP_GROUPS, a = unit % A;
    const int cell0 = (group % STEP_GROUPS * LX + (int)get_local_id(0)) * LANES, count = plane - cell0;
    if (count <= 0)
        return;
    const float width = extents[2 * a], height = extents[2 * a + 1];
    x += unit * 4 * plane + cell0;
    const VF dx = load_some(x, count) * width, dy = load_some(x + plane, count) * height;
    const VF dw = load_some(x + 2 * plane, count), dh = load_some(x + 3 * plane, count);
    const VF half_w = 0.5f * width * GROWTH(dw), half_h = 0.5f * height * GROWTH(dh);
    float centre_x[LANES], centre_y[LANES], right[LANES], down[LANES];
    VSTORE(dx, centre_x);
    VSTORE(dy, centre_y);
    VSTORE(half_w, right);
    VSTORE(half_h, down);
    for (int i = 0; i < min(LANES, count); ++i) {
        const int cell = cell0 + i;
        const float cx = (float)(cell % W * STEP_X) + centre_x[i], cy = (float)(cell / W * STEP_Y) + centre_y[i];
        const float4 box = (float4)(INSIDE(cx - right[i], IMAGE_W), INSIDE(cy - down[i], IMAGE_H),
                                    INSIDE(cx + right[i], IMAGE_W), INSIDE(cy + down[i], IMAGE_H));
        vstore4(box, 0, y + PLACE(((unit / A * plane + cell) * A + a) * 4));
    }
}
