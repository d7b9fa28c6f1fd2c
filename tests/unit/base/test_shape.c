#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/shape.h"

static void counts_elements(void **state)
{
    (void)state;
    ig_shape scalar = {0}, image = {4, {1, 3, 224, 224}}, zero = {2, {3, 0}}, negative = {1, {-1}};
    ig_shape large = {2, {INT64_C(1) << 32, INT64_C(1) << 31}}, fits = {2, {INT64_C(1) << 31, INT64_C(1) << 31}};
    ig_shape rank = {7, {1, 1, 1, 1, 1, 1}};
    assert_int_equal(ig_shape_elems(&scalar), 1);
    assert_int_equal(ig_shape_elems(&image), 150528);
    assert_int_equal(ig_shape_elems(&zero), -1);
    assert_int_equal(ig_shape_elems(&negative), -1);
    assert_int_equal(ig_shape_elems(&large), -1);
    assert_true(ig_shape_elems(&fits) == INT64_C(1) << 62);
    assert_int_equal(ig_shape_elems(&rank), -1);
}

static void prints(void **state)
{
    (void)state;
    ig_shape scalar = {0}, image = {4, {1, 3, 224, 224}};
    char text[32];
    assert_string_equal(ig_shape_text(&image, text, sizeof text), "1x3x224x224");
    assert_string_equal(ig_shape_text(&scalar, text, sizeof text), "scalar");
    for (size_t size = 1; size < 12; size++) {
        memset(text, '#', sizeof text);
        assert_int_equal(strlen(ig_shape_text(&image, text, size)), size - 1);
        assert_int_equal(text[size], '#');
    }
    assert_ptr_equal(ig_shape_text(&image, text, 0), text);
}

static void sizes_windows(void **state)
{
    (void)state;
    assert_int_equal(ig_shape_window(224, 3, 1, 1, 1, false), 224);
    assert_int_equal(ig_shape_window(224, 7, 2, 3, 1, false), 112);
    assert_int_equal(ig_shape_window(112, 3, 2, 0, 1, false), 55);
    assert_int_equal(ig_shape_window(37, 3, 1, 12, 12, false), 37);
    assert_int_equal(ig_shape_window(5, 5, 1, 0, 1, false), 1);
    assert_int_equal(ig_shape_window(4, 5, 1, 0, 1, false), 0);
    assert_int_equal(ig_shape_window(300, 3, 2, 0, 1, true), 150);
    assert_int_equal(ig_shape_window(7, 3, 2, 1, 1, true), 4);
    assert_int_equal(ig_shape_window(6, 3, 2, 1, 1, true), 4);
    assert_int_equal(ig_shape_window(5, 1, 3, 0, 1, true), 2);
    assert_int_equal(ig_shape_window(4, 1, 4, 0, 1, true), 1); /* a second window would begin behind the input */
    assert_int_equal(ig_shape_window(4, 5, 2, 0, 1, true), 1);
    assert_true(ig_shape_window(2, 5, 2, 0, 1, true) < 1);
    assert_true(ig_shape_window(2, 5, 2, 0, 1, false) < 1);
    assert_true(ig_shape_window(5, 1, 0, 0, 1, false) < 1);
    assert_true(ig_shape_window(INT64_MAX, 3, 1, 1, 1, false) < 1);
    assert_true(ig_shape_window(5, INT64_MAX, 1, INT64_MAX, INT64_MAX, false) < 1);
}

static void broadcasts(void **state)
{
    (void)state;
    ig_shape image = {4, {2, 8, 5, 7}}, channel = {3, {8, 1, 1}}, bad = {1, {6}}, scalar = {0}, out;
    int64_t stride[IG_MAX_RANK];
    assert_true(ig_shape_broadcast(&image, &channel, &out) && ig_shape_equal(&out, &image));
    assert_true(ig_shape_broadcast(&channel, &image, &out) && ig_shape_equal(&out, &image));
    assert_true(ig_shape_broadcast(&scalar, &image, &out) && ig_shape_equal(&out, &image));
    assert_false(ig_shape_broadcast(&image, &bad, &out));
    ig_shape column = {2, {5, 1}}, row = {2, {1, 7}}, plane = {2, {5, 7}};
    assert_true(ig_shape_broadcast(&column, &row, &out) && ig_shape_equal(&out, &plane));
    ig_shape_strides(&image, &image, stride);
    assert_true(stride[0] == 280 && stride[1] == 35 && stride[2] == 7 && stride[3] == 1 && stride[4] == 0);
    ig_shape_strides(&channel, &image, stride);
    assert_true(stride[0] == 0 && stride[1] == 1 && stride[2] == 0 && stride[3] == 0);
    ig_shape_strides(&scalar, &image, stride);
    assert_true(stride[0] == 0 && stride[3] == 0);
}

static void compares_and_finds_axes(void **state)
{
    (void)state;
    const int64_t dim[] = {1, 3, 8};
    ig_shape a = ig_shape_make(3, dim), b = ig_shape_make(2, dim);
    assert_false(ig_shape_equal(&a, &b));
    b = ig_shape_make(3, dim);
    assert_true(ig_shape_equal(&a, &b));
    b.dim[2] = 9;
    assert_false(ig_shape_equal(&a, &b));
    assert_int_equal(ig_shape_make(7, dim).rank, 0);
    assert_int_equal(ig_shape_axis(&a, 0), 0);
    assert_int_equal(ig_shape_axis(&a, 2), 2);
    assert_int_equal(ig_shape_axis(&a, -1), 2);
    assert_int_equal(ig_shape_axis(&a, -3), 0);
    assert_int_equal(ig_shape_axis(&a, 3), -1);
    assert_int_equal(ig_shape_axis(&a, -4), -1);
    assert_int_equal(ig_shape_axis(&a, INT64_MIN), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_elements),         cmocka_unit_test(prints),     cmocka_unit_test(sizes_windows),
        cmocka_unit_test(compares_and_finds_axes), cmocka_unit_test(broadcasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
