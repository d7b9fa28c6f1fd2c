/* The self-test: each thing that kernels rely on, tried in the smallest way that can fail. */
#include "cl/selftest.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 64, ITEMS = IG_SELFTEST_ITEMS };

static const char SOURCE[] = "__kernel void test_sum(__global const int *in, __global int *out)\n"
                             "{\n"
                             "    __local int part[64];\n"
                             "    int l = get_local_id(0), n = get_local_size(0);\n"
                             "    part[l] = in[get_global_id(0)];\n"
                             "    for (int step = n / 2; step > 0; step /= 2) {\n"
                             "        barrier(CLK_LOCAL_MEM_FENCE);\n"
                             "        if (l < step)\n"
                             "            part[l] += part[l + step];\n"
                             "    }\n"
                             "    barrier(CLK_LOCAL_MEM_FENCE);\n"
                             "    if (l == 0)\n"
                             "        out[get_group_id(0)] = part[0];\n"
                             "}\n"
                             "__kernel void test_int(__global const int *in, __global int *out)\n"
                             "{\n"
                             "    int i = get_global_id(0), x = in[i];\n"
                             "    out[i] = ((x * 7919) >> 3) + x / 7 - x % 5 + (x & 0x55) + max(x, 100) - min(x, 50);\n"
                             "}\n"
                             "__kernel void test_float(__global const float *in, __global float *out)\n"
                             "{\n"
                             "    int i = get_global_id(0);\n"
                             "    float x = in[i];\n"
                             "    out[i] = fma(x, 1.25f, 0.5f) / (1.0f + exp(-x)) + sqrt(fabs(x));\n"
                             "}\n"
                             "__kernel void test_ids(__global int *out)\n"
                             "{\n"
                             "    int i = get_global_id(0);\n"
                             "    out[i] = get_local_id(0) + get_local_size(0) * get_group_id(0) == i ? i + 1 : 0;\n"
                             "}\n"
                             "__kernel void test_spin(__global float *out, int rounds)\n"
                             "{\n"
                             "    float x = get_global_id(0);\n"
                             "    for (int i = 0; i < rounds; i++)\n"
                             "        x = x * 0.999f + 1.0f;\n"
                             "    out[get_global_id(0)] = x;\n"
                             "}\n";

typedef ig_status (*test_run)(ig_selftest *test, ig_selftest_item *item, ig_error *error);

/* Writes host_in, runs a kernel of (in, out) in work-groups of `*lanes` or fewer, reads host_out. */
static ig_status run_kernel(ig_selftest *test, const char *name, int64_t *lanes, ig_error *error)
{
    ig_kernel *kernel = NULL;
    ig_status status = ig_kernel_create(test->program, name, &kernel, error);
    while (status == IG_OK && *lanes > kernel->max_group)
        *lanes /= 2;
    if (status == IG_OK)
        status = ig_buffer_write(test->in, 0, test->host_in, sizeof test->host_in, true, error);
    if (status == IG_OK)
        status = ig_kernel_set_buffer(kernel, 0, test->in, error);
    if (status == IG_OK)
        status = ig_kernel_set_buffer(kernel, 1, test->out, error);
    if (status == IG_OK)
        status = ig_queue_kernel(test->device, kernel, (const int64_t[3]){ITEMS / *lanes, 1, 1},
                                 (const int64_t[3]){*lanes, 1, 1}, NULL, error);
    if (status == IG_OK)
        status = ig_buffer_read(test->out, 0, test->host_out, sizeof test->host_out, true, error);
    ig_kernel_destroy(&kernel);
    return status;
}

static void conclude(ig_selftest_item *item, int wrong, int total)
{
    item->passed = wrong == 0;
    snprintf(item->detail, sizeof item->detail, "%d of %d values right", total - wrong, total);
}

static ig_status test_build(ig_selftest *test, ig_selftest_item *item, ig_error *error)
{
    int64_t start_ns = ig_host_ns();
    ig_status status = ig_program_get(test->device, SOURCE, "", &test->program, error);
    if (status != IG_OK)
        return status;
    item->passed = true;
    snprintf(item->detail, sizeof item->detail, "%" PRId64 " ms", (ig_host_ns() - start_ns) / 1000000);
    return IG_OK;
}

static ig_status test_copy(ig_selftest *test, ig_selftest_item *item, ig_error *error)
{
    for (int i = 0; i < ITEMS; i++)
        test->host_in[i] = i * 2097143 + 1;
    ig_status status = ig_buffer_write(test->in, 0, test->host_in, sizeof test->host_in, true, error);
    if (status == IG_OK)
        status = ig_buffer_read(test->in, 0, test->host_out, sizeof test->host_out, true, error);
    if (status != IG_OK)
        return status;
    int wrong = 0;
    for (int i = 0; i < ITEMS; i++)
        wrong += test->host_in[i] != test->host_out[i];
    conclude(item, wrong, ITEMS);
    return IG_OK;
}

static ig_status test_barrier(ig_selftest *test, ig_selftest_item *item, ig_error *error)
{
    for (int i = 0; i < ITEMS; i++)
        test->host_in[i] = i % 97 + 1;
    int64_t lanes = LANES;
    ig_status status = run_kernel(test, "test_sum", &lanes, error);
    if (status != IG_OK)
        return status;
    int wrong = 0;
    for (int g = 0; g < ITEMS / lanes; g++) {
        int sum = 0;
        for (int l = 0; l < lanes; l++)
            sum += test->host_in[g * lanes + l];
        wrong += sum != test->host_out[g];
    }
    conclude(item, wrong, (int)(ITEMS / lanes));
    return IG_OK;
}

static ig_status test_int(ig_selftest *test, ig_selftest_item *item, ig_error *error)
{
    for (int i = 0; i < ITEMS; i++)
        test->host_in[i] = i * 131;
    int64_t lanes = 1;
    ig_status status = run_kernel(test, "test_int", &lanes, error);
    if (status != IG_OK)
        return status;
    int wrong = 0;
    for (int i = 0; i < ITEMS; i++) {
        int x = test->host_in[i];
        int right = ((x * 7919) >> 3) + x / 7 - x % 5 + (x & 0x55) + (x > 100 ? x : 100) - (x < 50 ? x : 50);
        wrong += right != test->host_out[i];
    }
    conclude(item, wrong, ITEMS);
    return IG_OK;
}

/* OpenCL allows 3 ulp for exp and 2.5 for division; 1e-6 relative leaves room for their sum and for rounding. */
static ig_status test_float(ig_selftest *test, ig_selftest_item *item, ig_error *error)
{
    float in[ITEMS], out[ITEMS];
    for (int i = 0; i < ITEMS; i++)
        in[i] = (float)i / 64.0f - 8.0f;
    memcpy(test->host_in, in, sizeof in);
    int64_t lanes = 1;
    ig_status status = run_kernel(test, "test_float", &lanes, error);
    if (status != IG_OK)
        return status;
    memcpy(out, test->host_out, sizeof out);
    double worst = 0;
    for (int i = 0; i < ITEMS; i++) {
        double x = in[i], right = (x * 1.25 + 0.5) / (1.0 + exp(-x)) + sqrt(fabs(x));
        double off = fabs(out[i] - right) / (fabs(right) + 1e-3);
        if (!(off <= worst)) /* so that a NaN is kept */
            worst = off;
    }
    item->passed = worst < 1e-6;
    snprintf(item->detail, sizeof item->detail, "largest relative error %.1e", worst);
    return IG_OK;
}

static const struct {
    const char *name;
    test_run run;
} TESTS[] = {
    {"build", test_build},
    {"copy", test_copy},
    {"barrier and local memory", test_barrier},
    {"integers", test_int},
    {"floats", test_float},
    {"largest work-group", ig_selftest_group},
    {"event timer", ig_selftest_timer},
};

enum { N_TESTS = (int)(sizeof TESTS / sizeof TESTS[0]) };

static ig_status run_tests(ig_selftest *test, ig_selftest_item *items, int max, int *count, ig_error *error)
{
    for (int i = 0; i < N_TESTS && i < max; i++) {
        ig_selftest_item *item = &items[i];
        memset(item, 0, sizeof *item);
        snprintf(item->name, sizeof item->name, "%s", TESTS[i].name);
        *count = i + 1;
        ig_status status = TESTS[i].run(test, item, error);
        if (status != IG_OK) {
            snprintf(item->detail, sizeof item->detail, "%s", error ? error->message : ig_status_name(status));
            return status;
        }
        if (item->passed)
            item->warning = false;
    }
    return IG_OK;
}

ig_status ig_device_selftest(ig_device *device, ig_selftest_item *items, int max, int *count, ig_error *error)
{
    *count = 0;
    ig_selftest *test = calloc(1, sizeof *test);
    if (!test)
        return ig_fail_memory(error, sizeof *test);
    test->device = device;
    ig_status status = ig_buffer_create(device, sizeof test->host_in, &test->in, error);
    if (status == IG_OK)
        status = ig_buffer_create(device, sizeof test->host_out, &test->out, error);
    if (status == IG_OK)
        status = run_tests(test, items, max, count, error);
    if (test->program)
        ig_program_skip_store(test->program); /* the point is to try the driver, so it builds every time */
    ig_program_release(&test->program);
    ig_buffer_destroy(&test->in);
    ig_buffer_destroy(&test->out);
    free(test);
    return status;
}
