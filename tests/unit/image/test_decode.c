#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingot/image.h"
#include "tiny_images.h"

typedef struct tiny_file {
    const char *name;
    const uint8_t *bytes;
    size_t length;
    int channels;
    int tolerance; /* greatest difference to the original pixels */
} tiny_file;

#define TINY(name, channels, tolerance)                                                                                \
    {                                                                                                                  \
#name, name, sizeof name, channels, tolerance                                                                  \
    }
static const tiny_file FILES[] = {
    TINY(PNG_RGB, 3, 0),  TINY(PNG_GREY, 1, 0),  TINY(PNG_RGBA, 3, 0),   TINY(PNG_PALETTE, 3, 0),
    TINY(PNG_16, 1, 0),   TINY(BMP_RGB, 3, 0),   TINY(TGA_RGB, 3, 0),    TINY(TGA_RLE, 3, 0),
    TINY(GIF_GREY, 3, 0), TINY(JPEG_RGB, 3, 12), TINY(JPEG_GREY, 1, 12), TINY(JPEG_PROGRESSIVE, 3, 40),
};
enum { FILE_COUNT = sizeof FILES / sizeof FILES[0] };

static int original_pixel(const tiny_file *file, int pixel, int channel)
{
    if (strcmp(file->name, "GIF_GREY") == 0 || file->channels == 1)
        return TINY_GREY[pixel];
    return TINY_RGB[3 * pixel + channel];
}

static void check_pixels(const tiny_file *file, const ig_image *image)
{
    for (int i = 0; i < TINY_WIDTH * TINY_HEIGHT; i++) {
        for (int c = 0; c < image->channels; c++) {
            int difference = abs(image->pixels[i * image->channels + c] - original_pixel(file, i, c));
            if (difference > file->tolerance)
                fail_msg("%s: pixel %d channel %d is off by %d", file->name, i, c, difference);
        }
    }
}

static void decodes_every_kind(void **state)
{
    (void)state;
    for (int i = 0; i < FILE_COUNT; i++) {
        ig_image image;
        ig_error error;
        if (ig_image_decode(FILES[i].bytes, FILES[i].length, FILES[i].name, &image, &error))
            fail_msg("%s: %s (%s)", FILES[i].name, error.message, error.found);
        assert_int_equal(image.width, TINY_WIDTH);
        assert_int_equal(image.height, TINY_HEIGHT);
        assert_int_equal(image.channels, FILES[i].channels);
        check_pixels(&FILES[i], &image);
        ig_image_release(&image);
        assert_null(image.pixels);
    }
}

/* A file cut anywhere must not become a picture. The tails that carry no pixels are the exceptions: a TGA footer, a
 * GIF trailer, the checksum of PNG's last chunk. */
static void refuses_truncated_files(void **state)
{
    (void)state;
    for (int i = 0; i < FILE_COUNT; i++) {
        size_t tail = strncmp(FILES[i].name, "TGA", 3) == 0 ? 26 : strncmp(FILES[i].name, "GIF", 3) == 0 ? 2 : 4;
        size_t last = strncmp(FILES[i].name, "JPEG", 4) == 0 || FILES[i].name[0] == 'B' ? 1 : tail + 1;
        for (size_t length = 0; length <= FILES[i].length - last; length++) {
            uint8_t *exact = malloc(length ? length : 1); /* so that a sanitizer sees reads past the end */
            assert_non_null(exact);
            memcpy(exact, FILES[i].bytes, length);
            ig_image image;
            ig_error error;
            ig_status status = ig_image_decode(exact, length, "cut", &image, &error);
            if (status != IG_E_DATA || image.pixels)
                fail_msg("%s cut to %zu of %zu bytes: status %d", FILES[i].name, length, FILES[i].length, status);
            assert_string_equal(error.file, "cut");
            free(exact);
        }
    }
}

static ig_status decode(const void *bytes, size_t length, ig_image *image, ig_error *error)
{
    return ig_image_decode(bytes, length, "name", image, error);
}

static void refuses_the_unsupported(void **state)
{
    (void)state;
    ig_image image;
    ig_error error;
    assert_int_equal(decode(JPEG_CMYK, sizeof JPEG_CMYK, &image, &error), IG_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "CMYK"));
    assert_int_equal(decode(PNG_HUGE, sizeof PNG_HUGE, &image, &error), IG_E_DATA);
    assert_string_equal(error.message, "the image is too large");
    assert_int_equal(decode("just some words", 15, &image, &error), IG_E_DATA);
    assert_string_equal(error.message, "this is not an image of a known kind");
    assert_int_equal(decode("", 0, &image, &error), IG_E_DATA);
    assert_int_equal(decode("P3\n1 1 255 1 2 3\n", 17, &image, &error), IG_E_UNSUPPORTED);
    assert_int_equal(decode("", 0, &image, NULL), IG_E_DATA);
    uint8_t twelve_bits[sizeof JPEG_GREY];
    memcpy(twelve_bits, JPEG_GREY, sizeof twelve_bits);
    for (size_t i = 0; i + 4 < sizeof twelve_bits; i++) {
        if (twelve_bits[i] == 0xFF && twelve_bits[i + 1] == 0xC0)
            twelve_bits[i + 4] = 12;
    }
    assert_int_equal(decode(twelve_bits, sizeof twelve_bits, &image, &error), IG_E_UNSUPPORTED);
}

static void decodes_one_pixel(void **state)
{
    (void)state;
    ig_image image;
    assert_int_equal(decode(PNG_ONE_PIXEL, sizeof PNG_ONE_PIXEL, &image, NULL), IG_OK);
    assert_int_equal(image.width * image.height, 1);
    assert_memory_equal(image.pixels, "\1\2\3", 3);
    ig_image_release(&image);
}

static void decodes_netpbm(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        int status;
        uint8_t first, last;
    } CASES[] = {
        {"P5\n2 1\n255\n\x07\xF0", 13, IG_OK, 0x07, 0xF0},
        {"P5 # wide\n#more\n2 1\n65535\n\x12\x34\xAB\xCD", 30, IG_OK, 0x12, 0xAB},
        {"P5 2 1 1023\n\x01\xFF\x03\xFF", 16, IG_OK, 127, 255},
        {"P5 2 1 1\n\x00\x01", 11, IG_OK, 0, 255},
        {"P6 1 1 255\nabc", 14, IG_OK, 'a', 'c'},
        {"P6 1 1 255\nab", 13, IG_E_DATA, 0, 0},
        {"P5 2 0 255\nab", 13, IG_E_DATA, 0, 0},
        {"P5 2 1 65536\nabcd", 17, IG_E_DATA, 0, 0},
        {"P5 99999999999 1 255\n", 21, IG_E_DATA, 0, 0},
        {"P5 16385 1 255\n", 15, IG_E_DATA, 0, 0},
        {"P6 16384 16384 255\n", 19, IG_E_DATA, 0, 0},
        {"P5 2", 4, IG_E_DATA, 0, 0},
        {"P5 2 1 255", 10, IG_E_DATA, 0, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ig_image image;
        int status = decode(CASES[i].bytes, CASES[i].length, &image, NULL);
        if (status != CASES[i].status)
            fail_msg("netpbm case %zu: status %d", i, status);
        if (status)
            continue;
        assert_int_equal(image.pixels[0], CASES[i].first);
        assert_int_equal(image.pixels[image.width * image.height * image.channels - 1], CASES[i].last);
        ig_image_release(&image);
    }
}

static void reads_files(void **state)
{
    (void)state;
    ig_image image;
    ig_error error;
    assert_int_equal(ig_image_read("no-such-image.png", &image, &error), IG_E_NO_INPUT);
    assert_int_equal(ig_image_read(".", &image, &error), IG_E_DATA);
    const char *path = INGOT_SOURCE_DIR "/../shared/data/neu-det/images/crazing_1.jpg";
    if (!ig_file_exists(path)) {
        print_message("skipped: no picture at %s\n", path);
        skip();
    }
    assert_int_equal(ig_image_read(path, &image, &error), IG_OK);
    assert_int_equal(image.width, 200);
    assert_int_equal(image.height, 200);
    ig_image_release(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_every_kind),      cmocka_unit_test(refuses_truncated_files),
        cmocka_unit_test(refuses_the_unsupported), cmocka_unit_test(decodes_one_pixel),
        cmocka_unit_test(decodes_netpbm),          cmocka_unit_test(reads_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
