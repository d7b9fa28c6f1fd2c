/* The store of program binaries: one file per program, written whole or not at all.
 *
 *   the key, as text           everything the binary depends on, source by its hash
 *   "payload LENGTH CHECKSUM"  16 hexadecimal digits each, one line
 *   the binary
 *
 * A reader accepts a file only if it starts with the very key it wants and the rest is exact, so a stale, foreign, torn
 * or corrupt file is the same as none. That matters: drivers have been seen to crash on a damaged binary. */
#include "base/hash.h"
#include "base/text.h"
#include "cl/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FORMAT_VERSION = 1, HEAD_BYTES = 8 + 16 + 1 + 16 + 1, MAX_BYTES = 64 << 20 };

/* A second, independent stream for 128 bits: the seed is the first 64 bits of pi's fraction. */
#define SECOND_SEED UINT64_C(0x243F6A8885A308D3)

static void add_hash(ig_text *text, const char *bytes, size_t length)
{
    ig_text_add(text, "%016" PRIx64 "%016" PRIx64, ig_hash_fnv64(IG_HASH_FNV64_SEED, bytes, length),
                ig_hash_fnv64(SECOND_SEED, bytes, length));
}

static char *take(ig_text *text)
{
    if (!text->failed)
        return text->data;
    ig_text_release(text);
    return NULL;
}

char *ig_cache_make_key(const ig_device_limits *limits, const char *source, const char *options)
{
    return ig_cache_make_key_of(limits, source, strlen(source), options);
}

char *ig_cache_make_key_of(const ig_device_limits *limits, const char *bytes, size_t length, const char *options)
{
    ig_text key = {0};
    ig_text_add(&key, "ingot program binary %d\ningot %s\n", FORMAT_VERSION, IG_VERSION);
    ig_text_add(&key, "platform %s\ndevice %s\nvendor %s\n", limits->platform, limits->name, limits->vendor);
    ig_text_add(&key, "driver %s\nopencl %d.%d\n", limits->driver, limits->opencl_major, limits->opencl_minor);
    ig_text_add_bytes(&key, "options ", strlen("options "));
    ig_text_add_bytes(&key, options, strlen(options));
    ig_text_add(&key, "\nsource %zu ", length);
    add_hash(&key, bytes, length);
    ig_text_add(&key, "\n");
    return take(&key);
}

char *ig_cache_make_path(const char *folder, const char *key)
{
    ig_text path = {0};
    ig_text_add_bytes(&path, folder, strlen(folder));
    ig_text_add(&path, "/");
    add_hash(&path, key, strlen(key));
    ig_text_add(&path, IG_CACHE_ENDING);
    return take(&path);
}

static uint64_t checksum(const void *bytes, size_t length)
{
    return ig_hash_fnv64(IG_HASH_FNV64_SEED, bytes, length);
}

/* Finds the binary inside a whole file; NULL when anything is off. */
static const char *find_payload(const char *file, size_t size, const char *key, size_t *length)
{
    size_t key_length = strlen(key);
    if (size <= key_length + HEAD_BYTES || memcmp(file, key, key_length) != 0)
        return NULL;
    const char *head = file + key_length, *payload = head + HEAD_BYTES;
    *length = size - key_length - HEAD_BYTES;
    char expected[HEAD_BYTES + 1];
    snprintf(expected, sizeof expected, "payload %016" PRIx64 " %016" PRIx64 "\n", (uint64_t)*length,
             checksum(payload, *length));
    return memcmp(head, expected, HEAD_BYTES) == 0 ? payload : NULL;
}

bool ig_cache_load(const char *folder, const char *key, unsigned char **binary, size_t *length)
{
    *binary = NULL;
    char *path = ig_cache_make_path(folder, key);
    char *file = NULL;
    size_t size = 0;
    if (path && ig_file_read(path, MAX_BYTES, &file, &size, NULL) == IG_OK) {
        const char *payload = find_payload(file, size, key, length);
        *binary = payload ? malloc(*length) : NULL;
        if (*binary)
            memcpy(*binary, payload, *length);
    }
    free(file);
    free(path);
    return *binary != NULL;
}

/* mkdir -p; an existing folder is fine, and what cannot be made fails at the write with a proper reason. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0)
            errno = 0;
        *slash = '/';
    }
}

ig_status ig_cache_store(const char *folder, const char *key, const void *binary, size_t length, ig_error *error)
{
    if (length == 0 || length > MAX_BYTES / 2)
        return ig_fail(error, IG_E_UNSUPPORTED, "a program binary of %zu bytes is not cached", length);
    char *path = ig_cache_make_path(folder, key);
    ig_text file = {0};
    ig_text_add_bytes(&file, key, strlen(key));
    ig_text_add(&file, "payload %016" PRIx64 " %016" PRIx64 "\n", (uint64_t)length, checksum(binary, length));
    ig_text_add_bytes(&file, binary, length);
    ig_status status;
    if (!path || file.failed) {
        status = ig_fail_memory(error, length);
    } else {
        make_folders(path);
        status = ig_file_write(path, file.data, file.length, error);
    }
    ig_text_release(&file);
    free(path);
    return status;
}
