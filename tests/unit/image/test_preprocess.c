#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "ingot/image.h"
#include "resize_golden.h"

static uint8_t RGB_PIXELS[] = {10, 20, 30, 40, 50, 60, 255, 0, 128, 1, 2, 3}; /* 2 x 2 */
static uint8_t GREY_PIXELS[] = {0, 51, 102, 255};

static const ig_image RGB_IMAGE = {2, 2, 3, RGB_PIXELS};
static const ig_image GREY_IMAGE = {2, 2, 1, GREY_PIXELS};

static void orders_channels(void **state)
{
    (void)state;
    float out[12];
    ig_preprocess how = {.color = IG_COLOR_RGB, .scale = 1.0f};
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 3, 2, 2, out, NULL), IG_OK);
    static const float PLANES[12] = {10, 40, 255, 1, 20, 50, 0, 2, 30, 60, 128, 3};
    for (int i = 0; i < 12; i++)
        assert_true(out[i] == PLANES[i]);
    how.color = IG_COLOR_BGR;
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 3, 2, 2, out, NULL), IG_OK);
    for (int i = 0; i < 12; i++)
        assert_true(out[i] == PLANES[(2 - i / 4) * 4 + i % 4]);
}

static void replicates_grey(void **state)
{
    (void)state;
    float out[12];
    ig_preprocess how = {.color = IG_COLOR_BGR, .resize = IG_RESIZE_NONE};
    assert_int_equal(ig_image_to_tensor(&GREY_IMAGE, &how, 3, 2, 2, out, NULL), IG_OK);
    for (int i = 0; i < 12; i++)
        assert_true(out[i] == (float)GREY_PIXELS[i % 4] / 255.0f);
}

static void scales_then_normalises(void **state)
{
    (void)state;
    float out[12];
    ig_preprocess how = {.mean = {0.485f, 0.456f, 0.406f}, .std = {0.229f, 0.224f, 0.225f}};
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 3, 2, 2, out, NULL), IG_OK);
    assert_true(out[0] == (10.0f / 255.0f - 0.485f) / 0.229f);
    assert_true(out[11] == (3.0f / 255.0f - 0.406f) / 0.225f);
    how = (ig_preprocess){.scale = 2.0f, .mean = {100.0f}, .color = IG_COLOR_GRAY};
    assert_int_equal(ig_image_to_tensor(&GREY_IMAGE, &how, 1, 2, 2, out, NULL), IG_OK);
    assert_true(out[1] == 2.0f); /* 51 * 2 - 100, std 0 means 1 */
}

static void greys_like_pillow(void **state)
{
    (void)state;
    enum { SIZE = 64 };
    uint8_t *pixels = malloc(SIZE * SIZE * 3), *grey = malloc(SIZE * SIZE);
    float *out = malloc(SIZE * SIZE * sizeof *out);
    assert_true(pixels && grey && out);
    uint32_t random = 12345;
    for (int i = 0; i < SIZE * SIZE * 3; i++) {
        random = random * 1664525u + 1013904223u;
        pixels[i] = (uint8_t)(random >> 24);
    }
    ig_image image = {SIZE, SIZE, 3, pixels};
    ig_preprocess how = {.color = IG_COLOR_GRAY, .scale = 1.0f};
    assert_int_equal(ig_image_to_tensor(&image, &how, 1, SIZE, SIZE, out, NULL), IG_OK);
    for (int i = 0; i < SIZE * SIZE; i++)
        grey[i] = (uint8_t)out[i];
    assert_true(ig_hash_fnv64(IG_HASH_FNV64_SEED, grey, SIZE * SIZE) == GREY_GOLDEN_HASH);
    free(pixels);
    free(grey);
    free(out);
}

static void resizes_on_request(void **state)
{
    (void)state;
    float out[3 * 8 * 3];
    uint8_t pixels[5 * 7];
    uint32_t random = 12345;
    for (size_t i = 0; i < sizeof pixels; i++) {
        random = random * 1664525u + 1013904223u;
        pixels[i] = (uint8_t)(random >> 24);
    }
    ig_image image = {5, 7, 1, pixels};
    for (int i = 0; i < 3; i += 2) { /* goldens 0 and 2 are this picture, bilinear and nearest */
        ig_preprocess how = {.resize = RESIZE_GOLDENS[i].mode, .scale = 1.0f};
        assert_int_equal(ig_image_to_tensor(&image, &how, 3, 3, 8, out, NULL), IG_OK);
        for (int k = 0; k < 3 * 24; k++)
            assert_true(out[k] == (float)RESIZE_GOLDENS[i].whole[k % 24]);
    }
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    float out[12];
    ig_error error;
    ig_preprocess how = {.color = IG_COLOR_RGB};
    ig_image broken = {2, 2, 4, RGB_PIXELS}, empty = {0};
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 3, 2, 1, out, &error), IG_E_DATA);
    assert_string_equal(error.expected, "1 x 2 pixels");
    assert_string_equal(error.found, "2 x 2 pixels");
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 1, 2, 2, out, &error), IG_E_USAGE);
    assert_int_equal(ig_image_to_tensor(&broken, &how, 3, 2, 2, out, &error), IG_E_USAGE);
    assert_int_equal(ig_image_to_tensor(&empty, &how, 3, 2, 2, out, &error), IG_E_USAGE);
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 3, 0, 2, out, &error), IG_E_USAGE);
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 3, 2, IG_IMAGE_MAX_SIDE + 1, out, &error), IG_E_USAGE);
    how.std[1] = (float)NAN;
    assert_int_equal(ig_image_to_tensor(&RGB_IMAGE, &how, 3, 2, 2, out, &error), IG_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_channels),        cmocka_unit_test(replicates_grey),
        cmocka_unit_test(scales_then_normalises), cmocka_unit_test(greys_like_pillow),
        cmocka_unit_test(resizes_on_request),     cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
