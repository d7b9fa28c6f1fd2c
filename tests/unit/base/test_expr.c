#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/expr.h"
#include "base/text.h"

static const char *const NAMES[] = {"F1.h", "width", "groups"};
static const int64_t VALUES[] = {7, 224, 0};

static bool look_up(void *user, const char *name, int64_t *value)
{
    (void)user;
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *value = VALUES[i];
            return true;
        }
    }
    return false;
}

static const ig_expr_env ENV = {look_up, NULL, NAMES, 3};

static void computes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } CASES[] = {
        {"1 + 2 * 3", 7},
        {"(1+2)*3", 9},
        {"10 - 4 - 3", 3},
        {"100/10/5", 2},
        {"7 % 4 * 2", 6},
        {"-3 + 5", 2},
        {"- -3", 3},
        {"!0 + !5", 1},
        {"1 < 2 == 1", 1},
        {"3 >= 3 && 2 <= 1 || 4 != 5", 1},
        {"2 > 3", 0},
        {"0 || 0 && 1", 0},
        {"1 ? 2 : 3", 2},
        {"0 ? 2 : 0 ? 3 : 4", 4},
        {"min(3, 1, 2) + max(3, 9)", 10},
        {"ceil(7, 2) * floor(7, 2)", 12},
        {"ceil(F1.h, 2)", 4},
        {"width / 2 + F1.h", 119},
        {"groups != 0 && width / groups > 2", 0},
        {"groups == 0 || width / groups > 2", 1},
        {"groups ? width / groups : -1", -1},
        {"-9223372036854775807 - 1", INT64_MIN},
        {"9223372036854775807", INT64_MAX},
        {"-1 * (-9223372036854775807 - 1 + 1)", INT64_MAX},
        {"  min ( 1 , 2 )  ", 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t value = 99;
        ig_error error;
        if (ig_expr_eval(CASES[i].text, &ENV, &value, &error))
            fail_msg("%s: %s at %d", CASES[i].text, error.message, error.column);
        if (value != CASES[i].value)
            fail_msg("%s gave %lld", CASES[i].text, (long long)value);
        assert_int_equal(ig_expr_check(CASES[i].text, &error), IG_OK);
    }
}

static void fails_where_it_should(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int column;
        const char *message, *hint;
    } CASES[] = {
        {"", 1, "malformed", ""},
        {"1 +", 4, "malformed", ""},
        {"(1 + 2", 7, "malformed", ""},
        {"1 2", 3, "malformed", ""},
        {"1 = 2", 3, "malformed", ""},
        {"min(1)", 6, "malformed", ""},
        {"ceil(1, 2, 3)", 11, "malformed", ""},
        {"1 ? 2", 6, "malformed", ""},
        {"1; 2", 2, "malformed", ""},
        {"1 + widht", 5, "unknown name", "did you mean 'width'?"},
        {"0 && widht", 6, "unknown name", "did you mean 'width'?"},
        {"zzz", 1, "unknown name", ""},
        {"mni(1, 2)", 1, "unknown function", "did you mean 'min'?"},
        {"4 / groups", 3, "division by zero", ""},
        {"4 % groups", 3, "division by zero", ""},
        {"-4 / 2", 4, "negative", ""},
        {"ceil(4, -2)", 1, "negative", ""},
        {"9223372036854775808", 1, "64 bits", ""},
        {"9223372036854775807 + 1", 21, "64 bits", ""},
        {"-9223372036854775807 - 2", 22, "64 bits", ""},
        {"9223372036854775807 * 2", 21, "64 bits", ""},
        {"4294967296 * -4294967296", 12, "64 bits", ""},
        {"-(-9223372036854775807 - 1)", 1, "64 bits", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t value = 99;
        ig_error error;
        if (ig_expr_eval(CASES[i].text, &ENV, &value, &error) != IG_E_DATA)
            fail_msg("%s was computed", CASES[i].text);
        if (error.column != CASES[i].column || error.line != 1 || !strstr(error.message, CASES[i].message))
            fail_msg("%s: '%s' at %d", CASES[i].text, error.message, error.column);
        assert_string_equal(error.hint, CASES[i].hint);
        assert_int_equal(value, 99);
    }
}

static void bounds_nesting_and_length(void **state)
{
    (void)state;
    static const char *const UNITS[] = {"(", "-", "!", "1?", "min(1,", "1+("};
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        ig_text text = {0};
        for (int k = 0; k < 500; k++)
            ig_text_add(&text, "%s", UNITS[i]);
        int64_t value;
        ig_error error;
        assert_int_equal(ig_expr_eval(text.data, &ENV, &value, &error), IG_E_DATA);
        assert_non_null(strstr(error.message, "nested"));
        ig_text_release(&text);
    }
    ig_text sum = {0};
    for (int k = 0; k < 3000; k++)
        ig_text_add(&sum, "1+");
    ig_text_add(&sum, "1");
    assert_int_equal(ig_expr_check(sum.data, NULL), IG_E_DATA);
    ig_text_release(&sum);
}

static void checks_syntax_without_names(void **state)
{
    (void)state;
    int64_t value;
    ig_error error;
    assert_int_equal(ig_expr_check("a.b / c + unknown", &error), IG_OK);
    assert_int_equal(ig_expr_check("1 / 0", &error), IG_OK);
    assert_int_equal(ig_expr_check("a +", &error), IG_E_DATA);
    assert_int_equal(ig_expr_eval("a", NULL, &value, &error), IG_E_DATA);
    assert_int_equal(ig_expr_eval("6 * 7", NULL, &value, NULL), IG_OK);
    assert_int_equal(value, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes),
        cmocka_unit_test(fails_where_it_should),
        cmocka_unit_test(bounds_nesting_and_length),
        cmocka_unit_test(checks_syntax_without_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
