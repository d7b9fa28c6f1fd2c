/* The self-test's two questions of degree: how large a work-group may be, and whether event stamps tell the time. */
#include "cl/selftest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static ig_status launch(ig_selftest *test, ig_kernel *kernel, int64_t groups, int64_t lanes, ig_event **event,
                        ig_error *error)
{
    const int64_t grid[3] = {groups, 1, 1}, local[3] = {lanes, 1, 1};
    return ig_queue_kernel(test->device, kernel, grid, local, event, error);
}

static int count_wrong_ids(const ig_selftest *test, int64_t lanes)
{
    int wrong = 0;
    for (int i = 0; i < lanes; i++)
        wrong += test->host_out[i] != i + 1;
    return wrong;
}

static ig_status run_ids(ig_selftest *test, int64_t *lanes, ig_error *error)
{
    const int64_t *most = test->device->info.limits.max_work_item;
    ig_kernel *kernel = NULL;
    ig_status status = ig_kernel_create(test->program, "test_ids", &kernel, error);
    if (status != IG_OK)
        return status;
    *lanes = kernel->max_group < IG_SELFTEST_ITEMS ? kernel->max_group : IG_SELFTEST_ITEMS;
    *lanes = *lanes < most[0] ? *lanes : most[0];
    memset(test->host_out, 0, sizeof test->host_out);
    status = ig_kernel_set_buffer(kernel, 0, test->out, error);
    if (status == IG_OK)
        status = ig_buffer_write(test->out, 0, test->host_out, sizeof test->host_out, true, error);
    if (status == IG_OK)
        status = launch(test, kernel, 1, *lanes, NULL, error);
    if (status == IG_OK)
        status = ig_buffer_read(test->out, 0, test->host_out, sizeof test->host_out, true, error);
    ig_kernel_destroy(&kernel);
    return status;
}

/* A device that cannot run its own limit still works: every kernel is asked for its own (see ig_kernel_max_group). */
ig_status ig_selftest_group(ig_selftest *test, ig_selftest_item *item, ig_error *error)
{
    (void)error; /* failing here is a finding, not a failure */
    int64_t lanes = 0;
    ig_status status = run_ids(test, &lanes, NULL);
    item->warning = true;
    item->passed = status == IG_OK && count_wrong_ids(test, lanes) == 0;
    snprintf(item->detail, sizeof item->detail, "%" PRId64 " work-items %s; the device's limit is %" PRId64, lanes,
             item->passed ? "ran" : "did not run", test->device->info.limits.max_work_group);
    return IG_OK;
}

/* Grows a busy kernel until the host sees milliseconds, then compares both clocks. */
static ig_status time_spin(ig_selftest *test, ig_kernel *kernel, int rounds, ig_event_times *times, int64_t *host_ns,
                           ig_error *error)
{
    ig_event *event = NULL;
    ig_status status = ig_kernel_set_int(kernel, 1, rounds, error);
    int64_t start_ns = ig_host_ns();
    if (status == IG_OK)
        status = launch(test, kernel, IG_SELFTEST_ITEMS, 1, &event, error);
    if (status == IG_OK)
        status = ig_queue_finish(test->device, error);
    *host_ns = ig_host_ns() - start_ns;
    if (status == IG_OK)
        ig_event_read(event, times);
    ig_event_destroy(&event);
    return status;
}

static ig_status measure_spin(ig_selftest *test, ig_event_times *times, int64_t *host_ns, ig_error *error)
{
    ig_kernel *kernel = NULL;
    ig_status status = ig_kernel_create(test->program, "test_spin", &kernel, error);
    if (status == IG_OK)
        status = ig_kernel_set_buffer(kernel, 0, test->out, error);
    if (status == IG_OK) /* once for what the driver does at a first launch */
        status = time_spin(test, kernel, 1, times, host_ns, error);
    *host_ns = 0;
    for (int rounds = 1000; status == IG_OK && *host_ns < 5000000 && rounds < 100000000; rounds *= 4)
        status = time_spin(test, kernel, rounds, times, host_ns, error);
    ig_kernel_destroy(&kernel);
    return status;
}

ig_status ig_selftest_timer(ig_selftest *test, ig_selftest_item *item, ig_error *error)
{
    ig_event_times times;
    int64_t host_ns = 0;
    ig_status status = measure_spin(test, &times, &host_ns, error);
    if (status != IG_OK)
        return status;
    item->warning = true; /* without event times everything is timed on the host */
    double device_ms = (double)(times.end_ns - times.start_ns) / 1e6, host_ms = (double)host_ns / 1e6;
    item->passed = times.trusted && device_ms > 0.5 * host_ms && device_ms < 1.05 * host_ms + 1.0;
    if (times.trusted)
        snprintf(item->detail, sizeof item->detail, "event %.2f ms, host %.2f ms", device_ms, host_ms);
    else
        snprintf(item->detail, sizeof item->detail, "event stamps are unusable; the host's clock is used");
    return IG_OK;
}
