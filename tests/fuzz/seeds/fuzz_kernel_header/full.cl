// A plain comment may stand anywhere in the head.
//@ kernel k
  //@ op conv2d  linear

//@ doc One sentence: with a colon.
//@	priority	-3
//@ tune TM 1..4 = 2 : output channels per work-item
//@ tune VW { 1, 2,8 }=8
//@ let P = OH * OW
//@ let TILES = ceil(P, TM * VW)
//@ when G == 1 && (KH <= 7 || F1.h > 2)
//@ when TM <= OC
//@ define KH KW TM VW P
//@ arg buffer in 1 x
//@ arg buffer param 0 w
//@ arg buffer out y
//@ arg int C OC TILES
//@ arg float eps
//@ pack w oc_tile max(TM, 4)
//@ local_mem TM * VW * 4
//@ local 8, min(TM, 2)
//@ groups ceil(TILES, 8), max(OC, 1), N
/* a comment with __kernel void other(int) in it */
#if VW > 1
__kernel
__attribute__((reqd_work_group_size(8, 2, 1)))
void k(__global const float *x, __global const float *w, // two, of course
                 __global float *y, int C, int OC, int TILES, float eps)
{
}
#else
kernel void __attribute__((vec_type_hint(float)))
k(__global const float *x, __global const float *w,
            __global float *y /* , */, int C, int OC, int TILES, float eps) {}
#endif
