/* Results in the place of values that nobody needs any more. The passes are not run here: each layer is a step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"

typedef struct seen {
    int copies;
    int64_t bytes;
    char readable[64]; /* names of the values that are there after a run */
} seen;

static seen plan_of(int images, const char *layers, const char *outputs, const char *keep)
{
    char text[2048];
    ig_error error = {0};
    ig_graph *graph = NULL;
    ig_plan *plan = NULL;
    const ig_plan_params params = {.layout = IG_LAYOUT_NCHW, .keep = &keep, .n_keep = keep != NULL};
    snprintf(text, sizeof text, "ingot: 1\nname: reuse\ninput: {shape: [%d, 8, 8, 8]}\nlayers:\n%s\noutputs: {%s}\n",
             images, layers, outputs);
    if (ig_graph_parse(text, strlen(text), "reuse", NULL, &graph, &error) ||
        ig_plan_create(graph, &params, &plan, &error))
        fail_msg("%s (%s, %s)", error.message, error.expected, error.found);
    seen result = {.bytes = plan->totals.feature_bytes};
    for (int i = 0; i < plan->n_steps; i++)
        result.copies += strcmp(plan->steps[i].kernel->name, "copy_rows") == 0;
    for (int i = 0; i < graph->n_values; i++)
        if (ig_plan_is_readable(plan, i))
            strcat(strcat(result.readable, graph->values[i].name), " ");
    ig_plan_destroy(&plan);
    ig_graph_destroy(&graph);
    return result;
}

#define CONV(name, in, out) "  - {op: conv2d, name: " name ", in: " in ", out: " #out ", kernel: 1}\n"
#define RELU(name, in) "  - {op: relu, name: " name ", in: " in "}\n"
#define CONCAT(name, in) "  - {op: concat, name: " name ", in: [" in "], axis: 1}\n"
#define SLICE(name, in, start, end)                                                                                    \
    "  - {op: slice, name: " name ", in: " in ", axis: 1, start: " #start ", end: " #end "}\n"
#define SOFTMAX(name, in) "  - {op: softmax, name: " name ", in: " in ", axis: 1}\n"
#define HALVES CONV("a", "input", 8) SLICE("x", "a", 0, 4) SLICE("y", "a", 4, 8)

enum { MAP = 8 * 8 * 8 * sizeof(float) };

static void half_a_map_is_handed_on(void **state)
{
    (void)state;
    const char *first = HALVES CONV("b", "y", 6) CONV("c", "b", 4) CONCAT("d", "x, c") CONV("e", "d", 8);
    const char *second = HALVES CONV("b", "x", 6) CONV("c", "b", 4) CONCAT("d", "c, y") CONV("e", "d", 8);
    assert_int_equal(plan_of(1, first, "z: e", NULL).copies, 0);
    assert_int_equal(plan_of(1, second, "z: e", NULL).copies, 0);
}

/* The other half is read after its place is taken, a half changes sides, channels of several images lie apart, or
 * somebody wants to see the whole map afterwards. */
static void near_misses(void **state)
{
    (void)state;
    const char *late =
        HALVES CONV("b", "y", 6) CONV("c", "b", 4) CONV("f", "y", 4) CONCAT("d", "x, c") CONV("e", "d", 8);
    const char *at_once = HALVES CONV("c", "y", 4) CONCAT("d", "x, c") CONV("e", "d", 8);
    const char *swapped = HALVES CONV("b", "y", 6) CONV("c", "b", 4) CONCAT("d", "c, x") CONV("e", "d", 8);
    const char *shuffled = HALVES CONV("b", "y", 6) CONV("c", "b", 4) CONCAT("d", "x, c") CONV("e", "d", 8);
    assert_int_equal(plan_of(1, late, "z: e, w: f", NULL).copies, 1);
    assert_int_equal(plan_of(1, at_once, "z: e", NULL).copies, 1);
    assert_int_equal(plan_of(1, swapped, "z: e", NULL).copies, 1);
    assert_int_equal(plan_of(1, shuffled, "z: e", "a").copies, 1);
    assert_int_equal(plan_of(1, shuffled, "z: e, w: d", NULL).copies, 1);
    assert_true(plan_of(2, shuffled, "z: e", NULL).copies > 1);
}

static void element_wise_steps_need_no_memory(void **state)
{
    (void)state;
    const char *chain = SOFTMAX("a", "input") RELU("b", "a") RELU("c", "b") SOFTMAX("d", "c");
    const char *residual =
        SOFTMAX("a", "input") SOFTMAX("b", "a") "  - {op: add, name: c, in: [a, b]}\n" SOFTMAX("d", "c");
    const char *twice = SOFTMAX("a", "input") RELU("b", "a") "  - {op: add, name: c, in: [a, b]}\n" SOFTMAX("d", "c");
    assert_int_equal(plan_of(1, chain, "z: d", NULL).bytes, 2 * MAP);
    assert_int_equal(plan_of(1, chain, "z: d", "b").bytes, 3 * MAP); /* the input of c stays */
    assert_int_equal(plan_of(1, residual, "z: d", NULL).bytes, 2 * MAP);
    assert_int_equal(plan_of(1, twice, "z: d", NULL).bytes, 2 * MAP); /* b beside a, which c needs; c in a's place */
}

/* The network's input is the caller's, and its outputs stay as they were made. */
static void what_people_read_is_not_overwritten(void **state)
{
    (void)state;
    assert_int_equal(plan_of(1, RELU("a", "input") SOFTMAX("b", "a"), "z: b", NULL).bytes, 2 * MAP);
    assert_int_equal(plan_of(1, SOFTMAX("a", "input") RELU("b", "a") SOFTMAX("c", "b"), "y: a, z: c", NULL).bytes,
                     3 * MAP);
}

#define FLATTEN(name, in) "  - {op: reshape, name: " name ", in: " in ", shape: [0, -1]}\n"

/* A storage that outlives the run may have held others before. */
static void what_was_overwritten_cannot_be_read(void **state)
{
    (void)state;
    const char *chain = SOFTMAX("a", "input") RELU("b", "a") FLATTEN("c", "b");
    const char *halves = HALVES CONV("b", "y", 6) CONV("c", "b", 4) CONCAT("d", "x, c") FLATTEN("e", "d");
    assert_string_equal(plan_of(1, chain, "z: c", NULL).readable, "b c ");
    assert_string_equal(plan_of(1, chain, "z: c", "a").readable, "a b c ");
    assert_string_equal(plan_of(1, halves, "z: e", NULL).readable, "x c d e ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_a_map_is_handed_on),
        cmocka_unit_test(near_misses),
        cmocka_unit_test(element_wise_steps_need_no_memory),
        cmocka_unit_test(what_people_read_is_not_overwritten),
        cmocka_unit_test(what_was_overwritten_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
