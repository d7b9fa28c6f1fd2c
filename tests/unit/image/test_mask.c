/* Class maps: ties, counts, colours, sizes; and planes as pictures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ingot/image.h"

static void check_pixels(const ig_image *image, int width, int height, int channels, const uint8_t *want)
{
    assert_int_equal(image->width, width);
    assert_int_equal(image->height, height);
    assert_int_equal(image->channels, channels);
    for (int i = 0; i < width * height * channels; i++)
        assert_int_equal(image->pixels[i], want[i]);
}

static void takes_the_best_class(void **state)
{
    (void)state;
    /* Columns: clear, a tie of 0 and 2, a tie of 1 and 2, all equal, a NaN among numbers, nothing but NaN. */
    static const float SCORES[3][6] = {{0, 5, 1, 7, NAN, NAN}, {-1, 4, 2, 7, -3, NAN}, {9, 5, 2, 7, -4, NAN}};
    ig_image mask;
    assert_int_equal(ig_mask_from_scores(&SCORES[0][0], 3, 2, 3, &mask, NULL), IG_OK);
    check_pixels(&mask, 3, 2, 1, (const uint8_t[]){2, 0, 1, 0, 1, 0});
    int64_t counts[IG_MASK_MAX_CLASSES];
    ig_mask_count(&mask, counts);
    assert_true(counts[0] == 3 && counts[1] == 2 && counts[2] == 1 && counts[3] == 0 && counts[255] == 0);
    ig_image_release(&mask);
}

static void refuses_too_many_classes(void **state)
{
    (void)state;
    float *scores = calloc(257, sizeof *scores);
    assert_non_null(scores);
    ig_image mask;
    ig_error error;
    assert_int_equal(ig_mask_from_scores(scores, 257, 1, 1, &mask, &error), IG_E_USAGE);
    assert_null(mask.pixels);
    assert_int_equal(ig_mask_from_scores(scores, 0, 1, 1, &mask, &error), IG_E_USAGE);
    scores[255] = 1;
    assert_int_equal(ig_mask_from_scores(scores, 256, 1, 1, &mask, &error), IG_OK);
    assert_int_equal(mask.pixels[0], 255);
    ig_image_release(&mask);
    free(scores);
}

static void resizes_without_new_classes(void **state)
{
    (void)state;
    static uint8_t pixels[] = {0, 6, 3, 1};
    const ig_image mask = {2, 2, 1, pixels};
    ig_image out;
    assert_int_equal(ig_mask_resize(&mask, 4, 3, &out, NULL), IG_OK);
    check_pixels(&out, 4, 3, 1, (const uint8_t[]){0, 0, 6, 6, 3, 3, 1, 1, 3, 3, 1, 1});
    ig_image_release(&out);
    ig_error error;
    assert_int_equal(ig_mask_resize(&mask, 0, 3, &out, &error), IG_E_USAGE);
}

static void paints_every_class_differently(void **state)
{
    (void)state;
    uint8_t pixels[256];
    for (int i = 0; i < 256; i++)
        pixels[i] = (uint8_t)i;
    const ig_image mask = {256, 1, 1, pixels};
    ig_image out;
    assert_int_equal(ig_mask_color(&mask, &out, NULL), IG_OK);
    static const uint8_t FIRST[] = {0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0, 0, 0, 128};
    assert_memory_equal(out.pixels, FIRST, sizeof FIRST);
    for (int a = 0; a < 256; a++)
        for (int b = 0; b < a; b++)
            assert_true(memcmp(out.pixels + 3 * a, out.pixels + 3 * b, 3) != 0);
    ig_image_release(&out);
}

static void makes_pictures_of_planes(void **state)
{
    (void)state;
    static const float PLANES[3][2] = {{-1, 1}, {0, -2}, {3, NAN}};
    ig_image out;
    assert_int_equal(ig_image_from_tensor(&PLANES[0][0], IG_COLOR_RGB, 3, 1, 2, &out, NULL), IG_OK);
    check_pixels(&out, 2, 1, 3, (const uint8_t[]){0, 128, 255, 255, 0, 0});
    ig_image_release(&out);
    assert_int_equal(ig_image_from_tensor(&PLANES[0][0], IG_COLOR_BGR, 3, 1, 2, &out, NULL), IG_OK);
    check_pixels(&out, 2, 1, 3, (const uint8_t[]){255, 128, 0, 0, 0, 255});
    ig_image_release(&out);
    ig_error error;
    assert_int_equal(ig_image_from_tensor(&PLANES[0][0], IG_COLOR_RGB, 2, 1, 2, &out, &error), IG_E_USAGE);
    assert_null(out.pixels);
}

/* What a network reads from a picture by the usual scale, written back, is the picture. */
static void undoes_the_preprocessing(void **state)
{
    (void)state;
    uint8_t pixels[256];
    float planes[256];
    for (int i = 0; i < 256; i++)
        pixels[i] = (uint8_t)i;
    const ig_image image = {16, 16, 1, pixels};
    const ig_preprocess how = {.color = IG_COLOR_GRAY, .scale = 2.0f / 255.0f, .mean = {1.0f}};
    assert_int_equal(ig_image_to_tensor(&image, &how, 1, 16, 16, planes, NULL), IG_OK);
    ig_image out;
    assert_int_equal(ig_image_from_tensor(planes, IG_COLOR_GRAY, 1, 16, 16, &out, NULL), IG_OK);
    check_pixels(&out, 16, 16, 1, pixels);
    ig_image_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_best_class),        cmocka_unit_test(refuses_too_many_classes),
        cmocka_unit_test(resizes_without_new_classes), cmocka_unit_test(paints_every_class_differently),
        cmocka_unit_test(makes_pictures_of_planes),    cmocka_unit_test(undoes_the_preprocessing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
