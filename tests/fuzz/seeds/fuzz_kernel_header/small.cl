//@ kernel k
//@ op relu
//@ doc d
//@ tune TM 1..8 = 4
//@ let Q = ceil(N, TM)
//@ define TM
//@ arg buffer in 0 x
//@ arg buffer param 1 w
//@ arg buffer out y
//@ arg int N
//@ local 16
//@ groups Q, 1, 1
__kernel void k(__global float *x, __global float *w, __global float *y, int N) {}
