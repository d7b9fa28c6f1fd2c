#include "cli/backend.h"

#include "cli/tuning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *backend_selection(const common_args *args)
{
    const char *named = getenv("INGOT_DEVICE");
    if (args->device)
        return args->device;
    return named && named[0] ? named : NULL;
}

static ig_status open_device(app *a, const char *select, backend *b, ig_error *error)
{
    ig_device_params params = {.select = select, .cache_dir = b->cache[0] ? b->cache : NULL, .log = a->log};
    ig_status status = ig_device_open(&params, &b->device, error);
    if (status == IG_E_NO_DEVICE && !error->hint[0])
        cli_hint(error, "`ingot doctor` looks for the reason; --device " REFERENCE_DEVICE " needs no device");
    if (status)
        return status;
    const ig_device_limits *limits = &ig_device_get_info(b->device)->limits;
    snprintf(b->name, sizeof b->name, "%s", limits->name);
    snprintf(b->driver, sizeof b->driver, "%s", limits->driver);
    b->tuning = (tuning_mode)a->tuning;
    ig_status loaded = IG_OK;
    for (int mode = b->tuning; mode < TUNING_MODES && !loaded; mode++)
        loaded = tuning_load(limits, (tuning_mode)mode, &b->records[mode], error);
    return loaded;
}

const ig_tune_db *backend_records(const backend *b, tuning_mode mode)
{
    return b->records[mode > b->tuning ? mode : b->tuning];
}

ig_status backend_open(app *a, const char *select, backend *b, ig_error *error)
{
    int64_t begin = clock_ns();
    memset(b, 0, sizeof *b);
    if (!cache_dir(b->cache))
        b->cache[0] = '\0';
    b->reference = select && strcmp(select, REFERENCE_DEVICE) == 0;
    ig_status status = IG_OK;
    if (b->reference) {
        snprintf(b->name, sizeof b->name, "%s", REFERENCE_DEVICE);
        snprintf(b->driver, sizeof b->driver, "ingot %s", ig_version());
    } else {
        status = open_device(a, select, b, error);
    }
    phase_add(&a->times, PHASE_DEVICE, begin);
    return status;
}

void backend_close(backend *b)
{
    for (int mode = 0; mode < TUNING_MODES; mode++)
        ig_tune_db_destroy(&b->records[mode]);
    ig_device_destroy(&b->device);
}

bool backend_local_is_cache(const backend *b)
{
    return !b->reference && ig_device_get_info(b->device)->limits.local_is_cache;
}
