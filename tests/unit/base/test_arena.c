#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <string.h>

#include "base/arena.h"

static void gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    assert_non_null(arena);
    size_t asked = 0;
    for (size_t bytes = 0; bytes < 20000; bytes = bytes * 2 + 1) {
        for (int i = 0; i < 20; i++) {
            unsigned char *memory = ig_arena_alloc(arena, bytes);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % 16, 0);
            for (size_t k = 0; k < bytes; k++)
                assert_int_equal(memory[k], 0);
            memset(memory, 0xFF, bytes);
            asked += bytes;
        }
    }
    assert_true(ig_arena_used_bytes(arena) >= asked);
    ig_arena_destroy(&arena);
    assert_null(arena);
    ig_arena_destroy(&arena);
    ig_arena_destroy(NULL);
}

static void refuses_absurd_sizes(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    assert_null(ig_arena_alloc(arena, IG_ARENA_MAX_BYTES + 1));
    assert_null(ig_arena_alloc(arena, SIZE_MAX));
    assert_null(ig_arena_array(arena, SIZE_MAX / 2, 4));
    assert_null(ig_arena_array(arena, SIZE_MAX, SIZE_MAX));
    assert_null(ig_arena_strndup(arena, "x", SIZE_MAX));
    assert_null(ig_arena_alloc(NULL, 1));
    assert_non_null(ig_arena_array(arena, SIZE_MAX, 0));
    assert_int_equal(ig_arena_used_bytes(NULL), 0);
    ig_arena_destroy(&arena);
}

static void grows_lists(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    int *items = NULL, capacity = 0;
    for (int i = 0; i < 1000; i++) {
        void *memory = items;
        assert_true(ig_arena_grow(arena, &memory, &capacity, i + 1, sizeof *items));
        items = memory;
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    void *memory = items;
    assert_false(ig_arena_grow(arena, &memory, &capacity, INT_MAX, sizeof *items));
    assert_ptr_equal(memory, items);
    ig_arena_destroy(&arena);
}

static void copies_text(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    assert_string_equal(ig_arena_strdup(arena, "word"), "word");
    assert_string_equal(ig_arena_strdup(arena, ""), "");
    assert_string_equal(ig_arena_strndup(arena, "word", 2), "wo");
    assert_string_equal(ig_arena_printf(arena, "%s-%d", "a", 7), "a-7");
    assert_string_equal(ig_arena_join(arena, "layer1.0", "conv1"), "layer1.0.conv1");
    char *longer = ig_arena_printf(arena, "%9000d", 1);
    assert_int_equal(strlen(longer), 9000);
    ig_arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_memory),
        cmocka_unit_test(refuses_absurd_sizes),
        cmocka_unit_test(grows_lists),
        cmocka_unit_test(copies_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
