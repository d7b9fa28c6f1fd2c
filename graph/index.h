/* Name to number, for graphs of many thousand names. Lives in an arena; names are borrowed. */
#ifndef IG_GRAPH_INDEX_H
#define IG_GRAPH_INDEX_H

#include "base/arena.h"

typedef struct ig_index_entry {
    const char *name; /* NULL: empty */
    uint32_t hash;
    int number;
} ig_index_entry;

/* Zero-initialise. */
typedef struct ig_index {
    ig_index_entry *entries;
    int n_entries, capacity; /* a power of two */
} ig_index;

int ig_index_find(const ig_index *index, const char *name); /* -1 when absent */
/* Adds or replaces; `name` must outlive the index. False when memory is out. */
bool ig_index_put(ig_index *index, ig_arena *arena, const char *name, int number);

#endif
