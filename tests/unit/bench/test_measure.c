/* The stopping rule of the bench, its turns, and its memory of verdicts. */
#include "bench/bench.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct counter {
    int runs, fail_at;
    bool cancel;
} counter;

static ig_status count_run(void *user, ig_error *error)
{
    counter *c = user;
    (void)error;
    return ++c->runs == c->fail_at ? IG_E_DEVICE : IG_OK;
}

static void test_measure(void **state)
{
    (void)state;
    counter c = {0};
    ig_error error;
    ig_stats s;
    ig_bench_params params = {.run = count_run, .user = &c, .warmup = 3, .max_runs = 7, .min_runs = 5};
    assert_int_equal(ig_bench_measure(&params, &s, &error), IG_OK);
    assert_int_equal(c.runs, 10);
    assert_int_equal(s.runs, 7);
    /* no time at all still gives the least number of runs */
    c = (counter){0};
    params.seconds = 1e-12;
    assert_int_equal(ig_bench_measure(&params, &s, &error), IG_OK);
    assert_int_equal(s.runs, 5);
    c = (counter){.fail_at = 5};
    assert_int_equal(ig_bench_measure(&params, &s, &error), IG_E_DEVICE);
    assert_int_equal(c.runs, 5);
    params.min_runs = 8;
    assert_int_equal(ig_bench_measure(&params, &s, &error), IG_E_USAGE);
}

typedef struct turns {
    char order[32];
    int n;
} turns;

static ig_status take_turn(turns *t, char who, long ns)
{
    const struct timespec pause = {0, ns};
    t->order[t->n++] = who;
    nanosleep(&pause, NULL);
    return IG_OK;
}

static ig_status run_slow(void *user, ig_error *error)
{
    (void)error;
    return take_turn(user, 's', 8000000);
}

static ig_status run_fast(void *user, ig_error *error)
{
    (void)error;
    return take_turn(user, 'f', 1000000);
}

static void test_compare(void **state)
{
    (void)state;
    turns t = {{0}};
    ig_error error;
    ig_bench_pair pair;
    ig_bench_params params = {.run = run_slow, .user = &t, .warmup = 1, .max_runs = 4, .min_runs = 4};
    assert_int_equal(ig_bench_compare(&params, run_fast, &pair, &error), IG_OK);
    assert_string_equal(t.order, "sfsffssffs"); /* the warm-up first */
    assert_int_equal(pair.ratio.runs, 4);
    assert_true(pair.first.min >= 8 && pair.second.min >= 1); /* a sleep is never shorter than asked for */
    assert_true(pair.ratio.max <= pair.first.max / pair.second.min);
    assert_true(pair.ratio.min >= pair.first.min / pair.second.max);
}

typedef struct told {
    double ms;
    int calls;
} told;

static ig_status tell_first(void *user, ig_error *error)
{
    told *t = user;
    (void)error;
    t->ms = 12 - t->calls++;
    return IG_OK;
}

static ig_status tell_second(void *user, ig_error *error)
{
    told *t = user;
    (void)error;
    t->ms = 2;
    return IG_OK;
}

/* What is timed may tell the time itself, and rounds are kept in their order. */
static void test_told_times(void **state)
{
    (void)state;
    told t = {0};
    double first[3], second[3];
    ig_error error;
    ig_bench_pair pair;
    ig_bench_params params = {.run = tell_first,
                              .user = &t,
                              .warmup = 2,
                              .max_runs = 3,
                              .min_runs = 3,
                              .taken_ms = &t.ms,
                              .rounds_ms = {first, second}};
    assert_int_equal(ig_bench_compare(&params, tell_second, &pair, &error), IG_OK);
    for (int i = 0; i < 3; i++) {
        assert_true(first[i] == 10 - i);
        assert_true(second[i] == 2);
    }
    assert_true(pair.first.median == 9 && pair.second.median == 2 && pair.ratio.median == 4.5);
    assert_true(pair.ratio.min == 4 && pair.ratio.max == 5);
}

static void test_cancel(void **state)
{
    (void)state;
    counter c = {0};
    ig_error error;
    ig_stats s;
    const volatile bool yes = true;
    ig_bench_params params = {.run = count_run, .user = &c, .max_runs = 7, .min_runs = 5, .cancel = &yes};
    assert_int_equal(ig_bench_measure(&params, &s, &error), IG_E_CANCELLED);
    assert_int_equal(c.runs, 0);
}

static void test_verdicts(void **state)
{
    (void)state;
    char folder[] = "/tmp/ingot-verdict-XXXXXX", place[128], command[256];
    assert_non_null(mkdtemp(folder));
    snprintf(place, sizeof place, "%s/a/b", folder);
    ig_bench_key key = {1, 2, 3, "device", "driver", "0.1.0"};
    double value = 0;
    ig_error error;
    assert_false(ig_bench_recall(place, &key, &value));
    assert_int_equal(ig_bench_remember(place, &key, 1.25e-6, &error), IG_OK);
    assert_true(ig_bench_recall(place, &key, &value));
    assert_true(fabs(value - 1.25e-6) < 1e-12);
    ig_bench_key others[] = {{9, 2, 3, "device", "driver", "0.1.0"}, {1, 9, 3, "device", "driver", "0.1.0"},
                             {1, 2, 9, "device", "driver", "0.1.0"}, {1, 2, 3, "other", "driver", "0.1.0"},
                             {1, 2, 3, "device", "other", "0.1.0"},  {1, 2, 3, "device", "driver", "0.2.0"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(ig_bench_recall(place, &others[i], &value));
    /* a damaged file is no verdict */
    snprintf(command, sizeof command, "for f in %s/*; do printf x >> $f; done", place);
    assert_int_equal(system(command), 0);
    assert_false(ig_bench_recall(place, &key, &value));
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measure), cmocka_unit_test(test_compare),  cmocka_unit_test(test_told_times),
        cmocka_unit_test(test_cancel),  cmocka_unit_test(test_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
