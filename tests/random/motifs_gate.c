/* Gates, attention and heads: what multiplies features by something made from them, and what leaves four axes. */
#include "tests/random/motifs.h"
#include "tests/random/parts.h"

static int extent(const draft *d, int x, int axis)
{
    return (int)draft_extent(d, x, axis);
}

static int squeeze(draft *d, int x, bool flat)
{
    if (flat)
        return draw_chance(d, 0.5) ? draft_add1(d, "reduce_mean", x, "axes: [2, 3]")
                                   : draft_add1(d, "reshape", draft_add1(d, "adaptive_avg_pool2d", x, "size: 1"),
                                                "shape: [%d, %d]", extent(d, x, 0), extent(d, x, 1));
    return draw_chance(d, 0.6) ? draft_add1(d, "adaptive_avg_pool2d", x, "size: 1")
                               : draft_add1(d, "adaptive_max_pool2d", x, "size: 1");
}

static int dense(draft *d, int x, int out, bool flat)
{
    return flat ? part_linear(d, x, out) : part_conv_same(d, x, out, 1, 1);
}

/* The layers "a" -> relu -> "b" also on another pool of `x`, and the sum of both. */
static int add_twin(draft *d, int x, int a, int b, bool flat)
{
    const int pool = squeeze(d, x, flat);
    const int hidden = draft_add1(d, "relu", draft_repeat(d, a, pool, draw_chance(d, 0.9)), "%s", "");
    return part_either_way(d, "add", b, draft_repeat(d, b, hidden, true));
}

/* Squeeze and excite, with one pool or two. */
void motif_excite(draft *d)
{
    static const char *const GATES[] = {"sigmoid", "hard_sigmoid", "sigmoid", "tanh"};
    int x = draft_pick(d, 4);
    if (draw_chance(d, 0.5))
        x = part_tail(d, part_conv(d, x));
    if (x < 0)
        return;
    const bool flat = draw_chance(d, 0.5);
    const int first = dense(d, squeeze(d, x, flat), PART_ANY, flat);
    int gate = draw_chance(d, 0.8) ? draft_add1(d, "relu", first, "%s", "") : part_tail(d, first);
    gate = dense(d, gate, extent(d, x, 1), flat);
    if (draw_chance(d, 0.3))
        gate = add_twin(d, x, first, gate, flat);
    gate = draft_add1(d, GATES[draw(d, 4)], gate, "%s", "");
    if (flat)
        gate = draft_add1(d, "reshape", gate, "shape: [0, %d, 1, 1]", extent(d, x, 1));
    const int y = part_either_way(d, "mul", x, gate);
    if (draw_chance(d, 0.3))
        draft_add2(d, "add", y, x, "%s", "");
    for (int i = draw(d, 3); i > 0; i--)
        part_tail(d, part_conv(d, y));
}

/* Efficient channel attention: a gate from the means of neighbouring channels. */
void motif_neighbour_gate(draft *d)
{
    const int x = draft_pick(d, 4), reach = draw_between(d, 0, 2);
    const bool upright = draw_chance(d, 0.3), flat = draw_chance(d, 0.5);
    const int line =
        draft_add1(d, "reshape", squeeze(d, x, flat), upright ? "shape: [0, 1, -1, 1]" : "shape: [0, 1, 1, -1]");
    const int height = upright ? reach : 0, width = upright ? 0 : reach;
    int gate = draft_add1(d, "conv2d", line, "out: 1, kernel: [%d, %d], pad: [%d, %d], bias: %s", 2 * height + 1,
                          2 * width + 1, height, width, draw_chance(d, 0.5) ? "true" : "false");
    gate = draw_chance(d, 0.7) ? draft_add1(d, "sigmoid", gate, "%s", "") : part_tail(d, gate);
    part_either_way(d, "mul", x, draft_add1(d, "reshape", gate, "shape: [0, -1, 1, 1]"));
}

/* The second half of CBAM: a gate for each pixel from mean and maximum of its channels. */
void motif_pixel_gate(draft *d)
{
    const int x = draft_pick(d, 4), axis = draw_chance(d, 0.9) ? 1 : 2;
    const int mean = draft_add1(d, "reduce_mean", x, "axes: [%d], keepdims: true", axis);
    const int max =
        draft_add1(d, "reduce_max", draw_chance(d, 0.9) ? x : part_act(d, x), "axes: [%d], keepdims: true", axis);
    int gate = draft_add2(d, "concat", mean, max, "axis: 1");
    if (draw_chance(d, 0.8))
        gate = part_conv_same(d, gate, 1, 3, 1);
    gate = draw_chance(d, 0.7) ? draft_add1(d, "sigmoid", gate, "%s", "") : part_tail(d, gate);
    if (draw_chance(d, 0.7))
        part_either_way(d, "mul", x, gate);
}

/* x * sigmoid(x) and the like written apart, with the gate now and then read elsewhere too. */
void motif_self_gate(draft *d)
{
    int x = draft_pick(d, draw_chance(d, 0.85) ? 4 : 2);
    if (draw_chance(d, 0.5) && draft_shape(d, x)->rank == 4)
        x = part_norm(d, part_conv(d, x));
    const int gate = draw_chance(d, 0.8) ? draft_add1(d, draw_chance(d, 0.7) ? "sigmoid" : "hard_sigmoid", x, "%s", "")
                                         : part_act(d, x);
    const int y = part_either_way(d, draw_chance(d, 0.9) ? "mul" : "add", x, gate);
    if (draw_chance(d, 0.2))
        part_join(d, y, gate);
}

/* [N, C, H, W] to [N, H*W, C]. */
static int to_tokens(draft *d, int x)
{
    const int y = draft_add1(d, "reshape", x, "shape: [0, 0, -1]");
    return draft_add1(d, "permute", y, "dims: [0, 2, 1]");
}

/* Self-attention of one head over the pixels, its projections side by side. */
void motif_attention(draft *d)
{
    const int x = draft_pick(d, 4);
    int t = to_tokens(d, x);
    if (draw_chance(d, 0.5))
        t = draft_add1(d, "layer_norm", t, "%s", "");
    const int width = part_channels(d), channels = extent(d, t, 2);
    const int q = part_linear(d, t, width), k = part_linear(d, t, width);
    const int v = part_linear(d, draw_chance(d, 0.9) ? t : q, channels > 0 ? channels : width);
    int scores = draft_add2(d, "matmul", q, draft_add1(d, "permute", k, "dims: [0, 2, 1]"), "%s", "");
    if (draw_chance(d, 0.7))
        scores = draft_add1(d, "scale", scores, "factor: 0.5");
    int y = draft_add2(d, "matmul", draft_add1(d, "softmax", scores, "axis: -1"), v, "%s", "");
    if (draw_chance(d, 0.5))
        y = part_linear(d, y, channels);
    if (draw_chance(d, 0.6))
        y = draft_add2(d, "add", t, y, "%s", "");
    y = draft_add1(d, "permute", y, "dims: [0, 2, 1]");
    if (draw_chance(d, 0.7))
        draft_add1(d, "reshape", y, "shape: [0, 0, %d, %d]", extent(d, x, 2), extent(d, x, 3));
}

/* One of q, k and v, of the packed heads [3, B, heads, D, T]: with its channels as rows of unit length, or not. */
static int packed_part(draft *d, int packed, int index, const ig_shape *rows, bool unit)
{
    const int part = draft_add1(d, "slice", packed, "axis: 0, start: %d, end: %d", index, index + 1);
    const int y = draft_add1(d, "reshape", part, "shape: [%d, %d, %d, %d]", (int)rows->dim[0], (int)rows->dim[1],
                             (int)rows->dim[2], (int)rows->dim[3]);
    return unit ? draft_add1(d, "l2_normalize", y, "axis: -1") : y;
}

/* Attention among channels: rows of unit length correlated, times a learned temperature, softened, mixed. */
void motif_channel_attention(draft *d)
{
    const int t = to_tokens(d, draft_pick(d, 4)), heads = draw_between(d, 1, 2), each = draw_between(d, 1, 3);
    if (t < 0)
        return;
    const bool unit = draw_chance(d, 0.9);
    const ig_shape rows = {.rank = 4, .dim = {draft_extent(d, t, 0), heads, each, draft_extent(d, t, 1)}};
    int packed = part_linear(d, t, 3 * heads * each);
    packed = draft_add1(d, "reshape", packed, "shape: [0, 0, 3, %d, %d]", heads, each);
    packed = draft_add1(d, "permute", packed, "dims: [2, 0, 3, 4, 1]");
    const int q = packed_part(d, packed, 0, &rows, unit), k = packed_part(d, packed, 1, &rows, true);
    int y = draft_add2(d, "matmul", q, draft_add1(d, "permute", k, "dims: [0, 1, 3, 2]"), "%s", "");
    if (draw_chance(d, 0.9)) {
        const int temperature = draft_add(d, "parameter", NULL, 0, "shape: [%d, 1, 1]", heads);
        y = part_either_way(d, "mul", y, temperature);
    }
    y = draft_add1(d, "softmax", y, "axis: %d", draw_chance(d, 0.9) ? -1 : -2);
    y = draft_add2(d, "matmul", y, packed_part(d, packed, 2, &rows, false), "%s", "");
    y = draft_add1(d, "permute", y, "dims: [0, 3, 1, 2]");
    y = draft_add1(d, "reshape", y, "shape: [0, 0, -1]");
    if (draw_chance(d, 0.5))
        part_linear(d, y, heads * each);
}

/* A classifier: pooled, then linear layers with norms and activations of matrices; branches of it, too. */
void motif_head(draft *d)
{
    int x = draft_pick(d, draw_chance(d, 0.7) ? 4 : 2);
    if (draft_shape(d, x)->rank == 4)
        x = draw_chance(d, 0.8) ? squeeze(d, x, true) : draft_add1(d, "reshape", x, "shape: [0, -1]");
    const int out = part_channels(d);
    int y = draw_chance(d, 0.3) ? part_norm(d, x) : x;
    y = part_tail(d, part_linear(d, y, out));
    if (draw_chance(d, 0.4)) {
        const int other = draw_chance(d, 0.5) ? part_norm(d, x) : x;
        y = part_join(d, y, part_tail(d, part_linear(d, other, out)));
    }
    if (draw_chance(d, 0.5))
        part_tail(d, part_linear(d, y, PART_ANY));
    else if (draw_chance(d, 0.4))
        draft_add1(d, "softmax", y, "axis: 1");
}

/* Three axes: linear layers there, norms along axis 1, which is not where a linear layer's outputs stand. */
void motif_tokens(draft *d)
{
    int x = draft_pick(d, 3);
    if (x < 0)
        x = draw_chance(d, 0.5) ? to_tokens(d, draft_pick(d, 4))
                                : draft_add1(d, "reshape", draft_pick(d, 4), "shape: [0, 0, -1]");
    int y = part_linear(d, x, PART_ANY);
    if (draw_chance(d, 0.5))
        y = part_norm(d, y);
    if (draw_chance(d, 0.5))
        y = part_act(d, y);
    if (draw_chance(d, 0.4))
        draft_add2(d, "add", y, part_linear(d, x, extent(d, y, 2)), "%s", "");
}

/* The mean of one map weighs the other's channels, after a softmax. */
static int weighted(draft *d, int from, int map)
{
    int row = draft_add1(d, "reshape", squeeze(d, from, draw_chance(d, 0.3)), "shape: [0, 1, -1]");
    row = draft_add1(d, "softmax", row, "axis: %d", draw_chance(d, 0.9) ? 2 : 1);
    const int pixels = draft_add1(d, "reshape", map, "shape: [0, 0, -1]");
    return draft_add2(d, "matmul", row, pixels, "%s", "");
}

/* Two maps that say of each other's pixels what counts there. */
void motif_cross_spatial(draft *d)
{
    const int x = draft_pick(d, 4), a = part_act(d, x), b = part_conv_same(d, x, extent(d, x, 1), PART_ANY, 1);
    const int of_b = weighted(d, a, draw_chance(d, 0.9) ? b : a), of_a = weighted(d, b, a);
    int gate = draft_add2(d, "add", of_b, of_a, "%s", "");
    gate = draft_add1(d, draw_chance(d, 0.9) ? "sigmoid" : "tanh", gate, "%s", "");
    gate = draft_add1(d, "reshape", gate, "shape: [0, 1, %d, %d]", extent(d, x, 2), extent(d, x, 3));
    part_either_way(d, "mul", draw_chance(d, 0.7) ? x : b, gate);
}

/* A gate for the rows or the columns of `x`, cut from `v`. */
static int coordinate_gate(draft *d, int x, int v, int axis)
{
    const int start = axis == 2 ? 0 : extent(d, x, 2), count = extent(d, x, axis);
    int gate = draft_add1(d, "slice", v, "axis: 2, start: %d, end: %d", start, start + count);
    if (axis == 3)
        gate = draft_add1(d, "permute", gate, "dims: [0, 1, 3, 2]");
    if (extent(d, v, 1) != extent(d, x, 1) || draw_chance(d, 0.3))
        gate = part_conv_same(d, gate, extent(d, x, 1), draw_chance(d, 0.9) ? 1 : 3, 1);
    return draw_chance(d, 0.7) ? draft_add1(d, "sigmoid", gate, "%s", "") : part_act(d, gate);
}

/* Gates for rows and for columns, from the means along the other axis. */
void motif_coordinates(draft *d)
{
    const int x = draft_pick(d, 4);
    const int rows = draft_add1(d, "adaptive_avg_pool2d", x, "size: [%d, 1]", extent(d, x, 2));
    int columns = draft_add1(d, "adaptive_avg_pool2d", x, "size: [1, %d]", extent(d, x, 3));
    columns = draft_add1(d, "permute", columns, "dims: [0, 1, 3, 2]");
    int v = draft_add2(d, "concat", rows, columns, "axis: 2");
    v = part_conv_same(d, v, draw_chance(d, 0.5) ? extent(d, x, 1) : PART_ANY, 1, 1);
    if (draw_chance(d, 0.5))
        v = part_act(d, v);
    if (v < 0)
        return;
    const int of_rows = coordinate_gate(d, x, v, 2), of_columns = coordinate_gate(d, x, v, 3);
    const int gates[2] = {of_rows, of_columns}; /* entries of a list may be worked out in any order */
    const int first = draw(d, 2), y = part_either_way(d, "mul", x, gates[first]);
    part_either_way(d, draw_chance(d, 0.9) ? "mul" : "add", y, gates[1 - first]);
}

/* What is small is judged by a mean of what an activation makes of it. */
void motif_reduction(draft *d)
{
    const int x = draft_pick(d, 4), each = draw_chance(d, 0.9) ? part_act(d, x) : x;
    const int y =
        draw_chance(d, 0.5) ? squeeze(d, each, false) : draft_add1(d, "reduce_max", each, "axes: [1], keepdims: true");
    part_join(d, x, y);
}
