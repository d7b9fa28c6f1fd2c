/* Arbitrary bytes as a safetensors file: every entry that is accepted must lie inside the file, none over another. */
#include "graph/weights/safetensors.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entries(const ig_safetensors *file)
{
    uint64_t at = 0;
    for (int i = 0; i < file->n_entries; i++) {
        const ig_safetensors_entry *entry = &file->entries[i];
        if (entry->begin != at || entry->end < entry->begin || entry->end > file->data_bytes || !entry->dtype)
            abort();
        if (ig_index_find(&file->by_name, entry->name) != i)
            abort();
        at = entry->end;
    }
    if (at != file->data_bytes)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t length = 0;
    ig_error error = {0};
    if (size < 8)
        return 0;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | data[i];
    if (length > size - 8)
        return 0; /* ig_safetensors_open() refuses it before the header is looked at */
    ig_safetensors file = {.arena = ig_arena_create(), .path = "fuzz.safetensors", .file = -1};
    file.data_start = 8 + length;
    file.data_bytes = size - file.data_start;
    /* A copy of exactly this size: reading past it is seen. */
    char *header = malloc((size_t)length + 1);
    if (file.arena && header) {
        memcpy(header, data + 8, (size_t)length);
        if (ig_safetensors_parse(&file, header, (size_t)length, &error) == IG_OK)
            check_entries(&file);
    }
    free(header);
    ig_safetensors_close(&file);
    return 0;
}
