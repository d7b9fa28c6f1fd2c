#include "base/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_rank(int rank)
{
    return rank >= 0 && rank <= IG_MAX_RANK;
}

int64_t ig_shape_elems(const ig_shape *shape)
{
    if (!is_rank(shape->rank))
        return -1;
    int64_t elems = 1;
    for (int i = 0; i < shape->rank; i++) {
        int64_t extent = shape->dim[i];
        if (extent < 1 || elems > INT64_MAX / extent)
            return -1;
        elems *= extent;
    }
    return elems;
}

bool ig_shape_equal(const ig_shape *a, const ig_shape *b)
{
    if (a->rank != b->rank || !is_rank(a->rank))
        return false;
    for (int i = 0; i < a->rank; i++) {
        if (a->dim[i] != b->dim[i])
            return false;
    }
    return true;
}

const char *ig_shape_text(const ig_shape *shape, char *buffer, size_t size)
{
    if (size == 0)
        return buffer;
    snprintf(buffer, size, "%s", shape->rank == 0 ? "scalar" : "");
    size_t length = strlen(buffer);
    for (int i = 0; i < shape->rank && i < IG_MAX_RANK && length < size - 1; i++) {
        snprintf(buffer + length, size - length, "%s%" PRId64, i > 0 ? "x" : "", shape->dim[i]);
        length += strlen(buffer + length);
    }
    return buffer;
}

ig_shape ig_shape_make(int rank, const int64_t *dim)
{
    ig_shape shape = {.rank = is_rank(rank) ? rank : 0};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = dim[i];
    return shape;
}

int64_t ig_shape_window(int64_t in, int64_t kernel, int64_t stride, int64_t pad, int64_t dilation, bool ceil_mode)
{
    const int64_t sane = INT32_MAX; /* keeps every product below in 64 bits */
    if (in < 1 || kernel < 1 || stride < 1 || pad < 0 || dilation < 1)
        return 0;
    if (in > sane || kernel > sane || stride > sane || pad > sane || dilation > sane)
        return 0;
    int64_t travel = in + 2 * pad - dilation * (kernel - 1) - 1;
    if (ceil_mode)
        travel += stride - 1;
    int64_t out = travel < 0 ? 0 : travel / stride + 1;
    return ceil_mode && (out - 1) * stride >= in + pad ? out - 1 : out;
}

/* Extent of axis `i` counted in a shape of `rank` axes that `shape` is right-aligned in. */
static int64_t aligned_extent(const ig_shape *shape, int rank, int i)
{
    int own = i - (rank - shape->rank);
    return own < 0 ? 1 : shape->dim[own];
}

bool ig_shape_broadcast(const ig_shape *a, const ig_shape *b, ig_shape *out)
{
    if (!is_rank(a->rank) || !is_rank(b->rank))
        return false;
    ig_shape result = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int i = 0; i < result.rank; i++) {
        int64_t x = aligned_extent(a, result.rank, i), y = aligned_extent(b, result.rank, i);
        if (x != y && x != 1 && y != 1)
            return false;
        result.dim[i] = x == 1 ? y : x;
    }
    *out = result;
    return true;
}

void ig_shape_strides(const ig_shape *shape, const ig_shape *out, int64_t stride[IG_MAX_RANK])
{
    memset(stride, 0, sizeof(int64_t) * IG_MAX_RANK);
    int64_t step = 1;
    for (int i = out->rank - 1; i >= out->rank - shape->rank && i >= 0; i--) {
        int64_t extent = aligned_extent(shape, out->rank, i);
        stride[i] = extent == 1 ? 0 : step;
        step *= extent;
    }
}

int ig_shape_axis(const ig_shape *shape, int64_t axis)
{
    if (axis < -(int64_t)shape->rank || axis >= shape->rank)
        return -1;
    return (int)(axis < 0 ? axis + shape->rank : axis);
}
