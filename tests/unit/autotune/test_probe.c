/* The nearest profile of made-up devices, and that the probe of the device at hand gives figures at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <math.h>

#include "ingot/probe.h"

static ig_profile_match nearest(const ig_device_limits *limits, const ig_device_roofs *roofs)
{
    ig_profile_match match;
    ig_error error;
    assert_int_equal(ig_device_nearest_profile(limits, roofs, &match, &error), IG_OK);
    return match;
}

static ig_device_limits shipped(const char *name)
{
    ig_device_limits limits;
    assert_int_equal(ig_device_limits_shipped(name, &limits, NULL), IG_OK);
    return limits;
}

/* So much copied for each operation, and so much gained by local memory. */
static ig_device_roofs roofs_of(double bytes_per_flop, double local_gain)
{
    return (ig_device_roofs){.fma_gflops = {.best = 100},
                             .copy_gbytes_per_s = {.best = 100 * bytes_per_flop},
                             .local_gain = {.median = local_gain}};
}

static void test_a_profile_resembles_itself(void **state)
{
    (void)state;
    char name[IG_DEVICE_TEXT];
    int compared = 0;
    for (int i = 0; ig_device_profile_name(i, name); i++) {
        const ig_device_limits limits = shipped(name);
        const ig_profile_match match = nearest(&limits, NULL);
        if (strcmp(limits.family, "generic") == 0)
            continue;
        assert_string_equal(match.profile, name);
        assert_string_equal(match.family, limits.family);
        assert_true(fabs(match.confidence - 1) < 1e-12);
        compared++;
    }
    assert_true(compared >= 7);
}

static void test_the_family_counts_most(void **state)
{
    (void)state;
    ig_device_limits limits = shipped("nvidia");
    snprintf(limits.family, sizeof limits.family, "mali");
    const ig_profile_match match = nearest(&limits, NULL);
    assert_string_equal(match.profile, "mali-valhall");
    assert_true(match.confidence < 1);
}

static void test_an_unknown_device(void **state)
{
    (void)state;
    static const struct {
        const char *like, *profile;
    } CASES[] = {{"pocl-avx2", "pocl-avx2"},
                 {"pocl-avx512", "pocl-avx512"},
                 {"mali-valhall", "mali-valhall"},
                 {"nvidia", "nvidia"}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ig_device_limits limits = shipped(CASES[i].like);
        snprintf(limits.family, sizeof limits.family, "generic");
        const ig_profile_match match = nearest(&limits, NULL);
        assert_string_equal(match.profile, CASES[i].profile);
        /* (4 + 2 + 2 + 1 + 1) of 18 */
        assert_true(fabs(match.confidence - 10.0 / 18) < 1e-12);
    }
}

static void test_numbers_fade(void **state)
{
    (void)state;
    ig_device_limits limits = shipped("pocl-avx512");
    double last = 1;
    for (int doublings = 1; doublings <= 3; doublings++) {
        limits.max_work_group *= 2;
        const ig_profile_match match = nearest(&limits, NULL);
        assert_string_equal(match.profile, "pocl-avx512");
        assert_true(fabs(last - match.confidence - 1.0 / 3 / 18) < 1e-12);
        last = match.confidence;
    }
    limits.max_work_group *= 2;
    assert_true(fabs(nearest(&limits, NULL).confidence - last) < 1e-12);
}

static void test_measured_ratios_count_where_a_profile_tells_them(void **state)
{
    (void)state;
    const ig_device_limits limits = shipped("pocl-avx2");
    const ig_device_roofs same = roofs_of(0.17, 1), near = roofs_of(0.34, 0.5), far = roofs_of(1e-6, 1e6),
                          none = {.fma_width = 0};
    assert_true(fabs(nearest(&limits, &same).confidence - 1) < 1e-12);
    assert_true(fabs(nearest(&limits, &none).confidence - 1) < 1e-12);
    const ig_profile_match match = nearest(&limits, &near); /* each a doubling away */
    assert_string_equal(match.profile, "pocl-avx2");
    assert_true(fabs(match.confidence - (18 + 4.0 / 3) / 20) < 1e-12);
    assert_true(nearest(&limits, &far).confidence < match.confidence);
    /* A profile without them is not the worse for it. */
    const ig_device_limits other = shipped("pocl-avx512");
    assert_true(fabs(nearest(&other, &far).confidence - 1) < 1e-12);
}

static void check_figure(const ig_roof *roof)
{
    assert_true(isfinite(roof->median) && roof->median > 0 && roof->best > 0 && roof->spread >= 0);
}

static void check_roof(const ig_roof *roof, bool cost)
{
    check_figure(roof);
    assert_true(cost ? roof->best <= roof->median : roof->best >= roof->median);
}

static void test_probe(void **state)
{
    (void)state;
    ig_device *device = NULL;
    ig_device_roofs roofs;
    ig_device_stats stats;
    ig_error error;
    assert_int_equal(ig_device_open(NULL, &device, &error), IG_OK);
    assert_int_equal(ig_device_probe(device, NULL, &roofs, &error), IG_OK);
    check_roof(&roofs.fma_gflops, false);
    check_roof(&roofs.copy_gbytes_per_s, false);
    check_roof(&roofs.cached_gbytes_per_s, false);
    check_figure(&roofs.local_gain);
    check_roof(&roofs.launch_us, true);
    check_roof(&roofs.wait_us, true);
    if (ig_device_get_info(device)->limits.has_fp16)
        assert_true(roofs.fp16_gain.median >= 0);
    else
        assert_true(roofs.fp16_gain.median == 0);
    assert_true(roofs.fma_width == 1 || roofs.fma_width == 4 || roofs.fma_width == 8 || roofs.fma_width == 16);

    const volatile bool yes = true;
    assert_int_equal(ig_device_probe(device, &yes, &roofs, &error), IG_E_CANCELLED);
    ig_device_get_stats(device, &stats);
    assert_int_equal(stats.bytes_allocated, 0);
    ig_device_destroy(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_profile_resembles_itself),
        cmocka_unit_test(test_the_family_counts_most),
        cmocka_unit_test(test_an_unknown_device),
        cmocka_unit_test(test_numbers_fade),
        cmocka_unit_test(test_measured_ratios_count_where_a_profile_tells_them),
        cmocka_unit_test(test_probe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
