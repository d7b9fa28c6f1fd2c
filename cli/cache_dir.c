#include "cli/cache_dir.h"

#include <stdio.h>
#include <stdlib.h>

bool cache_dir(char out[CACHE_PATH])
{
    static const struct {
        const char *variable, *suffix;
    } places[] = {{"INGOT_CACHE_DIR", ""}, {"XDG_CACHE_HOME", "/ingot"}, {"HOME", "/.cache/ingot"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);
        if (!value || !value[0])
            continue;
        int length = snprintf(out, CACHE_PATH, "%s%s", value, places[i].suffix);
        return length > 0 && length < CACHE_PATH;
    }
    return false;
}
