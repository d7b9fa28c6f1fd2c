/* PNG files: what is written, the decoder reads back to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ingot/image.h"

/* Fills `bytes`; `n` counts from 0. */
typedef uint8_t (*pattern)(size_t n, uint32_t *random);

static uint8_t noise(size_t n, uint32_t *random)
{
    (void)n;
    *random = *random * 1664525u + 1013904223u;
    return (uint8_t)(*random >> 24);
}

static uint8_t constant(size_t n, uint32_t *random)
{
    (void)n, (void)random;
    return 6;
}

static uint8_t slope(size_t n, uint32_t *random)
{
    (void)random;
    return (uint8_t)(n / 5);
}

/* Long runs and repeats far apart, with some noise between them. */
static uint8_t mixed(size_t n, uint32_t *random)
{
    return n / 700 % 3 == 0 ? noise(n, random) : (uint8_t)(n / 700 % 2 ? n % 311 : 255);
}

static size_t check_round_trip(int width, int height, int channels, pattern fill)
{
    size_t count = (size_t)width * (size_t)height * (size_t)channels, length;
    uint32_t random = 7;
    ig_image image = {width, height, channels, malloc(count)}, back;
    uint8_t *bytes;
    assert_non_null(image.pixels);
    for (size_t i = 0; i < count; i++)
        image.pixels[i] = fill(i, &random);
    assert_int_equal(ig_image_encode_png(&image, &bytes, &length, NULL), IG_OK);
    ig_error error;
    if (ig_image_decode(bytes, length, "round trip", &back, &error))
        fail_msg("%d x %d x %d: %s (%s)", width, height, channels, error.message, error.found);
    assert_true(back.width == width && back.height == height && back.channels == channels);
    assert_memory_equal(back.pixels, image.pixels, count);
    ig_image_release(&back);
    ig_image_release(&image);
    free(bytes);
    return length;
}

static void reads_back(void **state)
{
    (void)state;
    static const pattern PATTERNS[] = {noise, constant, slope, mixed};
    static const int SIZES[][2] = {{1, 1}, {2, 1}, {1, 3}, {3, 5}, {7, 7}, {200, 200}, {1000, 3}, {2, 999}, {517, 301}};
    for (size_t p = 0; p < sizeof PATTERNS / sizeof *PATTERNS; p++)
        for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
            check_round_trip(SIZES[s][0], SIZES[s][1], 1, PATTERNS[p]);
            check_round_trip(SIZES[s][0], SIZES[s][1], 3, PATTERNS[p]);
        }
}

static void compresses(void **state)
{
    (void)state;
    assert_in_range(check_round_trip(1000, 1000, 1, constant), 1, 12000);
    assert_in_range(check_round_trip(1000, 1000, 3, slope), 1, 100000);
    /* Noise grows by what the format costs, not more. */
    assert_in_range(check_round_trip(300, 300, 3, noise), 270000, 270000 / 8 * 9 + 1000);
}

static void refuses_what_it_could_not_read(void **state)
{
    (void)state;
    uint8_t pixel[4] = {0}, *bytes;
    size_t length;
    ig_error error;
    ig_image image = {1, 1, 4, pixel};
    assert_int_equal(ig_image_encode_png(&image, &bytes, &length, &error), IG_E_USAGE);
    assert_null(bytes);
    image = (ig_image){IG_IMAGE_MAX_SIDE + 1, 1, 1, pixel};
    assert_int_equal(ig_image_encode_png(&image, &bytes, &length, &error), IG_E_DATA);
    assert_null(bytes);
}

static void writes_a_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/ingot-png-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.png", folder);
    uint8_t pixels[] = {1, 2, 3, 4, 5, 6};
    const ig_image image = {3, 2, 1, pixels};
    ig_image back;
    ig_error error;
    assert_int_equal(ig_image_write_png(&image, path, &error), IG_OK);
    assert_int_equal(ig_image_read(path, &back, &error), IG_OK);
    assert_memory_equal(back.pixels, pixels, sizeof pixels);
    ig_image_release(&back);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing else was left there */
    assert_int_not_equal(ig_image_write_png(&image, path, &error), IG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back),
        cmocka_unit_test(compresses),
        cmocka_unit_test(refuses_what_it_could_not_read),
        cmocka_unit_test(writes_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
