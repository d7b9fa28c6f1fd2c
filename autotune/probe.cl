/* What the device probe runs. Each kernel does so much of one thing that only one limit of the device shows. With HALF
 * the arithmetic is that of half precision. */
#ifdef HALF
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
typedef half REAL;
#define VECTOR_(width) half##width
#else
typedef float REAL;
#define VECTOR_(width) float##width
#endif
#define VECTOR(width) VECTOR_(width)

/* Twelve chains that do not wait for each other hide the latency of an addition on everything known, and with their two
 * factors still fit sixteen registers. */
#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define BEGIN(i) vector a##i = (vector)((REAL)(get_local_id(0) + i));
#define STEP(i) a##i = a##i * x + y;
#define ADD(i) +a##i

#define PROBE_FMA(name, type)                                                                                          \
    __kernel void name(__global type *out, int rounds, float factor, float summand)                                    \
    {                                                                                                                  \
        typedef type vector;                                                                                           \
        const vector x = (vector)((REAL)factor), y = (vector)((REAL)summand);                                          \
        EACH(BEGIN)                                                                                                    \
        for (int r = 0; r < rounds; r++) {                                                                             \
            EACH(STEP)                                                                                                 \
        }                                                                                                              \
        out[get_global_id(0)] = EACH(ADD);                                                                             \
    }

PROBE_FMA(probe_fma_1, REAL)
PROBE_FMA(probe_fma_4, VECTOR(4))
PROBE_FMA(probe_fma_8, VECTOR(8))
PROBE_FMA(probe_fma_16, VECTOR(16))

#ifndef HALF
/* Work-groups copy pieces that lie side by side. In the first round they come from memory, later from where `each *
 * rounds` vectors of every work-item still lie. */
#define PROBE_COPY(name, type)                                                                                         \
    __kernel void name(__global const type *in, __global type *out, int each, int rounds)                              \
    {                                                                                                                  \
        const int lanes = get_local_size(0), first = get_group_id(0) * each * lanes + get_local_id(0);                 \
        for (int r = 0; r < rounds; r++)                                                                               \
            for (int i = 0; i < each; i++)                                                                             \
                out[first + i * lanes] = in[first + i * lanes];                                                        \
    }

PROBE_COPY(probe_copy_4, float4)
PROBE_COPY(probe_copy_16, float16)

/* Every work-item reads the tile over and over, neighbours side by side; TILE is a power of two. Four sums, so that
 * additions are not what takes the time. */
#define TILE 1024
#define PROBE_READ(tile)                                                                                               \
    float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;                                                                  \
    for (int r = 0; r < rounds; r++)                                                                                   \
        for (int i = 0; i < TILE; i += 4) {                                                                            \
            s0 += (tile)[i ^ l];                                                                                       \
            s1 += (tile)[(i + 1) ^ l];                                                                                 \
            s2 += (tile)[(i + 2) ^ l];                                                                                 \
            s3 += (tile)[(i + 3) ^ l];                                                                                 \
        }                                                                                                              \
    out[get_global_id(0)] = s0 + s1 + s2 + s3;

__kernel void probe_read_local(__global const float *in, __global float *out, int rounds)
{
    __local float tile[TILE];
    const int l = get_local_id(0);
    for (int i = l; i < TILE; i += get_local_size(0))
        tile[i] = in[i];
    barrier(CLK_LOCAL_MEM_FENCE);
    PROBE_READ(tile)
}

__kernel void probe_read_global(__global const float *in, __global float *out, int rounds)
{
    const int l = get_local_id(0);
    PROBE_READ(in)
}

__kernel void probe_launch(__global float *out)
{
    out[get_global_id(0)] = 1.0f;
}
#endif
