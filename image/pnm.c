#include "image/formats.h"

#include "base/error.h"

typedef struct pnm_header {
    int64_t width, height, maxval;
    int channels;
    size_t data_offset;
} pnm_header;

bool ig_image_is_pnm(const uint8_t *bytes, size_t length)
{
    return length >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' && (bytes[2] <= ' ' || bytes[2] == '#');
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Next number of the header, comments ('#' to the end of the line) skipped; -1 when there is none. */
static int64_t read_number(const uint8_t *bytes, size_t length, size_t *at)
{
    bool comment = false;
    while (*at < length && (comment || is_blank(bytes[*at]) || bytes[*at] == '#')) {
        comment = (comment || bytes[*at] == '#') && bytes[*at] != '\n';
        ++*at;
    }
    int64_t value = -1;
    for (; *at < length && bytes[*at] >= '0' && bytes[*at] <= '9'; ++*at) {
        value = (value < 0 ? 0 : value) * 10 + (bytes[*at] - '0');
        if (value > INT32_MAX)
            return -1;
    }
    return value;
}

static ig_status read_header(const uint8_t *bytes, size_t length, pnm_header *out, ig_error *error)
{
    if (bytes[1] != '5' && bytes[1] != '6') {
        ig_fail(error, IG_E_UNSUPPORTED, "this kind of PNM file is not supported");
        ig_error_expected(error, "a binary PGM (P5) or PPM (P6)");
        ig_error_found(error, "P%c", bytes[1]);
        return IG_E_UNSUPPORTED;
    }
    size_t at = 2;
    out->channels = bytes[1] == '6' ? 3 : 1;
    out->width = read_number(bytes, length, &at);
    out->height = read_number(bytes, length, &at);
    out->maxval = read_number(bytes, length, &at);
    bool sizes = out->width > 0 && out->height > 0 && out->maxval > 0 && out->maxval <= 65535;
    if (!sizes || at >= length || !is_blank(bytes[at]))
        return ig_fail(error, IG_E_DATA, "the PNM header is malformed");
    out->data_offset = at + 1;
    return IG_OK;
}

static uint8_t scale_sample(unsigned sample, unsigned maxval)
{
    if (maxval == 255)
        return (uint8_t)sample;
    if (maxval == 65535)
        return (uint8_t)(sample >> 8);
    if (sample > maxval)
        sample = maxval;
    return (uint8_t)((sample * 255 + maxval / 2) / maxval);
}

static void unpack_samples(const uint8_t *from, size_t count, unsigned maxval, uint8_t *out)
{
    bool wide = maxval > 255;
    for (size_t i = 0; i < count; i++) {
        unsigned sample = wide ? (unsigned)from[2 * i] << 8 | from[2 * i + 1] : from[i];
        out[i] = scale_sample(sample, maxval);
    }
}

ig_status ig_image_decode_pnm(const uint8_t *bytes, size_t length, ig_image *out, ig_error *error)
{
    pnm_header header = {0};
    ig_status status = read_header(bytes, length, &header, error);
    if (!status)
        status = ig_image_check_size(header.width, header.height, header.channels, error);
    if (status)
        return status;
    size_t count = (size_t)header.width * (size_t)header.height * (size_t)header.channels;
    size_t needed = header.maxval > 255 ? 2 * count : count;
    if (needed > length - header.data_offset) {
        ig_fail(error, IG_E_DATA, "the image is truncated");
        ig_error_expected(error, "%zu bytes of pixels", needed);
        ig_error_found(error, "%zu bytes", length - header.data_offset);
        return IG_E_DATA;
    }
    status = ig_image_alloc((int)header.width, (int)header.height, header.channels, out, error);
    if (!status)
        unpack_samples(bytes + header.data_offset, count, (unsigned)header.maxval, out->pixels);
    return status;
}
