/* Where attention finds its queries, keys and values: the layouts that its operators and passes share. */
#ifndef IG_GRAPH_ATTENTION_H
#define IG_GRAPH_ATTENTION_H

#include "graph/op.h"

/* How the channels of all heads and the tokens lie in a tensor. */
typedef enum ig_attention_layout {
    IG_LAYOUT_TOKENS,   /* [B, T..., C]: all axes in the middle are tokens */
    IG_LAYOUT_CHANNELS, /* [B, C, T...] */
    IG_LAYOUT_ROWS,     /* [B..., T, C], one head: a batch of matrices */
    IG_LAYOUT_COUNT
} ig_attention_layout;
extern const char *const ig_attention_layouts[IG_LAYOUT_COUNT];

enum {
    IG_ATTENTION_MAX_SIZE = 256, /* channels of a head: kernels keep them in private or local memory */
    IG_ATTENTION_PARTS = 3       /* queries, keys, values */
};

typedef struct ig_attention {
    ig_attention_layout layout;
    bool packed; /* one tensor holds queries, keys and values, each of all heads, in this order along the channels */
    int64_t batch, heads, queries, keys, size; /* size: channels of a head */
} ig_attention;

/* Reads the call from its attribute `heads` and its first `n_tensors` inputs: 1 (packed) or 3; fills its output too. */
ig_status ig_attention_infer(ig_op_context *call, ig_attention_layout layout, int n_tensors, ig_attention *out,
                             ig_error *error) IG_MUST_USE;

/* What an accepted call was read as. */
ig_attention ig_attention_of(const ig_op_context *call, ig_attention_layout layout, int n_tensors);

/* Element (b, h, t, d) of a part stands at offset + b*stride[0] + h*stride[1] + t*stride[2] + d*stride[3]. */
typedef struct ig_attention_map {
    int64_t offset, extent[4], stride[4];
} ig_attention_map;
/* Parts 0 to 2 are queries, keys and values within their tensor, part 3 the result. */
ig_attention_map ig_attention_part(const ig_attention *attention, int part);

#endif
