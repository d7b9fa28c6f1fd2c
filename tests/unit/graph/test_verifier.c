/* A sound graph passes; each kind of damage is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/ir.h"

static const char TEXT[] = "ingot: 1\nname: test\ninput: {shape: [1, 3, 4, 4]}\n"
                           "layers:\n"
                           "  - {name: g, layers: [{op: conv2d, name: a, out: 3, kernel: 1, bias: true}]}\n"
                           "  - {op: relu, name: b}\n"
                           "  - {op: add, name: c, in: [g.a, b]}\n"
                           "outputs: {y: c}\n";

static ig_graph *build(void)
{
    ig_graph *graph = NULL;
    assert_int_equal(ig_graph_parse(TEXT, sizeof TEXT - 1, "test.yaml", NULL, &graph, NULL), IG_OK);
    return graph;
}

static void break_input(ig_graph *graph)
{
    graph->input = 99;
}

static void break_outputs(ig_graph *graph)
{
    graph->n_outputs = 0;
}

static void break_output(ig_graph *graph)
{
    graph->outputs[0].value = -1;
}

static void break_scope(ig_graph *graph)
{
    graph->scopes[0].value = graph->n_values;
}

static void break_order(ig_graph *graph)
{
    graph->nodes[0].inputs[0] = graph->nodes[2].output;
}

static void break_self(ig_graph *graph)
{
    graph->nodes[1].inputs[0] = graph->nodes[1].output;
}

static void break_range(ig_graph *graph)
{
    graph->nodes[1].inputs[0] = 1000;
}

static void break_arity(ig_graph *graph)
{
    graph->nodes[2].n_inputs = 1;
}

static void break_value_name(ig_graph *graph)
{
    graph->values[3].name = graph->values[2].name;
}

static void break_param_name(ig_graph *graph)
{
    graph->params[1].name = graph->params[0].name;
}

static void break_param_user(ig_graph *graph)
{
    graph->params[1].first_user = 17;
}

static void break_param_slot(ig_graph *graph)
{
    graph->nodes[0].params[1] = -1;
}

static void break_param_shape(ig_graph *graph)
{
    graph->params[0].shape.dim[0] = 4;
}

static void break_shape(ig_graph *graph)
{
    graph->values[graph->nodes[1].output].shape.dim[2] = 5;
}

static void break_attribute(ig_graph *graph)
{
    graph->nodes[0].attrs[ig_op_attr_index(graph->nodes[0].op, "kernel")].list[0] = 7;
}

static void break_producer(ig_graph *graph)
{
    graph->values[graph->nodes[1].output].producer = 0;
}

static void test_damage(void **state)
{
    static void (*const DAMAGES[])(ig_graph *) = {
        break_input,       break_outputs, break_output,     break_scope,      break_order,      break_self,
        break_range,       break_arity,   break_value_name, break_param_name, break_param_user, break_param_slot,
        break_param_shape, break_shape,   break_attribute,  break_producer,
    };
    (void)state;
    for (size_t i = 0; i < sizeof DAMAGES / sizeof DAMAGES[0]; i++) {
        ig_graph *graph = build();
        ig_error error = {0};
        assert_int_equal(ig_graph_verify(graph, &error), IG_OK);
        DAMAGES[i](graph);
        if (ig_graph_verify(graph, &error) != IG_E_INTERNAL)
            fail_msg("damage %zu is not seen", i);
        assert_non_null(strstr(error.message, "broken"));
        ig_graph_destroy(&graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
