#include "cli/backend.h"
#include "cli/doctor_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SELFTEST = 64, DETAIL_SIZE = 2 * IG_ERROR_TEXT };

static const column columns[] = {{"check", "check", 0}, {"result", "result", 0}, {"detail", "detail", 0}};

static bool self_test(table *t, const ig_device_info *info, ig_device *device)
{
    static const char *const types[] = {"CPU", "GPU", "accelerator", "other"};
    ig_selftest_item items[MAX_SELFTEST];
    char text[DETAIL_SIZE];
    ig_error error;
    int count = 0;
    bool good = true;
    snprintf(text, sizeof text, "%s, %s, driver %s", info->limits.name, types[info->limits.type], info->limits.driver);
    char name[80];
    snprintf(name, sizeof name, "device %s", info->id);
    check_add(t, name, CHECK_OK, text);
    ig_status status = ig_device_selftest(device, items, MAX_SELFTEST, &count, &error);
    for (int i = 0; i < count; i++) {
        check_result result = items[i].passed ? CHECK_OK : items[i].warning ? CHECK_WARN : CHECK_FAIL;
        snprintf(name, sizeof name, "device %s %.47s", info->id, items[i].name);
        check_add(t, name, result, items[i].detail);
        good = good && result != CHECK_FAIL;
    }
    if (status) {
        snprintf(name, sizeof name, "device %s", info->id);
        snprintf(text, sizeof text, "%s %s", error.message, error.cl_name);
        check_add(t, name, CHECK_FAIL, text);
    }
    return good && !status;
}

/* Opens and tests what `select` names; false when that fails. */
static bool test_device(app *a, table *t, const char *select)
{
    ig_error error;
    backend b;
    bool good = false;
    ig_status status = backend_open(a, select, &b, &error);
    if (status) {
        char text[DETAIL_SIZE];
        snprintf(text, sizeof text, "%s %s", error.message, error.found);
        check_add(t, select ? select : "device", CHECK_FAIL, text);
    } else if (b.reference) {
        check_add(t, "device " REFERENCE_DEVICE, CHECK_OK, "the plain C reference needs no device");
        good = true;
    } else {
        good = self_test(t, ig_device_get_info(b.device), b.device);
    }
    backend_close(&b);
    return good;
}

/* Every device, or the chosen one. */
static ig_status test_devices(app *a, table *t, const char *select, ig_error *error)
{
    ig_device_info *list = NULL;
    int count = 0, bad = 0;
    if (select)
        return test_device(a, t, select) ? IG_OK : cli_fail(error, IG_E_DEVICE, "the device %s did not pass", select);
    ig_status status = ig_device_list(&list, &count, error);
    if (!status && count == 0) {
        check_add(t, "device", CHECK_FAIL, "the OpenCL loader finds none");
        status = cli_fail(error, IG_E_NO_DEVICE, "there is no OpenCL device");
        cli_hint(error, "install a driver, e.g. the package pocl-opencl-icd for the processor itself; "
                        "--device " REFERENCE_DEVICE " needs none");
    }
    for (int i = 0; i < count && !status && !*a->interrupted; i++)
        bad += !test_device(a, t, list[i].id);
    ig_device_list_free(&list);
    if (!status && bad > 0)
        status = cli_fail(error, IG_E_DEVICE, "%d of %d devices did not pass the self-test", bad, count);
    return status;
}

static ig_status print_checks(const table *t, output_format format, bool good, ig_error *error)
{
    if (format != FORMAT_JSON)
        return table_print(t, format, error);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "version", ig_version());
    cJSON_AddBoolToObject(object, "ok", good);
    cJSON_AddItemToObject(object, "checks", table_to_json(t));
    return json_print(object, error);
}

static int run_doctor(app *a, const void *args)
{
    const common_args *common = args;
    ig_error error, print_error;
    table t;
    table_init(&t, columns, sizeof columns / sizeof *columns);
    check_icds(&t);
    check_device_nodes(&t);
    check_cache(&t);
    ig_status status = test_devices(a, &t, common->device, &error);
    ig_status printed = print_checks(&t, (output_format)common->format, status == IG_OK, &print_error);
    table_release(&t);
    return status ? app_finish(status, &error) : app_finish(printed, &print_error);
}

const command cmd_doctor = {
    .name = "doctor",
    .arguments = "",
    .brief = "Looks for what keeps OpenCL from working, and tests every device",
    .details = "ICD files, permissions, the cache place; then builds, copies, barriers, local memory, arithmetic and\n"
               "timers of each device. Exit code 69 when there is no device or one did not pass.\n",
    .examples = "  ingot doctor\n  ingot doctor --device 0:0\n  ingot doctor --format json > report.json\n",
    .common = COMMON_LIST,
    .args_size = sizeof(common_args),
    .run = run_doctor,
};
