//@ kernel leaky_relu_flat
//@ op leaky_relu
//@ doc Leaky rectifier over a whole tensor, TN vectors a work-item.
//@ layout any
//@ priority 10
//@ epilogue
//@ in_place
//@ tune VW {1,4,8,16} = 1 : floats in a vector
//@ tune TN 1..256 = 1 : vectors a work-item takes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = VW
//@ define LANES LX
//@ arg buffer in 0 x
//@ arg buffer out y
//@ arg int ELEMS TN
//@ arg float slope
//@ local LX, 1, 1
//@ groups ceil(ELEMS, LANES * TN * LX), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void leaky_relu_flat(__global const float *x, __global float *y, int ELEMS, int TN, float slope EPILOGUE_PARAMS)
{
    BEGIN;
    /* Work-items of a group take neighbouring vectors in turn. */
    int at = ((int)get_group_id(0) * TN * LX + (int)get_local_id(0)) * LANES;
    for (int n = 0; n < TN && at < ELEMS; ++n, at += LX * LANES) {
        const VF v = load_some(x + at, ELEMS - at);
        FINISH(LEAKY_RELU(v, slope), y, at, 0, ELEMS - at);
    }
}
