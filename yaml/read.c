#include "yaml/yaml.h"

#include <stdlib.h>

ig_status ig_yaml_read(const char *path, ig_arena *arena, ig_yaml **out, ig_error *error)
{
    char *bytes;
    size_t length;
    ig_status status = ig_file_read(path, IG_YAML_MAX_BYTES, &bytes, &length, error);
    if (status)
        return status;
    status = ig_yaml_parse(bytes, length, path, arena, out, error);
    free(bytes);
    return status;
}
