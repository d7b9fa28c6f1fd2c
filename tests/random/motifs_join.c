/* Values brought together, taken apart and put into another order. */
#include "tests/random/motifs.h"
#include "tests/random/parts.h"

static int extent(const draft *d, int x, int axis)
{
    return (int)draft_extent(d, x, axis);
}

static int parameter(draft *d, int x)
{
    static const int KEPT[][4] = {{0, 1, 0, 0}, {0, 1, 0, 0}, {0, 1, 1, 1}, {0, 0, 1, 1},
                                  {1, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}};
    const int *kept = KEPT[draw(d, 8)], skip = kept[0] || draw_chance(d, 0.3) ? 0 : 1;
    int dim[4];
    for (int axis = 0; axis < 4; axis++)
        dim[axis] = kept[axis] ? extent(d, x, axis) : 1;
    if (skip == 1)
        return draft_add(d, "parameter", NULL, 0, "shape: [%d, %d, %d]", dim[1], dim[2], dim[3]);
    return draft_add(d, "parameter", NULL, 0, "shape: [%d, %d, %d, %d]", dim[0], dim[1], dim[2], dim[3]);
}

/* Something that broadcasts against `x`, or `x` against it. */
static int partner(draft *d, int x)
{
    const int kind = draw(d, 7);
    if (kind == 0)
        return draft_add1(d, "adaptive_avg_pool2d", x, "size: 1");
    if (kind == 1)
        return draft_add1(d, "reduce_mean", x, "axes: [2, 3], keepdims: true");
    if (kind == 2)
        return draft_add1(d, draw_chance(d, 0.5) ? "reduce_max" : "reduce_mean", x, "axes: [1], keepdims: true");
    if (kind == 3)
        return draft_add1(d, "slice", x, "axis: %d, start: 0, end: 1", draw(d, 4));
    return parameter(d, x);
}

void motif_broadcast(draft *d)
{
    int x = draft_pick(d, 4);
    if (x < 0)
        return;
    if (draw_chance(d, 0.4))
        x = part_tail(d, part_conv(d, x));
    int y = partner(d, x);
    if (draw_chance(d, 0.3))
        y = part_act(d, y);
    const int z = part_join(d, x, y);
    if (draw_chance(d, 0.4))
        part_tail(d, z);
    if (draw_chance(d, 0.3)) {
        const int again = part_join(d, z, y);
        part_join(d, again, parameter(d, x));
    }
}

/* Two values of one shape, or a value with itself. */
void motif_join(draft *d)
{
    int x = draft_pick(d, draw_chance(d, 0.8) ? 4 : draw_between(d, 2, 3)), y = draft_twin(d, x);
    if (draw_chance(d, 0.2))
        y = x;
    else if (y < 0)
        y = part_act(d, x);
    if (draw_chance(d, 0.3))
        x = part_scale(d, x);
    int z = part_join(d, x, y);
    if (draw_chance(d, 0.3))
        z = part_join(d, z, y);
    if (draw_chance(d, 0.3))
        part_tail(d, z);
}

/* Up to `most` values that agree with `x` on all axes but `axis`, `x` first; the same may come twice. */
static int fellows(draft *d, int x, int axis, int most, int *out)
{
    int count = 0;
    out[count++] = x;
    for (int i = 0, start = draw(d, d->count); i < d->count && count < most; i++) {
        const int other = (start + i) % d->count;
        const ig_shape *shape = draft_shape(d, other);
        bool fits = shape->rank == 4 && draw_chance(d, 0.7);
        for (int k = 0; k < 4 && fits; k++)
            fits = k == axis || shape->dim[k] == draft_extent(d, x, k);
        if (fits)
            out[count++] = other;
    }
    if (count == 1)
        out[count++] = part_act(d, x);
    return count;
}

static int concat_some(draft *d, int x, int most)
{
    const int axis = draw_chance(d, 0.75) ? 1 : draw(d, 4);
    int list[4];
    const int count = fellows(d, x, axis, most, list);
    return draft_add(d, "concat", list, count, "axis: %d", draw_chance(d, 0.8) ? axis : axis - 4);
}

void motif_concat(draft *d)
{
    const int x = draft_pick(d, 4), y = x < 0 ? x : concat_some(d, x, draw_between(d, 2, 4));
    if (draw_chance(d, 0.6))
        part_tail(d, y);
    if (draw_chance(d, 0.3))
        part_tail(d, part_conv_same(d, y, PART_ANY, 1, 1));
    if (draw_chance(d, 0.2) && x >= 0)
        concat_some(d, x, 2);
}

/* A convolution of `x` as wide as blocks of channels, or nearly one, with a reader or joined as it is. */
static int inception_branch(draft *d, int x, int kernel, const char *act, bool read)
{
    static const int WIDTHS[] = {16, 16, 16, 16, 32, 32, 48, 24};
    const int width = WIDTHS[draw(d, 8)], taps = draw_chance(d, 0.95) ? kernel : PART_ANY;
    int y = part_conv_same(d, x, width, taps, 1);
    if (draw_chance(d, 0.4))
        y = part_norm(d, y);
    y = draw_chance(d, 0.95) ? draft_add1(d, act, y, "%s", "") : part_act(d, y);
    return read ? part_conv_same(d, y, 16, PART_ANY, 1) : y;
}

/* Convolutions of one map side by side, whose readers are joined beside one that has no reader of its own; or heads of
 * a detector, which take their map apart. */
void motif_inception(draft *d)
{
    static const char *const ACTS[] = {"relu", "silu"};
    const int from = draft_pick(d, 4), count = draw_between(d, 2, 5), bare = draw(d, 4);
    const int kernel = draw_chance(d, 0.7) ? 1 : 3;
    const char *act = ACTS[draw(d, 2)];
    const bool heads = draw_chance(d, 0.2), single = draw_chance(d, 0.8);
    const int x = single ? draft_add1(d, "slice", from, "axis: 0, start: 0, end: 1") : from;
    int values[5];
    for (int i = 0; i < count; i++)
        values[i] = heads ? draft_add1(d, "permute", part_conv_same(d, x, PART_ANY, 1, 1), "dims: [0, 2, 3, 1]")
                          : inception_branch(d, x, kernel, act, i != bare);
    if (!heads && draw_chance(d, 0.8))
        part_conv_same(d, draft_add(d, "concat", values, count, "axis: 1"), PART_ANY, 1, 1);
}

/* A concatenation in another, and slices that go across the seams. */
void motif_nested_concat(draft *d)
{
    const int x = draft_pick(d, 4);
    if (x < 0)
        return;
    const int inner = concat_some(d, x, 3), outer = inner < 0 ? inner : concat_some(d, inner, 3);
    const int axis = draw_chance(d, 0.8) ? 1 : draw(d, 4), length = extent(d, outer, axis);
    if (length > 1 && draw_chance(d, 0.6)) {
        const int start = draw(d, length), end = draw_between(d, start + 1, length);
        part_tail(d, draft_add1(d, "slice", outer, "axis: %d, start: %d, end: %d", axis, start, end));
    }
    if (draw_chance(d, 0.2))
        draft_add1(d, "reshape", outer, "shape: [0, -1]");
}

/* Parts of one value, some of them worked on, joined again in this or another order. */
void motif_split(draft *d)
{
    int x = draft_pick(d, 4), parts[4], count = 0;
    if (draw_chance(d, 0.5))
        x = part_tail(d, part_conv(d, x));
    const int axis = draw_chance(d, 0.8) ? 1 : draw(d, 4), length = extent(d, x, axis);
    if (length < 2)
        return;
    for (int at = 0; at < length && count < 4;) {
        const int end = count == 3 ? length : draw_between(d, at + 1, length);
        parts[count] = draft_add1(d, "slice", x, "axis: %d, start: %d, end: %d", axis, at, end);
        if (draw_chance(d, 0.5))
            parts[count] = part_tail(d, part_conv_same(d, parts[count], axis == 1 ? end - at : PART_ANY, PART_ANY, 1));
        count++;
        at = end;
    }
    for (int i = count - 1; i > 0 && draw_chance(d, 0.4); i--) {
        const int other = draw(d, i + 1), swap = parts[i];
        parts[i] = parts[other];
        parts[other] = swap;
    }
    if (draw_chance(d, 0.8))
        part_tail(d, draft_add(d, "concat", parts, count, "axis: %d", axis));
}

static int shuffle(draft *d, int x, int groups)
{
    static const char *const ORDERS[] = {"0, 2, 1, 3, 4", "0, 2, 1, 3, 4", "0, 2, 1, 3, 4", "0, 1, 2, 3, 4",
                                         "2, 0, 1, 3, 4"};
    const int channels = extent(d, x, 1), height = extent(d, x, 2), width = extent(d, x, 3);
    if (groups < 2 || channels % groups != 0)
        return DRAFT_NONE;
    int y = draft_add1(d, "reshape", x, "shape: [0, %d, %d, %d, %d]", groups, channels / groups, height, width);
    y = draft_add1(d, "permute", y, "dims: [%s]", ORDERS[draw(d, 5)]);
    return draft_add1(d, "reshape", y, "shape: [%d, %d, %d, %d]", extent(d, x, 0), channels, height, width);
}

/* Channel shuffle between grouped or pointwise convolutions. */
void motif_shuffle(draft *d)
{
    static const int GROUPS[] = {2, 2, 3, 4};
    const int groups = GROUPS[draw(d, 4)], channels = groups * draw_between(d, 1, 12 / groups);
    int x = draft_pick(d, 4);
    if (draw_chance(d, 0.7) || extent(d, x, 1) % groups != 0)
        x = part_tail(d, part_conv_same(d, x, channels, 1, PART_ANY));
    x = shuffle(d, x, groups);
    if (draw_chance(d, 0.6))
        x = part_tail(d, part_conv_same(d, x, PART_ANY, PART_ANY, 1));
    if (draw_chance(d, 0.2))
        shuffle(d, x, groups);
}

/* ShuffleNet's unit: half of the channels pass, the other half is worked on, all are shuffled. */
void motif_split_shuffle(draft *d)
{
    const int x = draft_pick(d, 4), half = extent(d, x, 1) / 2;
    if (half < 1)
        return;
    const int left = draft_add1(d, "slice", x, "axis: 1, start: 0, end: %d", half);
    int right = draft_add1(d, "slice", x, "axis: 1, start: %d, end: %d", half, extent(d, x, 1));
    right = part_tail(d, part_conv_same(d, right, half, 1, 1));
    right = part_norm(d, part_conv_same(d, right, half, 3, half));
    const int y = draft_add2(d, "concat", left, right, "axis: 1");
    part_tail(d, part_conv(d, shuffle(d, y, 2)));
}
