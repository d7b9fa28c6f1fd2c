/* How the reference runs a graph: order, lifetimes, threads, stopping. What operators compute is tests/ops. */
#include "base/error.h"
#include "graph/ir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ELEMS = 2 * 8 * 33 * 31, MAX_VISITS = 8 };

typedef struct fixture {
    ig_graph *graph;
    ig_weights *weights;
    float *input;
    int visits, fail_at;
    bool cancel_at_first;
    volatile bool cancel;
    char names[MAX_VISITS][16];
    float *last; /* the last value's data */
} fixture;

static int add(ig_graph *graph, const char *op_name, const char *path, int a, int b)
{
    const ig_op *op = ig_op_find(op_name);
    ig_attr attrs[IG_MAX_ATTRS];
    const int inputs[2] = {a, b};
    int value = -1;
    ig_op_attr_defaults(op, attrs);
    if (strcmp(op_name, "conv2d") == 0) {
        attrs[ig_op_attr_index(op, "out")].i = 8;
        attrs[ig_op_attr_index(op, "kernel")].list[0] = 3;
        attrs[ig_op_attr_index(op, "kernel")].list[1] = 3;
        attrs[ig_op_attr_index(op, "pad")].list[0] = 1;
        attrs[ig_op_attr_index(op, "pad")].list[1] = 1;
    }
    if (strcmp(op_name, "reshape") == 0) {
        attrs[0].n_list = 2;
        attrs[0].list[0] = 0;
        attrs[0].list[1] = -1;
    }
    const ig_node_spec spec = {.op = op, .path = path, .inputs = inputs, .n_inputs = b < 0 ? 1 : 2, .attrs = attrs};
    assert_int_equal(ig_graph_add_node(graph, &spec, &value, NULL), IG_OK);
    return value;
}

/* in -> conv -> relu -> sum = relu + in -> unused = |sum|; flat = reshape(sum) -> twice = flat + flat */
static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const ig_shape shape = {4, {2, 8, 33, 31}};
    f->fail_at = -1;
    f->graph = ig_graph_create();
    f->graph->name = "diamond";
    int in = f->graph->input = ig_graph_add_value(f->graph, "in", &shape, -1);
    int conv = add(f->graph, "conv2d", "conv", in, -1);
    int relu = add(f->graph, "relu", "relu", conv, -1);
    int sum = add(f->graph, "add", "sum", relu, in);
    add(f->graph, "abs", "unused", sum, -1);
    int flat = add(f->graph, "reshape", "flat", sum, -1);
    int twice = add(f->graph, "add", "twice", flat, flat);
    assert_true(ig_graph_add_output(f->graph, "twice", twice) && ig_graph_seal(f->graph));
    assert_int_equal(ig_weights_seeded(f->graph, &f->weights, NULL), IG_OK);
    f->input = malloc(ELEMS * sizeof *f->input);
    f->last = malloc(ELEMS * sizeof *f->last);
    ig_fill_seeded_input("in", f->input, ELEMS);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ig_weights_destroy(&f->weights);
    ig_graph_destroy(&f->graph);
    free(f->input);
    free(f->last);
    free(f);
    return 0;
}

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    fixture *f = user;
    assert_true(f->visits < MAX_VISITS);
    strncpy(f->names[f->visits], value->name, sizeof f->names[0] - 1);
    if (f->visits++ == f->fail_at)
        return ig_fail(error, IG_E_IO, "the visitor is full");
    if (f->cancel_at_first)
        f->cancel = true;
    memcpy(f->last, value->data, ELEMS * sizeof(float));
    return IG_OK;
}

static ig_status run(fixture *f, int threads, ig_error *error)
{
    const ig_tensor input = {.name = "in", .shape = f->graph->values[f->graph->input].shape, .data = f->input};
    const ig_reference_params params = {
        .input = &input, .visit = visit, .user = f, .cancel = &f->cancel, .threads = threads};
    f->visits = 0;
    return ig_reference_run(f->graph, f->weights, &params, error);
}

static void visits_every_node_in_order(void **state)
{
    static const char *const expected[] = {"conv", "relu", "sum", "unused", "flat", "twice"};
    fixture *f = *state;
    assert_int_equal(run(f, 2, NULL), IG_OK);
    assert_int_equal(f->visits, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(f->names[i], expected[i]);
}

static void threads_do_not_change_the_result(void **state)
{
    fixture *f = *state;
    float *alone = malloc(ELEMS * sizeof *alone);
    assert_int_equal(run(f, 1, NULL), IG_OK);
    memcpy(alone, f->last, ELEMS * sizeof *alone);
    assert_int_equal(run(f, 5, NULL), IG_OK);
    assert_memory_equal(alone, f->last, ELEMS * sizeof *alone);
    assert_int_equal(run(f, 0, NULL), IG_OK);
    assert_memory_equal(alone, f->last, ELEMS * sizeof *alone);
    free(alone);
}

static void visitor_stops_the_run(void **state)
{
    fixture *f = *state;
    ig_error error;
    f->fail_at = 2;
    assert_int_equal(run(f, 2, &error), IG_E_IO);
    assert_string_equal(error.message, "the visitor is full");
    assert_int_equal(f->visits, 3);
}

static void cancelling_stops_the_run(void **state)
{
    fixture *f = *state;
    ig_error error;
    f->cancel_at_first = true;
    assert_int_equal(run(f, 2, &error), IG_E_CANCELLED);
    assert_int_equal(f->visits, 1);
    assert_int_equal(run(f, 2, NULL), IG_E_CANCELLED); /* from the start */
    assert_int_equal(f->visits, 0);
}

static void wrong_arguments_are_refused(void **state)
{
    fixture *f = *state;
    ig_error error;
    ig_tensor input = {.name = "in", .shape = {4, {1, 8, 33, 31}}, .data = f->input};
    ig_reference_params params = {.input = &input};
    assert_int_equal(ig_reference_run(f->graph, f->weights, &params, &error), IG_E_USAGE);
    assert_string_equal(error.expected, "2x8x33x31");
    assert_string_equal(error.found, "1x8x33x31");
    params.input = NULL;
    assert_int_equal(ig_reference_run(f->graph, f->weights, &params, NULL), IG_E_USAGE);
    input.shape.dim[0] = 2;
    params.input = &input;
    assert_int_equal(ig_reference_run(f->graph, NULL, &params, &error), IG_E_USAGE);
    assert_non_null(strstr(error.message, "conv.weight"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(visits_every_node_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_do_not_change_the_result, set_up, tear_down),
        cmocka_unit_test_setup_teardown(visitor_stops_the_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cancelling_stops_the_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_arguments_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
