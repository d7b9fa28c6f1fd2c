/* The operator table and the activations. */
#include "base/error.h"
#include "graph/op.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void table_is_sorted_and_found(void **state)
{
    (void)state;
    for (int i = 0; i < ig_op_count; i++) {
        const ig_op *op = ig_op_table[i];
        if (i > 0)
            assert_true(strcmp(ig_op_table[i - 1]->name, op->name) < 0);
        assert_ptr_equal(ig_op_find(op->name), op);
    }
    assert_null(ig_op_find("convolution"));
    assert_null(ig_op_find(""));
}

/* Everything that docs/operators.md prints and that callers use without asking is there. */
static void operators_are_complete(void **state)
{
    (void)state;
    for (int i = 0; i < ig_op_count; i++) {
        const ig_op *op = ig_op_table[i];
        assert_true(op->doc && op->source && op->cost_doc && op->problem_doc);
        assert_true(op->infer && op->cost && op->problem && op->reference);
        assert_true(op->min_inputs <= op->max_inputs && op->max_inputs <= IG_MAX_INPUTS);
        assert_true(op->n_attrs <= IG_MAX_ATTRS);
        for (int k = 0; k < op->n_attrs; k++) {
            const ig_attr_spec *spec = &op->attrs[k];
            assert_true(spec->name && spec->doc);
            assert_int_equal(ig_op_attr_index(op, spec->name), k);
            assert_true(spec->type != IG_ATTR_ENUM || (spec->choices && spec->fallback < spec->n_choices));
        }
    }
}

static void defaults_lie_in_their_range(void **state)
{
    (void)state;
    for (int i = 0; i < ig_op_count; i++) {
        const ig_op *op = ig_op_table[i];
        ig_attr attrs[IG_MAX_ATTRS];
        ig_op_attr_defaults(op, attrs);
        for (int k = 0; k < op->n_attrs; k++) {
            const ig_attr_spec *spec = &op->attrs[k];
            assert_false(attrs[k].given);
            assert_non_null(attrs[k].s);
            if (spec->required)
                continue;
            if (spec->type == IG_ATTR_INT)
                assert_in_range(attrs[k].i - spec->min, 0, spec->max - spec->min);
            if (spec->type == IG_ATTR_PAIR)
                assert_in_range(attrs[k].list[1] - spec->min, 0, spec->max - spec->min);
            if (spec->type == IG_ATTR_FLOAT)
                assert_true(attrs[k].f >= spec->fmin && attrs[k].f <= spec->fmax);
        }
    }
}

static void unknown_attributes_read_as_zero(void **state)
{
    (void)state;
    const ig_op_context call = {.op = ig_op_find("relu")};
    assert_int_equal(ig_op_attr_index(call.op, "axis"), -1);
    assert_int_equal(ig_op_attr(&call, "axis")->i, 0);
}

static void activations_pass_on_nan(void **state)
{
    (void)state;
    for (int i = 0; i < IG_ACT_COUNT; i++)
        assert_true(isnan(ig_activation_apply((ig_activation)i, NAN)));
    assert_true(ig_activation_apply(IG_ACT_RELU6, 7) == 6);
    assert_true(ig_activation_apply(IG_ACT_SIGMOID, 0) == 0.5);
    assert_true(ig_activation_apply(IG_ACT_SIGMOID, -1e9) == 0);
    assert_string_equal(ig_activation_names[IG_ACT_NONE], "none");
    assert_int_equal(ig_activation_cost(IG_ACT_SIGMOID, 10).other, 30);
}

typedef struct wanted {
    const char *name;
    int64_t value;
} wanted;

static void look_up(void *user, const char *name, int64_t value)
{
    wanted *w = user;
    if (strcmp(name, w->name) == 0)
        w->value = value;
}

static int64_t variable_of_add(const ig_shape *a, const ig_shape *b, const char *name)
{
    ig_op_context call = {.op = ig_op_find("add"), .n_inputs = 2, .inputs = {*a, *b}};
    wanted w = {name, INT64_MIN};
    assert_int_equal(call.op->infer(&call, NULL), IG_OK);
    call.op->problem(&call, 0, look_up, &w);
    return w.value;
}

static void broadcast_axes_are_merged(void **state)
{
    static const wanted expected[] = {{"D0", 1}, {"D1", 1}, {"D2", 6}, {"D3", 35}, {"A2", 35},
                                      {"A3", 1}, {"B2", 1}, {"B3", 0}, {"FLAT", 0}};
    const ig_shape image = {4, {2, 3, 5, 7}}, channels = {4, {2, 3, 1, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(variable_of_add(&image, &channels, expected[i].name), expected[i].value);
}

/* A tensor of as many elements as the output can be read flat, whatever its rank. */
static void equal_elements_are_flat(void **state)
{
    const ig_shape a = {3, {1, 3, 5}}, b = {2, {3, 5}};
    (void)state;
    assert_int_equal(variable_of_add(&a, &b, "FLAT"), 1);
    assert_int_equal(variable_of_add(&a, &b, "D3"), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sorted_and_found),   cmocka_unit_test(operators_are_complete),
        cmocka_unit_test(defaults_lie_in_their_range), cmocka_unit_test(unknown_attributes_read_as_zero),
        cmocka_unit_test(activations_pass_on_nan),     cmocka_unit_test(broadcast_axes_are_merged),
        cmocka_unit_test(equal_elements_are_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
