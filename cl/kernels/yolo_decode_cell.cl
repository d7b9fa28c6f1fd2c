//@ kernel yolo_decode_cell
//@ op yolo_decode
//@ doc YOLO boxes: each work-item reads a vector of cells plane by plane and writes their rows.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : cells a work-item decodes
//@ tune LX {1,2,4,8,16,32,64} = 32 : work-items of a group
//@ let LANES = VW
//@ let STEP_GROUPS = ceil(H * W, LANES * LX)
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int A H W AW0 AH0 AW1 AH1 AW2 AH2 COLS STRIDE STEP_GROUPS
//@ local LX, 1, 1
//@ groups STEP_GROUPS * A * N, 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void yolo_decode_cell(__global const float *restrict x, __global float *restrict y, int A, int H, int W, int AW0,
                      int AH0, int AW1, int AH1, int AW2, int AH2, int COLS, int STRIDE, int STEP_GROUPS)
{
    const int group = get_group_id(0), plane = H * W, anchor = group / STEP_GROUPS; /* counted over the batch */
    const int cell0 = (group % STEP_GROUPS * LX + (int)get_local_id(0)) * LANES;
    const int a = anchor % A;
    const float width = a == 0 ? AW0 : a == 1 ? AW1 : AW2, height = a == 0 ? AH0 : a == 1 ? AH1 : AH2;
    if (cell0 >= plane)
        return;
    x += anchor * COLS * plane + cell0;
    y += (anchor * plane + cell0) * COLS;
    for (int c = 0; c < COLS; ++c) {
        const VF s = 1.0f / (1.0f + exp(-load_some(x + c * plane, plane - cell0)));
        float value[LANES];
        VSTORE(s, value);
        for (int i = 0; i < min(LANES, plane - cell0); ++i) {
            const float twice = 2.0f * value[i];
            const int cell = cell0 + i;
            y[i * COLS + c] = c == 0   ? (twice - 0.5f + (float)(cell % W)) * (float)STRIDE
                              : c == 1 ? (twice - 0.5f + (float)(cell / W)) * (float)STRIDE
                              : c == 2 ? twice * twice * width
                              : c == 3 ? twice * twice * height
                                       : value[i];
        }
    }
}
