/* Where maps lie in blocks of channels, and where a reorder stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingot/ingot.h"

static ig_device_limits cpu;
static ig_tune_db *db;

static int open_profile(void **state)
{
    (void)state;
    ig_error error;
    return ig_device_limits_shipped("pocl-avx2", &cpu, &error) || ig_tune_db_shipped(&db, &error);
}

static int close_profile(void **state)
{
    (void)state;
    ig_tune_db_destroy(&db);
    return 0;
}

/* The printed plan of these layers, up to that pass of the list (NULL: all). Release with free(). */
static char *plan_of(const char *layers, const char *outputs, ig_layout layout, const char *last_pass)
{
    char text[2048];
    ig_error error = {0};
    ig_graph *graph = NULL, *best = NULL;
    ig_plan *plan = NULL;
    char *printed = NULL;
    const ig_plan_params params = {.limits = &cpu, .db = db, .layout = layout};
    const ig_passes_params passes = {.stop_after = last_pass};
    snprintf(text, sizeof text, "ingot: 1\nname: layouts\ninput: {shape: [1, 3, 40, 40]}\nlayers:\n%s\noutputs: {%s}\n",
             layers, outputs);
    if (ig_graph_parse(text, strlen(text), "layouts", NULL, &graph, &error) ||
        ig_graph_optimize(graph, &passes, &best, &error) || ig_plan_create(best, &params, &plan, &error))
        fail_msg("%s (%s, %s)", error.message, error.expected, error.found);
    assert_int_equal(ig_plan_print(plan, &printed, &error), IG_OK);
    ig_plan_destroy(&plan);
    ig_graph_destroy(&best);
    ig_graph_destroy(&graph);
    return printed;
}

static int count(const char *printed, const char *word)
{
    int times = 0;
    for (const char *at = strstr(printed, word); at; at = strstr(at + 1, word))
        times++;
    return times;
}

/* How often `word` stands in the plan. */
static int count_in(const char *layers, const char *outputs, ig_layout layout, const char *word)
{
    char *printed = plan_of(layers, outputs, layout, "remove_dead");
    const int times = count(printed, word);
    free(printed);
    return times;
}

#define CONV(name, in, out) "  - {op: conv2d, name: " name ", in: " in ", out: " #out ", kernel: 3, pad: 1}\n"
#define OP(op, name, in) "  - {op: " op ", name: " name ", in: " in "}\n"
#define MEAN(name, in) "  - {op: adaptive_avg_pool2d, name: " name ", in: " in ", size: 1}\n"

static const char chain[] = CONV("a", "input", 32) CONV("b", "a", 32) CONV("c", "b", 32)
    OP("add", "d", "[a, c]") "  - {op: max_pool2d, name: e, in: d, kernel: 2}\n" CONV("f", "e", 64) MEAN("g", "f");

/* The first convolution makes blocks of the picture and the mean takes them apart. */
static void a_network_needs_no_reorder(void **state)
{
    (void)state;
    char *printed = plan_of(chain, "y: g", IG_LAYOUT_AUTO, "remove_dead");
    assert_int_equal(count(printed, "reorder_"), 0);
    assert_int_equal(count(printed, "<f32,nchw-nchw8c"), 1);
    assert_int_equal(count(printed, "<f32,nchw8c-nchw"), 1);
    assert_int_equal(count(printed, "<f32,nchw8c"), 6);
    free(printed);
    assert_int_equal(count_in(chain, "y: g", IG_LAYOUT_NCHW, "8c"), 0);
}

/* Without figures for a device nothing is known to pay. */
static void nothing_is_blocked_without_records(void **state)
{
    (void)state;
    ig_tune_db *records = db;
    db = NULL;
    assert_int_equal(count_in(chain, "y: g", IG_LAYOUT_AUTO, "8c"), 0);
    assert_true(count_in(chain, "y: g", IG_LAYOUT_BLOCKED, "8c") > 5);
    db = records;
}

/* What people read is NCHW, whoever else reads it. */
static void outputs_are_taken_apart(void **state)
{
    (void)state;
    static const char layers[] = CONV("a", "input", 32) CONV("b", "a", 32) CONV("c", "b", 32);
    assert_int_equal(count_in(layers, "y: c", IG_LAYOUT_BLOCKED, "reorder_planes"), 1);
    assert_int_equal(count_in(layers, "y: c, z: b", IG_LAYOUT_BLOCKED, "reorder_planes"), 2);
}

static void one_reorder_serves_all_readers(void **state)
{
    (void)state;
    static const char layers[] = CONV("a", "input", 64) CONV("b", "a", 64) OP("softmax", "c", "b, axis: 1")
        OP("softmax", "d", "b, axis: 3") CONV("e", "b", 64) MEAN("f", "e");
    assert_int_equal(count_in(layers, "y: c, z: d, w: f", IG_LAYOUT_BLOCKED, "reorder_planes"), 1);
}

/* Blocks would gain less here than the reorders around them cost. */
static void islands_stay_as_they_are(void **state)
{
    (void)state;
    static const char layers[] = OP("softmax", "a", "input, axis: 1")
        OP("relu", "b", "a") "  - {op: max_pool2d, name: c, in: b, kernel: 2}\n" OP("softmax", "d", "c, axis: 1");
    assert_int_equal(count_in(layers, "y: d", IG_LAYOUT_AUTO, "8c"), 0);
}

static void whole_blocks_are_parts(void **state)
{
    (void)state;
    static const char even[] = CONV("a", "input", 32) CONV("b", "a", 24) CONV("c", "a", 40)
        OP("concat", "d", "[b, c], axis: 1") CONV("e", "d", 32) MEAN("f", "e");
    static const char odd[] = CONV("a", "input", 32) CONV("b", "a", 20) CONV("c", "a", 44)
        OP("concat", "d", "[b, c], axis: 1") CONV("e", "d", 32) MEAN("f", "e");
    assert_int_equal(count_in(even, "y: f", IG_LAYOUT_BLOCKED, "copy_rows"), 0);
    assert_int_equal(count_in(even, "y: f", IG_LAYOUT_BLOCKED, "reorder_planes"), 0);
    assert_int_equal(count_in(odd, "y: f", IG_LAYOUT_BLOCKED, "reorder_planes"), 2);
}

/* A norm behind an activation is two operands of a number for each channel: they lie the same either way where channels
 * fill their blocks. */
static void norms_in_epilogues_lie_in_blocks(void **state)
{
    (void)state;
    static const char norm[] = OP("leaky_relu", "b", "a, slope: 0.1") OP("batch_norm", "c", "b") MEAN("d", "c");
    static const int channels[] = {32, 20};
    for (int i = 0; i < 2; i++) {
        char layers[512];
        snprintf(layers, sizeof layers, "  - {op: conv2d, name: a, out: %d, kernel: 3, pad: 1}\n%s", channels[i], norm);
        char *printed = plan_of(layers, "y: d", IG_LAYOUT_BLOCKED, NULL);
        assert_non_null(strstr(printed, "leaky_relu,mul,add>"));
        assert_int_equal(count(printed, "<f32,nchw8c,leaky_relu,mul,add>"), i == 0);
        free(printed);
    }
}

/* A gate of one channel and thresholds of channels lie as they do in NCHW; the map beside them stays in blocks. */
static void gates_leave_maps_in_blocks(void **state)
{
    (void)state;
    static const char pixels[] =
        CONV("a", "input", 32) CONV("b", "a", 1) OP("mul", "c", "[a, b]") CONV("d", "c", 32) MEAN("e", "d");
    static const char channels[] = CONV("a", "input", 32) "  - {op: reduce_mean, name: b, in: a, axes: [2, 3]}\n" OP(
        "soft_threshold", "c", "[a, b]") CONV("d", "c", 32) MEAN("e", "d");
    assert_int_equal(count_in(pixels, "y: e", IG_LAYOUT_AUTO, "binary_pixels<f32,nchw8c>"), 1);
    assert_int_equal(count_in(pixels, "y: e", IG_LAYOUT_AUTO, "reorder_"), 0);
    assert_int_equal(count_in(channels, "y: e", IG_LAYOUT_AUTO, "soft_threshold_blocked<f32,nchw8c>"), 1);
    assert_int_equal(count_in(channels, "y: e", IG_LAYOUT_AUTO, "reorder_"), 0);
}

/* Who asks for blocks gets them where a kernel reads them, though it writes NCHW. */
static void blocks_are_read_where_they_are_wanted(void **state)
{
    (void)state;
    static const char layers[] =
        OP("softmax", "a", "input, axis: 1") "  - {op: reduce_max, name: b, in: a, axes: [2, 3]}\n";
    assert_int_equal(count_in(layers, "y: b", IG_LAYOUT_AUTO, "8c"), 0);
    assert_int_equal(count_in(layers, "y: b", IG_LAYOUT_BLOCKED, "reduce_max_blocked<f32,nchw8c-nchw>"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_needs_no_reorder),
        cmocka_unit_test(nothing_is_blocked_without_records),
        cmocka_unit_test(outputs_are_taken_apart),
        cmocka_unit_test(one_reorder_serves_all_readers),
        cmocka_unit_test(islands_stay_as_they_are),
        cmocka_unit_test(whole_blocks_are_parts),
        cmocka_unit_test(norms_in_epilogues_lie_in_blocks),
        cmocka_unit_test(gates_leave_maps_in_blocks),
        cmocka_unit_test(blocks_are_read_where_they_are_wanted),
    };
    return cmocka_run_group_tests(tests, open_profile, close_profile);
}
