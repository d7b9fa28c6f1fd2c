/* Concats and slices that need no copy, and those that do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/sibling_match.h"
#include "plan/plan.h"

/* The printed plan of these layers on a batch of `images`. Release with free(). */
static char *plan_of(int images, const char *layers, const char *outputs)
{
    char text[2048];
    ig_error error = {0};
    ig_graph *graph = NULL;
    ig_plan *plan = NULL;
    char *printed = NULL;
    snprintf(text, sizeof text, "ingot: 1\nname: parts\ninput: {shape: [%d, 8, 6, 5]}\nlayers:\n%s\noutputs: {%s}\n",
             images, layers, outputs);
    if (ig_graph_parse(text, strlen(text), "parts", NULL, &graph, &error) || ig_plan_create(graph, NULL, &plan, &error))
        fail_msg("%s (%s, %s)", error.message, error.expected, error.found);
    assert_int_equal(ig_plan_print(plan, &printed, &error), IG_OK);
    ig_plan_destroy(&plan);
    ig_graph_destroy(&graph);
    return printed;
}

static int count_copies(int images, const char *layers, const char *outputs)
{
    char *printed = plan_of(images, layers, outputs);
    int count = 0;
    for (const char *at = strstr(printed, " copy_rows<"); at; at = strstr(at + 1, " copy_rows<"))
        count++;
    free(printed);
    return count;
}

#define CONV(name, in) "  - {op: conv2d, name: " name ", in: " in ", out: 4, kernel: 3, pad: 1}\n"
#define CONCAT(name, in) "  - {op: concat, name: " name ", in: [" in "], axis: 1}\n"
#define SLICE(name, in, start, end)                                                                                    \
    "  - {op: slice, name: " name ", in: " in ", axis: 1, start: " #start ", end: " #end "}\n"

static const char dense_block[] = CONV("a", "input") CONV("b", "a") CONCAT("ab", "a, b") CONV("c", "ab")
    CONCAT("abc", "ab, c") CONV("d", "abc") CONCAT("abcd", "abc, d") CONV("e", "abcd");

static void nested_concats_are_one_storage(void **state)
{
    (void)state;
    char *printed = plan_of(1, dense_block, "y: e");
    assert_int_equal(count_copies(1, dense_block, "y: e"), 0);
    assert_non_null(strstr(printed, "@480"));  /* b lies behind the 4 * 6 * 5 floats of a */
    assert_non_null(strstr(printed, "@1440")); /* and d behind a, b and c */
    free(printed);
}

/* Channels of several images do not lie in one run. */
static void batches_are_copied(void **state)
{
    (void)state;
    assert_int_equal(count_copies(2, dense_block, "y: e"), 6);
}

static void slices_are_read_where_they_are(void **state)
{
    (void)state;
    const char *layers = CONV("a", "input") SLICE("b", "a", 1, 4) SLICE("c", "b", 1, 2) CONV("d", "b") CONV("e", "c");
    char *printed = plan_of(1, layers, "y: d, z: e");
    assert_int_equal(count_copies(1, layers, "y: d, z: e"), 0);
    assert_non_null(strstr(printed, "@120")); /* b: one channel on */
    assert_non_null(strstr(printed, "@240")); /* c: one more */
    free(printed);
    assert_int_equal(count_copies(2, layers, "y: d, z: e"), 2);
}

static void what_people_read_begins_its_own_storage(void **state)
{
    (void)state;
    const char *sliced = CONV("a", "input") SLICE("b", "a", 1, 4),
               *joined = CONV("a", "input") CONV("b", "a") CONCAT("c", "a, b");
    assert_int_equal(count_copies(1, sliced, "y: b"), 1);
    assert_int_equal(count_copies(1, joined, "y: c"), 0);
    assert_int_equal(count_copies(1, joined, "y: c, z: a"), 1);
    assert_int_equal(count_copies(1, joined, "y: c, z: a, w: b"), 2);
}

static void a_value_lies_in_one_place_only(void **state)
{
    (void)state;
    const char *twice = CONV("a", "input") CONCAT("b", "a, a") CONV("c", "b");
    const char *two =
        CONV("a", "input") CONV("b", "input") CONCAT("c", "a, b") CONCAT("d", "b, a") CONV("e", "c") CONV("f", "d");
    const char *input = CONV("a", "input") CONCAT("b", "input, a") CONV("c", "b");
    assert_int_equal(count_copies(1, twice, "y: c"), 1);
    assert_int_equal(count_copies(1, two, "y: e, z: f"), 2);
    assert_int_equal(count_copies(1, input, "y: c"), 1); /* people write the input */
}

/* A part of a storage cannot move, nor what an operator reads or writes that knows nothing of parts. */
static void near_misses(void **state)
{
    (void)state;
    const char *part = CONV("a", "input") SLICE("b", "a", 0, 2) CONV("c", "input") CONCAT("d", "b, c") CONV("e", "d");
    const char *reader = CONV("a", "input") CONV("b", "input") CONCAT("c", "a, b") "  - {op: softmax, name: s, in: b, "
                                                                                   "axis: 1}\n" CONV("d", "c");
    const char *writer = "  - {op: softmax, name: a, axis: 1}\n" CONV("b", "input") CONCAT("c", "a, b") CONV("d", "c");
    const char *other_axis = CONV("a", "input") CONV("b", "input") "  - {op: concat, name: c, in: [a, b], axis: 2}\n"
                                                                   "  - {op: relu, name: d}\n";
    assert_int_equal(count_copies(1, part, "y: e"), 1);
    assert_int_equal(count_copies(1, reader, "y: d, z: s"), 1);
    assert_int_equal(count_copies(1, writer, "y: d"), 1);
    assert_int_equal(count_copies(1, other_axis, "y: d"), 2);
}

static void views_keep_their_place(void **state)
{
    (void)state;
    const char *layers = CONV("a", "input") SLICE("b", "a", 2, 4) "  - {op: reshape, name: c, shape: [1, 4, 5, 3]}\n"
                                                                  "  - {op: relu, name: d}\n";
    char *printed = plan_of(1, layers, "y: d");
    assert_non_null(strstr(printed, "@240"));
    free(printed);
    assert_int_equal(count_copies(1, layers, "y: d"), 0);
}

/* merge_siblings makes slices, none of which may be a step. */
static void siblings_are_read_where_they_are(void **state)
{
    (void)state;
    static const char text[] =
        "ingot: 1\nname: inception\ninput: {shape: [1, 8, 6, 5]}\nlayers:\n"
        "  - {op: conv2d, name: a, out: 32, kernel: 1}\n  - {op: conv2d, name: b, in: input, out: 16, kernel: 1}\n"
        "  - {op: conv2d, name: c, out: 16, kernel: 3, pad: 1}\n  - {op: concat, name: y, in: [a, c], axis: 1}\n"
        "  - {op: max_pool2d, name: p, kernel: 2}\noutputs: {p: p}\n";
    static const char *const pass[] = {"merge_siblings"};
    const ig_passes_params without = {.disable = pass, .n_disable = 1};
    const ig_passes_params *const params[] = {&without, NULL};
    int steps[2];
    for (int i = 0; i < 2; i++) {
        ig_error error = {0};
        ig_graph *graph = NULL, *optimized = NULL;
        ig_plan *plan = NULL;
        if (ig_graph_parse(text, strlen(text), "inception", NULL, &graph, &error) ||
            ig_graph_optimize(graph, params[i], &optimized, &error) || ig_plan_create(optimized, NULL, &plan, &error))
            fail_msg("%s (%s, %s)", error.message, error.expected, error.found);
        steps[i] = plan->n_steps;
        ig_plan_destroy(&plan);
        ig_graph_destroy(&optimized);
        ig_graph_destroy(&graph);
    }
    assert_int_equal(steps[0], 4);
    assert_int_equal(steps[1], 3);
}

/* The graph knows no kernels: what it says of operators that read slices must be so. */
static void slice_readers_begin_anywhere(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    ig_kernel_set set;
    ig_error error = {0};
    assert_non_null(arena);
    if (ig_kernel_set_load(arena, &set, &error))
        fail_msg("%s", error.message);
    for (int i = 0; i < ig_op_count; i++)
        for (int k = 0; k < set.count && ig_sibling_reads_slices(ig_op_table[i]); k++)
            for (int j = 0; j < set.kernels[k].n_ops; j++)
                if (strcmp(set.kernels[k].ops[j], ig_op_table[i]->name) == 0 && !set.kernels[k].epilogue)
                    fail_msg("%s reads slices, but not by %s", ig_op_table[i]->name, set.kernels[k].name);
    ig_arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_concats_are_one_storage), cmocka_unit_test(batches_are_copied),
        cmocka_unit_test(slices_are_read_where_they_are), cmocka_unit_test(what_people_read_begins_its_own_storage),
        cmocka_unit_test(a_value_lies_in_one_place_only), cmocka_unit_test(near_misses),
        cmocka_unit_test(views_keep_their_place),         cmocka_unit_test(siblings_are_read_where_they_are),
        cmocka_unit_test(slice_readers_begin_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
