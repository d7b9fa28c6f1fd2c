//@ kernel linear_gemm
//@ op linear
//@ doc Rows times matrix by CLBlast.
//@ priority -10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of the last stage
//@ tune TN 1..64 = 1 : vectors of the result that a work-item finishes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = O >= VW ? VW : O >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(O, LANES)
//@ let ALL_STEPS = STEPS * M
//@ define LANES LX BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int O TN STEPS ALL_STEPS
//@ pack w oc_tile O
//@ stage multiply
//@ call clblast_gemm x w y : M, O, K, 1, 1
//@ stage linear_gemm_finish
//@ take x bias y O TN STEPS ALL_STEPS
//@ local LX, 1, 1
//@ groups ceil(ALL_STEPS, TN * LX), 1, 1

/* The products lie in y already. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void linear_gemm_finish(__global const float *restrict x, __global const float *restrict bias,
                        __global float *restrict y, int O, int TN, int STEPS, int ALL_STEPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int step0 = (int)get_group_id(0) * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, ALL_STEPS); step += LX) {
        const int row = step / STEPS, o = step % STEPS * LANES, at = row * O + o;
        VF sum = load_some(y + PLACE(at), O - o);
#if BIAS
        sum += load_some(bias + o, O - o);
#endif
        FINISH(sum, y, at, 0, O - o);
    }
}
