/* Views, pools, norms that look at the data, constants, and operators that no pass knows. */
#include "tests/random/motifs.h"
#include "tests/random/parts.h"

static int extent(const draft *d, int x, int axis)
{
    return (int)draft_extent(d, x, axis);
}

/* A permutation of `rank` axes, drawn; now and then one that moves nothing. */
static int permute(draft *d, int x)
{
    const int rank = draft_shape(d, x)->rank;
    int dims[IG_MAX_RANK];
    ig_text text = {0};
    for (int i = 0; i < rank; i++)
        dims[i] = i;
    for (int i = rank - 1; i > 0 && draw_chance(d, 0.8); i--) {
        const int other = draw(d, i + 1), swap = dims[i];
        dims[i] = dims[other];
        dims[other] = swap;
    }
    for (int i = 0; i < rank; i++)
        ig_text_add(&text, "%s%d", i > 0 ? ", " : "", dims[i]);
    const int y = draft_add1(d, "permute", x, "dims: [%s]", ig_text_get(&text));
    ig_text_release(&text);
    return y;
}

static int cut(draft *d, int x)
{
    const int axis = draw(d, draft_shape(d, x)->rank + (x < 0)), length = extent(d, x, axis);
    if (length < 1)
        return DRAFT_NONE;
    const int start = draw_chance(d, 0.5) ? 0 : draw(d, length);
    const int end = draw_chance(d, 0.3) ? length : draw_between(d, start + 1, length);
    return draft_add1(d, "slice", x, "axis: %d, start: %d, end: %d", axis, start, end);
}

/* One to three views in a row, some of which move nothing or undo one another. */
void motif_view(draft *d)
{
    static const char *const SHAPES[] = {"0, -1", "0, 0, -1", "0, -1, 1, 1", "1, -1", "0, 0, 0, 0", "-1, 0"};
    int x = draft_pick(d, draw_chance(d, 0.7) ? 4 : draw_between(d, 2, 3));
    const int from = x;
    for (int i = draw_between(d, 1, 3); i > 0; i--) {
        const int kind = draw(d, 4);
        if (kind == 0)
            x = permute(d, x);
        else if (kind == 1)
            x = cut(d, x);
        else
            x = draft_add1(d, "reshape", x, "shape: [%s]", SHAPES[draw(d, 6)]);
    }
    if (draw_chance(d, 0.3))
        x = draft_add1(d, "reshape", x, "shape: [%d, %d, -1, %d]", extent(d, from, 0), extent(d, from, 1),
                       extent(d, from, 3));
    if (draw_chance(d, 0.5))
        part_act(d, x);
}

void motif_pool(draft *d)
{
    static const char *const REDUCED[] = {"axes: [2, 3], keepdims: true", "axes: [2, 3]", "axes: [1], keepdims: true",
                                          "axes: [1]"};
    const int x = draft_pick(d, 4), kind = draw(d, 5), kernel = draw_between(d, 1, 3), stride = draw_between(d, 1, 3);
    const int pad = draw(d, kernel / 2 + 1);
    const bool most = draw_chance(d, 0.4), ceil_mode = draw_chance(d, 0.3);
    if (kind == 0)
        draft_add1(d, most ? "adaptive_max_pool2d" : "adaptive_avg_pool2d", x, "size: [%d, %d]", stride, kernel);
    else if (kind == 1)
        draft_add1(d, most ? "reduce_max" : "reduce_mean", x, "%s", REDUCED[draw(d, 4)]);
    else
        draft_add1(d, most ? "max_pool2d" : "avg_pool2d", x, "kernel: %d, stride: %d, pad: %d, ceil_mode: %s", kernel,
                   stride, pad, ceil_mode ? "true" : "false");
}

void motif_normalize(draft *d)
{
    const int x = draft_pick(d, draw_chance(d, 0.8) ? 4 : 3), kind = draw(d, 4), channels = extent(d, x, 1);
    const bool affine = draw_chance(d, 0.7);
    if (kind == 0)
        draft_add1(d, "layer_norm", x, "axis: 1, eps: 0.01");
    else if (kind == 1)
        draft_add1(d, "group_norm", x, "groups: %d, eps: 0.01, affine: %s", part_groups(d, channels, channels),
                   affine ? "true" : "false");
    else if (kind == 2)
        draft_add1(d, "softmax", x, "axis: 1");
    else
        draft_add1(d, "l2_normalize", x, "axis: 1, eps: 0.01");
}

/* Arithmetic among parameters alone, then joined with features. */
void motif_constant(draft *d)
{
    const int x = draft_pick(d, 4), channels = extent(d, x, 1);
    int c = draft_add(d, "parameter", NULL, 0, "shape: [1, %d, 1, 1]", channels);
    for (int i = draw(d, 3); i > 0; i--)
        c = draw_chance(d, 0.5) ? part_act(d, c) : part_scale(d, c);
    if (draw_chance(d, 0.3))
        c = part_join(d, c, part_per_channel(d, x));
    if (draw_chance(d, 0.2))
        c = part_conv_same(d, c, channels, 1, 1);
    if (draw_chance(d, 0.2))
        c = draft_add1(d, "reshape", c, "shape: [%d, 1, 1]", channels);
    const int y = part_join(d, x, c);
    if (draw_chance(d, 0.4))
        part_tail(d, y);
}

/* A deformable convolution takes a norm and an activation as a plain one does. */
static void deform(draft *d, int x)
{
    const int offset = part_conv_same(d, x, 2 * 3 * 3, 3, 1);
    part_tail(d, draft_add2(d, "deform_conv2d", x, offset, "out: %d, kernel: 3, pad: 1", part_channels(d)));
}

void motif_rare(draft *d)
{
    const int x = draft_pick(d, 4), kind = draw(d, 5);
    if (kind == 4)
        deform(d, x);
    else if (kind == 0)
        draft_add1(d, "gaussian_blur", x, "sigma: 0.8, radius: 1");
    else if (kind == 1)
        part_tail(d,
                  draft_add1(d, "conv_transpose2d", x, "out: %d, kernel: 2, stride: 2, bias: true", part_channels(d)));
    else if (kind == 2)
        draft_add2(d, "soft_threshold", x,
                   draft_add1(d, "reduce_mean", draft_add1(d, "abs", x, "%s", ""), "axes: [2, 3]"), "%s", "");
    else
        draft_add(d, "lerp", (const int[]){x, draft_twin(d, x), x}, 3, "%s", "");
}
