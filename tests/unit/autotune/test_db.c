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
#include "base/hash.h"

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

/* With what that family lends. */
static ig_tune_choice best_from(int64_t c, const char *lender)
{
    ig_kernel_vars problem = {.count = 0};
    ig_kernel_vars_set(&problem, "C", c);
    ig_kernel_vars_set(&problem, "H", 56);
    ig_tune_choice choices[IG_RUNG_COUNT];
    ig_tune_shelf shelf;
    assert_true(ig_tune_shelve(db->arena, db, &device, lender, &kernel, 1, &shelf));
    int count = ig_tune_lookup(&shelf, &problem, choices);
    assert_true(count >= 1);
    assert_int_equal(choices[count - 1].rung, IG_RUNG_DEFAULT);
    return choices[0];
}

static ig_tune_choice best_for(int64_t c)
{
    return best_from(c, "");
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

static double times(int64_t a, int64_t b)
{
    const double x = (double)a + 1, y = (double)b + 1;
    return x > y ? x / y : y / x;
}

/* Lookups skip records by the size of their problems; here every record is looked at. */
static void the_nearest_record_is_found_among_many(void **state)
{
    (void)state;
    enum { MANY = 400 };
    int64_t c[MANY], h[MANY];
    ig_error error;
    ig_text file = {0};
    ig_text_add(&file, "device family=pocl-cpu name=\"cpu two\" driver=3.1\n");
    for (int i = 0; i < MANY; i++) { /* each tenth problem twice; the two forms by turns */
        c[i] = i % 10 == 9 ? c[i - 1] : (int64_t)(ig_hash_uniform(7, (uint32_t)i) * 900);
        h[i] = i % 10 == 9 ? h[i - 1] : (int64_t)(ig_hash_uniform(8, (uint32_t)i) * 400);
        ig_text_add(&file, "kernel=conv2d_direct ");
        ig_text_add(&file, i % 2 ? "problem=H:%d,C:%d" : "problem=C:%d,H:%d", (int)(i % 2 ? h[i] : c[i]),
                    (int)(i % 2 ? c[i] : h[i]));
        ig_text_add(&file, " params=TM:2 rate=%d\n", i + 1);
    }
    forget_shipped();
    assert_int_equal(parse(ig_text_get(&file), &error), IG_OK);
    for (int64_t wanted = 0; wanted < 12000; wanted += wanted / 5 + 1) {
        double least = 8;
        int found = -1;
        for (int i = 0; i < MANY; i++) {
            const double away = times(c[i], wanted) * times(h[i], 56);
            if (away <= least) {
                least = away;
                found = i;
            }
        }
        const ig_tune_choice choice = best_for(wanted);
        assert_int_equal(choice.rung, found < 0 ? IG_RUNG_DEFAULT : IG_RUNG_NEAREST);
        assert_int_equal(choice.rate, found + 1);
    }
    ig_text_release(&file);
}

/* Whom a device would borrow from; "" of nobody. */
static const char *lender_of(const ig_device_limits *limits)
{
    static char lender[IG_DEVICE_TEXT];
    ig_error error;
    assert_int_equal(ig_tune_find_lender(db, limits, lender, &error), IG_OK);
    return lender;
}

static void a_family_without_records_borrows_those_of_the_nearest_profile(void **state)
{
    (void)state;
    ig_error error;
    ig_device_limits limits;
    forget_shipped();
    assert_int_equal(ig_device_limits_shipped("pocl-avx2", &limits, &error), IG_OK);
    snprintf(limits.family, sizeof limits.family, "generic");
    assert_string_equal(lender_of(&limits), ""); /* there is nothing to borrow */
    assert_int_equal(parse("device family=pocl-cpu\nkernel=conv2d_direct problem=* params=TM:2\n"
                           "kernel=conv2d_direct problem=C:64,H:56 params=TM:8\n",
                           &error),
                     IG_OK);
    assert_string_equal(lender_of(&limits), "pocl-cpu");
    limits.local_is_cache = false; /* far fewer profiles are like that, and none of them lends */
    assert_string_equal(lender_of(&limits), "");
    limits.local_is_cache = true;
    assert_int_equal(parse("device family=generic\nkernel=conv2d_direct problem=C:64,H:56 params=TM:8\n", &error),
                     IG_OK);
    assert_string_equal(lender_of(&limits), "pocl-cpu");
    assert_int_equal(parse("device family=generic\nkernel=conv2d_direct problem=* params=TM:8\n", &error), IG_OK);
    assert_string_equal(lender_of(&limits), "");
}

static void what_is_borrowed_is_for_any_problem(void **state)
{
    (void)state;
    ig_error error;
    forget_shipped();
    assert_int_equal(parse("device family=good\nkernel=conv2d_direct problem=* params=TM:2\n"
                           "kernel=conv2d_direct problem=C:64,H:56 params=TM:8\n",
                           &error),
                     IG_OK);
    assert_int_equal(best_from(64, "").rung, IG_RUNG_DEFAULT);
    assert_int_equal(best_from(64, "good").rung, IG_RUNG_PROFILE);
    assert_int_equal(best_from(64, "good").values[0], 2);
    assert_string_equal(ig_tune_rung_name(IG_RUNG_PROFILE), "profile");
}

static void records_that_do_not_fit_are_passed_over(void **state)
{
    (void)state;
    ig_error error;
    forget_shipped();
    static const char *const texts[] = {
        "device family=mali\nkernel=conv2d_direct problem=* params=TM:8\n",
        "device family=pocl-cpu\n"
        "kernel=conv2d_direct hash=00000000deadbeef problem=* params=TM:8\n" /* stale */
        "kernel=conv2d_direct problem=* params=TM:3\n"                       /* not a legal value */
        "kernel=conv2d_direct problem=KH:3 params=TM:8\n"                    /* problem has no KH */
        "kernel=conv2d_direct problem=C:-5 params=TM:8\n"                    /* as far as can be */
        "kernel=conv2d_direct problem=C:-1 params=TM:8\n"
        "kernel=conv2d_direct problem=C:9223372036854775807 params=TM:8\n",
        "device family=pocl-cpu\nkernel=conv2d_direct problem=* params=GONE:3\n", /* no such tunable */
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(parse(texts[i], &error), IG_OK);
    assert_int_equal(best_for(64).rung, IG_RUNG_DEFAULT);
}

#define MEASURED "device family=pocl-cpu name=\"cpu one\" driver=3.1\n"
#define WINNER                                                                                                         \
    "kernel=b hash=0000000000000001 problem=C:1 params=TM:4 time_ns=5 base_ns=6 spread=0.25 runs=3 level=full\n"

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
        "kernel=a problem=* params=TM:4\n", /* a second one */
        "kernel=b problem=* problem=C:1 params=TM:4\n",
        "kernel=b problem=C:1 params=TM:4 hash=0000000000000001 time_ns=5 base_ns=6 runs=3\n", /* no level */
        MEASURED "kernel=b hash=0000000000000001 problem=C:1 params=TM:4 time_ns=7 base_ns=6 runs=3 level=full\n",
        MEASURED "kernel=b hash=0000000000000001 problem=C:1 params=TM:4 time_ns=5 base_ns=6 runs=3 level=much\n",
        MEASURED WINNER,                                        /* cut off: no `end` line */
        MEASURED WINNER "end records=2 sum=0123456789abcdef\n", /* another sum */
        MEASURED WINNER "end records=1 sum=0123456789abcdef\n", /* and number */
        MEASURED WINNER "end records=2\n",
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

/* The text that the database prints; the caller frees it. */
static ig_text print(void)
{
    ig_text text = {0};
    ig_tune_db_print(db, &text);
    assert_false(text.failed);
    return text;
}

static void what_is_printed_reads_back(void **state)
{
    (void)state;
    ig_error error = {0};
    ig_text shipped = print();
    assert_null(strstr(ig_text_get(&shipped), "\nend ")); /* nothing in it is measured */
    forget_shipped();
    assert_int_equal(parse(ig_text_get(&shipped), &error), IG_OK);
    ig_text again = print();
    assert_string_equal(ig_text_get(&shipped), ig_text_get(&again));
    ig_text_release(&shipped);
    ig_text_release(&again);
}

/* A file of one measured record, closed by its `end` line. */
static ig_text measured_file(void)
{
    ig_error error = {0};
    static const ig_tune_device from = {.family = "pocl-cpu",
                                        .name = "cpu one",
                                        .driver = "3.1",
                                        .vendor = "",
                                        .opencl = "",
                                        .ingot = "1.0",
                                        .date = ""};
    ig_tune_record record = {
        .device = &from,
        .kernel = "b",
        .kernel_hash = 1,
        .evidence = {.time_ns = 5, .base_ns = 6, .spread = 0.25, .runs = 3, .level = IG_TUNE_FULL},
    };
    ig_kernel_vars_set(&record.problem, "C", 1);
    ig_kernel_vars_set(&record.params, "TM", 4);
    forget_shipped();
    assert_int_equal(ig_tune_db_put(db, &record, &error), IG_OK);
    return print();
}

static void a_measured_file_is_taken_whole_or_not_at_all(void **state)
{
    (void)state;
    ig_error error = {0};
    ig_text file = measured_file();
    const char *end = strstr(ig_text_get(&file), "end ");
    assert_non_null(end);
    assert_non_null(strstr(ig_text_get(&file), WINNER));
    for (size_t length = 0; length < file.length; length++) {
        forget_shipped();
        const ig_status status = ig_tune_db_parse(db, file.data, length, "records.tune", &error);
        /* A cut inside of the first line, or behind it, leaves no record; one that only lacks the last end of line is
         * whole. */
        if (status == IG_OK)
            assert_int_equal(ig_tune_db_count(db), length + 1 == file.length);
        else
            assert_int_equal(ig_tune_db_count(db), 0);
    }
    for (size_t i = 0; i < file.length; i++) { /* no byte may change */
        forget_shipped();
        const char old = file.data[i];
        file.data[i] = old == '7' ? '8' : '7';
        assert_int_not_equal(ig_tune_db_parse(db, file.data, file.length, "records.tune", &error), IG_OK);
        assert_int_equal(ig_tune_db_count(db), 0);
        file.data[i] = old;
    }
    assert_int_equal(parse(ig_text_get(&file), &error), IG_OK);
    assert_int_equal(ig_tune_db_count(db), 1);
    ig_text twice = {0};
    ig_text_add(&twice, "%s%s", ig_text_get(&file), ig_text_get(&file));
    forget_shipped();
    assert_int_equal(parse(ig_text_get(&twice), &error), IG_E_DATA);
    assert_int_equal(error.line, 5);
    assert_non_null(strstr(error.hint, "line 2"));
    ig_text_release(&twice);
    ig_text_release(&file);
}

static void of_two_about_the_same_the_faster_stays(void **state)
{
    (void)state;
    ig_error error = {0};
    ig_text file = measured_file();
    ig_tune_db *other = NULL;
    assert_int_equal(ig_tune_db_create(&other, &error), IG_OK);
    assert_int_equal(ig_tune_db_parse(other, file.data, file.length, "records.tune", &error), IG_OK);
    ig_tune_record faster = other->records[0], slower = other->records[0];
    faster.evidence.time_ns = 2;
    slower.evidence.time_ns = 6;
    assert_int_equal(ig_tune_db_put(db, &slower, &error), IG_OK);
    assert_int_equal(db->records[0].evidence.time_ns, 6);
    assert_int_equal(ig_tune_db_merge(db, other, &error), IG_OK);
    assert_int_equal(ig_tune_db_count(db), 1);
    assert_int_equal(db->records[0].evidence.time_ns, 5);
    assert_int_equal(ig_tune_db_put(db, &faster, &error), IG_OK);
    assert_int_equal(ig_tune_db_merge(db, other, &error), IG_OK);
    assert_int_equal(db->records[0].evidence.time_ns, 2);
    ig_tune_db_destroy(&other);
    ig_text_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_shipped_records_parse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ladder_goes_from_exact_to_default, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_nearest_record_is_found_among_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_family_without_records_borrows_those_of_the_nearest_profile, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_borrowed_is_for_any_problem, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_that_do_not_fit_are_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_line_imports_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_printed_reads_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_measured_file_is_taken_whole_or_not_at_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_two_about_the_same_the_faster_stays, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
