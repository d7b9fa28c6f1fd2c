#include "ingot/image.h"

#include "base/error.h"
#include "base/text.h"
#include "image/formats.h"
#include "image/stb.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 1 << 30 };

/* No format packs more: deflate reaches 1032 to 1, with 8 pixels a byte. A few bytes that claim a gigantic picture are
 * refused before any time goes into it. */
enum { MAX_PIXELS_PER_BYTE = 16384 };

void ig_image_release(ig_image *image)
{
    if (!image)
        return;
    free(image->pixels);
    *image = (ig_image){0};
}

ig_status ig_image_check_size(int64_t width, int64_t height, int channels, ig_error *error)
{
    bool fits = width >= 1 && height >= 1 && width <= IG_IMAGE_MAX_SIDE && height <= IG_IMAGE_MAX_SIDE;
    if (fits && (uint64_t)(width * height * channels) <= IG_IMAGE_MAX_BYTES)
        return IG_OK;
    ig_fail(error, IG_E_DATA, "the image's size is not acceptable");
    ig_error_expected(error, "1 to %d pixels a side and at most %" PRIu64 " bytes in all", IG_IMAGE_MAX_SIDE,
                      IG_IMAGE_MAX_BYTES);
    ig_error_found(error, "%" PRId64 " x %" PRId64 " with %d channels", width, height, channels);
    return IG_E_DATA;
}

ig_status ig_image_alloc(int width, int height, int channels, ig_image *out, ig_error *error)
{
    size_t bytes = (size_t)width * (size_t)height * (size_t)channels;
    *out = (ig_image){.width = width, .height = height, .channels = channels, .pixels = malloc(bytes)};
    if (out->pixels)
        return IG_OK;
    *out = (ig_image){0};
    return ig_fail_memory(error, bytes);
}

static ig_status fail_decode(const ig_stb_result *result, ig_error *error)
{
    static const struct {
        const char *reason, *message;
        ig_status status;
    } KNOWN[] = {
        {"outofmem", "not enough memory to decode the image", IG_E_NO_MEMORY},
        {"too large", "the image is too large", IG_E_DATA},
        {"unknown image type", "this is not an image of a known kind", IG_E_DATA},
    };
    const char *reason = result->reason ? result->reason : "unknown";
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (strcmp(reason, KNOWN[i].reason) != 0)
            continue;
        ig_fail(error, KNOWN[i].status, "%s", KNOWN[i].message);
        ig_error_expected(error, "a JPEG, PNG, BMP, PGM, PPM, TGA or GIF of at most %d pixels a side",
                          IG_IMAGE_MAX_SIDE);
        return KNOWN[i].status;
    }
    if (result->past_end)
        return ig_fail(error, IG_E_DATA, "the image is truncated");
    ig_fail(error, IG_E_DATA, "the image is damaged, or of an unsupported kind");
    ig_error_found(error, "%s", reason);
    return IG_E_DATA;
}

/* The size is known only by a failed decode when the header alone did not do: that names the reason. */
static ig_status fail_info(const uint8_t *bytes, size_t length, ig_error *error)
{
    ig_stb_result result;
    if (ig_stb_load(bytes, length, 0, &result)) {
        free(result.pixels);
        return ig_fail(error, IG_E_DATA, "the image's header is damaged");
    }
    return fail_decode(&result, error);
}

static ig_status check_info(const ig_stb_result *info, size_t length, ig_error *error)
{
    ig_status status = ig_image_check_size(info->width, info->height, info->components, error);
    if (status)
        return status;
    uint64_t pixels = (uint64_t)info->width * (uint64_t)info->height;
    if (pixels / MAX_PIXELS_PER_BYTE <= length)
        return IG_OK;
    ig_fail(error, IG_E_DATA, "the image is truncated");
    ig_error_found(error, "%zu bytes for %d x %d pixels", length, info->width, info->height);
    return IG_E_DATA;
}

static ig_status decode_general(const uint8_t *bytes, size_t length, ig_image *out, ig_error *error)
{
    ig_stb_result info, result;
    if (!ig_stb_info(bytes, length, &info))
        return fail_info(bytes, length, error);
    ig_status status = check_info(&info, length, error);
    if (status)
        return status;
    int channels = info.components <= 2 ? 1 : 3;
    if (!ig_stb_load(bytes, length, channels, &result))
        return fail_decode(&result, error);
    if (result.past_end || result.width != info.width || result.height != info.height) {
        free(result.pixels);
        return ig_fail(error, IG_E_DATA, result.past_end ? "the image is truncated" : "the image is damaged");
    }
    *out = (ig_image){result.width, result.height, channels, result.pixels};
    return IG_OK;
}

static ig_status decode_any(const uint8_t *bytes, size_t length, ig_image *out, ig_error *error)
{
    if (length == 0)
        return ig_fail(error, IG_E_DATA, "the file is empty, not an image");
    if (length > MAX_FILE_BYTES)
        return ig_fail(error, IG_E_DATA, "the file is larger than %d bytes", MAX_FILE_BYTES);
    if (ig_image_is_pnm(bytes, length))
        return ig_image_decode_pnm(bytes, length, out, error);
    ig_status status = ig_image_is_jpeg(bytes, length) ? ig_image_check_jpeg(bytes, length, error) : IG_OK;
    return status ? status : decode_general(bytes, length, out, error);
}

ig_status ig_image_decode(const void *bytes, size_t length, const char *name, ig_image *out, ig_error *error)
{
    *out = (ig_image){0};
    ig_status status = decode_any(bytes, length, out, error);
    if (status)
        ig_error_where(error, name, 0, 0);
    return status;
}

ig_status ig_image_read(const char *path, ig_image *out, ig_error *error)
{
    char *bytes;
    size_t length;
    *out = (ig_image){0};
    ig_status status = ig_file_read(path, MAX_FILE_BYTES, &bytes, &length, error);
    if (status)
        return status;
    status = ig_image_decode(bytes, length, path, out, error);
    free(bytes);
    return status;
}
