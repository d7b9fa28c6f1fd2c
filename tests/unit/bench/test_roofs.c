/* Remembered roofs: what is written is read, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/roofs.h"

static ig_device_roofs some_roofs(void)
{
    return (ig_device_roofs){.fma_gflops = {150.5, 155, 0.03},
                             .copy_gbytes_per_s = {20, 21, 0.1},
                             .cached_gbytes_per_s = {80, 90, 0.25},
                             .launch_us = {12, 10, 0.5},
                             .wait_us = {40, 30, 1.25},
                             .local_gain = {1.5, 1.625, 0},
                             .fma_width = 8};
}

static void test_what_is_remembered_is_recalled(void **state)
{
    (void)state;
    char folder[] = "/tmp/ingot-roofs-XXXXXX", place[64], command[160];
    const ig_device_roofs roofs = some_roofs();
    ig_device_roofs got;
    assert_non_null(mkdtemp(folder));
    snprintf(place, sizeof place, "%s/a/b", folder);
    assert_false(ig_roofs_recall(place, "device", "1.0", &got));
    assert_int_equal(ig_roofs_remember(place, "device", "1.0", &roofs, NULL), IG_OK);
    assert_true(ig_roofs_recall(place, "device", "1.0", &got));
    for (int i = 0; i < IG_ROOF_FIGURES; i++)
        assert_memory_equal(ig_roofs_get(&got, &ig_roof_figures[i]), ig_roofs_get(&roofs, &ig_roof_figures[i]),
                            sizeof(ig_roof));
    assert_int_equal(got.fma_width, roofs.fma_width);
    assert_false(ig_roofs_recall(place, "device", "2.0", &got));
    assert_false(ig_roofs_recall(place, "device 1", ".0", &got));
    static const char *const DAMAGE[] = {"s/fma_gflops 150.5/fma_gflops -1/",
                                         "s/local_gain/lokal_gain/",
                                         "$d",
                                         "$a more 1",
                                         "s/fma_gflops 150.5 155/fma_gflops 150.5 0/",
                                         "s/wait_us 40/wait_us/",
                                         "s/wait_us 40/wait_us 40 41/",
                                         "s/device device/device x/"};
    for (size_t i = 0; i < sizeof DAMAGE / sizeof *DAMAGE; i++) {
        assert_int_equal(ig_roofs_remember(place, "device", "1.0", &roofs, NULL), IG_OK);
        snprintf(command, sizeof command, "sed -i '%s' %s/*.roofs", DAMAGE[i], place);
        assert_int_equal(system(command), 0);
        if (ig_roofs_recall(place, "device", "1.0", &got))
            fail_msg("recalled after %s", DAMAGE[i]);
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void test_the_better_figures_stay(void **state)
{
    (void)state;
    ig_device_roofs roofs = some_roofs(), again = some_roofs();
    again.fma_gflops = (ig_roof){100, 154, 0.5};
    again.copy_gbytes_per_s = (ig_roof){19, 22, 0.5};
    again.launch_us = (ig_roof){11, 9, 0.5};
    again.wait_us = (ig_roof){35, 31, 0.5};
    again.fma_width = 16;
    ig_roofs_merge(&roofs, &again);
    assert_true(roofs.fma_gflops.median == 150.5 && roofs.fma_width == 8);
    assert_true(roofs.copy_gbytes_per_s.best == 22 && roofs.launch_us.best == 9 && roofs.wait_us.best == 30);
    again.fma_gflops.best = 200;
    ig_roofs_merge(&roofs, &again);
    assert_true(roofs.fma_gflops.best == 200 && roofs.fma_width == 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_remembered_is_recalled),
        cmocka_unit_test(test_the_better_figures_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
