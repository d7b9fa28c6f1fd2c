/* Values from outside the description that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingot/graph.h"

#define HEAD "ingot: 1\nname: test\ninput: {shape: [1, 3, 8, 8]}\n"

static void refuse(const ig_graph_params *params, ig_status wanted, const char *hint)
{
    static const char TEXT[] =
        HEAD "params: {width: {default: 4, min: 1, max: 8}, mode: {default: hard, choices: [hard, soft]}}\n"
             "layers: [{op: conv2d, name: a, out: width, kernel: 1}]\noutputs: {y: a}\n";
    ig_graph *graph = NULL;
    ig_error error = {0};
    char shown[8192];
    assert_int_equal(ig_graph_parse(TEXT, sizeof TEXT - 1, "test.yaml", params, &graph, &error), wanted);
    ig_error_format(&error, shown, sizeof shown);
    if (!strstr(shown, hint))
        fail_msg("'%s' is not in: %s", hint, shown);
    assert_null(graph);
}

static void refuse_override(const char *key, const char *value, const char *hint)
{
    const ig_override override = {key, value};
    refuse(&(ig_graph_params){.overrides = &override, .n_overrides = 1}, IG_E_USAGE, hint);
}

static void test_overrides(void **state)
{
    (void)state;
    refuse_override("widht", "3", "did you mean 'width'");
    refuse_override("width", "9", "1 to 8");
    refuse_override("width", "0", "1 to 8");
    refuse_override("width", "four", "'four'");
    refuse_override("width", "99999999999999999999", "1 to 8");
    refuse_override("mode", "sotf", "did you mean 'soft'");
    refuse_override("mode", "2", "hard, soft");
    refuse(&(ig_graph_params){.input_shape = {3, {1, 3, 8}}}, IG_E_USAGE, "4 extents");
    refuse(&(ig_graph_params){.input_shape = {4, {1, 3, 0, 8}}}, IG_E_USAGE, "4 extents");
    refuse(&(ig_graph_params){.input_shape = {4, {1, 3, 8, INT64_MAX}}}, IG_E_USAGE, "4 extents");
    refuse(&(ig_graph_params){.input_shape = {4, {16777216, 3, 16777216, 8}}}, IG_E_DATA, "too large");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_overrides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
