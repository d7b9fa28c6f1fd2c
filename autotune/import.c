/* Taking over records for the device at hand: what another device measured, or none can have, is refused. */
#include "autotune/db.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static bool is_legal(const ig_tune_record *record, const ig_kernel_def *kernel, const ig_device_limits *limits,
                     char *why, size_t size)
{
    int64_t values[IG_KERNEL_MAX_TUNES];
    const ig_kernel_bounds bounds = ig_tune_bounds(limits);
    ig_kernel_vars vars = record->problem;
    ig_kernel_launches launches;
    ig_error error = {0};
    bool legal = ig_tune_record_values(kernel, record, values);
    if (!legal)
        snprintf(why, size, "a parameter or a value that it does not have");
    else if (ig_kernel_bind(kernel, values, &vars, &error) ||
             ig_kernel_check(kernel, &vars, &bounds, &legal, &launches, why, size, &error)) {
        snprintf(why, size, "%s", error.message);
        legal = false;
    }
    return legal;
}

static ig_status refuse(const ig_tune_record *record, const char *path, const char *message, ig_error *error)
{
    ig_fail(error, IG_E_DATA, "%s", message);
    ig_error_where(error, path, record->line, 1);
    return IG_E_DATA;
}

static ig_status check_device(const ig_tune_record *record, const char *path, const ig_device_limits *limits,
                              ig_error *error)
{
    const ig_tune_device *device = record->device;
    const bool same = strcmp(device->family, limits->family) == 0 &&
                      (!*device->name || strcmp(device->name, limits->name) == 0) &&
                      (!*device->driver || strcmp(device->driver, limits->driver) == 0);
    if (same)
        return IG_OK;
    refuse(record, path, "a record of another device", error);
    ig_error_expected(error, "family %s, name \"%s\", driver \"%s\"", limits->family, limits->name, limits->driver);
    ig_error_found(error, "family %s, name \"%s\", driver \"%s\"", device->family, device->name, device->driver);
    return IG_E_DATA;
}

/* Whether what the record claims to have run can run at all. One whose kernel has changed is stale, and says nothing.
 */
static ig_status check_claim(const ig_tune_record *record, const char *path, const ig_kernel_set *kernels,
                             const ig_device_limits *limits, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < kernels->count && !status && record->evidence.time_ns; i++) {
        const ig_kernel_def *kernel = &kernels->kernels[i];
        if (strcmp(kernel->name, record->kernel) != 0 || kernel->source_hash != record->kernel_hash)
            continue;
        char why[IG_ERROR_TEXT] = "";
        if (!is_legal(record, kernel, limits, why, sizeof why)) {
            status = refuse(record, path, "a record that cannot have been measured", error);
            ig_error_expected(error, "parameters that %s has, with values that are legal for the problem",
                              kernel->name);
            ig_error_found(error, "%s", why);
        }
    }
    return status;
}

ig_status ig_tune_db_import_for(ig_tune_db *db, const char *path, const ig_device_limits *limits, ig_error *error)
{
    const int before = db->count;
    ig_kernel_set kernels;
    ig_status status = ig_kernel_set_load(db->arena, &kernels, error);
    if (!status)
        status = ig_tune_db_import(db, path, error);
    for (int i = before; i < db->count && !status; i++) {
        status = check_device(&db->records[i], path, limits, error);
        if (!status)
            status = check_claim(&db->records[i], path, &kernels, limits, error);
    }
    if (status)
        db->count = before;
    return status;
}
