//@ kernel linear_dot
//@ op linear
//@ doc Rows times matrix: a work-item sums a tile of outputs over its slice of K; slices meet in local memory.
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : outputs in a vector
//@ tune TM 1..8 = 1 : rows of a tile
//@ tune TN 1..16 = 1 : vectors of outputs in a tile, shared out among its rows
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along outputs
//@ tune LY {1,2,4,8,16} = 4 : slices of K
//@ let ROWS = min(TM, M)
//@ let LANES = O >= VW ? VW : O >= 4 ? min(VW, 4) : 1
//@ let COLUMNS = min(max(1, TN / ROWS), ceil(O, LANES))
//@ let TILE = LANES * COLUMNS
//@ let PACK = TILE * LX
//@ let OUTPUT_GROUPS = ceil(O, TILE * LX)
//@ define LANES ROWS COLUMNS TILE LX LY BIAS
//@ arg buffer in 0 x
//@ arg buffer param 0 w
//@ arg buffer param 1 bias
//@ arg buffer out y
//@ arg int M K O OUTPUT_GROUPS
//@ pack w oc_tile PACK
//@ local_mem LY > 1 ? LX * LY * ROWS * TILE * 4 : 0
//@ local LX, LY, 1
//@ groups OUTPUT_GROUPS * ceil(M, ROWS), 1, 1

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void linear_dot(__global const float *restrict x, __global const float *restrict w, __global const float *restrict bias,
                __global float *restrict y, int M, int K, int O, int OUTPUT_GROUPS EPILOGUE_PARAMS)
{
    BEGIN;
    const int group = get_group_id(0), lx = get_local_id(0), ly = get_local_id(1);
    const int output_group = group % OUTPUT_GROUPS, m0 = group / OUTPUT_GROUPS * ROWS;

    VF sum[ROWS][COLUMNS];
    __global const float *row[ROWS];
    #pragma unroll
    for (int m = 0; m < ROWS; ++m) {
        row[m] = x + min(m0 + m, M - 1) * K;
        #pragma unroll
        for (int n = 0; n < COLUMNS; ++n)
            sum[m][n] = 0.0f;
    }
    w += output_group * K * LX * TILE + lx * TILE; /* [O / (LX * TILE)][K][LX * TILE]: neighbours read side by side */
    for (int k = ly; k < K; k += LY) {
        VF v[COLUMNS];
        #pragma unroll
        for (int n = 0; n < COLUMNS; ++n)
            v[n] = VLOAD(w + k * TILE * LX + n * LANES);
        #pragma unroll
        for (int m = 0; m < ROWS; ++m) {
            const float xm = row[m][k];
            #pragma unroll
            for (int n = 0; n < COLUMNS; ++n)
                sum[m][n] += xm * v[n];
        }
    }

#if LY > 1
    __local float part[LY][ROWS * TILE][LX];
    for (int m = 0; m < ROWS; ++m)
        for (int n = 0; n < COLUMNS; ++n) {
            float value[LANES];
            VSTORE(sum[m][n], value);
            for (int i = 0; i < LANES; ++i)
                part[ly][m * TILE + n * LANES + i][lx] = value[i];
        }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (ly > 0)
        return;
    for (int m = 0; m < ROWS; ++m)
        for (int n = 0; n < COLUMNS; ++n) {
            float value[LANES];
            for (int i = 0; i < LANES; ++i) {
                value[i] = 0.0f;
                for (int s = 0; s < LY; ++s)
                    value[i] += part[s][m * TILE + n * LANES + i][lx];
            }
            sum[m][n] = VLOAD(value);
        }
#endif

    #pragma unroll
    for (int m = 0; m < ROWS; ++m)
        #pragma unroll
        for (int n = 0; n < COLUMNS; ++n) {
            const int o = (output_group * LX + lx) * TILE + n * LANES;
            if (m0 + m < M && o < O) {
#if BIAS
                sum[m][n] += load_some(bias + o, O - o);
#endif
                FINISH(sum[m][n], y, (m0 + m) * O + o, 0, O - o);
            }
        }
}
