/* The safetensors container: a little-endian u64 with the header's length, a JSON object, then the tensors' bytes. */
#ifndef IG_GRAPH_SAFETENSORS_H
#define IG_GRAPH_SAFETENSORS_H

#include "graph/index.h"

#define IG_SAFETENSORS_MAX_HEADER ((uint64_t)100 * 1000 * 1000)

typedef struct ig_safetensors_entry {
    const char *name, *dtype;
    ig_shape shape;      /* rank -1: more axes than a tensor here can have */
    uint64_t begin, end; /* bytes within the data */
    bool used;
} ig_safetensors_entry;

typedef struct ig_safetensors {
    ig_arena *arena;
    const char *path;
    int file; /* descriptor; -1: none */
    uint64_t data_start, data_bytes;
    ig_safetensors_entry *entries;
    int n_entries;
    ig_index by_name;
} ig_safetensors;

/* Opens the file and checks the whole header: every offset in range, no overlap, no hole. Close it in any case. */
ig_status ig_safetensors_open(const char *path, ig_safetensors *out, ig_error *error) IG_MUST_USE;
void ig_safetensors_close(ig_safetensors *file);
/* Reads the bytes of an F32 entry. */
ig_status ig_safetensors_read(const ig_safetensors *file, const ig_safetensors_entry *entry, float *out,
                              ig_error *error) IG_MUST_USE;
/* The header alone: `file` has arena, path and data_bytes set. */
ig_status ig_safetensors_parse(ig_safetensors *file, const char *header, size_t length, ig_error *error) IG_MUST_USE;

#endif
