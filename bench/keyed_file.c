#include "bench/keyed_file.h"

#include "bench/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_TEXT = 4096, FILE_TEXT = 2 * IG_KEYED_TEXT };

static bool locate(const char *folder, const char *ending, const char *key, char path[PATH_TEXT])
{
    const uint64_t hash = ig_hash_fnv64(IG_HASH_FNV64_SEED, key, strlen(key));
    const int length = snprintf(path, PATH_TEXT, "%s/%016" PRIx64 ".%s", folder, hash, ending);
    return length > 0 && length < PATH_TEXT && strlen(key) < IG_KEYED_TEXT;
}

bool ig_keyed_read(const char *folder, const char *ending, const char *key, char text[IG_KEYED_TEXT])
{
    char path[PATH_TEXT], bytes[FILE_TEXT];
    if (!locate(folder, ending, key, path))
        return false;
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    const size_t length = fread(bytes, 1, sizeof bytes - 1, in), key_length = strlen(key);
    fclose(in);
    bytes[length] = '\0';
    if (length <= key_length || length - key_length >= IG_KEYED_TEXT || strlen(bytes) != length ||
        strncmp(bytes, key, key_length) != 0 || bytes[length - 1] != '\n')
        return false;
    memcpy(text, bytes + key_length, length - key_length + 1);
    return true;
}

ig_status ig_keyed_write(const char *folder, const char *ending, const char *key, const char *text, ig_error *error)
{
    char path[PATH_TEXT], bytes[FILE_TEXT];
    if (!locate(folder, ending, key, path))
        return IG_OK;
    ig_bench_make_folder(folder);
    const int length = snprintf(bytes, sizeof bytes, "%s%s", key, text);
    return ig_file_write(path, bytes, (size_t)length, error);
}
