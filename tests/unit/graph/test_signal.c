/* Seeded weights let a signal through every shipped network, and the passes do not change what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "graph/ir.h"
#include "yaml/yaml.h"

enum { MAX_OUTPUTS = 64 };

static void must(ig_status status, const ig_error *error, const char *what)
{
    if (status != IG_OK)
        fail_msg("%s: %s:%d: %s", what, error->file, error->line, error->message);
}

/* At the input that the row calls small. */
static ig_graph *load(const ig_yaml *row)
{
    char path[1024];
    ig_graph *graph = NULL;
    ig_error error = {0};
    ig_graph_params params = {0};
    ig_shape *shape = &params.input_shape;
    const ig_yaml *extents = ig_yaml_get(row, "small");
    snprintf(path, sizeof path, "%s/models/%s", INGOT_SOURCE_DIR, ig_yaml_get(row, "model")->text);
    for (shape->rank = 0; shape->rank < extents->count; shape->rank++)
        must(ig_yaml_int(extents->items[shape->rank], "small", 1, 4096, &shape->dim[shape->rank], &error), &error,
             path);
    must(ig_graph_load(path, &params, &graph, &error), &error, path);
    return graph;
}

typedef struct outputs {
    const char *name;
    float data[MAX_OUTPUTS];
    int count;
} outputs;

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    outputs *out = user;
    (void)error;
    if (strcmp(value->name, out->name) == 0) {
        out->count = (int)ig_shape_elems(&value->shape);
        assert_true(out->count <= MAX_OUTPUTS);
        memcpy(out->data, value->data, (size_t)out->count * sizeof(float));
    }
    return IG_OK;
}

static void run(const ig_graph *graph, const ig_weights *weights, const ig_tensor *input, outputs *out)
{
    ig_graph_info info;
    ig_error error = {0};
    ig_graph_get_info(graph, &info);
    *out = (outputs){.name = info.output_values[0]};
    must(ig_reference_run(graph, weights, &(ig_reference_params){.input = input, .visit = visit, .user = out}, &error),
         &error, info.name);
}

static double largest_difference(const outputs *a, const outputs *b)
{
    double most = 0;
    for (int i = 0; i < a->count; i++)
        most = fmax(most, fabs((double)a->data[i] - (double)(b ? b->data[i] : 0.0F)));
    return most;
}

/* A test with weights under which the input does not matter cannot see a wrong network. Along the way: the passes
 * change nothing. */
static void check_signal(const ig_yaml *row)
{
    ig_graph *graph = load(row), *fast = NULL;
    ig_weights *weights = NULL;
    ig_graph_info info;
    ig_error error = {0};
    outputs dark, lit, fused;
    ig_graph_get_info(graph, &info);
    int64_t elems = ig_shape_elems(&info.input_shape);
    ig_tensor input = {
        .name = info.input_name, .shape = info.input_shape, .data = calloc((size_t)elems, sizeof(float))};
    assert_non_null(input.data);
    must(ig_weights_seeded(graph, &weights, &error), &error, info.name);
    must(ig_graph_optimize(graph, NULL, &fast, &error), &error, info.name);
    run(graph, weights, &input, &dark);
    ig_fill_seeded_input(input.name, input.data, elems);
    run(graph, weights, &input, &lit);
    run(fast, weights, &input, &fused);
    double most = largest_difference(&lit, NULL);
    if (!(largest_difference(&lit, &dark) > 0.01 * most && most > 1e-3 && most < 1e4))
        fail_msg("%s: the largest output is %g, the input moves it by %g", info.name, most,
                 largest_difference(&lit, &dark));
    if (!(largest_difference(&lit, &fused) <= 2e-5 * most))
        fail_msg("%s: the passes move the output by %g of %g", info.name, largest_difference(&lit, &fused), most);
    free(input.data);
    ig_weights_destroy(&weights);
    ig_graph_destroy(&fast);
    ig_graph_destroy(&graph);
}

static void test_signal(void **state)
{
    ig_arena *arena = ig_arena_create();
    ig_yaml *rows = NULL;
    ig_error error = {0};
    (void)state;
    must(ig_yaml_read(INGOT_SOURCE_DIR "/tests/models/counts.yaml", arena, &rows, &error), &error, "counts");
    for (int i = 0; i < rows->count; i++)
        check_signal(rows->items[i]);
    assert_true(rows->count > 0);
    ig_arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_signal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
