/* Binding and checking a kernel, and the set that comes with the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cl/kernels/kernel.h"

static const char TEXT[] = "//@ kernel k\n//@ op relu\n//@ doc d\n"
                           "//@ tune TM 1..8 = 4\n"
                           "//@ tune LX {16,64,256} = 64\n"
                           "//@ let TILES = ceil(N, TM * LX)\n"
                           "//@ when N < 5000 || G != 0\n"
                           "//@ let RATIO = N / G\n"
                           "//@ when N % 2 == 0\n"
                           "//@ when TM <= 6\n"
                           "//@ arg buffer in 0 x\n//@ arg buffer out y\n"
                           "//@ local_mem LX * TM * 16\n"
                           "//@ local LX, 1, 1\n"
                           "//@ groups TILES, B, 1\n"
                           "__kernel void k(__global float *x, __global float *y) {}\n";

static ig_arena *arena;
static ig_kernel_def kernel;

static int load(void **state)
{
    (void)state;
    arena = ig_arena_create();
    return arena && ig_kernel_parse(TEXT, strlen(TEXT), "k.cl", arena, &kernel, NULL) == IG_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    ig_arena_destroy(&arena);
    return 0;
}

static ig_kernel_vars problem(int64_t n, int64_t g, int64_t b)
{
    ig_kernel_vars vars = {.count = 0};
    assert_true(ig_kernel_vars_set(&vars, "N", n));
    assert_true(ig_kernel_vars_set(&vars, "G", g));
    assert_true(ig_kernel_vars_set(&vars, "B", b));
    return vars;
}

static void test_vars(void **state)
{
    (void)state;
    static char names[IG_KERNEL_MAX_VARS][16];
    ig_kernel_vars vars = {.count = 0};
    int64_t value = 0;
    assert_false(ig_kernel_vars_get(&vars, "N", &value));
    for (int i = 0; i < IG_KERNEL_MAX_VARS; i++) {
        snprintf(names[i], sizeof names[i], "V%d", i);
        assert_true(ig_kernel_vars_set(&vars, names[i], i));
    }
    assert_false(ig_kernel_vars_set(&vars, "W", 1));
    assert_true(ig_kernel_vars_set(&vars, "V3", -5));
    assert_true(ig_kernel_vars_get(&vars, "V3", &value));
    assert_int_equal(value, -5);
    ig_error error;
    assert_int_equal(ig_kernel_bind(&kernel, NULL, &vars, &error), IG_E_INTERNAL);
}

static void test_bind_adds_tunables_then_lets(void **state)
{
    (void)state;
    ig_kernel_vars vars = problem(1000, 3, 1);
    ig_error error;
    int64_t value;
    assert_int_equal(ig_kernel_bind(&kernel, NULL, &vars, &error), IG_OK);
    assert_true(ig_kernel_vars_get(&vars, "TILES", &value));
    assert_int_equal(value, 4);
    assert_true(ig_kernel_vars_get(&vars, "RATIO", &value));
    assert_int_equal(value, 333);
    assert_int_equal(ig_kernel_bind(&kernel, (const int64_t[]){2, 256}, &vars, &error), IG_OK);
    assert_true(ig_kernel_vars_get(&vars, "TILES", &value));
    assert_int_equal(value, 2);
    assert_int_equal(ig_kernel_bind(&kernel, (const int64_t[]){2, 32}, &vars, &error), IG_E_USAGE);
    assert_non_null(strstr(error.message, "LX=32"));
}

/* 6000 / 0 is below a line that keeps it from being computed. */
static void test_bind_ends_where_a_line_does_not_hold(void **state)
{
    (void)state;
    ig_kernel_vars vars = problem(6000, 0, 1);
    const ig_kernel_bounds bounds = {256, {256, 256, 256}, 16384, 0};
    ig_kernel_launches launches;
    ig_error error;
    int64_t value;
    bool legal = true;
    char why[128];
    assert_int_equal(ig_kernel_bind(&kernel, NULL, &vars, &error), IG_OK);
    assert_string_equal(vars.refused, "N < 5000 || G != 0");
    assert_true(ig_kernel_vars_get(&vars, "TILES", &value));
    assert_false(ig_kernel_vars_get(&vars, "RATIO", &value));
    assert_int_equal(ig_kernel_check(&kernel, &vars, &bounds, &legal, &launches, why, sizeof why, &error), IG_OK);
    assert_false(legal);
    assert_non_null(strstr(why, "N < 5000"));
    vars = problem(6000, 1, 1);
    assert_int_equal(ig_kernel_bind(&kernel, NULL, &vars, &error), IG_OK);
    assert_null(vars.refused);
}

static void test_errors_name_kernel_and_expression(void **state)
{
    (void)state;
    ig_kernel_vars vars = problem(1000, 0, 1), none = {.count = 0};
    ig_error error;
    int64_t value;
    assert_int_equal(ig_kernel_bind(&kernel, NULL, &vars, &error), IG_E_DATA);
    assert_non_null(strstr(error.message, "'k'"));
    assert_non_null(strstr(error.message, "N / G"));
    assert_int_equal(ig_kernel_bind(&kernel, NULL, &none, NULL), IG_E_DATA);
    assert_int_equal(ig_kernel_eval(&kernel, "N + NN", &vars, &value, &error), IG_E_DATA);
    assert_string_equal(error.found, "'NN'");
    assert_true(error.hint[0] != '\0');
}

static void test_check(void **state)
{
    (void)state;
    static const struct {
        int64_t n, b, tm, lx;
        ig_kernel_bounds bounds;
        const char *why; /* NULL: legal */
    } CASES[] = {
        {1000, 1, 4, 64, {256, {256, 256, 256}, 16384, 0}, NULL},
        {1000, 1, 4, 64, {64, {64, 64, 64}, 4096, 0}, NULL},
        {1001, 1, 4, 64, {256, {256, 256, 256}, 16384, 0}, "'N % 2 == 0'"},
        {1000, 1, 8, 64, {256, {256, 256, 256}, 16384, 0}, "'TM <= 6'"},
        {1000, 1, 4, 256, {255, {256, 256, 256}, 16384, 0}, "256x1x1"},
        {1000, 1, 4, 256, {256, {64, 256, 256}, 16384, 0}, "dimension 0, at most 64"},
        {1000, 1, 4, 64, {256, {256, 256, 256}, 4095, 0}, "4096 bytes of local memory"},
        {1000, 0, 4, 64, {256, {256, 256, 256}, 16384, 0}, "0 groups"},
        {INT64_C(1) << 40, 1, 4, 64, {256, {256, 256, 256}, 16384, 0}, "groups of 64"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ig_kernel_vars vars = problem(CASES[i].n, 1, CASES[i].b);
        ig_kernel_launches launches;
        bool legal = false;
        char why[128];
        ig_error error;
        assert_int_equal(ig_kernel_bind(&kernel, (const int64_t[]){CASES[i].tm, CASES[i].lx}, &vars, &error), IG_OK);
        assert_int_equal(ig_kernel_check(&kernel, &vars, &CASES[i].bounds, &legal, &launches, why, sizeof why, &error),
                         IG_OK);
        assert_int_equal(legal, CASES[i].why == NULL);
        if (CASES[i].why && !strstr(why, CASES[i].why))
            fail_msg("'%s' instead of '%s'", why, CASES[i].why);
        if (legal) {
            assert_int_equal(launches.at[0].groups[0], 4);
            assert_int_equal(launches.at[0].local[0], 64);
            assert_int_equal(launches.at[0].local_mem_bytes, 4096);
        }
        assert_int_equal(ig_kernel_check(&kernel, &vars, &CASES[i].bounds, &legal, &launches, NULL, 0, NULL), IG_OK);
    }
}

static void test_check_needs_known_names(void **state)
{
    (void)state;
    ig_kernel_vars vars = {.count = 0};
    ig_kernel_launches launches;
    bool legal;
    const ig_kernel_bounds bounds = {64, {64, 64, 64}, 1024, 0};
    assert_int_equal(ig_kernel_check(&kernel, &vars, &bounds, &legal, &launches, NULL, 0, NULL), IG_E_DATA);
}

static void test_shipped_set(void **state)
{
    (void)state;
    ig_kernel_set set;
    ig_error error = {0};
    if (ig_kernel_set_load(arena, &set, &error) != IG_OK)
        fail_msg("%s:%d:%d: %s", error.file, error.line, error.column, error.message);
    assert_true(set.count > 0);
    for (int i = 1; i < set.count; i++)
        assert_true(strcmp(set.kernels[i - 1].name, set.kernels[i].name) < 0);
    assert_non_null(strstr(ig_kernel_prelude(), "ACTIVATE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vars),
        cmocka_unit_test(test_bind_adds_tunables_then_lets),
        cmocka_unit_test(test_bind_ends_where_a_line_does_not_hold),
        cmocka_unit_test(test_errors_name_kernel_and_expression),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_check_needs_known_names),
        cmocka_unit_test(test_shipped_set),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
