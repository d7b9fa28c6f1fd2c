/* What a safetensors header may say. Source: the format description of the safetensors project. */
#include "base/error.h"
#include "graph/weights/safetensors.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of one element; types that are missing here are let pass unmeasured, they are no use anyway. */
static const struct {
    const char *name;
    uint64_t bytes;
} DTYPES[] = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},     {"I32", 4},     {"I16", 2}, {"I8", 1},
              {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},   {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"BOOL", 1}};

static ig_status fail_entry(const ig_safetensors *file, const char *name, ig_error *error, const char *what)
{
    ig_fail(error, IG_E_DATA, "the header is malformed: %s", what);
    if (name)
        ig_error_found(error, "at the tensor '%.200s'", name);
    ig_error_where(error, file->path, 0, 0);
    return IG_E_DATA;
}

/* JSON numbers are doubles: whole numbers up to 2^53 are exact. */
static bool to_u64(const cJSON *node, uint64_t *out)
{
    if (!cJSON_IsNumber(node) || !(node->valuedouble >= 0) || node->valuedouble > 9007199254740992.0 ||
        floor(node->valuedouble) != node->valuedouble)
        return false;
    *out = (uint64_t)node->valuedouble;
    return true;
}

static bool read_shape(const cJSON *node, ig_safetensors_entry *entry, uint64_t *elems)
{
    const cJSON *item;
    *elems = 1;
    if (!cJSON_IsArray(node))
        return false;
    cJSON_ArrayForEach(item, node)
    {
        uint64_t extent;
        if (!to_u64(item, &extent) || (extent > 0 && *elems > (UINT64_C(1) << 62) / extent))
            return false;
        *elems *= extent;
        if (entry->shape.rank >= 0 && entry->shape.rank < IG_MAX_RANK)
            entry->shape.dim[entry->shape.rank++] = (int64_t)extent;
        else
            entry->shape.rank = -1;
    }
    return true;
}

static bool read_offsets(const cJSON *node, ig_safetensors_entry *entry)
{
    return cJSON_IsArray(node) && cJSON_GetArraySize(node) == 2 && to_u64(cJSON_GetArrayItem(node, 0), &entry->begin) &&
           to_u64(cJSON_GetArrayItem(node, 1), &entry->end);
}

static uint64_t dtype_bytes(const char *dtype)
{
    for (size_t i = 0; i < sizeof DTYPES / sizeof DTYPES[0]; i++)
        if (strcmp(DTYPES[i].name, dtype) == 0)
            return DTYPES[i].bytes;
    return 0;
}

static ig_status read_entry(ig_safetensors *file, const cJSON *node, ig_error *error)
{
    ig_safetensors_entry *entry = &file->entries[file->n_entries];
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(node, "dtype");
    uint64_t elems = 0;
    if (!cJSON_IsObject(node) || !cJSON_IsString(dtype))
        return fail_entry(file, node->string, error, "an entry has dtype, shape and data_offsets");
    if (!read_shape(cJSON_GetObjectItemCaseSensitive(node, "shape"), entry, &elems))
        return fail_entry(file, node->string, error, "the shape");
    if (!read_offsets(cJSON_GetObjectItemCaseSensitive(node, "data_offsets"), entry))
        return fail_entry(file, node->string, error, "the data_offsets");
    if (entry->begin > entry->end || entry->end > file->data_bytes)
        return fail_entry(file, node->string, error, "the data_offsets lie outside the file");
    uint64_t size = dtype_bytes(dtype->valuestring);
    if (size > 0 && (elems > UINT64_MAX / size || entry->end - entry->begin != elems * size))
        return fail_entry(file, node->string, error, "the number of bytes does not fit shape and dtype");
    if (ig_index_find(&file->by_name, node->string) >= 0)
        return fail_entry(file, node->string, error, "a name occurs twice");
    entry->name = ig_arena_strdup(file->arena, node->string);
    entry->dtype = ig_arena_strdup(file->arena, dtype->valuestring);
    if (!entry->name || !entry->dtype || !ig_index_put(&file->by_name, file->arena, entry->name, file->n_entries))
        return ig_fail_memory(error, strlen(node->string));
    file->n_entries++;
    return IG_OK;
}

static int by_offset(const void *left, const void *right)
{
    const ig_safetensors_entry *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

/* One after another from the first byte to the last, as the reference implementation demands. */
static ig_status check_cover(ig_safetensors *file, ig_error *error)
{
    uint64_t at = 0;
    if (file->n_entries > 0)
        qsort(file->entries, (size_t)file->n_entries, sizeof *file->entries, by_offset);
    for (int i = 0; i < file->n_entries; i++) {
        const ig_safetensors_entry *entry = &file->entries[i];
        if (entry->begin < at)
            return fail_entry(file, entry->name, error, "tensors overlap");
        if (entry->begin > at)
            return fail_entry(file, entry->name, error, "there is a hole before a tensor");
        at = entry->end;
        if (!ig_index_put(&file->by_name, file->arena, entry->name, i)) /* sorting moved it */
            return ig_fail_memory(error, 1);
    }
    if (at != file->data_bytes)
        return fail_entry(file, NULL, error, "the file goes on after the last tensor");
    return IG_OK;
}

static ig_status read_entries(ig_safetensors *file, const cJSON *root, ig_error *error)
{
    const cJSON *node;
    size_t count = 0;
    if (!cJSON_IsObject(root))
        return fail_entry(file, NULL, error, "it is no JSON object");
    cJSON_ArrayForEach(node, root)
    {
        count++;
    }
    file->entries = ig_arena_array(file->arena, count + 1, sizeof *file->entries);
    if (!file->entries)
        return ig_fail_memory(error, count * sizeof *file->entries);
    cJSON_ArrayForEach(node, root)
    {
        if (strcmp(node->string, "__metadata__") == 0)
            continue;
        ig_status status = read_entry(file, node, error);
        if (status != IG_OK)
            return status;
    }
    return check_cover(file, error);
}

ig_status ig_safetensors_parse(ig_safetensors *file, const char *header, size_t length, ig_error *error)
{
    const char *end = NULL;
    /* Text after a NUL byte would be invisible to everything that prints names. */
    if (memchr(header, '\0', length))
        return fail_entry(file, NULL, error, "it contains a NUL byte");
    cJSON *root = cJSON_ParseWithLengthOpts(header, length, &end, false);
    if (!root)
        return fail_entry(file, NULL, error, "it is no JSON (or memory ran out)");
    ig_status status = IG_OK;
    while (end < header + length && strchr(" \t\r\n", *end))
        end++;
    if (end != header + length)
        status = fail_entry(file, NULL, error, "something follows the JSON object");
    if (status == IG_OK)
        status = read_entries(file, root, error);
    cJSON_Delete(root);
    return status;
}
