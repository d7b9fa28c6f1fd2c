/* A growing arena: many small allocations, one release. Not thread-safe. */
#ifndef IG_BASE_ARENA_H
#define IG_BASE_ARENA_H

#include "ingot/base.h"

#include <stdarg.h>

typedef struct ig_arena ig_arena;

#define IG_ARENA_MAX_BYTES ((size_t)1 << 30) /* one allocation: anything larger is a mistake */

ig_arena *ig_arena_create(void); /* NULL when memory is out */
void ig_arena_destroy(ig_arena **arena);
/* Zeroed, aligned to 16 bytes; NULL when memory is out or the size is over IG_ARENA_MAX_BYTES. */
void *ig_arena_alloc(ig_arena *arena, size_t bytes);
void *ig_arena_array(ig_arena *arena, size_t count, size_t item_bytes); /* overflow-checked */
/* Grows `*items` (arena memory, `*capacity` items) to hold at least `needed`; old contents are kept. */
bool ig_arena_grow(ig_arena *arena, void **items, int *capacity, int needed, size_t item_bytes);
char *ig_arena_strdup(ig_arena *arena, const char *text);
char *ig_arena_strndup(ig_arena *arena, const char *text, size_t length);
/* "<first>.<second>"; what ig_arena_printf() would do, at a fraction of the work */
char *ig_arena_join(ig_arena *arena, const char *first, const char *second);
char *ig_arena_printf(ig_arena *arena, const char *format, ...) IG_PRINTF(2, 3);
size_t ig_arena_used_bytes(const ig_arena *arena);

#endif
