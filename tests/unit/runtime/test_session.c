/* Sessions: what they compute, what they refuse, and what they never do per frame. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingot/ingot.h"

static const char text[] =
    "ingot: 1\nname: tiny\ninput: {name: input, shape: [2, 3, 9, 7]}\nlayers:\n"
    "  - {op: conv2d, name: conv, out: 5, kernel: 3, pad: 1, stride: 2}\n  - {op: batch_norm, name: bn}\n"
    "  - {op: relu, name: act}\n  - {op: conv2d, name: more, out: 5, kernel: 1}\n  - {op: add, name: sum, in: [act, "
    "more]}\n"
    "  - {op: reshape, name: flat, shape: [0, -1]}\n  - {op: linear, name: fc, out: 4}\noutputs: {logits: fc, map: "
    "sum}\n";

typedef struct world {
    ig_device *device;
    ig_graph *graph, *fused;
    ig_weights *weights;
    ig_plan *plan;
    ig_session *session;
    float input[2 * 3 * 9 * 7];
    ig_tensor tensor;
} world;

static void make_session(world *w, const ig_plan_params *params)
{
    ig_error error;
    ig_plan_params limited = *params;
    limited.limits = &ig_device_get_info(w->device)->limits;
    ig_session_destroy(&w->session);
    ig_plan_destroy(&w->plan);
    assert_int_equal(ig_plan_create(w->fused, &limited, &w->plan, &error), IG_OK);
    assert_int_equal(ig_session_create(w->device, w->plan, w->weights, &w->session, &error), IG_OK);
}

static int set_up(void **state)
{
    ig_error error;
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_int_equal(ig_device_open(&(ig_device_params){.select = "0"}, &w->device, &error), IG_OK);
    assert_int_equal(ig_graph_parse(text, sizeof text - 1, "tiny.yaml", NULL, &w->graph, &error), IG_OK);
    assert_int_equal(ig_graph_optimize(w->graph, NULL, &w->fused, &error), IG_OK);
    assert_int_equal(ig_weights_seeded(w->graph, &w->weights, &error), IG_OK);
    w->tensor = (ig_tensor){.name = "input", .shape = {4, {2, 3, 9, 7}}, .data = w->input};
    ig_fill_seeded_input("input", w->input, 2 * 3 * 9 * 7);
    make_session(w, &(ig_plan_params){.keep_all = true});
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    ig_session_destroy(&w->session);
    ig_plan_destroy(&w->plan);
    ig_weights_destroy(&w->weights);
    ig_graph_destroy(&w->fused);
    ig_graph_destroy(&w->graph);
    ig_device_destroy(&w->device);
    free(w);
    return 0;
}

static void the_device_agrees_with_the_reference(void **state)
{
    world *w = *state;
    ig_error error;
    ig_verify_result result;
    ig_verify_params params = {.original = w->graph, .weights = w->weights, .input = &w->tensor};
    assert_int_equal(ig_session_verify(w->session, &params, &result, &error), IG_OK);
    assert_int_equal(result.n_compared, 4); /* act, sum, flat, fc: conv and bn went into act, more into sum */
    assert_true(result.max_relative_error < 1e-5);
}

/* Each session has a result of its own: a plan without passes still has every value. */
static void several_plans_share_one_reference(void **state)
{
    world *w = *state;
    ig_error error;
    ig_plan *plan = NULL;
    ig_session *sessions[2] = {w->session, NULL};
    ig_verify_result results[2];
    const ig_plan_params plain = {.limits = &ig_device_get_info(w->device)->limits, .keep_all = true};
    assert_int_equal(ig_plan_create(w->graph, &plain, &plan, &error), IG_OK);
    assert_int_equal(ig_session_create(w->device, plan, w->weights, &sessions[1], &error), IG_OK);
    ig_verify_params params = {.original = w->graph, .weights = w->weights, .input = &w->tensor};
    assert_int_equal(ig_sessions_verify(sessions, 2, &params, results, &error), IG_OK);
    assert_int_equal(results[0].n_compared, 4);
    assert_true(results[1].n_compared > 4);
    params.tolerance = 1e-15;
    assert_int_equal(ig_sessions_verify(sessions, 2, &params, results, &error), IG_E_VERIFY);
    assert_true(results[0].n_failed > 0 && results[1].n_failed > 0);
    ig_session_destroy(&sessions[1]);
    ig_plan_destroy(&plan);
}

static void another_models_weights_do_not_pass_for_right(void **state)
{
    world *w = *state;
    ig_error error;
    ig_verify_result result;
    ig_graph *other = NULL;
    ig_weights *wrong = NULL;
    char *changed = strdup(text);
    assert_non_null(changed);
    for (char *at; (at = strstr(changed, "more"));)
        memcpy(at, "less", 4); /* another name, other seeded numbers */
    assert_int_equal(ig_graph_parse(changed, sizeof text - 1, "other.yaml", NULL, &other, &error), IG_OK);
    assert_int_equal(ig_weights_seeded(other, &wrong, &error), IG_OK);
    ig_verify_params params = {.original = other, .weights = wrong, .input = &w->tensor};
    assert_int_equal(ig_session_verify(w->session, &params, &result, &error), IG_E_VERIFY);
    assert_string_equal(result.first_bad, "sum");
    ig_session *session = NULL;
    assert_int_equal(ig_session_create(w->device, w->plan, wrong, &session, &error), IG_E_DATA);
    assert_null(session);
    assert_non_null(strstr(error.message, "more.weight"));
    ig_weights_destroy(&wrong);
    ig_graph_destroy(&other);
    free(changed);
}

static void two_runs_give_the_same_and_allocate_nothing(void **state)
{
    world *w = *state;
    ig_error error;
    float logits[2][8], map[2][50 * 4];
    ig_device_stats before, after;
    ig_device_get_stats(w->device, &before);
    for (int i = 0; i < 2; i++) {
        ig_tensor outputs[2] = {{.data = logits[i]}, {.data = map[i]}};
        assert_int_equal(ig_session_run(w->session, &w->tensor, outputs, 2, &error), IG_OK);
        assert_string_equal(outputs[0].name, "logits");
        assert_int_equal(outputs[1].shape.dim[2], 5);
    }
    ig_device_get_stats(w->device, &after);
    assert_memory_equal(logits[0], logits[1], sizeof logits[0]);
    assert_int_equal(before.bytes_allocated, after.bytes_allocated);
    assert_int_equal(before.programs_built + before.programs_cached, after.programs_built + after.programs_cached);
    assert_int_equal(after.waits - before.waits, 2); /* one a frame */
}

static void wrong_calls_are_refused(void **state)
{
    world *w = *state;
    ig_error error;
    ig_tensor small = {.shape = {4, {1, 3, 9, 7}}, .data = w->input}, value, outputs[3] = {{0}};
    assert_int_equal(ig_session_run(w->session, &small, NULL, 0, &error), IG_E_USAGE);
    assert_string_equal(error.expected, "2x3x9x7");
    assert_string_equal(error.found, "1x3x9x7");
    assert_int_equal(ig_session_run(w->session, &w->tensor, outputs, 3, &error), IG_E_USAGE);
    assert_int_equal(ig_session_read(w->session, "nowhere", &value, &error), IG_E_USAGE);
    make_session(w, &(ig_plan_params){.keep_all = false});
    assert_int_equal(ig_session_run(w->session, &w->tensor, NULL, 0, &error), IG_OK);
    assert_int_equal(ig_session_read(w->session, "act", &value, &error), IG_E_USAGE); /* its memory was reused */
    assert_int_equal(ig_session_read(w->session, "sum", &value, &error), IG_OK);
    ig_tensor_release(&value);
}

static void every_step_has_a_time(void **state)
{
    world *w = *state;
    ig_error error;
    ig_plan_totals totals;
    ig_step_time times[32];
    ig_plan_get_totals(w->plan, &totals);
    assert_in_range(totals.n_steps, 1, 32);
    assert_int_equal(ig_session_profile(w->session, &w->tensor, times, totals.n_steps, &error), IG_OK);
    for (int i = 0; i < totals.n_steps; i++)
        assert_true(times[i].duration_ns > 0 && times[i].clock == times[0].clock);
    assert_int_equal(ig_session_profile(w->session, &w->tensor, times, totals.n_steps + 1, &error), IG_E_USAGE);
}

/* Among them routines of a library, and one that is left out. */
static void kernels_of_several_launches_do_the_same(void **state)
{
    static const char *const force[] = {"conv2d_im2col", "linear_gemm"};
    world *w = *state;
    make_session(w, &(ig_plan_params){.keep_all = true, .force_kernels = force, .n_force_kernels = 2});
    the_device_agrees_with_the_reference(state);
    two_runs_give_the_same_and_allocate_nothing(state);
    every_step_has_a_time(state);
}

static void comparing_counts_what_is_not_finite_as_wrong(void **state)
{
    (void)state;
    float want[] = {1, -2, 0.5f}, got[] = {1, -2, 0.5f};
    ig_tensor a = {.shape = {1, {3}}, .data = got}, b = {.shape = {1, {3}}, .data = want};
    ig_verify_item item = {0};
    ig_verify_compare(&a, &b, 1e-4, &item);
    assert_true(item.passed && item.relative_error == 0 && item.cosine > 0.999999);
    got[1] = -2.001f;
    ig_verify_compare(&a, &b, 1e-4, &item);
    assert_false(item.passed);
    assert_true(item.relative_error > 4e-4 && item.relative_error < 6e-4);
    got[1] = want[1] = NAN;
    ig_verify_compare(&a, &b, 1e-4, &item);
    assert_false(item.passed); /* both not a number: proves nothing */
    a.shape.dim[0] = 2;
    ig_verify_compare(&a, &b, 1e-4, &item);
    assert_false(item.passed);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_device_agrees_with_the_reference),
        TEST(several_plans_share_one_reference),
        TEST(another_models_weights_do_not_pass_for_right),
        TEST(two_runs_give_the_same_and_allocate_nothing),
        TEST(wrong_calls_are_refused),
        TEST(every_step_has_a_time),
        TEST(kernels_of_several_launches_do_the_same),
        cmocka_unit_test(comparing_counts_what_is_not_finite_as_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
