/* Which limit binds a step, how far from it the step is, and which steps have most to gain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "bench/roofline.h"

/* Medians are there to be ignored. */
static const ig_device_roofs roofs = {.fma_gflops = {50, 100, 0},
                                      .copy_gbytes_per_s = {5, 10, 0},
                                      .cached_gbytes_per_s = {25, 50, 0},
                                      .launch_us = {40, 20, 0}};

static void check(int64_t macs, int64_t bytes, double ms, const char *bound, double roof_ms)
{
    const ig_cost cost = {.macs = macs, .adds = 1000000000, .bytes = bytes};
    ig_roofline got;
    ig_roofline_of(&roofs, &cost, true, ms, &got);
    assert_string_equal(ig_bound_name(got.bound), bound);
    assert_true(fabs(got.roof_ms - roof_ms) < 1e-12);
    assert_true(fabs(got.of_roof - roof_ms / ms) < 1e-12);
    assert_true(fabs(got.could_save_ms - fmax(0, ms - roof_ms)) < 1e-12);
}

static void test_bounds(void **state)
{
    (void)state;
    check(50000000, 1000, 4, "compute", 1);
    check(50000000, 20000000, 4, "memory", 2);
    check(50000000, 9999999, 4, "compute", 1);
    check(0, 0, 4, "launch", 0.02);
    check(999999, 900000, 4, "launch", 0.02);
    check(1000001, 900000, 4, "compute", 0.02000002);
    /* what fits the caches moves at their rate, one byte more does not */
    check(0, IG_ROOF_CACHED_BYTES, 4, "memory", (double)IG_ROOF_CACHED_BYTES / 50e6);
    check(0, IG_ROOF_CACHED_BYTES + 1, 4, "memory", (double)(IG_ROOF_CACHED_BYTES + 1) / 10e6);
    /* above the roof there is nothing to save */
    check(50000000, 1000, 0.5, "compute", 1);
}

/* What shares a launch with others is not held against one. */
static void test_without_launch(void **state)
{
    (void)state;
    const ig_cost cost = {.macs = 500, .bytes = 5000};
    ig_roofline got;
    ig_roofline_of(&roofs, &cost, true, 1, &got);
    assert_string_equal(ig_bound_name(got.bound), "launch");
    ig_roofline_of(&roofs, &cost, false, 1, &got);
    assert_string_equal(ig_bound_name(got.bound), "memory");
    assert_true(fabs(got.roof_ms - 0.0001) < 1e-12);
}

static void test_no_time(void **state)
{
    (void)state;
    const ig_cost cost = {.macs = 50000000};
    ig_roofline got;
    ig_roofline_of(&roofs, &cost, true, 0, &got);
    assert_true(got.of_roof == 0 && got.could_save_ms == 0);
    assert_true(fabs(ig_roofline_macs_ms(&roofs, 50000000) - 1) < 1e-12);
}

static void test_flops(void **state)
{
    (void)state;
    const ig_cost cost = {.macs = 10, .adds = 3, .other = 4, .bytes = 100};
    assert_int_equal(ig_cost_flops(&cost), 27);
}

static void test_top(void **state)
{
    (void)state;
    static const double SAVED[] = {1, 0, 5, 3, 3, 7, 0.5};
    enum { N = sizeof SAVED / sizeof SAVED[0] };
    ig_measured_step steps[N] = {{.ms = 0}};
    int top[N];
    for (int i = 0; i < N; i++)
        steps[i].roof.could_save_ms = SAVED[i];
    assert_int_equal(ig_roofline_top(steps, N, top, 3), 3);
    assert_true(top[0] == 5 && top[1] == 2 && top[2] == 3);
    assert_int_equal(ig_roofline_top(steps, 2, top, 3), 1);
    assert_int_equal(top[0], 0);
    assert_int_equal(ig_roofline_top(steps, N, top, N), N - 1);
    assert_true(top[3] == 4 && top[4] == 0 && top[5] == 6);
    assert_int_equal(ig_roofline_top(&steps[1], 1, top, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounds), cmocka_unit_test(test_without_launch),
                                       cmocka_unit_test(test_no_time), cmocka_unit_test(test_flops),
                                       cmocka_unit_test(test_top)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
