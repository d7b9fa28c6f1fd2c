/* Bilinear: a triangle filter, widened when shrinking, in 22-bit fixed point; each axis rounds to 8 bits. */
#include "image/resize.h"

#include "base/error.h"
#include "image/formats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PRECISION_BITS = 22 };

/* For each output position: the first input position, how many, and their weights (`stride` slots each). */
typedef struct axis_weights {
    int *first, *count;
    int32_t *weight;
    int stride;
} axis_weights;

static void release_weights(axis_weights *axis)
{
    free(axis->first);
    free(axis->count);
    free(axis->weight);
    *axis = (axis_weights){0};
}

static double triangle(double x)
{
    x = fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

/* The order of operations below is Pillow's: another one would change last bits. */
static void fill_weights(axis_weights *axis, int in_size, int out_size, double *exact)
{
    double scale = (double)in_size / out_size;
    double filter_scale = scale < 1.0 ? 1.0 : scale;
    double support = filter_scale, shrink = 1.0 / filter_scale;
    for (int i = 0; i < out_size; i++) {
        double center = (i + 0.5) * scale, sum = 0.0;
        int first = (int)(center - support + 0.5), end = (int)(center + support + 0.5);
        first = first < 0 ? 0 : first;
        end = end > in_size ? in_size : end;
        for (int k = 0; k < end - first; k++) {
            exact[k] = triangle((k + first - center + 0.5) * shrink);
            sum += exact[k];
        }
        int32_t *weight = axis->weight + (size_t)i * (size_t)axis->stride;
        for (int k = 0; k < end - first; k++) {
            double normalised = sum != 0.0 ? exact[k] / sum : exact[k];
            weight[k] = (int32_t)(0.5 + normalised * (1 << PRECISION_BITS));
        }
        axis->first[i] = first;
        axis->count[i] = end - first;
    }
}

static ig_status make_weights(int in_size, int out_size, axis_weights *axis, ig_error *error)
{
    double scale = (double)in_size / out_size;
    *axis = (axis_weights){.stride = (int)ceil(scale < 1.0 ? 1.0 : scale) * 2 + 1};
    size_t outputs = (size_t)out_size, slots = outputs * (size_t)axis->stride;
    axis->first = calloc(outputs, sizeof *axis->first);
    axis->count = calloc(outputs, sizeof *axis->count);
    axis->weight = calloc(slots, sizeof *axis->weight);
    double *exact = calloc((size_t)axis->stride, sizeof *exact);
    bool complete = axis->first && axis->count && axis->weight && exact;
    if (complete)
        fill_weights(axis, in_size, out_size, exact);
    else
        release_weights(axis);
    free(exact);
    return complete ? IG_OK : ig_fail_memory(error, slots * sizeof *axis->weight);
}

static uint8_t round_pixel(int32_t sum)
{
    int32_t value = sum >> PRECISION_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* One output sample; neighbours are `step` bytes apart. */
static uint8_t weigh(const uint8_t *from, size_t step, const int32_t *weight, int count)
{
    int32_t sum = 1 << (PRECISION_BITS - 1);
    for (int k = 0; k < count; k++)
        sum += from[(size_t)k * step] * weight[k];
    return round_pixel(sum);
}

static void resize_row(const uint8_t *row, int channels, const axis_weights *axis, int width, uint8_t *out)
{
    for (int x = 0; x < width; x++) {
        const uint8_t *from = row + (size_t)axis->first[x] * (size_t)channels;
        const int32_t *weight = axis->weight + (size_t)x * (size_t)axis->stride;
        for (int c = 0; c < channels; c++)
            *out++ = weigh(from + c, (size_t)channels, weight, axis->count[x]);
    }
}

static ig_status resize_width(const ig_image *in, int width, ig_image *out, ig_error *error)
{
    axis_weights axis;
    ig_status status = make_weights(in->width, width, &axis, error);
    if (status)
        return status;
    status = ig_image_alloc(width, in->height, in->channels, out, error);
    size_t in_row = (size_t)in->width * (size_t)in->channels, out_row = (size_t)width * (size_t)in->channels;
    for (int y = 0; !status && y < in->height; y++)
        resize_row(in->pixels + (size_t)y * in_row, in->channels, &axis, width, out->pixels + (size_t)y * out_row);
    release_weights(&axis);
    return status;
}

static ig_status resize_height(const ig_image *in, int height, ig_image *out, ig_error *error)
{
    axis_weights axis;
    ig_status status = make_weights(in->height, height, &axis, error);
    if (status)
        return status;
    status = ig_image_alloc(in->width, height, in->channels, out, error);
    size_t row = (size_t)in->width * (size_t)in->channels;
    for (int y = 0; !status && y < height; y++) {
        const uint8_t *from = in->pixels + (size_t)axis.first[y] * row;
        const int32_t *weight = axis.weight + (size_t)y * (size_t)axis.stride;
        for (size_t x = 0; x < row; x++)
            out->pixels[(size_t)y * row + x] = weigh(from + x, row, weight, axis.count[y]);
    }
    release_weights(&axis);
    return status;
}

static ig_status copy_image(const ig_image *in, ig_image *out, ig_error *error)
{
    ig_status status = ig_image_alloc(in->width, in->height, in->channels, out, error);
    if (!status)
        memcpy(out->pixels, in->pixels, (size_t)in->width * (size_t)in->height * (size_t)in->channels);
    return status;
}

ig_status ig_image_resize_bilinear(const ig_image *in, int width, int height, ig_image *out, ig_error *error)
{
    if (width == in->width && height == in->height)
        return copy_image(in, out, error);
    if (width == in->width)
        return resize_height(in, height, out, error);
    if (height == in->height)
        return resize_width(in, width, out, error);
    ig_image narrow;
    ig_status status = resize_width(in, width, &narrow, error);
    if (status)
        return status;
    status = resize_height(&narrow, height, out, error);
    ig_image_release(&narrow);
    return status;
}
