/* Opening a device, buffers, kernels, the queue and the self-test, on whatever device is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "cl/internal.h"

static const char SOURCE[] = "__kernel void add(__global float *x, int n, float by)\n"
                             "{\n"
                             "    int i = get_global_id(0) + get_global_size(0) * get_global_id(1);\n"
                             "    if (i < n)\n"
                             "        x[i] += by;\n"
                             "}\n";

static ig_device *device;

static int open_device(void **state)
{
    (void)state;
    ig_error error;
    return ig_device_open(NULL, &device, &error) == IG_OK ? 0 : -1;
}

static int close_device(void **state)
{
    (void)state;
    ig_device_destroy(&device);
    assert_null(device);
    return 0;
}

static void test_list_and_open_agree(void **state)
{
    (void)state;
    ig_device_info *list = NULL;
    int count = 0;
    ig_error error;
    assert_int_equal(ig_device_list(&list, &count, &error), IG_OK);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        const ig_device_limits *l = &list[i].limits;
        assert_true(l->name[0] && l->platform[0] && l->family[0] && l->driver[0]);
        assert_true(l->compute_units >= 1 && l->max_work_group >= 1 && l->native_vector_float >= 1);
        assert_true(l->max_alloc_bytes > 0 && l->base_align_bytes > 0);
        assert_true(l->type == IG_DEVICE_CPU || !l->local_is_cache);
        assert_true(l->opencl_major > 1 || l->opencl_minor >= 1);
        ig_device *same = NULL;
        assert_int_equal(ig_device_open(&(ig_device_params){.select = list[i].id}, &same, &error), IG_OK);
        assert_memory_equal(ig_device_get_info(same), &list[i], sizeof list[i]);
        ig_device_destroy(&same);
    }
    ig_device_list_free(&list);
    assert_null(list);
    ig_device_list_free(NULL);
}

static void test_buffers_and_views(void **state)
{
    (void)state;
    ig_error error;
    ig_device_stats stats;
    ig_buffer *whole = NULL, *view = NULL, *inner = NULL, *bad = NULL;
    int64_t align = device->info.limits.base_align_bytes;
    assert_int_equal(ig_buffer_create(device, 4 * align, &whole, &error), IG_OK);
    assert_int_equal(ig_buffer_create_view(whole, align, 3 * align, &view, &error), IG_OK);
    assert_int_equal(ig_buffer_create_view(view, align, align, &inner, &error), IG_OK);
    ig_device_get_stats(device, &stats);
    assert_int_equal(stats.bytes_allocated, 4 * align);

    char *bytes = malloc((size_t)(4 * align)), *back = calloc(1, (size_t)(4 * align));
    for (int64_t i = 0; i < 4 * align; i++)
        bytes[i] = (char)(i * 7);
    assert_int_equal(ig_buffer_write(whole, 0, bytes, 4 * align, true, &error), IG_OK);
    assert_int_equal(ig_buffer_read(inner, 1, back, align - 1, false, &error), IG_OK);
    assert_int_equal(ig_queue_finish(device, &error), IG_OK);
    assert_memory_equal(back, bytes + 2 * align + 1, (size_t)(align - 1));
    assert_int_equal(ig_buffer_write(inner, 0, "z", 1, false, &error), IG_OK);
    assert_int_equal(ig_buffer_read(whole, 2 * align, back, 1, true, &error), IG_OK);
    assert_int_equal(back[0], 'z');

    if (align > 1)
        assert_int_equal(ig_buffer_create_view(whole, 1, 1, &bad, &error), IG_E_USAGE);
    assert_int_equal(ig_buffer_create_view(view, 0, 4 * align, &bad, &error), IG_E_USAGE);
    assert_int_equal(ig_buffer_create_view(whole, INT64_MAX, align, &bad, &error), IG_E_USAGE);
    assert_int_equal(ig_buffer_create_view(whole, -align, align, &bad, &error), IG_E_USAGE);
    assert_int_equal(ig_buffer_read(inner, 1, back, align, true, &error), IG_E_USAGE);
    assert_int_equal(ig_buffer_write(inner, 0, back, 0, true, &error), IG_E_USAGE);
    assert_null(bad);
    free(bytes);
    free(back);
    ig_buffer_destroy(&inner);
    ig_buffer_destroy(&view);
    ig_buffer_destroy(&whole);
    ig_buffer_destroy(&whole);
    ig_buffer_destroy(NULL);
    ig_device_get_stats(device, &stats);
    assert_int_equal(stats.bytes_allocated, 0);
}

static void test_impossible_buffers(void **state)
{
    (void)state;
    ig_error error;
    ig_buffer *buffer = NULL;
    assert_int_equal(ig_buffer_create(device, 0, &buffer, &error), IG_E_USAGE);
    assert_int_equal(ig_buffer_create(device, -1, &buffer, &error), IG_E_USAGE);
    assert_int_equal(ig_buffer_create(device, device->info.limits.max_alloc_bytes + 1, &buffer, &error),
                     IG_E_NO_MEMORY);
    assert_true(error.expected[0] && error.found[0]);
    assert_null(buffer);
    assert_int_equal(ig_buffer_create(device, INT64_MAX, &buffer, NULL), IG_E_NO_MEMORY);
}

static void run_add(bool with_event, float *x, int n)
{
    ig_error error;
    ig_program *program = NULL;
    ig_kernel *kernel = NULL;
    ig_buffer *buffer = NULL;
    ig_event *event = NULL;
    assert_int_equal(ig_program_get(device, SOURCE, "", &program, &error), IG_OK);
    assert_int_equal(ig_kernel_create(program, "add", &kernel, &error), IG_OK);
    assert_int_equal(ig_buffer_create(device, n * 4, &buffer, &error), IG_OK);
    assert_int_equal(ig_buffer_write(buffer, 0, x, n * 4, false, &error), IG_OK);
    assert_int_equal(ig_kernel_set_buffer(kernel, 0, buffer, &error), IG_OK);
    assert_int_equal(ig_kernel_set_int(kernel, 1, n, &error), IG_OK);
    assert_int_equal(ig_kernel_set_float(kernel, 2, 0.5f, &error), IG_OK);
    const int64_t groups[3] = {(n + 15) / 16, 2, 1}, local[3] = {8, 1, 1};
    assert_int_equal(ig_queue_kernel(device, kernel, groups, local, with_event ? &event : NULL, &error), IG_OK);
    assert_int_equal(ig_queue_flush(device, &error), IG_OK);
    assert_int_equal(ig_buffer_read(buffer, 0, x, n * 4, false, &error), IG_OK);
    assert_int_equal(ig_queue_finish(device, &error), IG_OK);
    if (with_event) {
        ig_event_times times;
        ig_event_read(event, &times);
        assert_true(times.trusted ? times.end_ns > times.start_ns : times.end_ns == 0);
    }
    ig_event_destroy(&event);
    ig_event_destroy(NULL);
    ig_buffer_destroy(&buffer);
    ig_program_release(&program); /* the kernel keeps it */
    ig_kernel_destroy(&kernel);
    ig_kernel_destroy(&kernel);
}

static void test_kernel_runs_on_both_queues(void **state)
{
    (void)state;
    enum { N = 100 };
    float x[N];
    for (int i = 0; i < N; i++)
        x[i] = (float)i;
    run_add(false, x, N);
    run_add(true, x, N);
    run_add(false, x, N);
    for (int i = 0; i < N; i++)
        assert_true(x[i] == (float)i + 1.5f);
    assert_ptr_equal(device->current, device->plain);
}

static void test_events_in_a_row_keep_order(void **state)
{
    (void)state;
    enum { N = 64, ROUNDS = 20 };
    float x[N] = {0};
    ig_error error;
    ig_program *program = NULL;
    ig_kernel *kernel = NULL;
    ig_buffer *buffer = NULL;
    ig_event *events[ROUNDS] = {NULL};
    assert_int_equal(ig_program_get(device, SOURCE, NULL, &program, &error), IG_OK);
    assert_int_equal(ig_kernel_create(program, "add", &kernel, &error), IG_OK);
    assert_int_equal(ig_buffer_create(device, sizeof x, &buffer, &error), IG_OK);
    assert_int_equal(ig_buffer_write(buffer, 0, x, sizeof x, false, &error), IG_OK);
    assert_int_equal(ig_kernel_set_buffer(kernel, 0, buffer, &error), IG_OK);
    assert_int_equal(ig_kernel_set_int(kernel, 1, N, &error), IG_OK);
    assert_int_equal(ig_kernel_set_float(kernel, 2, 1.0f, &error), IG_OK);
    for (int i = 0; i < ROUNDS; i++)
        assert_int_equal(ig_queue_kernel(device, kernel, (const int64_t[3]){8, 1, 1}, (const int64_t[3]){8, 1, 1},
                                         i % 3 == 2 ? &events[i] : NULL, &error),
                         IG_OK);
    assert_int_equal(ig_buffer_read(buffer, 0, x, sizeof x, false, &error), IG_OK);
    assert_int_equal(ig_queue_finish(device, &error), IG_OK);
    int64_t last_ns = 0;
    for (int i = 2; i < ROUNDS; i += 3) {
        ig_event_times times;
        ig_event_read(events[i], &times);
        if (times.trusted)
            assert_true(times.start_ns >= last_ns);
        last_ns = times.end_ns;
        ig_event_destroy(&events[i]);
    }
    for (int i = 0; i < N; i++)
        assert_true(x[i] == ROUNDS);
    ig_kernel_destroy(&kernel);
    ig_buffer_destroy(&buffer);
    ig_program_release(&program);
}

static void test_host_timer_quirk_silences_events(void **state)
{
    (void)state;
    device->info.limits.host_timer = true;
    ig_event *event = ig_cl_create_event(device, ig_host_ns());
    ig_event_times times = {.trusted = true, .end_ns = 7};
    ig_event_read(event, &times);
    assert_false(times.trusted);
    assert_int_equal(times.end_ns, 0);
    ig_event_read(NULL, &times);
    ig_event_destroy(&event);
    device->info.limits.host_timer = false;
}

static void test_bad_launches_are_named(void **state)
{
    (void)state;
    ig_error error;
    ig_program *program = NULL;
    ig_kernel *kernel = NULL, *none = NULL;
    int64_t most = 0;
    assert_int_equal(ig_program_get(device, SOURCE, "", &program, &error), IG_OK);
    assert_int_equal(ig_kernel_create(program, "ad", &none, &error), IG_E_DEVICE);
    assert_string_equal(error.cl_name, "CL_INVALID_KERNEL_NAME");
    assert_int_equal(ig_kernel_create(program, "add", &kernel, &error), IG_OK);
    assert_int_equal(ig_kernel_max_group(kernel, &most, &error), IG_OK);
    assert_true(most >= 1 && most <= device->info.limits.max_work_group);
    assert_int_equal(ig_kernel_set_int(kernel, 3, 1, &error), IG_E_USAGE);
    assert_int_equal(ig_kernel_set_int(kernel, -1, 1, &error), IG_E_USAGE);

    const int64_t one[3] = {1, 1, 1};
    const int64_t too_many[][3] = {{most + 1, 1, 1}, {most, 2, 1}, {INT32_MAX, INT32_MAX, INT32_MAX}};
    for (size_t i = 0; i < sizeof too_many / sizeof too_many[0]; i++) {
        assert_int_equal(ig_queue_kernel(device, kernel, one, too_many[i], NULL, &error), IG_E_UNSUPPORTED);
        assert_non_null(strstr(error.message, "'add'"));
    }
    const int64_t odd[][3] = {{0, 1, 1}, {1, -1, 1}, {INT64_MAX, 1, 1}};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        assert_int_equal(ig_queue_kernel(device, kernel, odd[i], one, NULL, &error), IG_E_USAGE);
    /* Arguments never set: the driver's own refusal, with the kernel and sizes in the error. */
    ig_event *event = NULL;
    assert_int_equal(ig_queue_kernel(device, kernel, one, one, &event, &error), IG_E_DEVICE);
    assert_null(event);
    assert_true(error.cl_name[0] != '\0' && strstr(error.found, "1x1x1 groups"));
    assert_int_equal(ig_queue_finish(device, &error), IG_OK);
    ig_kernel_destroy(&kernel);
    ig_program_release(&program);
}

static void test_refused_build_has_the_log(void **state)
{
    (void)state;
    ig_error error;
    ig_program *program = NULL;
    assert_int_equal(
        ig_program_get(device, "__kernel void f() { no_such_thing(); this is wrong }", "-DX=1", &program, &error),
        IG_E_DEVICE);
    assert_null(program);
    assert_true(error.cl_name[0] != '\0');
    assert_true(strlen(error.log) > 0);
    assert_non_null(strstr(error.found, "-DX=1"));
    assert_int_equal(ig_program_get(device, "__kernel void f() { no_such_thing(); }", NULL, &program, NULL),
                     IG_E_DEVICE);
}

static void test_programs_are_shared(void **state)
{
    (void)state;
    ig_program *a = NULL, *b = NULL, *c = NULL;
    ig_device_stats before, after;
    ig_device_get_stats(device, &before);
    assert_int_equal(ig_program_get(device, SOURCE, "-DA=1", &a, NULL), IG_OK);
    assert_int_equal(ig_program_get(device, SOURCE, "-DA=1", &b, NULL), IG_OK);
    assert_int_equal(ig_program_get(device, SOURCE, "-DA=2", &c, NULL), IG_OK);
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    ig_device_get_stats(device, &after);
    assert_int_equal(after.programs_built - before.programs_built, 2);
    assert_true(after.build_ns > before.build_ns);
    ig_program_release(&a);
    assert_int_equal(ig_program_get(device, SOURCE, "-DA=1", &a, NULL), IG_OK);
    assert_ptr_equal(a, b);
    ig_program_release(&a);
    ig_program_release(&b);
    ig_program_release(&c);
    ig_program_release(NULL);
    assert_null(device->programs);
}

static void test_selftest_passes(void **state)
{
    (void)state;
    ig_selftest_item items[16];
    int count = 0;
    ig_error error;
    assert_int_equal(ig_device_selftest(device, items, 16, &count, &error), IG_OK);
    assert_int_equal(count, 7);
    for (int i = 0; i < count; i++) {
        if (!items[i].passed)
            print_message("%s: %s\n", items[i].name, items[i].detail);
        assert_true(items[i].passed || items[i].warning);
        assert_true(items[i].detail[0] != '\0');
    }
    assert_int_equal(ig_device_selftest(device, items, 2, &count, &error), IG_OK);
    assert_int_equal(count, 2);
}

/* The loader reads its folder of drivers once a process, so an empty machine needs a process of its own. */
static void test_machine_without_drivers(void **state)
{
    (void)state;
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = '\0';
    char folder[] = "/tmp/ingot-no-icd-XXXXXX";
    assert_non_null(mkdtemp(folder));
    pid_t child = fork();
    if (child == 0) {
        setenv("OCL_ICD_VENDORS", folder, 1);
        setenv("OPENCL_VENDOR_PATH", folder, 1);
        execl(self, self, "--no-drivers", (char *)NULL);
        _exit(99);
    }
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    rmdir(folder);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
}

static int check_no_drivers(void)
{
    ig_device_info *list = NULL;
    int count = -1;
    ig_error error;
    ig_device *none = NULL;
    if (ig_device_list(&list, &count, &error) != IG_OK || count != 0)
        return 1;
    ig_device_list_free(&list);
    if (ig_device_open(NULL, &none, &error) != IG_E_NO_DEVICE || none)
        return 2;
    return strstr(error.hint, "pocl-opencl-icd") ? 0 : 3;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--no-drivers") == 0)
        return check_no_drivers();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machine_without_drivers),
        cmocka_unit_test(test_list_and_open_agree),
        cmocka_unit_test(test_buffers_and_views),
        cmocka_unit_test(test_impossible_buffers),
        cmocka_unit_test(test_kernel_runs_on_both_queues),
        cmocka_unit_test(test_events_in_a_row_keep_order),
        cmocka_unit_test(test_host_timer_quirk_silences_events),
        cmocka_unit_test(test_bad_launches_are_named),
        cmocka_unit_test(test_refused_build_has_the_log),
        cmocka_unit_test(test_programs_are_shared),
        cmocka_unit_test(test_selftest_passes),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
