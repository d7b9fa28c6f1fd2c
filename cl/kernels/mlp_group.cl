//@ kernel mlp_group
//@ op mlp
//@ doc One work-group takes a sample through all layers, and pools its map before; vectors stay in local memory.
//@ layout either nchw
//@ priority 10
//@ epilogue
//@ tune VW {1,4,8,16} = 1 : outputs in a vector
//@ tune TN {1,2,4,8} = 1 : vectors of outputs a work-item sums
//@ tune LX {1,2,4,8,16,32,64} = 16 : work-items along the outputs
//@ tune SLICES {0,1,2,4,8,16} = 0 : of a layer's inputs; 0: as many as a work-group of the device has room for
//@ let POOLS = MEAN + MAX
//@ when POOLS > 0 || IN_BLOCK == 1
//@ let VECTORS = max(INPUTS, POOLS)
//@ let INPUT_ROOM = max(1, POOLS) * K
//@ let IMAGE = ceil(K, IN_BLOCK) * IN_BLOCK * S
//@ let LANES = IN_BLOCK > 1 ? IN_BLOCK : POOLS > 0 ? max(VW, 4) : VW
//@ let TILE = LANES * TN
//@ let LY = SLICES > 0 ? SLICES : max(1, min(16, min(MAX_GROUP, 1024 / TILE / max(1, POOLS)) / LX))
//@ let PART = max(LY > 1 ? LX * LY * TILE : 1, LX * LY * IN_BLOCK * POOLS)
//@ let PACK = TILE * LX
//@ let ROOM = ceil(INPUT_ROOM + H1 + H2, 256) * 256
//@ define LANES TN TILE LX LY ROOM PART VECTORS LAYERS POOLS MEAN MAX IN_BLOCK
//@ arg buffer in 0 x
//@ arg buffer in 1 other
//@ arg buffer param 0 w0
//@ arg buffer param 1 bias0
//@ arg buffer param 6 w1
//@ arg buffer param 7 bias1
//@ arg buffer param 12 w2
//@ arg buffer param 13 bias2
//@ arg buffer out y
//@ arg int K H1 H2 O S IMAGE INPUT_ROOM
//@ pack w0 oc_tile PACK
//@ pack w1 oc_tile PACK
//@ pack w2 oc_tile PACK
//@ local_mem (ROOM + PART) * 4
//@ local LX, LY, 1
//@ groups N, 1, 1

/* Sums of a tile of outputs; with slices, those of the first one are complete. The weights are [O / PACK][K][PACK]. */
static inline __attribute__((always_inline)) /* it holds barriers: tests/lint/kernels.py says why */
void sum_tile(__local const float *x, int K, __global const float *w, __local float *part, VF sum[TN])
{
    const int lx = get_local_id(0), ly = get_local_id(1);
    #pragma unroll
    for (int n = 0; n < TN; ++n)
        sum[n] = 0.0f;
    for (int k = ly; k < K; k += LY) {
        #pragma unroll
        for (int n = 0; n < TN; ++n)
            sum[n] += x[k] * VLOAD(w + (k * LX + lx) * TILE + n * LANES);
    }
#if LY > 1
    barrier(CLK_LOCAL_MEM_FENCE); /* the previous tile's parts have been read */
    for (int n = 0; n < TN; ++n)
        VSTORE(sum[n], part + (ly * LX + lx) * TILE + n * LANES);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int s = 1; s < LY && ly == 0; ++s)
        for (int n = 0; n < TN; ++n)
            sum[n] += VLOAD(part + (s * LX + lx) * TILE + n * LANES);
#endif
}

/* A layer and relu; the result is added to what `y` holds already, or stands there alone. */
static inline __attribute__((always_inline))
void hidden_layer(__local const float *x, int K, __global const float *w, __global const float *bias, int O,
                  __local float *part, __local float *y, int add)
{
    const int lx = get_local_id(0), ly = get_local_id(1);
    for (int tile = 0; tile < O; tile += TILE * LX) {
        VF sum[TN];
        sum_tile(x, K, w + tile * K, part, sum);
        for (int n = 0; n < TN && ly == 0; ++n) {
            const int o = tile + lx * TILE + n * LANES;
            if (o >= O)
                break;
            const VF v = sum[n] + load_some(bias + o, O - o);
            float value[LANES];
            VSTORE(AT_LEAST(v, 0.0f), value);
            for (int i = 0; i < min(LANES, O - o); ++i)
                y[o + i] = add ? y[o + i] + value[i] : value[i];
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
}

static inline __attribute__((always_inline))
void last_layer(__local const float *x, int K, __global const float *w, __global const float *bias, int O,
                __local float *part, __global float *y, int first EPILOGUE_PARAMS)
{
    const int lx = get_local_id(0), ly = get_local_id(1);
    for (int tile = 0; tile < O; tile += TILE * LX) {
        VF sum[TN];
        sum_tile(x, K, w + tile * K, part, sum);
        for (int n = 0; n < TN && ly == 0; ++n) {
            const int o = tile + lx * TILE + n * LANES;
            if (o >= O)
                break;
            FINISH(sum[n] + load_some(bias + o, O - o), y, first + o, 0, O - o);
        }
    }
}

__kernel __attribute__((reqd_work_group_size(LX, LY, 1)))
void mlp_group(__global const float *restrict x, __global const float *restrict other, __global const float *restrict w0,
               __global const float *restrict bias0, __global const float *restrict w1,
               __global const float *restrict bias1, __global const float *restrict w2,
               __global const float *restrict bias2, __global float *restrict y, int K, int H1, int H2, int O, int S,
               int IMAGE, int INPUT_ROOM EPILOGUE_PARAMS)
{
    BEGIN;
    __local float room[ROOM]; /* the inputs and the hidden vectors behind them */
    __local float part[PART];
    __local float *first = room + INPUT_ROOM, *second = first + H1;
    const int sample = get_group_id(0);
#if POOLS > 0
    pool_planes(x + sample * IMAGE, K, S, part, room);
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
    for (int vector = 0; vector < VECTORS; ++vector) {
#if POOLS == 0
        for (int k = (int)get_local_id(1) * LX + (int)get_local_id(0); k < K; k += LX * LY)
            room[k] = (vector == 0 ? x : other)[sample * K + k];
        barrier(CLK_LOCAL_MEM_FENCE);
#endif
        hidden_layer(room + (POOLS > 1 ? vector * K : 0), K, w0, bias0, H1, part, first, LAYERS == 2 && vector > 0);
#if LAYERS == 3
        hidden_layer(first, H1, w1, bias1, H2, part, second, vector > 0);
#endif
    }
    /* The last layer is linear: it sees the sum over the vectors. */
#if LAYERS == 3
    last_layer(second, H2, w2, bias2, O, part, y, sample * O EPILOGUE_ARGS);
#else
    last_layer(first, H1, w1, bias1, O, part, y, sample * O EPILOGUE_ARGS);
#endif
}
