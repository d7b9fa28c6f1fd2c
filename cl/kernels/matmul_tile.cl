//@ kernel matmul_tile
//@ op matmul
//@ doc Batched matrix product: each work-item sums TM rows by TN vectors of columns in registers.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : floats in a vector of columns
//@ tune TM 1..16 = 4 : rows of a tile
//@ tune TN 1..4 = 1 : vectors of a tile
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along columns
//@ tune LY {1,2,4,8} = 4 : work-items along rows
//@ let LANES = P >= VW ? VW : P >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(P, LANES)
//@ let COLUMN_GROUPS = ceil(STEPS, TN * LX)
//@ define LANES TM TN LX LY
//@ arg buffer in 0 a
//@ arg buffer in 1 b
//@ arg buffer out y
//@ arg int M K P STEPS COLUMN_GROUPS
//@ local LX, LY, 1
//@ groups COLUMN_GROUPS * ceil(M, TM * LY), 1, B

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void matmul_tile(__global const float *restrict a, __global const float *restrict b, __global float *restrict y, int M,
                 int K, int P, int STEPS, int COLUMN_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), batch = get_group_id(2);
    const int m0 = (group / COLUMN_GROUPS * LY + (int)get_local_id(1)) * TM;
    const int step0 = (group % COLUMN_GROUPS * LX + (int)get_local_id(0)) * TN;
    if (m0 >= M || step0 >= STEPS)
        return;

    int start[TN];
    __global const float *row[TM];
    VF sum[TM][TN];
    #pragma unroll
    for (int m = 0; m < TM; ++m) {
        row[m] = a + (batch * M + min(m0 + m, M - 1)) * K;
        #pragma unroll
        for (int n = 0; n < TN; ++n) {
            start[n] = min((step0 + n) * LANES, P - LANES); /* the last vector moves back to stay inside the row */
            sum[m][n] = 0.0f;
        }
    }
    b += batch * K * P;
    for (int k = 0; k < K; ++k, b += P) {
        VF v[TN];
        #pragma unroll
        for (int n = 0; n < TN; ++n)
            v[n] = VLOAD(b + start[n]);
        #pragma unroll
        for (int m = 0; m < TM; ++m) {
            const float am = row[m][k];
            #pragma unroll
            for (int n = 0; n < TN; ++n)
                sum[m][n] += am * v[n];
        }
    }
    #pragma unroll
    for (int m = 0; m < TM; ++m)
        #pragma unroll
        for (int n = 0; n < TN; ++n)
            if (m0 + m < M && step0 + n < STEPS)
                FINISH(sum[m][n], y, (batch * M + m0 + m) * P + start[n], (step0 + n) * LANES - start[n], LANES);
}
