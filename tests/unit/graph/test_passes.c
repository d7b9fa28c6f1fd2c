/* tests/passes/<pass>.yaml: structure, equal outputs, near misses, and a second run that changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "graph/ir.h"
#include "yaml/yaml.h"

enum { MAX_KEEP = 8, MAX_PASSES = 64 };

typedef struct pass_case {
    ig_arena *arena;
    const char *pass, *name;
    const ig_yaml *node;
    const char *keep[MAX_KEEP];
    int n_keep;
} pass_case;

static void must(ig_status status, const ig_error *error, const char *what)
{
    if (status != IG_OK)
        fail_msg("%s: %s:%d: %s (%s, %s)", what, error->file, error->line, error->message, error->expected,
                 error->found);
}

/* A model around the given layers; `scopes` makes it a printed one, which may use what only passes set. */
static ig_graph *build(const pass_case *c, ig_yaml *layers)
{
    ig_arena *arena = c->arena;
    ig_yaml *root = ig_yaml_new(arena, IG_YAML_MAPPING), *input = ig_yaml_new(arena, IG_YAML_MAPPING);
    ig_text text = {0};
    ig_graph *graph = NULL;
    ig_error error = {0};
    assert_true(ig_yaml_add(arena, input, "shape", ig_yaml_get(c->node, "input")));
    assert_true(ig_yaml_add(arena, root, "ingot", ig_yaml_new_scalar(arena, "1")));
    assert_true(ig_yaml_add(arena, root, "name", ig_yaml_new_scalar(arena, "test")));
    assert_true(ig_yaml_add(arena, root, "input", input));
    assert_true(ig_yaml_add(arena, root, "layers", layers));
    assert_true(ig_yaml_add(arena, root, "scopes", ig_yaml_new(arena, IG_YAML_MAPPING)));
    assert_true(ig_yaml_add(arena, root, "outputs", ig_yaml_get(c->node, "outputs")));
    ig_yaml_emit(root, &text);
    must(ig_graph_parse(ig_text_get(&text), text.length, c->name, NULL, &graph, &error), &error, c->name);
    ig_text_release(&text);
    return graph;
}

/* The layers alone: module paths differ where the expectation is written without groups. */
static char *layers_text(const pass_case *c, const ig_graph *graph)
{
    char *printed = NULL;
    ig_yaml *document = NULL;
    ig_text text = {0};
    ig_error error = {0};
    must(ig_graph_print(graph, &printed, &error), &error, c->name);
    must(ig_yaml_parse(printed, strlen(printed), c->name, c->arena, &document, &error), &error, c->name);
    ig_yaml_emit(ig_yaml_get(document, "layers"), &text);
    free(printed);
    return text.data;
}

static void expect_same_layers(const pass_case *c, const ig_graph *wanted, const ig_graph *found, const char *what)
{
    char *a = layers_text(c, wanted), *b = layers_text(c, found);
    if (strcmp(a, b) != 0)
        fail_msg("%s: %s: expected\n%s\nfound\n%s", c->name, what, a, b);
    free(a);
    free(b);
}

static ig_graph *optimize(const pass_case *c, const ig_graph *graph)
{
    const char *others[MAX_PASSES];
    int count = 0;
    ig_graph *out = NULL;
    ig_error error = {0};
    for (int i = 0; i < ig_pass_count && count < MAX_PASSES; i++)
        if (strcmp(ig_pass_table[i]->name, c->pass) != 0)
            others[count++] = ig_pass_table[i]->name;
    assert_int_equal(count, ig_pass_count - 1);
    const ig_passes_params params = {
        .keep = c->keep, .n_keep = c->n_keep, .disable = others, .n_disable = count, .local_is_cache = true};
    must(ig_graph_optimize(graph, &params, &out, &error), &error, c->name);
    return out;
}

/* --- equal values ---------------------------------------------------------------------------------------------- */

typedef struct recording {
    const pass_case *c;
    const ig_graph *graph; /* of the first run */
    float **data;          /* by its value ids; NULL in the second run: compare */
    bool comparing;
    int compared, added; /* values that both have, and those that a pass made up */
} recording;

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    recording *r = user;
    (void)error;
    int id = ig_graph_find_value_id(r->graph, value->name);
    size_t count = (size_t)ig_shape_elems(&value->shape);
    if (id < 0) {
        assert_true(r->comparing);
        r->added++;
        return IG_OK;
    }
    assert_true(ig_shape_equal(&value->shape, &r->graph->values[id].shape));
    if (!r->comparing) {
        r->data[id] = malloc(count * sizeof(float));
        assert_non_null(r->data[id]);
        memcpy(r->data[id], value->data, count * sizeof(float));
        return IG_OK;
    }
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)r->data[id][i] - (double)value->data[i]) <= 1e-5 * (1 + fabs((double)r->data[id][i]))))
            fail_msg("%s: %s[%zu] is %g, not %g", r->c->name, value->name, i, value->data[i], r->data[id][i]);
    r->compared++;
    return IG_OK;
}

static void run(recording *r, const ig_graph *graph, const ig_weights *weights, const ig_tensor *input)
{
    ig_error error = {0};
    const ig_reference_params params = {.input = input, .visit = visit, .user = r, .threads = 1};
    must(ig_reference_run(graph, weights, &params, &error), &error, r->c->name);
}

/* Every result that survives, under the weights of the graph as it was. */
static void expect_equal_values(const pass_case *c, const ig_graph *before, const ig_graph *after)
{
    ig_weights *weights = NULL;
    ig_error error = {0};
    const ig_value *value = &before->values[before->input];
    int64_t elems = ig_shape_elems(&value->shape);
    ig_tensor input = {.name = value->name, .shape = value->shape, .data = calloc((size_t)elems, sizeof(float))};
    recording r = {.c = c, .graph = before, .data = calloc((size_t)before->n_values, sizeof(float *))};
    assert_non_null(input.data);
    assert_non_null(r.data);
    ig_fill_seeded_input(input.name, input.data, elems);
    must(ig_weights_seeded(before, &weights, &error), &error, c->name);
    run(&r, before, weights, &input);
    r.comparing = true;
    run(&r, after, weights, &input);
    assert_int_equal(r.compared + r.added, after->n_nodes);
    assert_true(r.compared > 0);
    for (int i = 0; i < before->n_values; i++)
        free(r.data[i]);
    free(r.data);
    free(input.data);
    ig_weights_destroy(&weights);
}

static void expect_same_ends(const ig_graph *before, const ig_graph *after)
{
    ig_graph_info a, b;
    ig_graph_get_info(before, &a);
    ig_graph_get_info(after, &b);
    assert_int_equal(a.n_outputs, b.n_outputs);
    for (int i = 0; i < a.n_outputs; i++) {
        assert_string_equal(a.output_names[i], b.output_names[i]);
        assert_string_equal(a.output_values[i], b.output_values[i]);
    }
}

static void run_case(pass_case *c)
{
    ig_yaml *after = ig_yaml_get(c->node, "after");
    bool same = after && after->kind == IG_YAML_SCALAR && strcmp(after->text, "same") == 0;
    const ig_yaml *keep = ig_yaml_get(c->node, "keep");
    c->n_keep = 0;
    for (int i = 0; keep && i < keep->count && i < MAX_KEEP; i++)
        c->keep[c->n_keep++] = keep->items[i]->text;
    assert_non_null(after);
    ig_graph *before = build(c, ig_yaml_get(c->node, "before"));
    ig_graph *wanted = same ? NULL : build(c, after);
    ig_graph *found = optimize(c, before), *again = optimize(c, found);
    expect_same_layers(c, same ? before : wanted, found, "the rewritten layers");
    expect_same_layers(c, found, again, "a second run");
    expect_same_ends(before, found);
    expect_equal_values(c, before, found);
    ig_graph_destroy(&before);
    ig_graph_destroy(&wanted);
    ig_graph_destroy(&found);
    ig_graph_destroy(&again);
}

static void run_file(const char *pass)
{
    static const char *const KEYS[] = {"name", "input", "keep", "before", "outputs", "after"};
    char path[1024];
    ig_error error = {0};
    ig_yaml *document = NULL;
    pass_case c = {.arena = ig_arena_create(), .pass = pass};
    snprintf(path, sizeof path, "%s/tests/passes/%s.yaml", INGOT_SOURCE_DIR, pass);
    assert_non_null(c.arena);
    must(ig_yaml_read(path, c.arena, &document, &error), &error, pass);
    assert_string_equal(ig_yaml_get(document, "pass")->text, pass);
    const ig_yaml *cases = ig_yaml_get(document, "cases");
    assert_true(cases && cases->count >= 4);
    for (int i = 0; i < cases->count; i++) {
        c.node = cases->items[i];
        must(ig_yaml_check_keys(c.node, "a case", KEYS, 6, &error), &error, pass);
        c.name = ig_yaml_get(c.node, "name")->text;
        run_case(&c);
    }
    ig_arena_destroy(&c.arena);
}

/* A pass without its file fails here. */
static void test_every_pass(void **state)
{
    (void)state;
    for (int i = 0; i < ig_pass_count; i++)
        run_file(ig_pass_table[i]->name);
}

/* What all passes together leave of a network's multiplications. */
static const struct {
    const char *model;
    int64_t before, after;
} savings[] = {
    /* the fusion of three maps, 5,343,543,296 before, and half of it resized: 1,027,604,480 */
    {"base16_msff", 6824644608, 2508705792},
    /* ... and a gate over a convolution's result, 3,288,334,336 less */
    {"mobilesteelnet", 29134016512, 21529743360},
};

static void test_multiplications_saved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof savings / sizeof savings[0]; i++) {
        char path[1024];
        ig_graph *graph = NULL, *out = NULL;
        ig_error error = {0};
        ig_graph_totals totals;
        snprintf(path, sizeof path, "%s/models/mobilesteelnet/%s.yaml", INGOT_SOURCE_DIR, savings[i].model);
        must(ig_graph_load(path, NULL, &graph, &error), &error, path);
        must(ig_graph_optimize(graph, NULL, &out, &error), &error, path);
        ig_graph_count(graph, &totals);
        assert_int_equal(totals.cost.macs, savings[i].before);
        ig_graph_count(out, &totals);
        assert_int_equal(totals.cost.macs, savings[i].after);
        ig_graph_destroy(&graph);
        ig_graph_destroy(&out);
    }
}

static void expect_refusal(const ig_passes_params *params, const char *hint)
{
    static const char TEXT[] = "ingot: 1\nname: test\ninput: {shape: [1, 3]}\nlayers: [{op: relu, name: first}]\n"
                               "outputs: {y: first}\n";
    ig_graph *graph = NULL, *out = NULL;
    ig_error error = {0};
    assert_int_equal(ig_graph_parse(TEXT, sizeof TEXT - 1, "test.yaml", NULL, &graph, &error), IG_OK);
    assert_int_equal(ig_graph_optimize(graph, params, &out, &error), IG_E_USAGE);
    assert_null(out);
    assert_non_null(strstr(error.hint, hint));
    ig_graph_destroy(&graph);
}

static void test_misspelt_lists(void **state)
{
    static const char *const PASS[] = {"fold_batch_nrom"}, *const VALUE[] = {"frist"};
    (void)state;
    expect_refusal(&(ig_passes_params){.disable = PASS, .n_disable = 1}, "fold_batch_norm");
    expect_refusal(&(ig_passes_params){.keep = VALUE, .n_keep = 1}, "first");
    expect_refusal(&(ig_passes_params){.stop_after = PASS[0]}, "fold_batch_norm");
}

static void test_list_of_passes(void **state)
{
    (void)state;
    ig_pass_info info;
    for (int i = 0; i < ig_pass_count; i++) {
        assert_true(ig_passes_get(i, &info));
        assert_string_equal(info.name, ig_pass_table[i]->name);
        assert_true(info.doc[0]);
    }
    assert_false(ig_passes_get(ig_pass_count, &info));
    assert_false(ig_passes_get(-1, &info));
}

/* Stopping after a pass is leaving out all behind it. */
static void test_stop_after(void **state)
{
    static const char TEXT[] = "ingot: 1\nname: test\ninput: {shape: [1, 2, 4, 4]}\nlayers:\n"
                               "  - {op: conv2d, name: a, out: 3, kernel: 1}\n  - {op: batch_norm, name: n}\n"
                               "  - {op: relu, name: r}\n  - {op: relu, in: a, name: dead}\noutputs: {y: r}\n";
    (void)state;
    ig_graph *graph = NULL, *stopped = NULL, *rest = NULL;
    ig_error error = {0};
    pass_case c = {.name = "stop_after", .arena = ig_arena_create()};
    must(ig_graph_parse(TEXT, sizeof TEXT - 1, "test.yaml", NULL, &graph, &error), &error, c.name);
    assert_true(ig_pass_count <= MAX_PASSES);
    for (int last = 0; last < ig_pass_count; last++) {
        const char *behind[MAX_PASSES];
        int count = 0;
        for (int i = last + 1; i < ig_pass_count; i++)
            behind[count++] = ig_pass_table[i]->name;
        const char *name = ig_pass_table[last]->name;
        const ig_passes_params both = {.stop_after = name, .disable = &name, .n_disable = 1};
        assert_int_equal(ig_passes_check(&both, &error), IG_E_USAGE);
        must(ig_graph_optimize(graph, &(ig_passes_params){.stop_after = name}, &stopped, &error), &error, name);
        must(ig_graph_optimize(graph, &(ig_passes_params){.disable = behind, .n_disable = count}, &rest, &error),
             &error, name);
        expect_same_layers(&c, rest, stopped, name);
        ig_graph_destroy(&stopped);
        ig_graph_destroy(&rest);
    }
    ig_graph_destroy(&graph);
    ig_arena_destroy(&c.arena);
}

/* A pass that wants cache does nothing unless the caller says that there is some. */
static void test_passes_that_want_cache(void **state)
{
    static const char TEXT[] = "ingot: 1\nname: test\ninput: {shape: [1, 3, 28, 28]}\nlayers:\n"
                               "  - {op: conv2d, name: a, out: 4, kernel: 1}\n"
                               "  - {op: conv2d, name: b, out: 4, kernel: 3, groups: 4}\n"
                               "  - {op: conv2d, name: c, out: 3, kernel: 1}\noutputs: {y: c}\n";
    (void)state;
    ig_graph *graph = NULL, *plain = NULL, *cached = NULL;
    ig_error error = {0};
    must(ig_graph_parse(TEXT, sizeof TEXT - 1, "test.yaml", NULL, &graph, &error), &error, "loading");
    must(ig_graph_optimize(graph, NULL, &plain, &error), &error, "without");
    must(ig_graph_optimize(graph, &(ig_passes_params){.local_is_cache = true}, &cached, &error), &error, "with");
    assert_int_equal(plain->n_nodes, 2);
    assert_int_equal(cached->n_nodes, 1);
    assert_string_equal(cached->nodes[0].op->name, "inverted_residual");
    ig_graph_destroy(&graph);
    ig_graph_destroy(&plain);
    ig_graph_destroy(&cached);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pass),
        cmocka_unit_test(test_multiplications_saved),
        cmocka_unit_test(test_misspelt_lists),
        cmocka_unit_test(test_list_of_passes),
        cmocka_unit_test(test_stop_after),
        cmocka_unit_test(test_passes_that_want_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
