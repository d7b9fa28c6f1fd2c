#include "ingot/base.h"

static const char *const STATUS_NAMES[IG_STATUS_COUNT] = {
    [IG_OK] = "ok",
    [IG_E_USAGE] = "usage",
    [IG_E_DATA] = "data",
    [IG_E_NO_INPUT] = "no-input",
    [IG_E_IO] = "io",
    [IG_E_PERMISSION] = "permission",
    [IG_E_NO_MEMORY] = "no-memory",
    [IG_E_NO_DEVICE] = "no-device",
    [IG_E_DEVICE] = "device",
    [IG_E_UNSUPPORTED] = "unsupported",
    [IG_E_VERIFY] = "verify",
    [IG_E_CANCELLED] = "cancelled",
    [IG_E_INTERNAL] = "internal",
};

const char *ig_status_name(ig_status status)
{
    unsigned index = (unsigned)status;
    return index < IG_STATUS_COUNT ? STATUS_NAMES[index] : "unknown";
}

const char *ig_version(void)
{
    return IG_VERSION;
}
