#include "graph/index.h"

#include "base/hash.h"

#include <limits.h>
#include <string.h>

/* The entry that holds `name`, or the empty one where it belongs. The table is never full. */
static ig_index_entry *find_entry(ig_index_entry *entries, int capacity, const char *name, uint32_t hash)
{
    uint32_t mask = (uint32_t)capacity - 1;
    for (uint32_t at = hash & mask;; at = (at + 1) & mask) {
        ig_index_entry *entry = &entries[at];
        if (!entry->name || (entry->hash == hash && strcmp(entry->name, name) == 0))
            return entry;
    }
}

int ig_index_find(const ig_index *index, const char *name)
{
    if (!name || index->capacity == 0)
        return -1;
    const ig_index_entry *entry = find_entry(index->entries, index->capacity, name, ig_hash_fnv32(name));
    return entry->name ? entry->number : -1;
}

static bool grow(ig_index *index, ig_arena *arena)
{
    if (index->capacity > INT_MAX / 4)
        return false;
    int capacity = index->capacity ? index->capacity * 2 : 64;
    ig_index_entry *entries = ig_arena_array(arena, (size_t)capacity, sizeof *entries);
    if (!entries)
        return false;
    for (int i = 0; i < index->capacity; i++) {
        const ig_index_entry *old = &index->entries[i];
        if (old->name)
            *find_entry(entries, capacity, old->name, old->hash) = *old;
    }
    index->entries = entries;
    index->capacity = capacity;
    return true;
}

bool ig_index_put(ig_index *index, ig_arena *arena, const char *name, int number)
{
    if (index->n_entries >= index->capacity / 2 && !grow(index, arena))
        return false;
    uint32_t hash = ig_hash_fnv32(name);
    ig_index_entry *entry = find_entry(index->entries, index->capacity, name, hash);
    if (!entry->name)
        index->n_entries++;
    *entry = (ig_index_entry){.name = name, .hash = hash, .number = number};
    return true;
}
