/* Tuning records: the text form, all-or-nothing import, and the ladder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "autotune/db.h"

static int64_t tile_values[] = {1, 2, 4, 8};
static int64_t width_values[] = {1, 8, 16};
static const ig_kernel_def kernel = {
    .name = "conv2d_direct",
    .source_hash = 0x1234,
    .tunes = {{.name = "TM", .values = tile_values, .n_values = 4, .fallback = 4},
              {.name = "VW", .values = width_values, .n_values = 3, .fallback = 1}},
    .n_tunes = 2,
};
static const ig_device_limits device = {.family = "pocl-cpu", .name = "cpu one", .driver = "3.1"};

static ig_tune_db *db;

static int set_up(void **state)
{
    (void)state;
    ig_error error;
    return ig_tune_db_shipped(&db, &error) == IG_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    ig_tune_db_destroy(&db);
    return 0;
}

static ig_status parse(const char *text, ig_error *error)
{
    return ig_tune_db_parse(db, text, strlen(text), "records.tune", error);
}

static ig_tune_choice best_for(int64_t c)
{
    ig_kernel_vars problem = {.count = 0};
    ig_kernel_vars_set(&problem, "C", c);
    ig_kernel_vars_set(&problem, "H", 56);
    ig_tune_choice choices[IG_RUNG_COUNT];
    int count = ig_tune_lookup(db, &device, &kernel, &problem, choices);
    assert_true(count >= 1);
    assert_int_equal(choices[count - 1].rung, IG_RUNG_DEFAULT);
    return choices[0];
}

static void forget_shipped(void)
{
    db->count = 0;
}

static void the_shipped_records_parse(void **state)
{
    (void)state;
    assert_true(ig_tune_db_count(db) > 0);
}

static void the_ladder_goes_from_exact_to_default(void **state)
{
    (void)state;
    ig_error error;
    forget_shipped();
    assert_int_equal(best_for(64).rung, IG_RUNG_DEFAULT);
    assert_int_equal(best_for(64).values[0], 4);
    assert_int_equal(parse("device family=pocl-cpu\nkernel=conv2d_direct problem=* params=TM:2\n", &error), IG_OK);
    assert_int_equal(best_for(64).rung, IG_RUNG_FAMILY);
    assert_int_equal(best_for(64).values[0], 2);
    assert_int_equal(best_for(64).values[1], 1); /* not in the record: the default */
    assert_int_equal(parse("device family=pocl-cpu name=\"cpu two\" driver=3.1\n"
                           "kernel=conv2d_direct problem=C:128,H:56 params=TM:8,VW:16\n",
                           &error),
                     IG_OK);
    assert_int_equal(best_for(64).rung, IG_RUNG_NEAREST);
    assert_int_equal(best_for(64).values[0], 8);
    assert_int_equal(best_for(4).rung, IG_RUNG_FAMILY); /* five doublings away: too far */
    assert_int_equal(
        parse("device family=pocl-cpu name=\"cpu one\" driver=3.1\n"
              "kernel=conv2d_direct hash=0000000000001234 problem=C:64,H:56 params=TM:1,VW:8 note=by hand\n",
              &error),
        IG_OK);
    assert_int_equal(best_for(64).rung, IG_RUNG_EXACT);
    assert_int_equal(best_for(64).values[0], 1);
}

static void records_that_do_not_fit_are_passed_over(void **state)
{
    (void)state;
    ig_error error;
    forget_shipped();
    const char *text = "device family=mali\nkernel=conv2d_direct problem=* params=TM:8\n"
                       "device family=pocl-cpu\n"
                       "kernel=conv2d_direct hash=00000000deadbeef problem=* params=TM:8\n" /* stale */
                       "kernel=conv2d_direct problem=* params=TM:3\n"                       /* not a legal value */
                       "kernel=conv2d_direct problem=* params=GONE:3\n"                     /* no such tunable */
                       "kernel=conv2d_direct problem=KH:3 params=TM:8\n"                    /* problem has no KH */
                       "kernel=conv2d_direct problem=C:-5 params=TM:8\n"                    /* as far as can be */
                       "kernel=conv2d_direct problem=C:-1 params=TM:8\n"
                       "kernel=conv2d_direct problem=C:9223372036854775807 params=TM:8\n";
    assert_int_equal(parse(text, &error), IG_OK);
    assert_int_equal(best_for(64).rung, IG_RUNG_DEFAULT);
}

static void a_bad_line_imports_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "kernel=conv2d_direct problem=* params=TM:2\n", /* before any device line */
        "device name=x\n",
        "device family=pocl-cpu\nkernel=a problem=* params=TM\n",
        "device family=pocl-cpu\nkernel=a problem=* params=TM:two\n",
        "device family=pocl-cpu\nkernel=a problem=* params=TM:1,TM:2\n",
        "device family=pocl-cpu\nkernel=a params=TM:2\n",
        "device family=pocl-cpu\nkernel=a problem=* params=*\n",
        "device family=pocl-cpu\nkernel=a hash=12 problem=* params=TM:2\n",
        "device family=pocl-cpu\nkernel=a hash=-000000000000012 problem=* params=TM:2\n",
        "device family=pocl-cpu\nkernel=a hash=0x00000000000012 problem=* params=TM:2\n",
        "device family=pocl-cpu\nkernel=a problem=* params=TM:2 rate=0\n",
        "device family=pocl-cpu\nkernel=a problem=* params=TM:2 priority=-1\n",
        "device family=pocl-cpu\nkernel=a problem=* params=TM:2 wrong=1\n",
        "device family=pocl-cpu\nkernel=\"a problem=* params=TM:2\n",
        "device family=pocl-cpu\nnonsense\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ig_error error = {0};
        forget_shipped();
        char text[512];
        snprintf(text, sizeof text, "device family=good\nkernel=a problem=* params=TM:2\ndevice family=\n%s", bad[i]);
        if (i > 0)
            snprintf(text, sizeof text, "device family=good\nkernel=a problem=* params=TM:2\n%s", bad[i]);
        assert_int_equal(parse(text, &error), IG_E_DATA);
        assert_true(error.line >= 3);
        assert_string_equal(error.file, "records.tune");
        assert_int_equal(ig_tune_db_count(db), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_shipped_records_parse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ladder_goes_from_exact_to_default, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_that_do_not_fit_are_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_line_imports_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
