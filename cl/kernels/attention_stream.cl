//@ kernel attention_stream
//@ op attention
//@ doc Attention without a score matrix: a work-item takes a vector of queries past all keys, TK at a time.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : queries in a vector
//@ tune TK 1..16 = 4 : keys between two looks at the largest score
//@ tune LX {1,2,4,8,16,32,64} = 64 : work-items along the queries
//@ let LANES = T >= VW ? VW : T >= 4 ? min(VW, 4) : 1
//@ let STEPS = ceil(T, LANES)
//@ let STEP_GROUPS = ceil(STEPS, LX)
//@ define LANES TK LX D PACKED CHANNELS_FIRST
//@ arg buffer in 0 q
//@ arg buffer in 1 k
//@ arg buffer in 2 v
//@ arg buffer out y
//@ arg int HEADS T S STEPS
//@ arg float scale
//@ local LX, 1, 1
//@ groups STEP_GROUPS, HEADS, B

/* Of a tensor with `width` channels and `tokens` tokens: steps to the next token and to the next channel. */
#if CHANNELS_FIRST
#define TOKEN_STEP(width) 1
#define CHANNEL_STEP(tokens) (tokens)
#else
#define TOKEN_STEP(width) (width)
#define CHANNEL_STEP(tokens) 1
#endif

/* One channel of neighbouring tokens. */
static inline VF load_tokens(__global const float *p, int step)
{
#if CHANNELS_FIRST || LANES == 1
    return VLOAD(p);
#else
    float value[LANES];
    for (int i = 0; i < LANES; ++i)
        value[i] = p[i * step];
    return VLOAD(value);
#endif
}

static inline void store_tokens(VF v, __global float *p, int step, int from)
{
#if CHANNELS_FIRST || LANES == 1
    store_lanes(v, p, from, LANES);
#else
    float value[LANES];
    VSTORE(v, value);
    for (int i = from; i < LANES; ++i)
        p[i * step] = value[i];
#endif
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void attention_stream(__global const float *restrict q, __global const float *restrict k,
                      __global const float *restrict v, __global float *restrict y, int HEADS, int T, int S, int STEPS,
                      float scale)
{
    const int step = get_global_id(0), head = get_group_id(1), image = get_group_id(2);
    if (step >= STEPS)
        return;
    const int start = min(step * LANES, T - LANES); /* the last vector moves back to stay inside the tokens */
    const int out_width = HEADS * D, width = PACKED ? 3 * out_width : out_width;
    const int token = TOKEN_STEP(width), q_channel = CHANNEL_STEP(T), channel = CHANNEL_STEP(S);
    q += image * T * width + head * D * q_channel;
#if PACKED
    k = q + out_width * q_channel;
    v = k + out_width * q_channel;
#else
    k += image * S * width + head * D * channel;
    v += image * S * width + head * D * channel;
#endif

    VF query[D], mixed[D];
    for (int d = 0; d < D; ++d) {
        query[d] = load_tokens(q + start * token + d * q_channel, token) * scale;
        mixed[d] = 0.0f;
    }
    VF top = -INFINITY, sum = 0.0f;
    for (int s = 0; s < S; s += TK) {
        int at[TK];
        VF score[TK];
        #pragma unroll
        for (int i = 0; i < TK; ++i) {
            at[i] = min(s + i, S - 1) * token; /* keys past the end are met again and weigh nothing */
            score[i] = 0.0f;
        }
        for (int d = 0; d < D; ++d) {
            #pragma unroll
            for (int i = 0; i < TK; ++i)
                score[i] += query[d] * k[at[i] + d * channel];
        }
        VF new_top = top;
        #pragma unroll
        for (int i = 0; i < TK; ++i)
            new_top = MAX_OR_NAN(new_top, score[i]);
        const VF shrink = exp(top - new_top);
        top = new_top;
        sum *= shrink;
        #pragma unroll
        for (int i = 0; i < TK; ++i) {
            score[i] = s + i < S ? exp(score[i] - top) : (VF)(0.0f);
            sum += score[i];
        }
        for (int d = 0; d < D; ++d) {
            VF next = mixed[d] * shrink;
            #pragma unroll
            for (int i = 0; i < TK; ++i)
                next += score[i] * v[at[i] + d * channel];
            mixed[d] = next;
        }
    }
    const int out_token = TOKEN_STEP(out_width);
    y += image * T * out_width + head * D * q_channel + start * out_token;
    for (int d = 0; d < D; ++d)
        store_tokens(mixed[d] / sum, y + d * q_channel, out_token, step * LANES - start);
}
