#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "yaml/yaml.h"

static int enter(void **state)
{
    *state = ig_arena_create();
    return *state ? 0 : -1;
}

static int leave(void **state)
{
    ig_arena *arena = *state;
    ig_arena_destroy(&arena);
    return 0;
}

static ig_status parse(ig_arena *arena, const char *text, ig_yaml **out, ig_error *error)
{
    return ig_yaml_parse(text, strlen(text), "m.yaml", arena, out, error);
}

static void builds_a_tree_with_places(void **state)
{
    ig_yaml *root;
    ig_error error;
    assert_int_equal(parse(*state,
                           "# comment\n"
                           "name: net\n"
                           "layers:\n"
                           "  - {op: conv2d, kernel: [3, 5]}\n"
                           "  - relu\n"
                           "text: |\n"
                           "  a\n"
                           "  b\n",
                           &root, &error),
                     IG_OK);
    assert_int_equal(root->kind, IG_YAML_MAPPING);
    assert_int_equal(root->count, 3);
    assert_int_equal(root->line, 2);
    assert_string_equal(root->file, "m.yaml");
    assert_string_equal(ig_yaml_get(root, "name")->text, "net");
    const ig_yaml *layers = ig_yaml_get(root, "layers");
    assert_int_equal(layers->kind, IG_YAML_SEQUENCE);
    assert_int_equal(layers->count, 2);
    const ig_yaml *kernel = ig_yaml_get(layers->items[0], "kernel");
    assert_string_equal(kernel->items[1]->text, "5");
    assert_int_equal(kernel->items[1]->line, 4);
    assert_int_equal(kernel->items[1]->column, 30);
    assert_int_equal(root->keys[1]->line, 3);
    assert_string_equal(ig_yaml_get(root, "text")->text, "a\nb\n");
    assert_true(ig_yaml_get(root, "text")->quoted);
    assert_null(ig_yaml_get(root, "none"));
    assert_null(ig_yaml_get(layers, "none"));
    assert_null(ig_yaml_get(NULL, "none"));
}

static void refuses_what_the_subset_lacks(void **state)
{
    static const struct {
        const char *text;
        int line, column;
        const char *message;
    } CASES[] = {
        {"", 1, 1, "empty"},
        {"# only a comment\n", 1, 1, "empty"},
        {"---\n", 1, 1, "empty"},
        {"~", 1, 1, "empty"},
        {"a: 1\nb: 2\na: 3", 3, 1, "written twice"},
        {"{x: 1, \"x\": 2}", 1, 8, "written twice"},
        {"a: &anchor 1", 1, 4, "anchors"},
        {"a: &anchor {b: 1}", 1, 4, "anchors"},
        {"a: &anchor [b]", 1, 4, "anchors"},
        {"a: 1\nb: *a", 2, 4, "aliases"},
        {"a: !!int 1", 1, 4, "tags"},
        {"a: ! b", 1, 4, "tags"},
        {"a: !x {b: 1}", 1, 4, "tags"},
        {"a: !x [b]", 1, 4, "tags"},
        {"%TAG !e! tag:x,2000:\n---\na: 1", 1, 1, "tags"},
        {"a: {<<: {b: 1}}", 1, 5, "merge keys"},
        {"a: 1\n---\nb: 1", 2, 1, "only one document"},
        {"a: 1\n...\n---\n...", 3, 1, "only one document"},
        {"? [a, b]\n: c", 1, 3, "a key must be"},
        {"? {a: b}\n: c", 1, 3, "a key must be"},
        {"? \n: c", 1, 2, "a key is missing"},
        {"a: [1, 2", 2, 1, "not valid YAML"},
        {"a:\n\t- b", 2, 1, "not valid YAML"},
        {"a: \"open", 1, 9, "not valid YAML"},
        {"ok: 1\nbad: \x01", 2, 6, "not valid YAML"},
        {"ok: 1\nbad: \xff", 2, 6, "not valid YAML"},
        {"a: \"\\0\"", 1, 4, "NUL"},
        {"a: b: c", 1, 5, "not valid YAML"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ig_yaml *root = NULL;
        ig_error error;
        if (parse(*state, CASES[i].text, &root, &error) != IG_E_DATA)
            fail_msg("accepted: %s", CASES[i].text);
        if (!strstr(error.message, CASES[i].message) || error.line != CASES[i].line || error.column != CASES[i].column)
            fail_msg("%s -> %d:%d %s (%s)", CASES[i].text, error.line, error.column, error.message, error.found);
        assert_string_equal(error.file, "m.yaml");
        assert_null(root);
        assert_int_equal(parse(*state, CASES[i].text, &root, NULL), IG_E_DATA);
    }
}

static ig_status parse_repeated(ig_arena *arena, const char *head, const char *unit, int times, ig_error *error)
{
    ig_text text = {0};
    ig_text_add(&text, "%s", head);
    for (int i = 0; i < times; i++)
        ig_text_add_bytes(&text, unit, strlen(unit));
    assert_false(text.failed);
    ig_yaml *root;
    ig_status status = ig_yaml_parse(text.data, text.length, "m.yaml", arena, &root, error);
    ig_text_release(&text);
    return status;
}

static void bounds_everything(void **state)
{
    ig_error error;
    assert_int_equal(parse_repeated(*state, "", "- ", IG_YAML_MAX_DEPTH, &error), IG_OK);
    assert_int_equal(parse_repeated(*state, "", "- ", IG_YAML_MAX_DEPTH + 1, &error), IG_E_DATA);
    assert_non_null(strstr(error.message, "nested too deeply"));
    assert_int_equal(parse_repeated(*state, "", "[", 100000, &error), IG_E_DATA);
    assert_int_equal(parse_repeated(*state, "", "{a: ", 100000, &error), IG_E_DATA);
    assert_int_equal(parse_repeated(*state, "", "a", IG_YAML_MAX_SCALAR, &error), IG_OK);
    assert_int_equal(parse_repeated(*state, "", "a", IG_YAML_MAX_SCALAR + 1, &error), IG_E_DATA);
    assert_non_null(strstr(error.message, "too long"));
    assert_int_equal(parse_repeated(*state, "", "- a\n", IG_YAML_MAX_NODES, &error), IG_E_DATA);
    assert_non_null(strstr(error.message, "too many"));
    assert_int_equal(parse_repeated(*state, "#", " ", IG_YAML_MAX_BYTES, &error), IG_E_DATA);
    assert_non_null(strstr(error.message, "larger"));
}

/* Many keys: looking for duplicates must not take a quadratic time. */
static void takes_large_mappings(void **state)
{
    ig_text text = {0};
    for (int i = 0; i < 200000; i++)
        ig_text_add(&text, "key%d: %d\n", i, i);
    ig_yaml *root;
    assert_int_equal(ig_yaml_parse(text.data, text.length, "m", *state, &root, NULL), IG_OK);
    assert_int_equal(root->count, 200000);
    ig_text_add(&text, "key77: again\n");
    ig_error error;
    assert_int_equal(ig_yaml_parse(text.data, text.length, "m", *state, &root, &error), IG_E_DATA);
    assert_int_equal(error.line, 200001);
    assert_string_equal(error.hint, "the first one is on line 78");
    ig_text_release(&text);
}

static void reads_files(void **state)
{
    ig_yaml *root;
    ig_error error;
    assert_int_equal(ig_yaml_read("no-such-file.yaml", *state, &root, &error), IG_E_NO_INPUT);
    assert_int_equal(ig_yaml_read(".", *state, &root, &error), IG_E_DATA);
    char path[] = "/tmp/ingot-yaml-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(ig_file_write(path, "a: 1\n", 5, NULL), IG_OK);
    assert_int_equal(ig_yaml_read(path, *state, &root, &error), IG_OK);
    assert_string_equal(root->file, path);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(builds_a_tree_with_places, enter, leave),
        cmocka_unit_test_setup_teardown(refuses_what_the_subset_lacks, enter, leave),
        cmocka_unit_test_setup_teardown(bounds_everything, enter, leave),
        cmocka_unit_test_setup_teardown(takes_large_mappings, enter, leave),
        cmocka_unit_test_setup_teardown(reads_files, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
