/* Counting conventions: against what the tools themselves print, and the arithmetic of the specifications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "ingot/graph.h"
#include "yaml/yaml.h"

static ig_graph *load(const char *model, const ig_override *overrides, int n_overrides, ig_shape shape)
{
    char path[1024];
    ig_graph *graph = NULL;
    ig_error error = {0};
    const ig_graph_params params = {.overrides = overrides, .n_overrides = n_overrides, .input_shape = shape};
    snprintf(path, sizeof path, "%s/models/%s", INGOT_SOURCE_DIR, model);
    if (ig_graph_load(path, &params, &graph, &error))
        fail_msg("%s: %s", model, error.message);
    return graph;
}

static int check_row(const ig_yaml *row)
{
    const ig_override thousand = {"classes", "1000"};
    const char *model = ig_yaml_get(row, "model")->text;
    ig_graph *graph = load(model, &thousand, 1, (ig_shape){4, {1, 3, 224, 224}});
    int checked = 0;
    for (int rule = 0; rule < IG_COUNT_RULES; rule++) {
        const ig_yaml *expected = ig_yaml_get(row, ig_count_rule_name((ig_count_rule)rule));
        const int64_t found = ig_graph_count_all(graph, (ig_count_rule)rule);
        if (!expected)
            continue;
        checked++;
        if (found != strtoll(expected->text, NULL, 10))
            fail_msg("%s by %s: %lld, the tool says %s", model, ig_count_rule_name((ig_count_rule)rule),
                     (long long)found, expected->text);
    }
    ig_graph_destroy(&graph);
    return checked;
}

static void the_tools_say_the_same(void **state)
{
    ig_arena *arena = ig_arena_create();
    ig_yaml *rows = NULL;
    ig_error error = {0};
    int checked = 0;
    (void)state;
    assert_int_equal(ig_yaml_read(INGOT_SOURCE_DIR "/tests/models/tool_counts.yaml", arena, &rows, &error), IG_OK);
    for (int i = 0; i < rows->count; i++)
        checked += check_row(rows->items[i]);
    assert_true(checked >= 30);
    ig_arena_destroy(&arena);
}

static void expect(const ig_yaml *row, const char *key, int64_t found)
{
    const ig_yaml *expected = ig_yaml_get(row, key);
    if (expected && found != strtoll(expected->text, NULL, 10))
        fail_msg("%s, line %d: %s is %lld, stated is %s", ig_yaml_get(row, "model")->text, row->line, key,
                 (long long)found, expected->text);
}

static void check_exact(const ig_yaml *row)
{
    const ig_yaml *set = ig_yaml_get(row, "set"), *extents = ig_yaml_get(row, "shape");
    ig_override overrides[8];
    ig_shape shape = {0};
    ig_graph_info info;
    int n = 0;
    for (; set && n < set->count; n++)
        overrides[n] = (ig_override){set->keys[n]->text, set->items[n]->text};
    for (; extents && shape.rank < extents->count; shape.rank++)
        shape.dim[shape.rank] = strtoll(extents->items[shape.rank]->text, NULL, 10);
    ig_graph *graph = load(ig_yaml_get(row, "model")->text, overrides, n, shape);
    ig_graph_get_info(graph, &info);
    expect(row, "params", info.totals.params);
    for (int rule = 0; rule < IG_COUNT_RULES; rule++)
        expect(row, ig_count_rule_name((ig_count_rule)rule), ig_graph_count_all(graph, (ig_count_rule)rule));
    ig_graph_destroy(&graph);
}

static void exact_counts_hold(void **state)
{
    static const char *const KEYS[] = {"model", "set", "shape", "params", "macs", "thop", "fvcore"};
    ig_arena *arena = ig_arena_create();
    ig_yaml *rows = NULL;
    ig_error error = {0};
    (void)state;
    assert_int_equal(ig_yaml_read(INGOT_SOURCE_DIR "/tests/models/counts_exact.yaml", arena, &rows, &error), IG_OK);
    for (int i = 0; i < rows->count; i++) {
        if (ig_yaml_check_keys(rows->items[i], "a row", KEYS, 7, &error))
            fail_msg("%d: %s", error.line, error.message);
        check_exact(rows->items[i]);
    }
    assert_true(rows->count > 200);
    ig_arena_destroy(&arena);
}

/* The layers' counts add up to the graph's, and a batch of two counts twice. */
static void counts_add_up(void **state)
{
    (void)state;
    ig_graph *one = load("mobilesteelnet/resnet18.yaml", NULL, 0, (ig_shape){4, {1, 3, 64, 64}});
    ig_graph *two = load("mobilesteelnet/resnet18.yaml", NULL, 0, (ig_shape){4, {2, 3, 64, 64}});
    ig_graph_info info;
    ig_graph_get_info(one, &info);
    for (int rule = 0; rule < IG_COUNT_RULES; rule++) {
        int64_t sum = 0, all = ig_graph_count_all(one, (ig_count_rule)rule);
        for (int i = 0; i < info.n_layers; i++)
            sum += ig_graph_count_layer(one, i, (ig_count_rule)rule);
        assert_int_equal(sum, all);
        assert_int_equal(ig_graph_count_all(two, (ig_count_rule)rule), 2 * all);
    }
    assert_int_equal(ig_graph_count_all(one, IG_COUNT_MACS), info.totals.cost.macs);
    assert_int_equal(ig_graph_count_all(one, IG_COUNT_FLOPS), info.totals.flops);
    assert_int_equal(ig_graph_count_layer(one, -1, IG_COUNT_MACS), 0);
    assert_int_equal(ig_graph_count_layer(one, info.n_layers, IG_COUNT_MACS), 0);
    ig_graph_destroy(&one);
    ig_graph_destroy(&two);
}

/* Source: the MM and ILCS specification, 4.2: MiB of feature memory with nothing reused, at 224x224. */
static void feature_memory(void **state)
{
    static const struct {
        const char *model, *key, *value;
        int64_t bytes, folded;
    } rows[] = {
        {"mm/resnet101.yaml", "stride_on", "conv1", 162177048, 99356696},
        {"mm/vgg16.yaml", "classes", "1000", 60448672, 60448672},
        {"mm/alexnet.yaml", "classes", "1000", 2366880, 2366880},
        {"mobilesteelnet/mobilenet_v2.yaml", "classes", "1000", 54299552, 27587104},
        {"mobilesteelnet/mobilenet_v3_large.yaml", "classes", "1000", 39331040, 21731808},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const ig_override override = {rows[i].key, rows[i].value};
        ig_graph *graph = load(rows[i].model, &override, 1, (ig_shape){4, {1, 3, 224, 224}});
        assert_int_equal(ig_graph_feature_bytes(graph, false), rows[i].bytes);
        assert_int_equal(ig_graph_feature_bytes(graph, true), rows[i].folded);
        ig_graph_destroy(&graph);
    }
}

static void rules_have_names(void **state)
{
    (void)state;
    for (int rule = 0; rule < IG_COUNT_RULES; rule++)
        assert_true(ig_count_rule_name((ig_count_rule)rule)[0] && ig_count_rule_doc((ig_count_rule)rule)[0]);
    assert_string_equal(ig_count_rule_name(IG_COUNT_RULES), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_tools_say_the_same), cmocka_unit_test(exact_counts_hold),
                                       cmocka_unit_test(counts_add_up), cmocka_unit_test(feature_memory),
                                       cmocka_unit_test(rules_have_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
