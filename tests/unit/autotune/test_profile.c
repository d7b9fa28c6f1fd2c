/* Device profiles: the shipped ones, and what a bad one is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "ingot/device.h"

/* The library carries the file. */
static void expect_carried(const char *name, const ig_device_limits *limits)
{
    ig_device_limits carried;
    ig_error error = {0};
    char known[IG_DEVICE_TEXT];
    int index = 0;
    while (ig_device_profile_name(index, known) && strcmp(known, name) != 0)
        index++;
    assert_string_equal(known, name);
    assert_int_equal(ig_device_limits_shipped(name, &carried, &error), IG_OK);
    assert_memory_equal(&carried, limits, sizeof carried);
}

static void test_shipped_profiles(void **state)
{
    (void)state;
    static const struct {
        const char *name, *family;
        ig_device_type type;
    } CASES[] = {
        {"min-1.2", "generic", IG_DEVICE_GPU},      {"pocl-avx2", "pocl-cpu", IG_DEVICE_CPU},
        {"pocl-avx512", "pocl-cpu", IG_DEVICE_CPU}, {"intel-igpu", "intel", IG_DEVICE_GPU},
        {"amd-rdna", "amd", IG_DEVICE_GPU},         {"nvidia", "nvidia", IG_DEVICE_GPU},
        {"mali-valhall", "mali", IG_DEVICE_GPU},    {"adreno", "adreno", IG_DEVICE_GPU},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char path[512];
        ig_device_limits limits;
        ig_error error;
        snprintf(path, sizeof path, "%s/autotune/devices/%s.yaml", INGOT_SOURCE_DIR, CASES[i].name);
        if (ig_device_limits_read(path, &limits, &error) != IG_OK)
            fail_msg("%s:%d:%d %s", error.file, error.line, error.column, error.message);
        assert_string_equal(limits.family, CASES[i].family);
        expect_carried(CASES[i].name, &limits);
        assert_int_equal(limits.type, CASES[i].type);
        assert_int_equal(limits.local_is_cache, limits.type == IG_DEVICE_CPU);
        assert_true(limits.max_alloc_bytes <= limits.global_mem_bytes);
        assert_false(limits.host_timer);
        for (int d = 0; d < 3; d++)
            assert_true(limits.max_work_item[d] >= 64);
    }
}

static void test_minimal_device_is_minimal(void **state)
{
    (void)state;
    ig_device_limits l;
    assert_int_equal(ig_device_limits_read(INGOT_SOURCE_DIR "/autotune/devices/min-1.2.yaml", &l, NULL), IG_OK);
    assert_true(l.opencl_major == 1 && l.opencl_minor == 2 && l.opencl_c_major == 1 && l.opencl_c_minor == 2);
    assert_true(l.max_work_group == 64 && l.local_mem_bytes == 16384 && l.max_alloc_bytes == 134217728);
    assert_false(l.has_fp16 || l.has_images || l.unified_memory || l.local_is_cache);
}

static ig_status read_changed(const char *old, const char *new, ig_error *error)
{
    char *text, changed[4096], path[] = "/tmp/ingot-profile-XXXXXX";
    size_t length;
    assert_int_equal(ig_file_read(INGOT_SOURCE_DIR "/autotune/devices/nvidia.yaml", 1 << 20, &text, &length, NULL),
                     IG_OK);
    char *at = strstr(text, old);
    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(ig_file_write(path, changed, strlen(changed), NULL), IG_OK);
    ig_device_limits limits;
    ig_status status = ig_device_limits_read(path, &limits, error);
    unlink(path);
    free(text);
    return status;
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *old, *new, *says;
    } CASES[] = {
        {"compute_units: 28", "compute_unit: 28", "compute_units"},
        {"compute_units: 28", "compute_units: 0", "1 to 2147483647"},
        {"compute_units: 28\n", "", "no key 'compute_units'"},
        {"type: gpu", "type: gpus", "gpu"},
        {"opencl: [3, 0]", "opencl: [3]", "wrong length"},
        {"opencl: [3, 0]", "opencl: 3.0", "sequence"},
        {"max_work_item: [1024, 1024, 64]", "max_work_item: [1024, 1024, 0]", "out of range"},
        {"has_images: true", "has_images: 1", "has_images"},
        {"name: NVIDIA",
         "name: "
         "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
         "nnnn"
         "nnnnnnnnnnnnnnnnnnnnn",
         "longer than 127"},
        {"local_mem_bytes: 49152", "local_mem_bytes: 48 KiB", "local_mem_bytes"},
        {"local_mem_bytes: 49152", "local_mem_bytes: 9223372036854775807", "out of range"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ig_error e = {0};
        assert_int_equal(read_changed(CASES[i].old, CASES[i].new, &e), IG_E_DATA);
        assert_true(e.line > 0);
        if (!strstr(e.message, CASES[i].says) && !strstr(e.expected, CASES[i].says) && !strstr(e.hint, CASES[i].says))
            fail_msg("%s / %s / %s instead of %s", e.message, e.expected, e.hint, CASES[i].says);
    }
    ig_error error;
    ig_device_limits limits;
    assert_int_equal(ig_device_limits_read("/no/such/profile.yaml", &limits, &error), IG_E_NO_INPUT);
    assert_int_equal(ig_device_limits_read("/no/such/profile.yaml", &limits, NULL), IG_E_NO_INPUT);
}

static void test_parts_of_names(void **state)
{
    (void)state;
    static const struct {
        const char *part, *family;
    } FITS[] = {{"mali", "mali"}, {"valhall", "mali"}, {"intel", "intel"}, {"ad", "adreno"}, {"avx512", "pocl-cpu"}};
    static const struct {
        const char *part;
        ig_status status;
        const char *says;
    } MISFITS[] = {
        {"pocl", IG_E_USAGE, "pocl-avx2, pocl-avx512"},
        {"a", IG_E_USAGE, "adreno, amd-rdna"},
        {"nvidai", IG_E_NO_INPUT, "did you mean 'nvidia'"},
        {"zebra", IG_E_NO_INPUT, "mali-valhall"},
        {"", IG_E_NO_INPUT, "mali-valhall"},
    };
    ig_device_limits limits;
    for (size_t i = 0; i < sizeof FITS / sizeof FITS[0]; i++) {
        assert_int_equal(ig_device_limits_shipped(FITS[i].part, &limits, NULL), IG_OK);
        assert_string_equal(limits.family, FITS[i].family);
    }
    for (size_t i = 0; i < sizeof MISFITS / sizeof MISFITS[0]; i++) {
        ig_error e = {0};
        assert_int_equal(ig_device_limits_shipped(MISFITS[i].part, &limits, &e), MISFITS[i].status);
        if (!strstr(e.expected, MISFITS[i].says) && !strstr(e.hint, MISFITS[i].says))
            fail_msg("%s: %s / %s instead of %s", e.message, e.expected, e.hint, MISFITS[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_profiles),
        cmocka_unit_test(test_minimal_device_is_minimal),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_parts_of_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
