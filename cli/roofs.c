#include "cli/roofs.h"

#include <stdio.h>

typedef struct folder_name {
    char text[CACHE_PATH + 16]; /* "": there is no cache */
} folder_name;

static folder_name name_folder(const backend *b)
{
    folder_name folder = {""};
    if (b->cache[0])
        snprintf(folder.text, sizeof folder.text, "%s/roofs", b->cache);
    return folder;
}

static void remember(app *a, const backend *b, const ig_device_roofs *roofs)
{
    const folder_name folder = name_folder(b);
    ig_error error;
    if (folder.text[0] && ig_roofs_remember(folder.text, b->name, b->driver, roofs, &error))
        report_warning(&a->log, "the roofs cannot be remembered in %s: %s", folder.text, error.message);
}

static ig_status measure(app *a, const backend *b, ig_device_roofs *out, ig_error *error)
{
    report_note(&a->log, "measuring what %s can do at most: a few seconds, in which nothing else should run", b->name);
    return ig_device_probe(b->device, a->interrupted, out, error);
}

ig_status roofs_get(app *a, const backend *b, bool again, ig_device_roofs *out, bool *remembered, ig_error *error)
{
    const folder_name folder = name_folder(b);
    if (b->reference)
        return cli_fail(error, IG_E_USAGE, REFERENCE_DEVICE " is the plain C reference, no OpenCL device");
    const bool known = !again && folder.text[0] && ig_roofs_recall(folder.text, b->name, b->driver, out);
    if (remembered)
        *remembered = known;
    if (known)
        return IG_OK;
    ig_status status = measure(a, b, out, error);
    if (!status)
        remember(a, b, out);
    return status;
}

bool roofs_try(app *a, const backend *b, ig_device_roofs *out)
{
    ig_error error;
    if (b->reference)
        return false;
    ig_status status = roofs_get(a, b, false, out, NULL, &error);
    if (status && status != IG_E_CANCELLED)
        report_warning(&a->log, "the device's roofs cannot be measured: %s %s", error.message, error.cl_name);
    return !status;
}

ig_status roofs_improve(app *a, const backend *b, ig_device_roofs *roofs, ig_error *error)
{
    ig_device_roofs again;
    ig_status status = measure(a, b, &again, error);
    if (status)
        return status;
    ig_roofs_merge(roofs, &again);
    remember(a, b, roofs);
    return IG_OK;
}
