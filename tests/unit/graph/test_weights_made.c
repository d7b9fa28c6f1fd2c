/* Weights from names, written, hashed, and those that are shipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "ingot/graph.h"

#define MODEL(extra)                                                                                                   \
    "ingot: 1\nname: test\ninput: {shape: [1, 3]}\n" extra                                                             \
    "layers: [{op: linear, name: fc, out: 2}]\noutputs: {y: fc}\n"

static char folder[] = "/tmp/ingot-weights-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static ig_graph *parse(const char *text)
{
    ig_graph *graph = NULL;
    ig_error error = {0};
    if (ig_graph_parse(text, strlen(text), "test.yaml", NULL, &graph, &error) != IG_OK)
        fail_msg("%s", error.message);
    return graph;
}

static void refuse_note(void *user, ig_log_level level, const char *text)
{
    (void)user;
    (void)level;
    fail_msg("unexpected: %s", text);
}

static void test_seeded(void **state)
{
    ig_weights *weights = NULL;
    float input[3];
    ig_graph *graph = parse("ingot: 1\nname: test\ninput: {shape: [1, 3, 4, 4]}\nlayers:\n"
                            "  - {op: conv2d, name: conv1.0, out: 64, kernel: 3}\n  - {op: batch_norm, name: n}\n"
                            "  - {op: conv2d, name: c, out: 3, kernel: 1}\n  - {op: batch_norm, name: last.n}\n"
                            "outputs: {y: last.n}\nseeded: {norm_weight: [10, 1], norms: {last.n: [-3, 0.5]}, gain: 2}\n");
    (void)state;
    assert_int_equal(ig_weights_seeded(graph, &weights, NULL), IG_OK);
    const float *data = ig_weights_get(weights, "conv1.0.weight");
    assert_float_equal(data[0], (2 * 0.38574425 - 1) * 2 * 0.47140452, 1e-7); /* sqrt(6 / 27) */
    assert_float_equal(data[1], (2 * 0.99773865 - 1) * 2 * 0.47140452, 1e-7);
    for (int i = 0; i < 64; i++) {
        assert_true(ig_weights_get(weights, "n.weight")[i] >= 10 && ig_weights_get(weights, "n.weight")[i] < 11);
        assert_true(ig_weights_get(weights, "n.bias")[i] >= -0.2F && ig_weights_get(weights, "n.bias")[i] <= 0.2F);
        assert_true(ig_weights_get(weights, "n.running_var")[i] >= 0.5F);
    }
    for (int i = 0; i < 3; i++)
        assert_true(ig_weights_get(weights, "last.n.weight")[i] >= -3 &&
                    ig_weights_get(weights, "last.n.weight")[i] < -2.5F);
    ig_fill_seeded_input("input", input, 3);
    assert_float_equal(input[0], 2 * 0.68517425 - 1, 1e-7);
    assert_float_equal(input[2], 2 * 0.00423965 - 1, 1e-7);
    ig_weights_destroy(&weights);
    ig_graph_destroy(&graph);
}

static void test_write_and_hash(void **state)
{
    char path[256];
    ig_weights *weights = NULL, *again = NULL;
    ig_error error = {0};
    ig_graph *graph = parse(MODEL("")), *other = parse(MODEL("seeded: {norm_weight: [1, 1]}\n"));
    (void)state;
    snprintf(path, sizeof path, "%s/out.safetensors", folder);
    assert_int_equal(ig_weights_seeded(graph, &weights, &error), IG_OK);
    assert_int_equal(ig_weights_write(weights, path, &error), IG_OK);
    assert_int_equal(ig_weights_load(other, path, NULL, &again, &error), IG_OK);
    assert_true(ig_weights_hash(weights) == ig_weights_hash(again));
    assert_memory_equal(ig_weights_get(weights, "fc.weight"), ig_weights_get(again, "fc.weight"), 24);
    ((float *)ig_weights_get(again, "fc.weight"))[3] += 1;
    assert_true(ig_weights_hash(weights) != ig_weights_hash(again));
    assert_int_equal(ig_weights_write(weights, "/nonexistent/folder/out.safetensors", &error), IG_E_IO);
    unlink(path);
    ig_weights_destroy(&weights);
    ig_weights_destroy(&again);
    ig_graph_destroy(&graph);
    ig_graph_destroy(&other);
}

static void test_shipped_weights(void **state)
{
    ig_graph *graph = NULL;
    ig_weights *weights = NULL;
    ig_graph_info info;
    ig_error error = {0};
    (void)state;
    assert_int_equal(ig_graph_load(INGOT_SOURCE_DIR "/models/neu/neu_resnet18.yaml", NULL, &graph, &error), IG_OK);
    ig_graph_get_info(graph, &info);
    if (ig_weights_load(graph, info.weights_file, &(ig_log){.write = refuse_note}, &weights, &error) != IG_OK)
        fail_msg("%s: %s", error.file, error.message);
    assert_non_null(ig_weights_get(weights, "layer4.0.downsample.0.weight"));
    ig_weights_destroy(&weights);
    ig_graph_destroy(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeded),
        cmocka_unit_test(test_write_and_hash),
        cmocka_unit_test(test_shipped_weights),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
