/* Bit-exactness with Pillow: hashes and a few whole arrays that tests/gen/gen_resize.py made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "image/resize.h"
#include "resize_golden.h"

enum { GOLDEN_COUNT = sizeof RESIZE_GOLDENS / sizeof RESIZE_GOLDENS[0] };

static ig_image make_pattern(int width, int height, int channels)
{
    size_t bytes = (size_t)width * (size_t)height * (size_t)channels;
    ig_image image = {width, height, channels, malloc(bytes)};
    assert_non_null(image.pixels);
    uint32_t state = 12345;
    for (size_t i = 0; i < bytes; i++) {
        state = state * 1664525u + 1013904223u;
        image.pixels[i] = (uint8_t)(state >> 24);
    }
    return image;
}

static uint64_t hash_image(const ig_image *image)
{
    size_t bytes = (size_t)image->width * (size_t)image->height * (size_t)image->channels;
    return ig_hash_fnv64(IG_HASH_FNV64_SEED, image->pixels, bytes);
}

static void check_golden(const resize_golden *golden)
{
    ig_image in = make_pattern(golden->in_width, golden->in_height, golden->channels), out;
    uint64_t before = hash_image(&in);
    ig_error error;
    ig_status status = golden->mode == IG_RESIZE_BILINEAR
                           ? ig_image_resize_bilinear(&in, golden->out_width, golden->out_height, &out, &error)
                           : ig_image_resize_nearest(&in, golden->out_width, golden->out_height, &out, &error);
    assert_int_equal(status, IG_OK);
    assert_int_equal(out.width, golden->out_width);
    assert_int_equal(out.height, golden->out_height);
    assert_int_equal(out.channels, golden->channels);
    if (golden->whole)
        assert_memory_equal(out.pixels, golden->whole, (size_t)(out.width * out.height * out.channels));
    if (hash_image(&out) != golden->hash)
        fail_msg("%d: %dx%d -> %dx%d differs from Pillow", golden->mode, in.width, in.height, out.width, out.height);
    assert_true(before == hash_image(&in));
    ig_image_release(&in);
    ig_image_release(&out);
}

static void matches_pillow(void **state)
{
    (void)state;
    for (int i = 0; i < GOLDEN_COUNT; i++)
        check_golden(&RESIZE_GOLDENS[i]);
}

/* White stays white and black black at any size: rounding neither loses nor gains. */
static void keeps_flat_pictures(void **state)
{
    (void)state;
    for (int size = 1; size < 40; size += 3) {
        uint8_t pixels[13 * 11];
        ig_image in = {13, 11, 1, pixels}, out;
        memset(pixels, 255, sizeof pixels);
        assert_int_equal(ig_image_resize_bilinear(&in, size, 41 - size, &out, NULL), IG_OK);
        for (int i = 0; i < size * (41 - size); i++)
            assert_int_equal(out.pixels[i], 255);
        ig_image_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_pillow),
        cmocka_unit_test(keeps_flat_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
