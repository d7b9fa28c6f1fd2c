#include "image/resize.h"

#include "base/error.h"
#include "image/formats.h"

#include <stdlib.h>
#include <string.h>

/* The position is summed up, not multiplied out, as Pillow does: their last bits differ. */
static int *make_positions(int in_size, int out_size)
{
    int *position = calloc((size_t)out_size, sizeof *position);
    if (!position)
        return NULL;
    double scale = (double)in_size / out_size, at = scale * 0.5;
    for (int i = 0; i < out_size; i++, at += scale)
        position[i] = at < in_size ? (int)at : in_size - 1;
    return position;
}

static void pick_row(const ig_image *in, const int *column, const uint8_t *row, int width, uint8_t *out)
{
    size_t channels = (size_t)in->channels;
    for (int x = 0; x < width; x++)
        memcpy(out + (size_t)x * channels, row + (size_t)column[x] * channels, channels);
}

ig_status ig_image_resize_nearest(const ig_image *in, int width, int height, ig_image *out, ig_error *error)
{
    int *column = make_positions(in->width, width), *line = make_positions(in->height, height);
    ig_status status = column && line ? ig_image_alloc(width, height, in->channels, out, error)
                                      : ig_fail_memory(error, ((size_t)width + (size_t)height) * sizeof *column);
    size_t in_row = (size_t)in->width * (size_t)in->channels, out_row = (size_t)width * (size_t)in->channels;
    for (int y = 0; !status && y < height; y++)
        pick_row(in, column, in->pixels + (size_t)line[y] * in_row, width, out->pixels + (size_t)y * out_row);
    free(column);
    free(line);
    return status;
}
