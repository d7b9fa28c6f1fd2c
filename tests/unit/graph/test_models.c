/* The shipped networks: what they count, and that they print and load again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>

#include "graph/ir.h"
#include "yaml/yaml.h"

typedef struct fixture {
    ig_arena *arena;
    const ig_yaml *rows;
} fixture;

static void must(ig_status status, const ig_error *error, const char *what)
{
    if (status != IG_OK)
        fail_msg("%s: %s:%d: %s (%s, %s)", what, error->file, error->line, error->message, error->expected,
                 error->found);
}

static int open_rows(void **state)
{
    static fixture f;
    ig_yaml *rows = NULL;
    ig_error error = {0};
    f.arena = ig_arena_create();
    must(ig_yaml_read(INGOT_SOURCE_DIR "/tests/models/counts.yaml", f.arena, &rows, &error), &error, "counts");
    f.rows = rows;
    *state = &f;
    return 0;
}

static int close_rows(void **state)
{
    fixture *f = *state;
    ig_arena_destroy(&f->arena);
    return 0;
}

static int64_t number(const ig_yaml *row, const char *key)
{
    int64_t value = 0;
    ig_error error = {0};
    must(ig_yaml_int(ig_yaml_get(row, key), key, 0, INT64_MAX, &value, &error), &error, key);
    return value;
}

static void model_path(const ig_yaml *row, char *path, size_t size)
{
    snprintf(path, size, "%s/models/%s", INGOT_SOURCE_DIR, ig_yaml_get(row, "model")->text);
}

static ig_graph *load(const ig_yaml *row)
{
    char path[1024];
    ig_graph *graph = NULL;
    ig_error error = {0};
    model_path(row, path, sizeof path);
    must(ig_graph_load(path, NULL, &graph, &error), &error, path);
    return graph;
}

static void test_counts(void **state)
{
    const fixture *f = *state;
    for (int i = 0; i < f->rows->count; i++) {
        const ig_yaml *row = f->rows->items[i];
        ig_graph *graph = load(row);
        ig_graph_info info;
        ig_layer_info layer;
        int64_t params = 0;
        ig_graph_get_info(graph, &info);
        for (int k = 0; ig_graph_get_layer(graph, k, &layer); k++)
            params += layer.params;
        assert_int_equal(info.totals.params, number(row, "params"));
        assert_int_equal(params, info.totals.params);
        assert_int_equal(info.totals.buffers, number(row, "buffers"));
        assert_int_equal(info.totals.weight_bytes, 4 * (info.totals.params + info.totals.buffers));
        assert_int_equal(info.totals.cost.macs, number(row, "macs"));
        assert_int_equal(info.totals.flops, 2 * info.totals.cost.macs + info.totals.cost.adds + info.totals.cost.other);
        assert_int_equal(ig_shape_elems(&info.output_shapes[0]), number(row, "outputs"));
        assert_true(info.task[0] != '\0' && info.source[0] != '\0' && info.doc[0] != '\0');
        if (info.input_shape.dim[1] <= 3) /* it takes pictures */
            assert_true(info.has_preprocess);
        if (info.n_labels > 0 && strcmp(info.task, "classification") == 0 && number(row, "outputs") < 100)
            assert_int_equal(info.n_labels, number(row, "outputs"));
        ig_graph_destroy(&graph);
    }
}

/* No description may be without its numbers. */
static int count_descriptions(const char *folder)
{
    char path[1024];
    int count = 0;
    snprintf(path, sizeof path, "%s/models/%s", INGOT_SOURCE_DIR, folder);
    DIR *handle = opendir(path);
    for (const struct dirent *entry = handle ? readdir(handle) : NULL; entry; entry = readdir(handle)) {
        size_t length = strlen(entry->d_name);
        count += length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
    }
    if (handle)
        closedir(handle);
    return count;
}

static void test_every_model_is_listed(void **state)
{
    const fixture *f = *state;
    int count = 0;
    DIR *handle = opendir(INGOT_SOURCE_DIR "/models");
    assert_non_null(handle);
    for (const struct dirent *entry = readdir(handle); entry; entry = readdir(handle))
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "blocks") != 0)
            count += count_descriptions(entry->d_name);
    closedir(handle);
    assert_int_equal(count, f->rows->count);
}

static void expect_round_trip(const ig_graph *graph, const char *path)
{
    char *text = NULL, *again = NULL;
    ig_graph *copy = NULL;
    ig_graph_info a, b;
    ig_error error = {0};
    must(ig_graph_print(graph, &text, &error), &error, path);
    must(ig_graph_parse(text, strlen(text), path, NULL, &copy, &error), &error, path);
    must(ig_graph_print(copy, &again, &error), &error, path);
    assert_string_equal(text, again);
    ig_graph_get_info(graph, &a);
    ig_graph_get_info(copy, &b);
    assert_int_equal(a.n_params, b.n_params);
    assert_memory_equal(&a.totals, &b.totals, sizeof a.totals);
    assert_int_equal(graph->n_scopes, copy->n_scopes);
    for (int i = 0; i < a.n_params; i++)
        assert_string_equal(graph->params[i].name, copy->params[i].name);
    if (a.weights_file)
        assert_string_equal(a.weights_file, b.weights_file);
    ig_graph_destroy(&copy);
    free(text);
    free(again);
}

static void test_round_trip(void **state)
{
    const fixture *f = *state;
    for (int i = 0; i < f->rows->count; i++) {
        char path[1024];
        ig_graph *graph = load(f->rows->items[i]), *fast = NULL;
        ig_error error = {0};
        model_path(f->rows->items[i], path, sizeof path);
        expect_round_trip(graph, path);
        must(ig_graph_optimize(graph, &(ig_passes_params){.local_is_cache = true}, &fast, &error), &error, path);
        assert_true(fast->n_nodes <= graph->n_nodes);
        expect_round_trip(fast, path);
        ig_graph_destroy(&fast);
        ig_graph_destroy(&graph);
    }
}

static void test_parameters(void **state)
{
    static const ig_override CLASSES = {"classes", "1000"};
    ig_graph *graph = NULL;
    ig_graph_info info;
    ig_error error = {0};
    (void)state;
    must(ig_graph_load(INGOT_SOURCE_DIR "/models/mobilesteelnet/mobilesteelnet.yaml",
                       &(ig_graph_params){.overrides = &CLASSES, .n_overrides = 1}, &graph, &error),
         &error, "classes");
    ig_graph_get_info(graph, &info);
    assert_int_equal(info.totals.params, 9457385);
    ig_graph_destroy(&graph);
}

/* The specification says that these inputs work as well. */
static void test_other_sizes(void **state)
{
    static const int64_t SIZES[][2] = {{64, 64}, {200, 200}, {96, 80}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        ig_graph *graph = NULL;
        ig_error error = {0};
        const ig_graph_params params = {.input_shape = {4, {1, 3, SIZES[i][0], SIZES[i][1]}}};
        must(ig_graph_load(INGOT_SOURCE_DIR "/models/mobilesteelnet/mobilesteelnet.yaml", &params, &graph, &error),
             &error, "size");
        ig_graph_destroy(&graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),      cmocka_unit_test(test_every_model_is_listed),
        cmocka_unit_test(test_round_trip),  cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_other_sizes),
    };
    return cmocka_run_group_tests(tests, open_rows, close_rows);
}
