#include "tests/random/parts.h"

int part_channels(draft *d)
{
    static const int CHANNELS[] = {1, 2, 3, 4, 4, 6, 6, 8, 8, 12, 12, 5, 7};
    return CHANNELS[draw(d, 13)];
}

int part_groups(draft *d, int channels, int out)
{
    if (draw_chance(d, 0.55))
        return 1;
    for (int groups = draw_chance(d, 0.6) ? channels : draw_between(d, 1, 4); groups > 1; groups--)
        if (channels % groups == 0 && out % groups == 0)
            return groups;
    return 1;
}

static const char *yes(bool value)
{
    return value ? "true" : "false";
}

int part_conv_as(draft *d, int x, const part_map *map)
{
    const int stride = map->stride > 1 ? map->stride : 1, dilation = map->dilation > 1 ? map->dilation : 1;
    return draft_add1(d, "conv2d", x, "out: %d, kernel: %d, stride: %d, pad: %d, dilation: %d, groups: %d, bias: %s",
                      map->out, map->kernel, stride, map->kernel / 2 * dilation - map->shift, dilation, map->groups,
                      yes(map->bias));
}

static int draw_kernel(draft *d)
{
    static const int KERNELS[] = {1, 1, 1, 3, 3, 3, 5};
    return KERNELS[draw(d, 7)];
}

int part_conv_same(draft *d, int x, int out, int kernel, int groups)
{
    part_map map = {.out = out, .kernel = kernel, .groups = groups, .bias = draw_chance(d, 0.4)};
    if (out == PART_ANY)
        map.out = part_channels(d);
    if (kernel == PART_ANY)
        map.kernel = draw_kernel(d);
    if (groups == PART_ANY)
        map.groups = part_groups(d, (int)draft_extent(d, x, 1), map.out);
    return part_conv_as(d, x, &map);
}

/* Mostly as networks have them; a fifth are odd ones out: even kernels, off-centre padding, other steps each way. */
static int odd_conv(draft *d, int x, int out, int groups)
{
    static const int RANGES[8][2] = {{1, 5}, {1, 5}, {1, 3}, {1, 2}, {0, 3}, {0, 3}, {1, 2}, {1, 3}};
    int v[8];
    for (int i = 0; i < 8; i++)
        v[i] = draw_between(d, RANGES[i][0], RANGES[i][1]);
    return draft_add1(d, "conv2d", x,
                      "out: %d, kernel: [%d, %d], stride: [%d, %d], pad: [%d, %d], dilation: [%d, %d], groups: %d", out,
                      v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], groups);
}

int part_conv(draft *d, int x)
{
    const int channels = (int)draft_extent(d, x, 1);
    if (x < 0)
        return DRAFT_NONE;
    const int out = draw_chance(d, 0.3) ? channels : part_channels(d), groups = part_groups(d, channels, out);
    if (draw_chance(d, 0.2))
        return odd_conv(d, x, out, groups);
    part_map map = {.out = out, .groups = groups, .kernel = draw_kernel(d)};
    map.stride = draw_chance(d, 0.15) ? 2 : 1;
    map.dilation = map.kernel > 1 && draw_chance(d, 0.2) ? 2 : 1;
    map.bias = draw_chance(d, 0.4);
    return part_conv_as(d, x, &map);
}

int part_linear(draft *d, int x, int out)
{
    const bool bias = draw_chance(d, 0.6);
    return draft_add1(d, "linear", x, "out: %d, bias: %s", out == PART_ANY ? part_channels(d) : out, yes(bias));
}

int part_per_channel(draft *d, int x)
{
    return draft_add(d, "parameter", NULL, 0, "shape: [%d, 1, 1]", (int)draft_extent(d, x, 1));
}

int part_norm(draft *d, int x)
{
    static const char *const EPS[] = {"", "", "eps: 0.001", "eps: 0.25"};
    return draft_add1(d, "batch_norm", x, "%s", EPS[draw(d, 4)]);
}

int part_scale(draft *d, int x)
{
    static const char *const ATTRS[] = {"factor: 0.5", "factor: -1", "factor: 2, offset: 1",    "offset: -0.25",
                                        "factor: 1",   "factor: 3",  "factor: 0.125, offset: 3"};
    return draft_add1(d, "scale", x, "%s", ATTRS[draw(d, 7)]);
}

int part_act(draft *d, int x)
{
    static const char *const ACTS[] = {"relu", "relu",         "relu",       "relu6", "sigmoid", "abs",
                                       "silu", "hard_sigmoid", "hard_swish", "gelu",  "tanh"};
    static const char *const SLOPES[] = {"slope: 0.1", "slope: 0.01", "slope: 0", "slope: 1"};
    if (draw_chance(d, 0.12))
        return draft_add1(d, "leaky_relu", x, "%s", SLOPES[draw(d, 4)]);
    return draft_add1(d, ACTS[draw(d, 11)], x, "%s", "");
}

int part_tail(draft *d, int x)
{
    const bool late = draw_chance(d, 0.15);
    if (late)
        x = part_act(d, x);
    if (draw_chance(d, 0.6))
        x = part_norm(d, x);
    if (!late && draw_chance(d, 0.6))
        x = part_act(d, x);
    return x;
}

int part_either_way(draft *d, const char *op, int x, int y)
{
    const bool flip = draw_chance(d, 0.5);
    return draft_add2(d, op, flip ? y : x, flip ? x : y, "%s", "");
}

int part_layer_scale(draft *d, int x)
{
    return part_either_way(d, "mul", x, part_per_channel(d, x));
}

int part_join(draft *d, int x, int y)
{
    static const char *const JOINS[] = {"add", "add", "mul", "sub"};
    return part_either_way(d, JOINS[draw(d, 4)], x, y);
}
