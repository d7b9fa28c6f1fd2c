#include "ingot/image.h"

#include "base/error.h"
#include "image/formats.h"
#include "image/resize.h"

#include <math.h>

typedef struct sample_size {
    int channels, height, width;
} sample_size;

static ig_status check_arguments(const ig_image *image, const ig_preprocess *how, const sample_size *size,
                                 ig_error *error)
{
    int channels = how->color == IG_COLOR_GRAY ? 1 : 3;
    bool image_ok = image->pixels && image->width >= 1 && image->height >= 1 && image->width <= IG_IMAGE_MAX_SIDE &&
                    image->height <= IG_IMAGE_MAX_SIDE && (image->channels == 1 || image->channels == 3);
    if (!image_ok)
        return ig_fail(error, IG_E_USAGE, "the image to pre-process is empty or malformed");
    if (size->channels != channels) {
        ig_fail(error, IG_E_USAGE, "the input's channels do not fit the colour order");
        ig_error_expected(error, "%d", channels);
        ig_error_found(error, "%d", size->channels);
        return IG_E_USAGE;
    }
    bool size_ok =
        size->width >= 1 && size->height >= 1 && size->width <= IG_IMAGE_MAX_SIDE && size->height <= IG_IMAGE_MAX_SIDE;
    if (!size_ok)
        return ig_fail(error, IG_E_USAGE, "an input of %d x %d pixels is not possible", size->width, size->height);
    bool finite = isfinite(how->scale);
    for (int c = 0; c < 3; c++)
        finite = finite && isfinite(how->mean[c]) && isfinite(how->std[c]);
    return finite ? IG_OK : ig_fail(error, IG_E_USAGE, "scale, mean and std must be finite numbers");
}

/* ITU-R 601 luma in 16-bit fixed point, rounded: Pillow's "L". */
static ig_status make_grey(const ig_image *image, ig_image *out, ig_error *error)
{
    ig_status status = ig_image_alloc(image->width, image->height, 1, out, error);
    if (status)
        return status;
    size_t count = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *rgb = image->pixels + 3 * i;
        out->pixels[i] = (uint8_t)((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 0x8000u) >> 16);
    }
    return IG_OK;
}

static ig_status resize(const ig_image *image, ig_resize_mode mode, const sample_size *size, ig_image *out,
                        ig_error *error)
{
    if (mode == IG_RESIZE_BILINEAR)
        return ig_image_resize_bilinear(image, size->width, size->height, out, error);
    if (mode == IG_RESIZE_NEAREST)
        return ig_image_resize_nearest(image, size->width, size->height, out, error);
    ig_fail(error, IG_E_DATA, "the image does not have the input's size, and no resize is asked for");
    ig_error_expected(error, "%d x %d pixels", size->width, size->height);
    ig_error_found(error, "%d x %d pixels", image->width, image->height);
    return IG_E_DATA;
}

/* Every byte's value once, in the order of float operations that training frameworks use. */
static void make_values(const ig_preprocess *how, int channel, float values[256])
{
    float std = how->std[channel] != 0.0f ? how->std[channel] : 1.0f;
    for (int i = 0; i < 256; i++) {
        float scaled = how->scale != 0.0f ? (float)i * how->scale : (float)i / 255.0f;
        values[i] = (scaled - how->mean[channel]) / std;
    }
}

static void fill_planes(const ig_image *image, const ig_preprocess *how, int channels, float *out)
{
    size_t count = (size_t)image->width * (size_t)image->height, step = (size_t)image->channels;
    for (int c = 0; c < channels; c++) {
        int source = how->color == IG_COLOR_BGR ? channels - 1 - c : c;
        const uint8_t *from = image->pixels + (image->channels == 1 ? 0 : source);
        float values[256];
        make_values(how, c, values);
        for (size_t i = 0; i < count; i++)
            *out++ = values[from[i * step]];
    }
}

static ig_status resize_and_fill(const ig_image *image, const ig_preprocess *how, const sample_size *size, float *out,
                                 ig_error *error)
{
    if (image->width == size->width && image->height == size->height) {
        fill_planes(image, how, size->channels, out);
        return IG_OK;
    }
    ig_image sized;
    ig_status status = resize(image, how->resize, size, &sized, error);
    if (status)
        return status;
    fill_planes(&sized, how, size->channels, out);
    ig_image_release(&sized);
    return IG_OK;
}

ig_status ig_image_to_tensor(const ig_image *image, const ig_preprocess *how, int channels, int height, int width,
                             float *out, ig_error *error)
{
    sample_size size = {channels, height, width};
    ig_status status = check_arguments(image, how, &size, error);
    if (status)
        return status;
    if (how->color != IG_COLOR_GRAY || image->channels == 1)
        return resize_and_fill(image, how, &size, out, error);
    ig_image grey;
    status = make_grey(image, &grey, error);
    if (status)
        return status;
    status = resize_and_fill(&grey, how, &size, out, error);
    ig_image_release(&grey);
    return status;
}
