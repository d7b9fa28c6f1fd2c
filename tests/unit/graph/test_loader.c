/* What descriptions mean: names, references, repeats, conditions, sharing, parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingot/graph.h"

#define HEAD "ingot: 1\nname: test\ninput: {shape: [1, 3, 8, 8]}\n"

static ig_graph *parse_with(const char *text, const ig_graph_params *params)
{
    ig_graph *graph = NULL;
    ig_error error = {0};
    if (ig_graph_parse(text, strlen(text), "test.yaml", params, &graph, &error) != IG_OK)
        fail_msg("%d:%d: %s (%s)", error.line, error.column, error.message, error.hint);
    return graph;
}

static ig_graph *parse(const char *text)
{
    return parse_with(text, NULL);
}

static void check_names(const ig_graph *graph, const char *names)
{
    char found[1024] = "";
    ig_layer_info layer;
    for (int i = 0; ig_graph_get_layer(graph, i, &layer); i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", i ? " " : "", layer.path);
    assert_string_equal(found, names);
}

static void check_params(const ig_graph *graph, const char *names)
{
    char found[1024] = "";
    ig_param_info param;
    for (int i = 0; ig_graph_get_param(graph, i, &param); i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", i ? " " : "", param.name);
    assert_string_equal(found, names);
}

static void check_shape(const ig_graph *graph, const char *path, const char *shape)
{
    char text[64];
    const char *name = ig_graph_find_value(graph, path, NULL);
    ig_layer_info layer;
    assert_non_null(name);
    for (int i = 0; ig_graph_get_layer(graph, i, &layer); i++)
        if (strcmp(layer.path, name) == 0)
            assert_string_equal(ig_shape_text(&layer.output, text, sizeof text), shape);
}

static void check_value(const ig_graph *graph, const char *path, const char *name)
{
    const char *found = ig_graph_find_value(graph, path, NULL);
    assert_non_null(found);
    assert_string_equal(found, name);
}

static void check_inputs(const ig_graph *graph, int index, const char *a, const char *b)
{
    ig_layer_info layer;
    assert_true(ig_graph_get_layer(graph, index, &layer));
    assert_string_equal(layer.inputs[0], a);
    assert_int_equal(layer.n_inputs, b ? 2 : 1);
    if (b)
        assert_string_equal(layer.inputs[1], b);
}

static void test_unnamed_steps(void **state)
{
    (void)state;
    ig_graph *graph = parse(HEAD "layers:\n"
                                 "  - {op: relu}\n"
                                 "  - {op: relu}\n"
                                 "  - {name: g, layers: [{op: relu}, {op: relu}]}\n"
                                 "  - {layers: [{op: relu}, {op: abs, name: last}]}\n"
                                 "outputs: {y: last}\n");
    check_names(graph, "relu relu_1 g.relu g.relu_1 relu_2 last");
    check_value(graph, "g", "g.relu_1");
    ig_graph_destroy(&graph);
}

static void test_references(void **state)
{
    (void)state;
    ig_graph *graph = parse(HEAD "blocks:\n"
                                 "  unit: {inputs: [left, right], layers: [{op: add, name: sum, in: [left, right]},\n"
                                 "                                          {op: add, name: more, in: [prev, in]}]}\n"
                                 "layers:\n"
                                 "  - {op: relu, name: a}\n"
                                 "  - {name: g, layers: [{op: abs, name: a}, {op: add, in: [a, input]}]}\n"
                                 "  - {block: unit, name: u, in: [g.a, a]}\n"
                                 "  - {op: add, name: end, in: [u, u.sum]}\n"
                                 "outputs: {y: end, inner: u.sum}\n");
    check_names(graph, "a g.a g.add u.sum u.more end");
    check_inputs(graph, 2, "g.a", "input");
    check_inputs(graph, 3, "g.a", "a");
    check_inputs(graph, 4, "u.sum", "g.a");
    check_inputs(graph, 5, "u.more", "u.sum");
    ig_graph_info info;
    ig_graph_get_info(graph, &info);
    assert_int_equal(info.n_outputs, 2);
    assert_string_equal(info.output_names[1], "inner");
    assert_string_equal(info.output_values[1], "u.sum");
    ig_graph_destroy(&graph);
}

static void test_repeat(void **state)
{
    (void)state;
    ig_graph *graph =
        parse(HEAD "blocks: {unit: {params: {out: ~, stride: 1}, layers: [{op: conv2d, name: c, out: out, kernel: 1,\n"
                   "                                                       stride: stride}]}}\n"
                   "layers:\n"
                   "  - {block: unit, name: s, repeat: 3, out: 4 * (i + 1), stride: 'i == 1 ? 2 : 1'}\n"
                   "  - {op: relu, name: 'f.${i + 2}', repeat: 2}\n"
                   "  - {name: g, repeat: 2, layers: [{op: conv2d, name: 'c${i}', out: i + 1, kernel: 1}]}\n"
                   "  - {op: relu, name: never, repeat: 0}\n"
                   "  - {op: add, name: end, in: [g, never]}\n"
                   "outputs: {y: end}\n");
    check_names(graph, "s.0.c s.1.c s.2.c f.2 f.3 g.0.c0 g.1.c1 end");
    check_value(graph, "s", "s.2.c");
    check_value(graph, "s.1", "s.1.c");
    check_value(graph, "g", "g.1.c1");
    check_shape(graph, "s", "1x12x4x4");
    check_shape(graph, "g.0", "1x1x4x4");
    check_inputs(graph, 7, "g.1.c1", "g.1.c1");
    assert_null(ig_graph_find_value(graph, "never", NULL));
    ig_graph_destroy(&graph);
}

static void test_when(void **state)
{
    static const char *const TEXT =
        HEAD "params: {pick: {default: mean, choices: [mean, max]}}\n"
             "layers:\n"
             "  - {op: relu, name: a}\n"
             "  - {op: reduce_mean, name: pool, axes: [2, 3], when: pick == mean}\n"
             "  - {op: reduce_max, name: pool, in: a, axes: [2, 3], when: pick == max && prev.h > 1}\n"
             "  - {op: abs, name: end, in: pool}\n"
             "outputs: {y: end}\n";
    const ig_override other = {"pick", "max"}, number = {"pick", "1"};
    ig_layer_info layer;
    (void)state;
    for (int i = 0; i < 3; i++) {
        ig_graph_params params = {.overrides = i == 1 ? &other : &number, .n_overrides = i > 0};
        ig_graph *graph = parse_with(TEXT, &params);
        check_names(graph, "a pool end");
        assert_true(ig_graph_get_layer(graph, 1, &layer));
        assert_string_equal(layer.op, i == 0 ? "reduce_mean" : "reduce_max");
        ig_graph_destroy(&graph);
    }
}

static void test_share_by_scope(void **state)
{
    (void)state;
    ig_graph *graph = parse(
        HEAD "blocks: {unit: {layers: [{op: conv2d, out: in.c, kernel: 1}, {op: batch_norm, name: n}, {op: relu}]}}\n"
             "layers:\n"
             "  - name: m\n"
             "    layers:\n"
             "      - {block: unit, name: a}\n"
             "      - {block: unit, name: b, share: a}\n"
             "      - {op: conv2d, name: c, out: 3, kernel: 1, share: a.conv2d}\n"
             "outputs: {y: m}\n");
    ig_graph_info info;
    check_names(graph, "m.a.conv2d m.a.n m.a.relu m.b.conv2d m.b.n m.b.relu m.c");
    check_params(graph, "m.a.conv2d.weight m.a.n.weight m.a.n.bias m.a.n.running_mean m.a.n.running_var");
    ig_graph_get_info(graph, &info);
    assert_int_equal(info.totals.params, 9 + 6);
    assert_int_equal(info.totals.buffers, 6);
    assert_int_equal(info.totals.weight_bytes, 4 * 21);
    assert_int_equal(info.totals.cost.macs, 3 * 9 * 64);
    ig_graph_destroy(&graph);
}

static void test_block_defaults(void **state)
{
    (void)state;
    ig_graph *graph =
        parse(HEAD "blocks:\n"
                   "  unit: {params: {factor: 2, out: in.c * factor}, layers: [{op: conv2d, out: out, kernel: 1}]}\n"
                   "layers:\n"
                   "  - {block: unit, name: a}\n"
                   "  - {block: unit, name: b, factor: a.c}\n"
                   "outputs: {y: b}\n");
    check_shape(graph, "a", "1x6x8x8");
    check_shape(graph, "b", "1x36x8x8");
    ig_graph_destroy(&graph);
}

static void test_header(void **state)
{
    (void)state;
    ig_graph *graph =
        parse("ingot: 1\nname: test\ndoc: a sentence\nsource: a paper\ntask: detection\n"
              "params: {side: 8}\n"
              "input: {name: picture, shape: [1, 1, side, 2 * side], image: {color: gray, resize: nearest,\n"
              "        scale: 0.5, mean: 0.25, std: 2}}\n"
              "labels: [good, bad]\nweights: sub/w.safetensors\nseeded: {norm_weight: [0.5, 0.25]}\n"
              "layers: [{op: relu, name: a}]\noutputs: {y: a}\n");
    ig_graph_info info;
    ig_graph_get_info(graph, &info);
    assert_string_equal(info.doc, "a sentence");
    assert_string_equal(info.source, "a paper");
    assert_string_equal(info.task, "detection");
    assert_string_equal(info.input_name, "picture");
    assert_int_equal(info.input_shape.dim[3], 16);
    assert_true(info.has_preprocess);
    assert_int_equal(info.preprocess.color, IG_COLOR_GRAY);
    assert_int_equal(info.preprocess.resize, IG_RESIZE_NEAREST);
    assert_float_equal(info.preprocess.scale, 0.5, 0);
    assert_float_equal(info.preprocess.mean[2], 0.25, 0);
    assert_float_equal(info.preprocess.std[0], 2, 0);
    assert_int_equal(info.n_labels, 2);
    assert_string_equal(info.labels[1], "bad");
    assert_string_equal(info.weights_file, "sub/w.safetensors");
    ig_graph_destroy(&graph);
}

static void test_shape_override(void **state)
{
    (void)state;
    ig_graph *graph = parse_with(HEAD "layers: [{op: conv2d, name: a, out: in.h, kernel: 1}]\noutputs: {y: a}\n",
                                 &(ig_graph_params){.input_shape = {4, {2, 5, 7, 9}}});
    check_shape(graph, "a", "2x7x7x9");
    ig_graph_destroy(&graph);
}

static void test_nearest_value(void **state)
{
    const char *nearest = NULL;
    (void)state;
    ig_graph *graph = parse(HEAD "layers: [{op: relu, name: first}]\noutputs: {y: first}\n");
    assert_null(ig_graph_find_value(graph, "frist", &nearest));
    assert_string_equal(nearest, "first");
    assert_string_equal(ig_graph_find_value(graph, "input", NULL), "input");
    ig_graph_destroy(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unnamed_steps),  cmocka_unit_test(test_references),
        cmocka_unit_test(test_repeat),         cmocka_unit_test(test_when),
        cmocka_unit_test(test_share_by_scope), cmocka_unit_test(test_block_defaults),
        cmocka_unit_test(test_header),         cmocka_unit_test(test_shape_override),
        cmocka_unit_test(test_nearest_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
