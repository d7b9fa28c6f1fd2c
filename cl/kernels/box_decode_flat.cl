//@ kernel box_decode_flat
//@ op box_decode
//@ doc Moves and scales boxes, one result box a work-item.
//@ priority 10
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let BOXES = ROIS * CLASSES
//@ define LX CLAMP CLIP
//@ arg buffer in 0 rois
//@ arg buffer in 1 deltas
//@ arg buffer out y
//@ arg int COLS CLASSES WX WY WW WH IMAGE_H IMAGE_W BOXES
//@ local LX, 1, 1
//@ groups ceil(BOXES, LX), 1, 1

#if CLAMP
#define GROWTH(d) exp(AT_MOST(d, 4.13516655674235576f)) /* log(1000/16) */
#else
#define GROWTH(d) exp(d)
#endif
#if CLIP
#define PLACE(at, last) AT_MOST(AT_LEAST(at, 0.0f), (float)(last))
#else
#define PLACE(at, last) (at)
#endif

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void box_decode_flat(__global const float *restrict rois, __global const float *restrict deltas,
                     __global float *restrict y, int COLS, int CLASSES, int WX, int WY, int WW, int WH, int IMAGE_H,
                     int IMAGE_W, int BOXES)
{
    const int box = get_global_id(0);
    if (box >= BOXES)
        return;
    rois += box / CLASSES * COLS;
    const float4 delta = vload4(box, deltas) / (float4)(WX, WY, WW, WH);
    const float width = rois[2] - rois[0], height = rois[3] - rois[1];
    const float cx = rois[0] + 0.5f * width + delta.x * width, cy = rois[1] + 0.5f * height + delta.y * height;
    const float half_w = 0.5f * width * GROWTH(delta.z), half_h = 0.5f * height * GROWTH(delta.w);
    const float4 result = (float4)(PLACE(cx - half_w, IMAGE_W), PLACE(cy - half_h, IMAGE_H),
                                   PLACE(cx + half_w, IMAGE_W), PLACE(cy + half_h, IMAGE_H));
    vstore4(result, box, y);
}
