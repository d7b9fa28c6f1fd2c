/* Reading safetensors files: the container. safetensors_header.c checks what the header says. */
#include "graph/weights/safetensors.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LENGTH_BYTES = 8 };

static ig_status fail_data(const ig_safetensors *file, ig_error *error, const char *message)
{
    ig_fail(error, IG_E_DATA, "%s", message);
    ig_error_where(error, file->path, 0, 0);
    return IG_E_DATA;
}

static ig_status read_bytes(const ig_safetensors *file, uint64_t offset, void *out, uint64_t length, ig_error *error)
{
    char *at = out;
    while (length > 0) {
        size_t step = length < ((size_t)1 << 30) ? (size_t)length : (size_t)1 << 30;
        ssize_t got = pread(file->file, at, step, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ig_fail_errno(error, "read", file->path);
        if (got == 0)
            return fail_data(file, error, "the file became shorter while it was read");
        at += got;
        offset += (uint64_t)got;
        length -= (uint64_t)got;
    }
    return IG_OK;
}

static ig_status read_header(ig_safetensors *file, uint64_t file_bytes, ig_error *error)
{
    unsigned char raw[LENGTH_BYTES];
    uint64_t length = 0;
    if (file_bytes < LENGTH_BYTES)
        return fail_data(file, error, "the file is too short to be safetensors");
    ig_status status = read_bytes(file, 0, raw, LENGTH_BYTES, error);
    if (status != IG_OK)
        return status;
    for (int i = LENGTH_BYTES - 1; i >= 0; i--)
        length = length << 8 | raw[i];
    if (length > IG_SAFETENSORS_MAX_HEADER || length > file_bytes - LENGTH_BYTES) {
        fail_data(file, error, "this is no safetensors file: the length of its header is absurd");
        ig_error_expected(error, "at most %llu bytes", (unsigned long long)(file_bytes - LENGTH_BYTES));
        ig_error_found(error, "%llu bytes", (unsigned long long)length);
        return IG_E_DATA;
    }
    file->data_start = LENGTH_BYTES + length;
    file->data_bytes = file_bytes - file->data_start;
    char *header = malloc((size_t)length + 1);
    if (!header)
        return ig_fail_memory(error, (size_t)length);
    status = read_bytes(file, LENGTH_BYTES, header, length, error);
    if (status == IG_OK)
        status = ig_safetensors_parse(file, header, (size_t)length, error);
    free(header);
    return status;
}

ig_status ig_safetensors_open(const char *path, ig_safetensors *out, ig_error *error)
{
    struct stat info;
    *out = (ig_safetensors){.path = path, .file = -1};
    out->arena = ig_arena_create();
    if (!out->arena)
        return ig_fail_memory(error, sizeof *out);
    /* Not blocking: opening a pipe must not wait for a writer. */
    out->file = open(path, O_RDONLY | O_NONBLOCK);
    if (out->file < 0 || fstat(out->file, &info) != 0)
        return ig_fail_errno(error, "open", path);
    if (!S_ISREG(info.st_mode))
        return fail_data(out, error, "weights must be a regular file");
    return read_header(out, (uint64_t)info.st_size, error);
}

void ig_safetensors_close(ig_safetensors *file)
{
    if (file->file >= 0)
        close(file->file);
    file->file = -1;
    ig_arena_destroy(&file->arena);
}

/* Little-endian words to whatever this machine has. */
static void to_native(float *data, uint64_t count)
{
    const uint32_t one = 1;
    if (*(const unsigned char *)&one == 1)
        return;
    for (uint64_t i = 0; i < count; i++) {
        unsigned char raw[4];
        memcpy(raw, &data[i], sizeof raw);
        uint32_t word = (uint32_t)raw[0] | (uint32_t)raw[1] << 8 | (uint32_t)raw[2] << 16 | (uint32_t)raw[3] << 24;
        memcpy(&data[i], &word, sizeof word);
    }
}

ig_status ig_safetensors_read(const ig_safetensors *file, const ig_safetensors_entry *entry, float *out,
                              ig_error *error)
{
    uint64_t length = entry->end - entry->begin;
    ig_status status = read_bytes(file, file->data_start + entry->begin, out, length, error);
    if (status == IG_OK)
        to_native(out, length / sizeof *out);
    return status;
}
