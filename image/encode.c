#include "ingot/image.h"

#include "base/error.h"
#include "image/formats.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

ig_status ig_image_encode_png(const ig_image *image, uint8_t **out, size_t *length, ig_error *error)
{
    *out = NULL;
    *length = 0;
    if (image->channels != 1 && image->channels != 3)
        return ig_fail(error, IG_E_USAGE, "a PNG is written from 1 or 3 channels, not %d", image->channels);
    ig_status status = ig_image_check_size(image->width, image->height, image->channels, error);
    if (status)
        return status;
    png_image header = {.version = PNG_IMAGE_VERSION,
                        .width = (png_uint_32)image->width,
                        .height = (png_uint_32)image->height,
                        .format = image->channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB};
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(header); /* one pass into the most it can take */
    uint8_t *bytes = malloc(room);
    if (!bytes)
        return ig_fail_memory(error, room);
    if (!png_image_write_to_memory(&header, bytes, &room, 0, image->pixels, 0, NULL)) {
        free(bytes);
        return ig_fail(error, IG_E_NO_MEMORY, "the PNG could not be made: %.64s", header.message);
    }
    *out = bytes;
    *length = room;
    return IG_OK;
}

ig_status ig_image_write_png(const ig_image *image, const char *path, ig_error *error)
{
    uint8_t *bytes;
    size_t length;
    ig_status status = ig_image_encode_png(image, &bytes, &length, error);
    if (!status)
        status = ig_file_write(path, bytes, length, error);
    free(bytes);
    return status;
}
