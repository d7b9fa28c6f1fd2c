#include "base/arena.h"

#include "base/locale.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, FIRST_BLOCK_BYTES = 4096, LAST_BLOCK_BYTES = 1 << 20 };

typedef struct arena_block arena_block;
struct arena_block {
    arena_block *next;
    size_t capacity, used; /* of the bytes behind the header */
};

struct ig_arena {
    arena_block *blocks; /* the newest first */
    size_t next_block_bytes, used_bytes;
};

static size_t round_up(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static char *block_data(arena_block *block)
{
    return (char *)block + round_up(sizeof *block);
}

ig_arena *ig_arena_create(void)
{
    ig_arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->next_block_bytes = FIRST_BLOCK_BYTES;
    return arena;
}

void ig_arena_destroy(ig_arena **arena)
{
    if (!arena || !*arena)
        return;
    arena_block *block = (*arena)->blocks;
    while (block) {
        arena_block *next = block->next;
        free(block);
        block = next;
    }
    free(*arena);
    *arena = NULL;
}

static arena_block *add_block(ig_arena *arena, size_t bytes)
{
    size_t capacity = arena->next_block_bytes;
    if (bytes > capacity)
        capacity = bytes;
    else if (arena->next_block_bytes < LAST_BLOCK_BYTES)
        arena->next_block_bytes *= 2;
    arena_block *block = calloc(1, round_up(sizeof *block) + capacity);
    if (!block)
        return NULL;
    block->capacity = capacity;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *ig_arena_alloc(ig_arena *arena, size_t bytes)
{
    if (!arena || bytes > IG_ARENA_MAX_BYTES)
        return NULL;
    size_t rounded = round_up(bytes > 0 ? bytes : 1);
    arena_block *block = arena->blocks;
    if (!block || block->capacity - block->used < rounded)
        block = add_block(arena, rounded);
    if (!block)
        return NULL;
    void *memory = block_data(block) + block->used;
    block->used += rounded;
    arena->used_bytes += rounded;
    return memory;
}

void *ig_arena_array(ig_arena *arena, size_t count, size_t item_bytes)
{
    if (item_bytes > 0 && count > IG_ARENA_MAX_BYTES / item_bytes)
        return NULL;
    return ig_arena_alloc(arena, count * item_bytes);
}

bool ig_arena_grow(ig_arena *arena, void **items, int *capacity, int needed, size_t item_bytes)
{
    if (needed <= *capacity)
        return true;
    int grown = *capacity > INT_MAX / 2 ? INT_MAX : *capacity * 2;
    if (grown < 8)
        grown = 8;
    if (grown < needed)
        grown = needed;
    void *moved = ig_arena_array(arena, (size_t)grown, item_bytes);
    if (!moved)
        return false;
    if (*capacity > 0)
        memcpy(moved, *items, (size_t)*capacity * item_bytes);
    *items = moved;
    *capacity = grown;
    return true;
}

char *ig_arena_strndup(ig_arena *arena, const char *text, size_t length)
{
    if (length >= IG_ARENA_MAX_BYTES)
        return NULL;
    char *copy = ig_arena_alloc(arena, length + 1);
    if (copy && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *ig_arena_strdup(ig_arena *arena, const char *text)
{
    return ig_arena_strndup(arena, text, strlen(text));
}

char *ig_arena_join(ig_arena *arena, const char *first, const char *second)
{
    const size_t before = strlen(first), behind = strlen(second);
    if (before >= IG_ARENA_MAX_BYTES || behind >= IG_ARENA_MAX_BYTES - before - 1)
        return NULL;
    char *text = ig_arena_alloc(arena, before + behind + 2);
    if (text) {
        memcpy(text, first, before);
        text[before] = '.';
        memcpy(text + before + 1, second, behind);
    }
    return text;
}

char *ig_arena_printf(ig_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = ig_locale_vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return NULL;
    char *text = ig_arena_alloc(arena, (size_t)length + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    ig_locale_vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

size_t ig_arena_used_bytes(const ig_arena *arena)
{
    return arena ? arena->used_bytes : 0;
}
