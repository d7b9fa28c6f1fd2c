/* Parameter tensors by name. */
#include "graph/weights/weights.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool add_tensors(ig_weights *weights, const ig_graph *graph)
{
    float *at = weights->data;
    for (int i = 0; i < graph->n_params; i++) {
        const ig_param *param = &graph->params[i];
        ig_tensor *tensor = &weights->tensors[weights->n_tensors++];
        *tensor = (ig_tensor){.name = ig_arena_strdup(weights->arena, param->name), .shape = param->shape, .data = at};
        if (!tensor->name || !ig_index_put(&weights->by_name, weights->arena, tensor->name, i))
            return false;
        at += ig_shape_elems(&param->shape);
    }
    return true;
}

ig_status ig_weights_create(const ig_graph *graph, ig_weights **out, ig_error *error)
{
    ig_arena *arena = ig_arena_create();
    ig_weights *weights = arena ? ig_arena_alloc(arena, sizeof *weights) : NULL;
    int64_t elems = 1; /* never nothing: calloc(0) may be NULL */
    *out = NULL;
    for (int i = 0; i < graph->n_params; i++)
        elems += ig_shape_elems(&graph->params[i].shape);
    size_t bytes = (size_t)elems * sizeof(float);
    if (weights) {
        weights->arena = arena;
        weights->tensors = ig_arena_array(arena, (size_t)graph->n_params + 1, sizeof *weights->tensors);
        weights->data = calloc((size_t)elems, sizeof(float));
    }
    if (!weights || !weights->tensors || !weights->data || !add_tensors(weights, graph)) {
        if (weights)
            free(weights->data);
        ig_arena_destroy(&arena);
        return ig_fail_memory(error, bytes);
    }
    *out = weights;
    return IG_OK;
}

void ig_weights_destroy(ig_weights **weights)
{
    if (!weights || !*weights)
        return;
    ig_arena *arena = (*weights)->arena;
    free((*weights)->data);
    ig_arena_destroy(&arena);
    *weights = NULL;
}

const float *ig_weights_get(const ig_weights *weights, const char *name)
{
    int at = ig_index_find(&weights->by_name, name);
    return at >= 0 ? weights->tensors[at].data : NULL;
}

uint64_t ig_weights_hash(const ig_weights *weights)
{
    uint64_t hash = IG_HASH_FNV64_SEED;
    for (int i = 0; i < weights->n_tensors; i++) {
        const ig_tensor *tensor = &weights->tensors[i];
        hash = ig_hash_fnv64(hash, tensor->name, strlen(tensor->name) + 1);
        hash = ig_hash_fnv64(hash, tensor->shape.dim, (size_t)tensor->shape.rank * sizeof tensor->shape.dim[0]);
        hash = ig_hash_fnv64(hash, tensor->data, (size_t)ig_shape_elems(&tensor->shape) * sizeof(float));
    }
    return hash;
}

ig_status ig_weights_fill(const ig_graph *graph, ig_weights_rule rule, void *user, ig_weights **out, ig_error *error)
{
    ig_status status = ig_weights_create(graph, out, error);
    if (status != IG_OK || !*out)
        return status;
    for (int i = 0; i < graph->n_params; i++) {
        ig_param_info info;
        const ig_tensor *tensor = &(*out)->tensors[i];
        if (ig_graph_get_param(graph, i, &info))
            rule(user, &info, tensor->data, ig_shape_elems(&tensor->shape));
    }
    return status;
}

/* --- writing ------------------------------------------------------------------------------------------------ */

/* Names are made of letters, digits, '_', '-' and '.' (the loader sees to it), so nothing needs escaping. */
static void add_header(const ig_weights *weights, ig_text *header)
{
    int64_t at = 0;
    ig_text_add(header, "{");
    for (int i = 0; i < weights->n_tensors; i++) {
        const ig_tensor *tensor = &weights->tensors[i];
        int64_t bytes = ig_shape_elems(&tensor->shape) * (int64_t)sizeof(float);
        ig_text_add(header, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[", i ? "," : "", tensor->name);
        for (int axis = 0; axis < tensor->shape.rank; axis++)
            ig_text_add(header, "%s%lld", axis ? "," : "", (long long)tensor->shape.dim[axis]);
        ig_text_add(header, "],\"data_offsets\":[%lld,", (long long)at);
        at += bytes;
        ig_text_add(header, "%lld]}", (long long)at);
    }
    ig_text_add(header, "}");
    while (!header->failed && header->length % 8 != 0)
        ig_text_add(header, " ");
}

static void put_floats(unsigned char *to, const float *data, int64_t elems)
{
    for (int64_t i = 0; i < elems; i++) {
        uint32_t word;
        memcpy(&word, &data[i], sizeof word);
        for (int byte = 0; byte < 4; byte++)
            *to++ = (unsigned char)(word >> 8 * byte);
    }
}

static ig_status write_file(const ig_weights *weights, const ig_text *header, const char *path, ig_error *error)
{
    int64_t elems = 0;
    for (int i = 0; i < weights->n_tensors; i++)
        elems += ig_shape_elems(&weights->tensors[i].shape);
    size_t size = 8 + header->length + (size_t)elems * sizeof(float);
    unsigned char *bytes = malloc(size);
    if (!bytes)
        return ig_fail_memory(error, size);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)header->length >> 8 * i);
    memcpy(bytes + 8, header->data, header->length);
    put_floats(bytes + 8 + header->length, weights->data, elems);
    ig_status status = ig_file_write(path, bytes, size, error);
    free(bytes);
    return status;
}

ig_status ig_weights_write(const ig_weights *weights, const char *path, ig_error *error)
{
    ig_text header = {0};
    add_header(weights, &header);
    ig_status status = header.failed ? ig_fail_memory(error, header.length) : write_file(weights, &header, path, error);
    ig_text_release(&header);
    return status;
}
