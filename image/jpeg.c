/* Walks a JPEG's segments in the decoder's own order before it may see them: some kinds it would misread silently, and
 * releases of it before 2.28 write past their tables when a Huffman table has more than 256 symbols. */
#include "image/formats.h"

#include "base/error.h"

enum {
    MARKER_SOF_PROGRESSIVE = 0xC2,
    MARKER_DHT = 0xC4,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA,
    MARKER_TEM = 0x01
};
enum { MAX_SCANS = 100, MAX_SYMBOLS = 256, FOUR_COMPONENTS = 4 };

typedef struct jpeg_walk {
    const uint8_t *bytes;
    size_t length, at;
    int frames, scans;
    ig_error *error;
} jpeg_walk;

/* Any number of fill bytes may precede the first marker. */
bool ig_image_is_jpeg(const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && bytes[at] == 0xFF)
        at++;
    return at > 0 && at < length && bytes[at] == MARKER_SOI;
}

/* Frame headers are C0..CF without the tables C4 (Huffman), C8 (reserved) and CC (arithmetic). */
static bool is_frame_header(int marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != MARKER_DHT && marker != 0xC8 && marker != 0xCC;
}

static bool has_no_body(int marker)
{
    return marker == MARKER_SOI || marker == MARKER_TEM || (marker >= 0xD0 && marker <= 0xD7);
}

static ig_status fail_kind(jpeg_walk *walk, const char *message, const char *found)
{
    ig_fail(walk->error, IG_E_UNSUPPORTED, "%s", message);
    ig_error_expected(walk->error, "an 8-bit baseline or progressive JPEG, grey or in colour (YCbCr or RGB)");
    ig_error_found(walk->error, "%s", found);
    ig_error_hint(walk->error, "save the image again as an RGB JPEG or a PNG");
    return IG_E_UNSUPPORTED;
}

static ig_status fail_damaged(jpeg_walk *walk, const char *found)
{
    ig_fail(walk->error, IG_E_DATA, "the JPEG is damaged");
    ig_error_found(walk->error, "%s", found);
    return IG_E_DATA;
}

static ig_status check_frame(jpeg_walk *walk, int marker, const uint8_t *body, size_t bytes)
{
    walk->frames++;
    if (bytes < 6)
        return fail_damaged(walk, "a short frame header");
    if (marker > MARKER_SOF_PROGRESSIVE)
        return fail_kind(walk, "this kind of JPEG is not supported", "a lossless, hierarchical or arithmetic one");
    if (body[0] != 8)
        return fail_kind(walk, "this kind of JPEG is not supported", "samples of more than 8 bits");
    if (body[5] == FOUR_COMPONENTS)
        return fail_kind(walk, "CMYK and YCCK JPEG are not supported", "four components");
    return IG_OK;
}

static ig_status check_huffman(jpeg_walk *walk, const uint8_t *body, size_t bytes)
{
    while (bytes > 0) {
        size_t symbols = 0, head = 17; /* table number, then how many codes of 1 to 16 bits */
        for (size_t i = 1; i < head && i < bytes; i++)
            symbols += body[i];
        if (symbols > MAX_SYMBOLS || bytes < head + symbols)
            return fail_damaged(walk, "an impossible Huffman table");
        body += head + symbols;
        bytes -= head + symbols;
    }
    return IG_OK;
}

static ig_status check_segment(jpeg_walk *walk, int marker, const uint8_t *body, size_t bytes)
{
    if (is_frame_header(marker))
        return check_frame(walk, marker, body, bytes);
    if (marker == MARKER_DHT)
        return check_huffman(walk, body, bytes);
    if (marker == MARKER_SOS && ++walk->scans > MAX_SCANS)
        return fail_damaged(walk, "an absurd number of scans");
    return IG_OK;
}

/* The next marker; whatever is not one (padding, stuffed zeros, coded pixels) is passed over. 0 at the end. */
static int next_marker(jpeg_walk *walk)
{
    while (walk->at + 1 < walk->length) {
        uint8_t first = walk->bytes[walk->at], second = walk->bytes[walk->at + 1];
        bool is_marker = first == 0xFF && second != 0xFF && second != 0x00;
        walk->at += is_marker ? 2 : 1;
        if (is_marker)
            return second;
    }
    return 0;
}

ig_status ig_image_check_jpeg(const uint8_t *bytes, size_t length, ig_error *error)
{
    jpeg_walk walk = {.bytes = bytes, .length = length, .error = error};
    for (int marker = next_marker(&walk); marker && marker != MARKER_EOI; marker = next_marker(&walk)) {
        if (has_no_body(marker))
            continue;
        size_t left = length - walk.at;
        size_t segment = left < 2 ? 0 : (size_t)bytes[walk.at] << 8 | bytes[walk.at + 1];
        if (segment < 2 || segment > left)
            return ig_fail(error, IG_E_DATA, "the image is truncated");
        ig_status status = check_segment(&walk, marker, bytes + walk.at + 2, segment - 2);
        if (status)
            return status;
        walk.at += segment;
    }
    if (walk.frames != 1 || walk.scans < 1)
        return fail_damaged(&walk, walk.scans < 1 ? "no pixels" : "no frame header, or several");
    return IG_OK;
}
