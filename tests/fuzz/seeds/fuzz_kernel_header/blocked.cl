//@ kernel k
//@ op relu
//@ doc d
//@ layout blocked either
//@ epilogue
//@ in_place
//@ tune TM 1..8 = 4
//@ let Q = ceil(N, TM * BLOCK)
//@ define TM BLOCK
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer out y
//@ arg int N
//@ pack w oc_tile_blocked TM
//@ local 16
//@ groups Q, 1, 1
__kernel void k(__global float *x, __global float *w, __global float *y, int N EPILOGUE_PARAMS) {}
