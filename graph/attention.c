#include "graph/attention.h"

#include "graph/ops/common.h"

const char *const ig_attention_layouts[IG_LAYOUT_COUNT] = {"tokens", "channels", "rows"};

/* A tensor seen as [batch][tokens][channels], whatever the order. */
typedef struct view {
    int64_t batch, tokens, channels;
} view;

static view see(const ig_shape *shape, ig_attention_layout layout)
{
    const int last = shape->rank - 1;
    if (layout == IG_LAYOUT_TOKENS)
        return (view){shape->dim[0], ig_op_span(shape, 1, last), shape->dim[last]};
    if (layout == IG_LAYOUT_CHANNELS)
        return (view){shape->dim[0], ig_op_span(shape, 2, last + 1), shape->dim[1]};
    return (view){ig_op_span(shape, 0, last - 1), shape->dim[last - 1], shape->dim[last]};
}

static ig_status need_equal_tensors(const ig_op_context *call, const view part[IG_ATTENTION_PARTS], ig_error *error)
{
    bool fits = part[1].tokens == part[2].tokens;
    for (int k = 1; k < IG_ATTENTION_PARTS; k++)
        fits = fits && part[k].batch == part[0].batch && part[k].channels == part[0].channels;
    if (fits)
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "queries, keys and values do not fit");
    ig_error_expected(error, "the same batch and channels in all, and as many keys as values");
    return status;
}

ig_status ig_attention_infer(ig_op_context *call, ig_attention_layout layout, int n_tensors, ig_attention *out,
                             ig_error *error)
{
    view part[IG_ATTENTION_PARTS];
    const int64_t heads = ig_op_attr(call, "heads")->i;
    ig_status status = IG_OK;
    for (int k = 0; k < n_tensors && status == IG_OK; k++)
        status = ig_op_need_rank(call, k, layout == IG_LAYOUT_ROWS ? 2 : 3, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    for (int k = 0; k < IG_ATTENTION_PARTS; k++)
        part[k] = see(&call->inputs[n_tensors == 1 ? 0 : k], layout);
    status = need_equal_tensors(call, part, error);
    if (status != IG_OK)
        return status;
    const int64_t width = part[0].channels / (n_tensors == 1 ? IG_ATTENTION_PARTS : 1);
    if (layout == IG_LAYOUT_ROWS && heads != 1)
        return ig_op_refuse(call, error, "several heads need the layout tokens or channels");
    if (part[0].channels % (n_tensors == 1 ? IG_ATTENTION_PARTS * heads : heads) != 0)
        return ig_op_refuse(call, error, "the channels do not divide into heads");
    if (width / heads > IG_ATTENTION_MAX_SIZE)
        return ig_op_refuse(call, error, "a head has more than %d channels", IG_ATTENTION_MAX_SIZE);
    *out = (ig_attention){layout, n_tensors == 1, part[0].batch, heads, part[0].tokens, part[1].tokens, width / heads};
    ig_shape shape = call->inputs[0];
    shape.dim[layout == IG_LAYOUT_CHANNELS ? 1 : shape.rank - 1] = width;
    return ig_op_set_output(call, shape, error);
}

ig_attention ig_attention_of(const ig_op_context *call, ig_attention_layout layout, int n_tensors)
{
    ig_op_context again = *call; /* reading fills the output, which is there already */
    ig_attention out = {0};
    ig_status status = ig_attention_infer(&again, layout, n_tensors, &out, NULL);
    (void)status; /* inferred before */
    return out;
}

ig_attention_map ig_attention_part(const ig_attention *a, int part)
{
    const bool is_result = part == IG_ATTENTION_PARTS, channels_first = a->layout == IG_LAYOUT_CHANNELS;
    const int64_t tokens = part == 1 || part == 2 ? a->keys : a->queries, width = a->heads * a->size;
    const int64_t all = a->packed && !is_result ? IG_ATTENTION_PARTS * width : width;
    const int64_t token = channels_first ? 1 : all, channel = channels_first ? tokens : 1;
    return (ig_attention_map){.offset = a->packed && !is_result ? part * width * channel : 0,
                              .extent = {a->batch, a->heads, tokens, a->size},
                              .stride = {tokens * all, a->size * channel, token, channel}};
}
