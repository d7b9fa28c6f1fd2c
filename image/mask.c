/* Network outputs as pictures: class maps, their colours and counts, and planes of numbers. */
#include "ingot/image.h"

#include "base/error.h"
#include "image/formats.h"
#include "image/resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static ig_status check_planes(int channels, int most, int width, int height, ig_error *error)
{
    if (channels >= 1 && channels <= most && width >= 1 && height >= 1)
        return IG_OK;
    ig_fail(error, IG_E_USAGE, "these planes make no picture");
    ig_error_expected(error, "1 to %d planes of at least 1 x 1", most);
    ig_error_found(error, "%d of %d x %d", channels, width, height);
    return IG_E_USAGE;
}

/* Plane after plane rather than pixel after pixel: memory is read in order. */
static void keep_best(const float *plane, size_t count, int index, float *best, uint8_t *classes)
{
    for (size_t i = 0; i < count; i++)
        if (plane[i] > best[i]) {
            best[i] = plane[i];
            classes[i] = (uint8_t)index;
        }
}

ig_status ig_mask_from_scores(const float *scores, int classes, int height, int width, ig_image *out, ig_error *error)
{
    *out = (ig_image){0};
    ig_status status = check_planes(classes, IG_MASK_MAX_CLASSES, width, height, error);
    if (status)
        return status;
    size_t count = (size_t)width * (size_t)height;
    float *best = malloc(count * sizeof *best);
    if (!best)
        return ig_fail_memory(error, count * sizeof *best);
    status = ig_image_alloc(width, height, 1, out, error);
    if (!status) {
        memset(out->pixels, 0, count);
        for (size_t i = 0; i < count; i++)
            best[i] = -INFINITY;
        for (int c = 0; c < classes; c++)
            keep_best(scores + (size_t)c * count, count, c, best, out->pixels);
    }
    free(best);
    return status;
}

ig_status ig_mask_resize(const ig_image *mask, int width, int height, ig_image *out, ig_error *error)
{
    *out = (ig_image){0};
    if (mask->channels != 1 || width < 1 || height < 1)
        return ig_fail(error, IG_E_USAGE, "a class map has one channel, and its new size at least 1 x 1");
    return ig_image_resize_nearest(mask, width, height, out, error);
}

void ig_mask_count(const ig_image *mask, int64_t counts[IG_MASK_MAX_CLASSES])
{
    memset(counts, 0, IG_MASK_MAX_CLASSES * sizeof *counts);
    for (size_t i = 0; i < (size_t)mask->width * (size_t)mask->height; i++)
        counts[mask->pixels[i]]++;
}

/* PASCAL VOC's colours: the class's bits, three at a time, become the high bits of red, green and blue. */
static void color_of(int class_index, uint8_t rgb[3])
{
    memset(rgb, 0, 3);
    for (int bit = 7; class_index > 0; bit--, class_index >>= 3)
        for (int c = 0; c < 3; c++)
            rgb[c] |= (uint8_t)((class_index >> c & 1) << bit);
}

ig_status ig_mask_color(const ig_image *mask, ig_image *out, ig_error *error)
{
    *out = (ig_image){0};
    if (mask->channels != 1)
        return ig_fail(error, IG_E_USAGE, "a class map has one channel");
    ig_status status = ig_image_alloc(mask->width, mask->height, 3, out, error);
    for (size_t i = 0; !status && i < (size_t)mask->width * (size_t)mask->height; i++)
        color_of(mask->pixels[i], out->pixels + 3 * i);
    return status;
}

ig_status ig_image_from_tensor(const float *planes, ig_color color, int channels, int height, int width, ig_image *out,
                               ig_error *error)
{
    *out = (ig_image){0};
    ig_status status = check_planes(channels == 2 ? 0 : channels, 3, width, height, error);
    if (!status)
        status = ig_image_alloc(width, height, channels, out, error);
    size_t count = (size_t)width * (size_t)height;
    for (int c = 0; !status && c < channels; c++) {
        uint8_t *to = out->pixels + (color == IG_COLOR_BGR ? channels - 1 - c : c);
        for (size_t i = 0; i < count; i++) {
            float value = (planes[(size_t)c * count + i] + 1.0f) * 127.5f;
            to[i * (size_t)channels] = !(value > 0) ? 0 : value >= 255 ? 255 : (uint8_t)lroundf(value);
        }
    }
    return status;
}
