//@ kernel matmul_gemm
//@ op matmul
//@ doc Batched matrix product by CLBlast.
//@ priority -10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of the last stage
//@ tune TN 1..64 = 1 : vectors of the result that a work-item finishes
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items of a group
//@ let LANES = P >= VW ? VW : P >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(P, LANES)
//@ let ALL_STEPS = STEPS * M * B
//@ define LANES LX
//@ arg buffer in 0 a
//@ arg buffer in 1 b
//@ arg buffer out y
//@ arg int P TN STEPS ALL_STEPS
//@ stage multiply
//@ call clblast_gemm a b y : M, P, K, B, B
//@ stage matmul_gemm_finish
//@ take a b y P TN STEPS ALL_STEPS
//@ local LX, 1, 1
//@ groups ceil(ALL_STEPS, TN * LX), 1, 1

/* The products lie in y already. */
__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void matmul_gemm_finish(__global const float *restrict a, __global const float *restrict b, __global float *restrict y,
                        int P, int TN, int STEPS, int ALL_STEPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int step0 = (int)get_group_id(0) * LX * TN + (int)get_local_id(0);
    for (int step = step0; step < min(step0 + TN * LX, ALL_STEPS); step += LX) {
        const int row = step / STEPS, p = step % STEPS * LANES, at = row * P + p;
        FINISH(load_some(y + PLACE(at), P - p), y, at, 0, P - p);
    }
}
