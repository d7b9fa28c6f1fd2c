#include "image/formats.h"

#include "base/error.h"

enum { MARKER_SOI = 0xD8, MARKER_EOI = 0xD9, MARKER_SOS = 0xDA, MARKER_TEM = 0x01 };

bool ig_image_is_jpeg(const uint8_t *bytes, size_t length)
{
    return length >= 3 && bytes[0] == 0xFF && bytes[1] == MARKER_SOI && bytes[2] == 0xFF;
}

/* Frame headers are C0..CF without the tables C4 (Huffman), C8 (reserved) and CC (arithmetic). */
static bool is_frame_header(int marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static bool has_no_length(int marker)
{
    return marker == MARKER_SOI || marker == MARKER_TEM || (marker >= 0xD0 && marker <= 0xD7);
}

/* Body of the first frame header, with its marker; NULL when there is none before the first scan. */
static const uint8_t *find_frame(const uint8_t *bytes, size_t length, int *marker, size_t *body_bytes)
{
    size_t at = 0;
    while (at + 1 < length) {
        if (bytes[at] != 0xFF || bytes[at + 1] == 0xFF || bytes[at + 1] == 0x00) {
            at++;
            continue;
        }
        *marker = bytes[at + 1];
        at += 2;
        if (has_no_length(*marker))
            continue;
        if (*marker == MARKER_SOS || *marker == MARKER_EOI || length - at < 2)
            return NULL;
        size_t segment = (size_t)bytes[at] << 8 | bytes[at + 1];
        if (segment < 2 || segment > length - at)
            return NULL;
        if (is_frame_header(*marker)) {
            *body_bytes = segment - 2;
            return bytes + at + 2;
        }
        at += segment;
    }
    return NULL;
}

static ig_status fail_kind(ig_error *error, const char *message, const char *found)
{
    ig_fail(error, IG_E_UNSUPPORTED, "%s", message);
    ig_error_expected(error, "an 8-bit baseline or progressive JPEG, grey or in colour (YCbCr or RGB)");
    ig_error_found(error, "%s", found);
    ig_error_hint(error, "save the image again as an RGB JPEG or a PNG");
    return IG_E_UNSUPPORTED;
}

ig_status ig_image_check_jpeg(const uint8_t *bytes, size_t length, ig_error *error)
{
    int marker = 0;
    size_t body_bytes = 0;
    const uint8_t *frame = find_frame(bytes, length, &marker, &body_bytes);
    if (!frame || body_bytes < 6)
        return ig_fail(error, IG_E_DATA, "the JPEG is damaged: it has no frame header");
    if (marker > 0xC2)
        return fail_kind(error, "this kind of JPEG is not supported", "a lossless, hierarchical or arithmetic one");
    if (frame[0] != 8)
        return fail_kind(error, "this kind of JPEG is not supported", "samples of more than 8 bits");
    if (frame[5] == 4)
        return fail_kind(error, "CMYK and YCCK JPEG are not supported", "four components");
    return IG_OK;
}
