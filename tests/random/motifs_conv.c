/* Convolutions with what stands before, behind and beside them. */
#include "tests/random/motifs.h"
#include "tests/random/parts.h"

static int extent(const draft *d, int x, int axis)
{
    return (int)draft_extent(d, x, axis);
}

/* conv - norm - activation, once to three times. */
void motif_chain(draft *d)
{
    int x = draft_pick(d, 4);
    for (int i = draw_between(d, 1, 3); i > 0; i--) {
        if (draw_chance(d, 0.15))
            x = part_norm(d, x);
        x = part_tail(d, part_conv(d, x));
        if (draw_chance(d, 0.15))
            x = part_scale(d, x);
    }
}

/* A norm, an activation or a factor wherever it happens to stand: behind an activation, a join, another norm. */
void motif_lone_tail(draft *d)
{
    const int rank = draw_chance(d, 0.8) ? 4 : draw_between(d, 2, 3);
    const int x = draft_pick(d, rank), kind = draw(d, 5);
    if (kind <= 1)
        part_norm(d, x);
    else if (kind == 2)
        part_norm(d, part_norm(d, x));
    else if (kind == 3)
        part_act(d, x);
    else
        part_scale(d, x);
}

/* An earlier convolution, linear layer or norm again, on another value or the same one. */
void motif_shared(draft *d)
{
    static const char *const OPS[] = {"conv2d", "conv2d", "linear", "batch_norm"};
    const int step = draft_pick_op(d, OPS[draw(d, 4)]);
    if (step < 0)
        return;
    const int from = d->steps[step].inputs[0], twin = draft_twin(d, from);
    const int input = twin < 0 || draw_chance(d, 0.3) ? from : twin;
    const int again = draft_repeat(d, step, input, draw_chance(d, 0.7));
    if (draw_chance(d, 0.5))
        part_tail(d, again);
    if (draw_chance(d, 0.4))
        part_join(d, again, step);
}

/* x + f(x), with the activation behind it or not. */
void motif_residual(draft *d)
{
    const int x = draft_pick(d, 4), channels = extent(d, x, 1), inner = part_channels(d);
    if (x < 0)
        return;
    int y = part_tail(d, part_conv_same(d, x, inner, 1, 1));
    if (draw_chance(d, 0.5))
        y = part_tail(d, part_conv_same(d, y, inner, 3, PART_ANY));
    y = part_tail(d, part_conv_same(d, y, channels, PART_ANY, 1));
    if (draw_chance(d, 0.3))
        y = part_layer_scale(d, y);
    const int sum = part_either_way(d, draw_chance(d, 0.9) ? "add" : "sub", x, y);
    if (draw_chance(d, 0.5))
        part_act(d, sum);
}

/* A depthwise convolution and a 1x1 one behind it, now and then with more between them than an activation. */
static void separable(draft *d, int x, int out)
{
    const int channels = extent(d, x, 1);
    if (x < 0)
        return;
    const bool multiplied = draw_chance(d, 0.1);
    const part_map depthwise = {.out = multiplied ? 2 * channels : channels,
                                .kernel = draw_chance(d, 0.8) ? 3 : 5,
                                .groups = channels,
                                .stride = draw_between(d, 1, 2),
                                .dilation = draw_chance(d, 0.15) ? 2 : 1,
                                .bias = draw_chance(d, 0.4)};
    const int map = part_conv_as(d, x, &depthwise);
    const int middle = draw_chance(d, 0.7) ? part_tail(d, map) : draft_add1(d, "relu6", map, "%s", "");
    const int y = part_conv_same(d, middle, out, 1, draw_chance(d, 0.9) ? 1 : PART_ANY);
    if (draw_chance(d, 0.15))
        part_join(d, middle, map);
    part_tail(d, y);
}

void motif_separable(draft *d)
{
    separable(d, draft_pick(d, 4), PART_ANY);
}

/* The same behind a 1x1 convolution, on a map large enough for one step of all, or just not. */
void motif_inverted_residual(draft *d)
{
    const int few = part_conv_same(d, draft_pick(d, 4), draw_between(d, 1, 2), 1, 1);
    const int x = part_act(d, draft_add1(d, "resize", few, "size: [28, %d]", draw_chance(d, 0.8) ? 28 : 27));
    const int hidden = part_conv_same(d, x, draw_between(d, 2, 3), 1, 1);
    separable(d, draw_chance(d, 0.8) ? part_tail(d, hidden) : part_act(d, part_act(d, hidden)), draw_between(d, 1, 3));
}

/* Brings 2 to 4 values together the way branches are: along the channels, or as a sum. */
static int gather(draft *d, const int *values, int count, bool sum)
{
    if (!sum)
        return draft_add(d, "concat", values, count, "axis: %d", draw_chance(d, 0.9) ? 1 : -3);
    int y = values[0];
    for (int i = 1; i < count; i++)
        y = draw_chance(d, 0.85) ? draft_add2(d, "add", y, values[i], "%s", "")
                                 : draft_add2(d, "sub", values[i], y, "%s", "");
    return y;
}

/* Convolutions of one value side by side, alike but now and then for one attribute; some are read apart as well. */
void motif_siblings(draft *d)
{
    static const int KERNELS[] = {1, 1, 3};
    const int x = draft_pick(d, 4), kernel = KERNELS[draw(d, 3)], count = draw_between(d, 2, 4);
    const int out = part_channels(d), groups = part_groups(d, extent(d, x, 1), out);
    const bool bias = draw_chance(d, 0.4), tails = draw_chance(d, 0.5), same_act = draw_chance(d, 0.5);
    int values[4];
    for (int i = 0; i < count; i++) {
        part_map map = {.out = out, .kernel = kernel, .groups = groups, .bias = bias};
        if (draw_chance(d, 0.3))
            map.out = part_channels(d);
        if (draw_chance(d, 0.1))
            map.kernel = 3;
        if (draw_chance(d, 0.1))
            map.groups = 1;
        if (draw_chance(d, 0.1))
            map.bias = !bias;
        values[i] = part_conv_as(d, x, &map);
        if (tails)
            values[i] = same_act ? draft_add1(d, "relu", part_norm(d, values[i]), "%s", "") : part_tail(d, values[i]);
    }
    if (draw_chance(d, 0.8))
        part_tail(d, gather(d, values, count, draw_chance(d, 0.4)));
}

/* The identity or a convolution like `map`, and what may stand behind it. */
static int branch(draft *d, int x, part_map map)
{
    static const int KERNELS[] = {0, 0, 1, 1, 1, 3, 3, 3, 5, 2};
    int y = x;
    map.kernel = KERNELS[draw(d, 10)];
    map.bias = draw_chance(d, 0.3);
    map.dilation = draw_chance(d, map.stride > 1 ? 0.2 : 0.05) ? 2 : 1;
    if (map.kernel > 1 && draw_chance(d, map.stride > 1 ? 0.4 : 0.05))
        map.shift = 1;
    if (map.kernel > 0)
        y = part_conv_as(d, x, &map);
    if (draw_chance(d, 0.7))
        y = part_norm(d, y);
    for (int i = 0; i < 2 && draw_chance(d, 0.2); i++)
        y = part_layer_scale(d, y);
    if (draw_chance(d, 0.1))
        y = part_scale(d, y);
    if (draw_chance(d, 0.07))
        y = part_act(d, y);
    return y;
}

/* The sum that re-parameterisation makes one convolution of, or nearly that. */
void motif_branch_sum(draft *d)
{
    const int from = draft_pick(d, 4), count = draw_between(d, 2, 4), channels = extent(d, from, 1);
    part_map map = {.out = draw_chance(d, 0.75) ? channels : part_channels(d)};
    map.groups = part_groups(d, channels, map.out);
    map.stride = draw_chance(d, 0.25) ? draw_between(d, 2, 3) : 1;
    /* in steps of 3 over multiples of 3, kernels with their middles in different places yield the same extents */
    const int x = map.stride == 3 ? draft_add1(d, "resize", from, "size: 6") : from;
    const int groups = draw_chance(d, 0.15) ? 1 : map.groups; /* of the first branch */
    int values[4];
    for (int i = 0; i < count; i++) {
        part_map own = map;
        own.groups = i == 0 ? groups : map.groups;
        values[i] = branch(d, x, own);
    }
    int y = gather(d, values, count, true);
    if (draw_chance(d, 0.2))
        y = part_layer_scale(d, y);
    if (draw_chance(d, 0.4))
        part_tail(d, y);
}

static int pad(draft *d, int x)
{
    static const char *const MODES[] = {"zero", "zero", "reflect", "replicate"};
    const bool even = draw_chance(d, 0.6);
    int side[4];
    for (int i = 0; i < 4; i++)
        side[i] = i > 0 && even ? side[0] : draw(d, 3);
    return draft_add1(d, "pad2d", x, "pad: [%d, %d, %d, %d], mode: %s", side[0], side[1], side[2], side[3],
                      MODES[draw(d, 4)]);
}

/* Padding apart from the convolution or pool that it is for. */
void motif_pad_ahead(draft *d)
{
    const int x = pad(d, draft_pick(d, 4)), kind = draw(d, 4), out = part_channels(d), kernel = draw_between(d, 2, 3);
    const int stride = draw_between(d, 1, 2), own = draw_chance(d, 0.7) ? 0 : 1;
    if (kind <= 1)
        part_tail(d, draft_add1(d, "conv2d", x, "out: %d, kernel: 3, stride: %d, pad: %d", out, stride, own));
    else
        draft_add1(d, kind == 2 ? "max_pool2d" : "avg_pool2d", x, "kernel: %d, stride: %d, pad: %d", kernel, stride,
                   own);
}

/* A convolution, its padding mirrored or not, and a norm of each plane of its result; or nearly that. */
void motif_plane_norm(draft *d)
{
    static const char *const MODES[] = {"zero", "reflect", "replicate"};
    const int out = part_channels(d), groups = draw_chance(d, 0.8) ? out : part_groups(d, out, out);
    const int mode = draw(d, 3), kernel = draw_between(d, 1, 3);
    int x = draft_pick(d, 4);
    x = draft_add1(d, "conv2d", x, "out: %d, kernel: %d, pad: %d, pad_mode: %s", out, kernel, kernel / 2, MODES[mode]);
    if (draw_chance(d, 0.15))
        x = part_act(d, x);
    x = draft_add1(d, "group_norm", x, "groups: %d, eps: 0.01, affine: %s", groups,
                   draw_chance(d, 0.8) ? "false" : "true");
    part_tail(d, x);
}

/* A maximum behind a convolution, as networks without strides have it, or nearly that. */
void motif_pool_behind(draft *d)
{
    static const char *const POOLS[] = {"kernel: 2",
                                        "kernel: 2",
                                        "kernel: 2, stride: 2",
                                        "kernel: 2, stride: 1",
                                        "kernel: 3, stride: 2, pad: 1",
                                        "kernel: 2, ceil_mode: true"};
    const char *pool = POOLS[draw(d, 6)];
    const int out = part_channels(d), kernel = draw_chance(d, 0.5) ? 1 : 3;
    int x = draft_pick(d, 4);
    if (draw_chance(d, 0.7)) /* rows that fill vectors */
        x = draft_add1(d, "resize", x, "size: [5, 8]");
    x = part_conv_same(d, x, out, kernel, 1);
    if (draw_chance(d, 0.6))
        x = part_act(d, x);
    draft_add1(d, "max_pool2d", x, "%s", pool);
}

/* Resizing and pointwise layers in either order. */
void motif_upsample(draft *d)
{
    static const char *const ATTRS[] = {"scale: 2, mode: nearest", "scale: 2", "size: [5, 4], mode: nearest",
                                        "size: 6, align_corners: true", "scale: [1, 2], mode: nearest"};
    const char *attrs = ATTRS[draw(d, 5)];
    const bool ahead = draw_chance(d, 0.5);
    int x = draft_pick(d, 4);
    if (ahead)
        x = part_tail(d, part_conv_same(d, x, PART_ANY, 1, 1));
    x = draft_add1(d, "resize", x, "%s", attrs);
    if (!ahead)
        x = part_tail(d, part_conv_same(d, x, PART_ANY, 1, 1));
    if (draw_chance(d, 0.2))
        draft_add1(d, "resize", x, "size: 3");
}

/* A mean over pixels behind a pointwise convolution, or behind what nearly is one. */
void motif_mean_behind(draft *d)
{
    static const char *const MEANS[] = {"kernel: 2", "kernel: 2, stride: 1", "kernel: 3, stride: 2, pad: 1",
                                        "kernel: 3, pad: 1, count_include_pad: false"};
    const char *attrs = MEANS[draw(d, 4)];
    const int kernel = draw_chance(d, 0.8) ? 1 : 3, size = draw_between(d, 1, 2);
    int x = part_conv_same(d, draft_pick(d, 4), part_channels(d), kernel, 1);
    if (draw_chance(d, 0.4))
        x = part_norm(d, x);
    if (draw_chance(d, 0.15))
        x = part_act(d, x);
    if (draw_chance(d, 0.6))
        x = draft_add1(d, "avg_pool2d", x, "%s", attrs);
    else
        x = draft_add1(d, "adaptive_avg_pool2d", x, "size: %d", size);
    if (draw_chance(d, 0.5))
        part_tail(d, x);
}
