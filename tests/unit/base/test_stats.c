/* Medians, ranks and spreads. */
#include "base/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_one_run(void **state)
{
    (void)state;
    double times[] = {4};
    ig_stats s;
    ig_stats_summarize(times, 1, &s);
    assert_true(s.runs == 1 && s.median == 4 && s.mean == 4 && s.min == 4 && s.max == 4);
    assert_true(s.p05 == 4 && s.p95 == 4 && s.spread == 0);
}

static void test_ranks(void **state)
{
    (void)state;
    double times[20];
    ig_stats s;
    for (int i = 0; i < 20; i++)
        times[i] = 20 - i;
    ig_stats_summarize(times, 20, &s);
    assert_true(s.median == 10.5 && s.p05 == 1 && s.p95 == 19 && s.min == 1 && s.max == 20);
    assert_true(fabs(s.spread - 18 / 10.5) < 1e-12);
    double five[] = {5, 1, 4, 2, 3};
    ig_stats_summarize(five, 5, &s);
    assert_true(s.median == 3 && s.p05 == 1 && s.p95 == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_run),
        cmocka_unit_test(test_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
