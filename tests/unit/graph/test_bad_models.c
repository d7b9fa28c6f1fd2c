/* Every file of tests/models/bad must be refused, with the words of its first line in what a person reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>

#include "base/text.h"
#include "ingot/graph.h"

#define FOLDER INGOT_SOURCE_DIR "/tests/models/bad"

static void expected_words(const char *path, char *out, size_t size)
{
    static const char HEAD[] = "# expect: ";
    char *text = NULL;
    size_t length = 0;
    assert_int_equal(ig_file_read(path, 1 << 20, &text, &length, NULL), IG_OK);
    assert_int_equal(strncmp(text, HEAD, sizeof HEAD - 1), 0);
    snprintf(out, size, "%.*s", (int)strcspn(text + sizeof HEAD - 1, "\n"), text + sizeof HEAD - 1);
    free(text);
}

static int check_file(const char *name)
{
    char path[1024], words[256], shown[8192];
    ig_graph *graph = NULL;
    ig_error error = {0};
    snprintf(path, sizeof path, FOLDER "/%s", name);
    expected_words(path, words, sizeof words);
    ig_status status = ig_graph_load(path, NULL, &graph, &error);
    ig_error_format(&error, shown, sizeof shown);
    bool good = status != IG_OK && !graph && error.status == status && error.line > 0 && strstr(shown, words);
    if (!good)
        print_error("%s: expected '%s', got:\n%s\n", name, words, shown);
    ig_graph_destroy(&graph);
    return good ? 0 : 1;
}

static void test_every_file(void **state)
{
    int failed = 0, count = 0;
    (void)state;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
            continue;
        failed += check_file(entry->d_name);
        count++;
    }
    closedir(folder);
    assert_int_equal(failed, 0);
    assert_true(count > 80);
}

static void refuse(const char *text, size_t length)
{
    ig_graph *graph = NULL;
    ig_error error = {0};
    assert_int_equal(ig_graph_parse(text, length, "memory.yaml", NULL, &graph, &error), IG_E_DATA);
    assert_null(graph);
    assert_true(error.message[0] != '\0');
    assert_int_equal(ig_graph_parse(text, length, "memory.yaml", NULL, &graph, NULL), IG_E_DATA); /* no error wanted */
}

static void test_odd_bytes(void **state)
{
    (void)state;
    refuse("", 0);
    refuse("\0\0\0\0", 4);
    refuse("\x7f"
           "ELF\x02\x01\x01",
           7);
    refuse("\xff\xfe\x00\x01", 4);
    refuse("ingot: 1\nname: \x80\x81\n", 18);
    refuse("~", 1);
    refuse("[[[[[[", 6);
}

static void test_too_large(void **state)
{
    size_t length = (size_t)100 << 20;
    char *text = malloc(length);
    (void)state;
    assert_non_null(text);
    memset(text, ' ', length);
    refuse(text, length);
    free(text);
}

static void test_missing_file(void **state)
{
    ig_graph *graph = NULL;
    ig_error error = {0};
    (void)state;
    assert_int_equal(ig_graph_load(FOLDER "/nowhere.yaml", NULL, &graph, &error), IG_E_NO_INPUT);
    assert_int_equal(ig_graph_load(FOLDER, NULL, &graph, &error), IG_E_DATA);
    assert_null(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file),
        cmocka_unit_test(test_odd_bytes),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
