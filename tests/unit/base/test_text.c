#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "base/text.h"

static void builds_text(void **state)
{
    (void)state;
    ig_text text = {0};
    assert_string_equal(ig_text_get(&text), "");
    ig_text_add(&text, "%s", "");
    assert_string_equal(ig_text_get(&text), "");
    for (int i = 0; i < 500; i++)
        ig_text_add(&text, "%d,", i % 10);
    ig_text_add_bytes(&text, "end", 3);
    assert_int_equal(text.length, 1003);
    assert_int_equal(strlen(text.data), 1003);
    assert_string_equal(text.data + 998, "9,end");
    ig_text_add_bytes(&text, "", SIZE_MAX / 2);
    assert_true(text.failed);
    ig_text_add(&text, "more");
    assert_int_equal(text.length, 1003);
    ig_text_release(&text);
    ig_text_release(NULL);
    assert_null(text.data);
}

static void finds_typing_errors(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"kernel", "stride", "padding", "dilation", "groups",
                                       "bias",   "conv2d", "relu6",   "in",       "x"};
    static const struct {
        const char *word, *nearest;
    } CASES[] = {
        {"kernal", "kernel"}, {"strid", "stride"},   {"sride", "stride"},
        {"strdie", "stride"}, {"pading", "padding"}, {"Conv2D", "conv2d"},
        {"relu", "relu6"},    {"group", "groups"},   {"dialation", "dilation"},
        {"bais", "bias"},     {"weights", NULL},     {"", NULL},
        {"y", NULL},          {"zzzzzz", NULL},      {"ni", "in"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const char *nearest = ig_text_nearest(CASES[i].word, KEYS, 10);
        if (nearest != CASES[i].nearest && (!nearest || !CASES[i].nearest || strcmp(nearest, CASES[i].nearest) != 0))
            fail_msg("'%s' is nearest to '%s'", CASES[i].word, nearest ? nearest : "nothing");
    }
    char large[300];
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    assert_null(ig_text_nearest(large, KEYS, 10));
    assert_null(ig_text_nearest(NULL, KEYS, 10));
    assert_null(ig_text_nearest("kernal", NULL, 0));
}

static void parses_integers(void **state)
{
    (void)state;
    int64_t value = 5;
    assert_true(ig_text_to_int("0", &value) && value == 0);
    assert_true(ig_text_to_int("-12", &value) && value == -12);
    assert_true(ig_text_to_int("+12", &value) && value == 12);
    assert_true(ig_text_to_int("9223372036854775807", &value) && value == INT64_MAX);
    assert_true(ig_text_to_int("-9223372036854775808", &value) && value == INT64_MIN);
    assert_true(ig_text_to_int("-0", &value) && value == 0);
    value = 5;
    static const char *const BAD[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x10",
                                      "1e3",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999",
                                      "one",
                                      "1_000"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        if (ig_text_to_int(BAD[i], &value))
            fail_msg("'%s' was taken for an integer", BAD[i]);
    }
    assert_false(ig_text_to_int(NULL, &value));
    assert_int_equal(value, 5);
}

static void parses_doubles(void **state)
{
    (void)state;
    double value = 5;
    assert_true(ig_text_to_double("1.5", &value) && value == 1.5);
    assert_true(ig_text_to_double("-.5e1", &value) && value == -5.0);
    assert_true(ig_text_to_double("3.", &value) && value == 3.0);
    assert_true(ig_text_to_double("0.1", &value) && value == 0.1);
    assert_true(ig_text_to_double("1e-400", &value) && value == 0.0);
    static const char *const BAD[] = {"",     ".",     "-",   "e5", "1e", "1e+",   "inf",   "nan",
                                      ".inf", "0x1p3", "1,5", " 1", "1 ", "1e999", "1.5.2", "1d3"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        if (ig_text_to_double(BAD[i], &value))
            fail_msg("'%s' was taken for a number", BAD[i]);
    }
    assert_false(ig_text_to_double(NULL, &value));
}

/* Where the decimal point is a comma, files still read and print with a point. */
static void ignores_the_locale(void **state)
{
    (void)state;
    static const char *const LOCALES[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    bool found = false;
    for (size_t i = 0; i < sizeof LOCALES / sizeof LOCALES[0] && !found; i++)
        found = setlocale(LC_ALL, LOCALES[i]) != NULL;
    double value = 0;
    ig_text text = {0};
    ig_text_add(&text, "%g", 2.5);
    bool parsed = ig_text_to_double("2.5", &value);
    setlocale(LC_ALL, "C");
    assert_true(parsed && value == 2.5);
    assert_string_equal(ig_text_get(&text), "2.5");
    ig_text_release(&text);
    if (!found) {
        print_message("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
}

static void parses_shapes(void **state)
{
    (void)state;
    ig_shape shape;
    char text[64];
    assert_true(ig_text_to_shape("1,3,224,224", &shape));
    assert_string_equal(ig_shape_text(&shape, text, sizeof text), "1x3x224x224");
    assert_true(ig_text_to_shape("2x5", &shape) && shape.rank == 2 && shape.dim[1] == 5);
    assert_true(ig_text_to_shape("7", &shape) && shape.rank == 1);
    static const char *const BAD[] = {"",
                                      "x",
                                      "1x",
                                      "x1",
                                      "1,2x3",
                                      "0x1",
                                      "-1x2",
                                      "1 x2",
                                      "1x2x3x4x5x6x7",
                                      "4294967296x4294967296",
                                      "99999999999999999999"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        if (ig_text_to_shape(BAD[i], &shape))
            fail_msg("'%s' was taken for a shape", BAD[i]);
    }
    assert_int_equal(shape.rank, 1);
    assert_false(ig_text_to_shape(NULL, &shape));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_text),    cmocka_unit_test(finds_typing_errors), cmocka_unit_test(parses_integers),
        cmocka_unit_test(parses_doubles), cmocka_unit_test(ignores_the_locale),  cmocka_unit_test(parses_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
