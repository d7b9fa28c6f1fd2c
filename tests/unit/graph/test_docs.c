/* The example at the head of docs/yaml-format.md is a model that loads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "ingot/graph.h"

static void test_example(void **state)
{
    static const char BEGIN[] = "```yaml\n", END[] = "```\n";
    char *text = NULL;
    size_t length = 0;
    ig_graph *graph = NULL;
    ig_graph_info info;
    ig_error error = {0};
    (void)state;
    assert_int_equal(ig_file_read(INGOT_SOURCE_DIR "/docs/yaml-format.md", 1 << 20, &text, &length, &error), IG_OK);
    const char *begin = strstr(text, BEGIN);
    assert_non_null(begin);
    begin += sizeof BEGIN - 1;
    const char *end = strstr(begin, END);
    assert_non_null(end);
    if (ig_graph_parse(begin, (size_t)(end - begin), "yaml-format.md", NULL, &graph, &error) != IG_OK)
        fail_msg("%d: %s", error.line, error.message);
    ig_graph_get_info(graph, &info);
    assert_string_equal(info.name, "tiny");
    assert_non_null(ig_graph_find_value(graph, "stage.2", NULL));
    ig_graph_destroy(&graph);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_example)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
