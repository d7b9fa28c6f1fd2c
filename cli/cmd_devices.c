#include "cli/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const column columns[] = {
    {"id", "id", 0},
    {"name", "name", 0},
    {"type", "type", 0},
    {"vendor", NULL, 0},
    {"platform", "platform", 0},
    {"driver", "driver", 0},
    {"family", NULL, 0},
    {"opencl", "OpenCL", 0},
    {"compute_units", "units", 0},
    {"max_work_group", NULL, 0},
    {"global_mem_bytes", NULL, 0},
    {NULL, "memory MiB", 0},
    {"local_mem_bytes", "local bytes", 0},
    {"max_alloc_bytes", NULL, 0},
    {"fp16", "fp16", 0},
    {"images", NULL, 0},
    {"unified_memory", NULL, 0},
    {"host_timer", NULL, 0},
    {"local_is_cache", NULL, 0},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

static void add_device(table *t, const ig_device_info *device)
{
    static const char *const types[] = {[IG_DEVICE_CPU] = "cpu",
                                        [IG_DEVICE_GPU] = "gpu",
                                        [IG_DEVICE_ACCELERATOR] = "accelerator",
                                        [IG_DEVICE_OTHER] = "other"};
    const ig_device_limits *l = &device->limits;
    char version[32];
    snprintf(version, sizeof version, "%d.%d", l->opencl_major, l->opencl_minor);
    table_text(t, device->id);
    table_text(t, l->name);
    table_text(t, types[l->type]);
    table_text(t, l->vendor);
    table_text(t, l->platform);
    table_text(t, l->driver);
    table_text(t, l->family);
    table_text(t, version);
    table_int(t, l->compute_units);
    table_int(t, l->max_work_group);
    table_int(t, l->global_mem_bytes);
    table_int(t, l->global_mem_bytes / (1024 * 1024));
    table_int(t, l->local_mem_bytes);
    table_int(t, l->max_alloc_bytes);
    table_bool(t, l->has_fp16);
    table_bool(t, l->has_images);
    table_bool(t, l->unified_memory);
    table_bool(t, l->host_timer);
    table_bool(t, l->local_is_cache);
}

/* The one device that --device names, or all. */
static ig_status list_devices(app *a, const common_args *args, table *t, ig_error *error)
{
    ig_status status;
    if (args->device) {
        backend b;
        status = backend_open(a, args->device, &b, error);
        if (!status && b.reference)
            status = cli_fail(error, IG_E_USAGE, REFERENCE_DEVICE " is the plain C reference, no OpenCL device");
        if (!status)
            add_device(t, ig_device_get_info(b.device));
        backend_close(&b);
        return status;
    }
    ig_device_info *list = NULL;
    int count = 0;
    status = ig_device_list(&list, &count, error);
    for (int i = 0; i < count; i++)
        add_device(t, &list[i]);
    ig_device_list_free(&list);
    return status;
}

static int run_devices(app *a, const void *args)
{
    const common_args *common = args;
    ig_error error;
    table t;
    table_init(&t, columns, N_COLUMNS);
    ig_status status = list_devices(a, common, &t, &error);
    if (!status)
        status = table_print(&t, (output_format)common->format, &error);
    if (!status && t.n_cells == 0) {
        status = cli_fail(&error, IG_E_NO_DEVICE, "there is no OpenCL device");
        cli_hint(&error, "`ingot doctor` looks for the reason; --device " REFERENCE_DEVICE " needs no device");
    }
    table_release(&t);
    return app_finish(status, &error);
}

const command cmd_devices = {
    .name = "devices",
    .arguments = "",
    .brief = "Lists the OpenCL devices that --device can name",
    .details = "`--device " REFERENCE_DEVICE "` always works as well: it is the plain C reference.\n",
    .examples = "  ingot devices\n  ingot devices --format json\n  ingot devices --device 0:0\n",
    .common = COMMON_LIST,
    .args_size = sizeof(common_args),
    .run = run_devices,
};
