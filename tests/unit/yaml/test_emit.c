#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "yaml/yaml.h"

static void assert_emits(ig_arena *arena, const char *in, const char *expected)
{
    ig_yaml *root;
    ig_error error;
    if (ig_yaml_parse(in, strlen(in), "m", arena, &root, &error))
        fail_msg("%s: %s", in, error.message);
    ig_text text = {0};
    ig_yaml_emit(root, &text);
    assert_string_equal(ig_text_get(&text), expected);
    ig_text_release(&text);
}

static void writes_block_and_flow(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    assert_emits(arena, "{a: 1, b: [1,2], c: {d: e}}", "a: 1\nb: [1, 2]\nc: {d: e}\n");
    assert_emits(arena, "- a\n- - b\n  - {c: d}\n- []\n- {}\n- [[1]]", "- a\n- - b\n  - {c: d}\n- []\n- {}\n- - [1]\n");
    assert_emits(arena, "layers: [{op: conv, in: [a, b]}]", "layers:\n  - op: conv\n    in: [a, b]\n");
    assert_emits(arena, "word", "word\n");
    assert_emits(arena, "[]", "[]\n");
    assert_emits(arena, "a:\nb: ~", "a:\nb: ~\n");
    assert_emits(arena, "a: 'true'\nb: \"x\\ny\"\nc: it's, fine", "a: \"true\"\nb: \"x\\ny\"\nc: it's, fine\n");
    assert_emits(arena, "a: [x y, 'b, c', -1, a-b]", "a: [x y, \"b, c\", -1, a-b]\n");
    assert_emits(arena, "a:\n- min(a, b)", "a:\n  - min(a, b)\n");
    ig_arena_destroy(&arena);
}

static void wraps_long_lists(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    ig_yaml *list = ig_yaml_new(arena, IG_YAML_SEQUENCE), *root = ig_yaml_new(arena, IG_YAML_MAPPING);
    for (int i = 0; i < 60; i++)
        assert_true(ig_yaml_add(arena, list, NULL, ig_yaml_new_scalar(arena, "1")));
    assert_true(ig_yaml_add(arena, root, "k", list));
    ig_text text = {0};
    ig_yaml_emit(root, &text);
    assert_memory_equal(text.data, "k:\n  - 1\n  - 1\n", 15);
    ig_text_release(&text);
    assert_false(ig_yaml_add(arena, NULL, "k", list));
    assert_false(ig_yaml_add(arena, root, "k", NULL));
    ig_arena_destroy(&arena);
}

/* Random trees: what is emitted must parse back to the same. */
static uint32_t next_random(uint32_t *seed, uint32_t range)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*seed * range) >> 32);
}

static ig_yaml *random_scalar(ig_arena *arena, uint32_t *seed)
{
    static const char *const PIECES[] = {"a",
                                         "B",
                                         "7",
                                         " ",
                                         ":",
                                         "#",
                                         "-",
                                         "'",
                                         "\"",
                                         "\\",
                                         ",",
                                         "[",
                                         "]",
                                         "{",
                                         "}",
                                         "?",
                                         "!",
                                         "&",
                                         "*",
                                         "|",
                                         ">",
                                         "%",
                                         "@",
                                         "`",
                                         "~",
                                         "null",
                                         "<<",
                                         "---",
                                         "...",
                                         "true",
                                         "\n",
                                         "\t",
                                         "\r",
                                         "é",
                                         "€",
                                         "😀",
                                         "\xC2\x85",
                                         "\xE2\x80\xA8",
                                         "\x01",
                                         "\x7f",
                                         ": ",
                                         " #",
                                         "- ",
                                         "? ",
                                         "=",
                                         ".",
                                         "\xEF\xBB\xBF",
                                         "0.5",
                                         "x y",
                                         "/"};
    char text[400] = "";
    uint32_t pieces = next_random(seed, 6);
    if (next_random(seed, 40) == 0)
        pieces = 100;
    for (uint32_t i = 0; i < pieces; i++) {
        const char *piece = PIECES[next_random(seed, sizeof PIECES / sizeof PIECES[0])];
        if (strlen(text) + strlen(piece) < sizeof text)
            strcat(text, piece);
    }
    return ig_yaml_new_text(arena, text, strlen(text), next_random(seed, 3) == 0);
}

static ig_yaml *random_tree(ig_arena *arena, uint32_t *seed, int depth)
{
    uint32_t kind = depth == 0 ? 1 + next_random(seed, 2) : next_random(seed, depth > 5 ? 1 : 4);
    if (kind != 1 && kind != 2)
        return random_scalar(arena, seed);
    ig_yaml *node = ig_yaml_new(arena, kind == 1 ? IG_YAML_SEQUENCE : IG_YAML_MAPPING);
    uint32_t count = next_random(seed, 6);
    for (uint32_t i = 0; i < count; i++) {
        ig_yaml *child = random_tree(arena, seed, depth + 1), *key = NULL;
        if (kind == 2) {
            key = random_scalar(arena, seed);
            if (ig_yaml_get(node, key->text))
                continue; /* keys are unique */
        }
        assert_true(ig_yaml_append(arena, node, key, child));
    }
    return node;
}

static void assert_same(const ig_yaml *a, const ig_yaml *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->count, b->count);
    if (a->kind == IG_YAML_SCALAR) {
        assert_string_equal(a->text, b->text);
        assert_true(b->quoted || !a->quoted);
        assert_true(ig_yaml_is_null(a) == ig_yaml_is_null(b));
    }
    for (int i = 0; i < a->count; i++) {
        if (a->kind == IG_YAML_MAPPING)
            assert_string_equal(a->keys[i]->text, b->keys[i]->text);
        assert_same(a->items[i], b->items[i]);
    }
}

static void reads_back_what_it_wrote(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 4000; round++) {
        uint32_t seed = round;
        ig_arena *arena = ig_arena_create();
        ig_yaml *tree = random_tree(arena, &seed, 0), *back;
        ig_text text = {0}, again = {0};
        ig_error error;
        ig_yaml_emit(tree, &text);
        if (ig_yaml_parse(text.data, text.length, "m", arena, &back, &error))
            fail_msg("round %u: %d:%d %s (%s)\n%s", round, error.line, error.column, error.message, error.found,
                     text.data);
        assert_same(tree, back);
        ig_yaml_emit(back, &again);
        assert_string_equal(text.data, again.data);
        ig_text_release(&text);
        ig_text_release(&again);
        ig_arena_destroy(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_block_and_flow),
        cmocka_unit_test(wraps_long_lists),
        cmocka_unit_test(reads_back_what_it_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
