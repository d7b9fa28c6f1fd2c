/* Which device a text names, and which family a device belongs to: no driver needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cl/internal.h"

static ig_device_info make_device(const char *id, const char *name, const char *vendor, const char *platform,
                                  ig_device_type type)
{
    ig_device_info info = {.limits.type = type};
    snprintf(info.id, sizeof info.id, "%s", id);
    snprintf(info.limits.name, sizeof info.limits.name, "%s", name);
    snprintf(info.limits.vendor, sizeof info.limits.vendor, "%s", vendor);
    snprintf(info.limits.platform, sizeof info.limits.platform, "%s", platform);
    return info;
}

static int make_list(ig_device_info list[4])
{
    list[0] = make_device("0:0", "pthread-haswell", "GenuineIntel", "Portable Computing Language", IG_DEVICE_CPU);
    list[1] = make_device("1:0", "Intel(R) UHD Graphics 630", "Intel(R) Corporation", "Intel(R) OpenCL Graphics",
                          IG_DEVICE_GPU);
    list[2] = make_device("2:0", "NVIDIA RTX A2000", "NVIDIA Corporation", "NVIDIA CUDA", IG_DEVICE_GPU);
    list[3] = make_device("2:1", "NVIDIA RTX A2000", "NVIDIA Corporation", "NVIDIA CUDA", IG_DEVICE_GPU);
    return 4;
}

static void test_select_finds_exactly_one(void **state)
{
    (void)state;
    static const struct {
        const char *select;
        int index;
    } CASES[] = {
        {NULL, 1},           {"", 1},        {"0:0", 0},
        {"2:1", 3},          {"0", 0},       {"3", 3},
        {"uhd", 1},          {"HASWELL", 0}, {"630", -1},
        {"Graphics 630", 1}, {"4", -1},      {"A2000", -1},
        {"rtx", -1},         {"3:0", -1},    {"portable computing", 0},
        {"-1", -1},          {"nvidia", -1}, {"99999999999999999999", -1},
    };
    ig_device_info list[4];
    int count = make_list(list);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int index = -1;
        ig_error error;
        ig_status status = ig_cl_select_device(list, count, CASES[i].select, &index, &error);
        if (CASES[i].index < 0) {
            assert_int_equal(status, IG_E_NO_DEVICE);
            assert_non_null(strstr(error.hint, "2:0 'NVIDIA RTX A2000'"));
        } else {
            assert_int_equal(status, IG_OK);
            assert_int_equal(index, CASES[i].index);
        }
    }
}

static void test_name_goes_before_vendor(void **state)
{
    (void)state;
    ig_device_info list[4];
    int count = make_list(list), index = -1;
    /* "intel" is in the vendor of 0:0 too, but in the name of 1:0 only. */
    assert_int_equal(ig_cl_select_device(list, count, "intel", &index, NULL), IG_OK);
    assert_int_equal(index, 1);
}

static void test_several_matches_list_only_themselves(void **state)
{
    (void)state;
    ig_device_info list[4];
    int count = make_list(list), index = -1;
    ig_error error;
    assert_int_equal(ig_cl_select_device(list, count, "rtx", &index, &error), IG_E_NO_DEVICE);
    assert_non_null(strstr(error.message, "2 devices match 'rtx'"));
    assert_null(strstr(error.hint, "haswell"));
}

static void test_default_is_first_gpu_else_first(void **state)
{
    (void)state;
    ig_device_info list[4];
    make_list(list);
    int index = -1;
    assert_int_equal(ig_cl_select_device(list, 1, NULL, &index, NULL), IG_OK);
    assert_int_equal(index, 0);
}

static void test_nothing_installed_says_what_to_install(void **state)
{
    (void)state;
    int index;
    ig_error error;
    assert_int_equal(ig_cl_select_device(NULL, 0, "0", &index, &error), IG_E_NO_DEVICE);
    assert_non_null(strstr(error.hint, "pocl-opencl-icd"));
    assert_non_null(strstr(error.expected, "/etc/OpenCL/vendors"));
}

static void test_quirks_name_the_family(void **state)
{
    (void)state;
    static const struct {
        const char *name, *vendor, *platform, *family;
    } CASES[] = {
        {"pthread-haswell-AMD EPYC", "AuthenticAMD", "Portable Computing Language", "pocl-cpu"},
        {"cpu-skylake-avx512", "GenuineIntel", "Portable Computing Language", "pocl-cpu"},
        {"NVIDIA RTX A2000", "NVIDIA Corporation", "Portable Computing Language", "nvidia"},
        {"Oclgrind Simulator", "Oclgrind", "Oclgrind", "oclgrind"},
        {"NVIDIA H100", "NVIDIA Corporation", "NVIDIA CUDA", "nvidia"},
        {"gfx1032", "Advanced Micro Devices, Inc.", "AMD Accelerated Parallel Processing", "amd"},
        {"AMD Radeon RX 560 (radeonsi, polaris11)", "AMD", "rusticl", "amd"},
        {"Intel(R) UHD Graphics 770", "Intel(R) Corporation", "Intel(R) OpenCL Graphics", "intel"},
        {"Intel(R) Core(TM) i7 CPU", "Intel(R) Corporation", "Intel(R) OpenCL", "intel-cpu"},
        {"Mali-G610 r0p0", "ARM", "ARM Platform", "mali"},
        {"Mali-G52 r1 (Panfrost)", "Arm", "rusticl", "mali"},
        {"QUALCOMM Adreno(TM)", "QUALCOMM", "QUALCOMM Snapdragon(TM)", "adreno"},
        {"FD630", "Qualcomm", "rusticl", "adreno"},
        {"Vivante GC7000", "Vivante Corporation", "Vivante OpenCL Platform", "generic"},
        {"", "", "", "generic"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ig_device_info info = make_device("0:0", CASES[i].name, CASES[i].vendor, CASES[i].platform, IG_DEVICE_GPU);
        ig_device_apply_quirks(&info.limits);
        assert_string_equal(info.limits.family, CASES[i].family);
        assert_false(info.limits.host_timer);
        assert_int_equal(info.limits.whole_buffers, strcmp(CASES[i].family, "oclgrind") == 0);
    }
}

static void test_error_names(void **state)
{
    (void)state;
    assert_string_equal(ig_cl_error_name(0), "CL_SUCCESS");
    assert_string_equal(ig_cl_error_name(-5), "CL_OUT_OF_RESOURCES");
    assert_string_equal(ig_cl_error_name(-1001), "CL_PLATFORM_NOT_FOUND_KHR");
    assert_non_null(ig_cl_error_name(-4242));
    ig_error error;
    assert_int_equal(ig_cl_fail(&error, -4, "x"), IG_E_NO_MEMORY);
    assert_int_equal(ig_cl_fail(&error, -6, "x"), IG_E_NO_MEMORY);
    assert_int_equal(ig_cl_fail(&error, -5, "x"), IG_E_DEVICE);
    assert_string_equal(error.cl_name, "CL_OUT_OF_RESOURCES");
    assert_int_equal(ig_cl_fail(&error, -4242, "x %d", 7), IG_E_DEVICE);
    assert_string_equal(error.cl_name, "OpenCL error -4242");
    assert_string_equal(error.message, "x 7");
    assert_int_equal(ig_cl_fail(NULL, -4, "x"), IG_E_NO_MEMORY);
}

static void test_stamps(void **state)
{
    (void)state;
    const uint64_t ms = 1000000, hour = UINT64_C(3600000) * ms;
    const struct {
        cl_ulong stamps[4];
        int64_t host_ns;
        bool sane;
    } cases[] = {
        {{1, 2, 3, 4}, 100, true},
        {{5, 5, 5, 6}, 100, true},
        {{0, 0, 0, 0}, 100, false}, /* success without writing */
        {{1, 2, 0, 4}, 100, false}, /* one not written */
        {{1, 2, 4, 3}, 100, false}, /* ends before it starts */
        {{3, 2, 4, 5}, 100, false}, /* submitted before queued */
        {{1, 2, 3, 3}, 100, false}, /* shorter than a tick */
        {{1, 2, 3, 3 + hour}, 2 * (int64_t)hour, false},
        {{1, 2, 3, 3 + 50 * ms}, 49 * (int64_t)ms, true},  /* clocks drift a little */
        {{1, 2, 3, 3 + 50 * ms}, 10 * (int64_t)ms, false}, /* cannot have run longer than the host waited */
        {{1, 2, 3, UINT64_MAX}, 100, false},
        {{1, 2, 3, 4}, -1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ig_cl_stamps_sane(cases[i].stamps, cases[i].host_ns), cases[i].sane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select_finds_exactly_one),
        cmocka_unit_test(test_name_goes_before_vendor),
        cmocka_unit_test(test_several_matches_list_only_themselves),
        cmocka_unit_test(test_default_is_first_gpu_else_first),
        cmocka_unit_test(test_nothing_installed_says_what_to_install),
        cmocka_unit_test(test_quirks_name_the_family),
        cmocka_unit_test(test_error_names),
        cmocka_unit_test(test_stamps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
