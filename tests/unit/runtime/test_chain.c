/* Chains: the same numbers as launch by launch, frame after frame, whatever the number of workers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingot/ingot.h"
#include "runtime/session.h"

/* Two outputs, one of them a part of another; a parameter as a value; rows, planes and blocks of channels. */
static const char text[] =
    "ingot: 1\nname: tiny\ninput: {name: input, shape: [2, 3, 19, 17]}\nlayers:\n"
    "  - {op: conv2d, name: stem, out: 16, kernel: 3, pad: 1, stride: 2}\n  - {op: silu, name: act}\n"
    "  - {op: conv2d, name: depth, out: 16, kernel: 5, pad: 2, groups: 16}\n"
    "  - {op: max_pool2d, name: pool, in: act, kernel: 3, stride: 1, pad: 1}\n"
    "  - {op: concat, name: both, in: [depth, pool], axis: 1}\n"
    "  - {op: conv2d, name: mix, out: 8, kernel: 1}\n"
    "  - {op: adaptive_avg_pool2d, name: mean, size: 1}\n  - {op: reshape, name: flat, shape: [0, -1]}\n"
    "  - {op: linear, name: fc, out: 4}\n  - {op: softmax, name: soft, axis: 1}\n"
    "outputs: {score: soft, map: mix}\n";

enum { INPUT = 2 * 3 * 19 * 17, SCORE = 2 * 4, MAP = 2 * 8 * 10 * 9 };

typedef struct world {
    ig_device *device;
    ig_tune_db *db; /* without it CPUs get work-groups of many work-items */
    ig_graph *graph;
    ig_weights *weights;
    float input[INPUT];
} world;

static int set_up(void **state)
{
    ig_error error;
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_int_equal(ig_device_open(&(ig_device_params){.select = "0"}, &w->device, &error), IG_OK);
    assert_int_equal(ig_tune_db_shipped(&w->db, &error), IG_OK);
    assert_int_equal(ig_graph_parse(text, sizeof text - 1, "tiny.yaml", NULL, &w->graph, &error), IG_OK);
    assert_int_equal(ig_weights_seeded(w->graph, &w->weights, &error), IG_OK);
    ig_fill_seeded_input("input", w->input, INPUT);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    ig_weights_destroy(&w->weights);
    ig_graph_destroy(&w->graph);
    ig_tune_db_destroy(&w->db);
    ig_device_destroy(&w->device);
    free(w);
    return 0;
}

typedef struct result {
    float score[SCORE], map[MAP];
} result;

static void run_frame(const world *w, ig_session *session, int frame, result *out)
{
    static float input[INPUT];
    ig_error error;
    for (int i = 0; i < INPUT; i++)
        input[i] = w->input[i] * (float)(frame + 1);
    const ig_tensor tensor = {.name = "input", .shape = {4, {2, 3, 19, 17}}, .data = input};
    ig_tensor outputs[2] = {{.data = out->score}, {.data = out->map}};
    assert_int_equal(ig_session_run(session, &tensor, outputs, 2, &error), IG_OK);
}

enum { FRAMES = 40 };

/* Plans for so many workers, runs all frames, and gives the launches of one. */
static int run_all(const world *w, int workers, bool no_chains, result out[FRAMES])
{
    ig_error error;
    ig_plan *plan = NULL;
    ig_session *session = NULL;
    ig_plan_totals totals;
    ig_device_limits limits = ig_device_get_info(w->device)->limits;
    limits.compute_units = workers;
    const ig_plan_params params = {.limits = &limits, .db = w->db, .no_chains = no_chains};
    assert_int_equal(ig_plan_create(w->graph, &params, &plan, &error), IG_OK);
    assert_int_equal(ig_session_create(w->device, plan, w->weights, &session, &error), IG_OK);
    ig_device_stats before, after;
    ig_device_get_stats(w->device, &before);
    for (int i = 0; i < FRAMES; i++)
        run_frame(w, session, i, &out[i]);
    ig_device_get_stats(w->device, &after);
    ig_plan_get_totals(plan, &totals);
    assert_int_equal(after.launches - before.launches, FRAMES * totals.n_launches);
    assert_int_equal(after.waits - before.waits, FRAMES);
    ig_session_destroy(&session);
    ig_plan_destroy(&plan);
    return totals.n_launches;
}

static void every_frame_is_that_of_single_launches(void **state)
{
    const world *w = *state;
    static result apart[FRAMES], chained[FRAMES];
    const int workers[] = {1, 3, 16}; /* more than there are threads, too: some then find everything done */
    for (size_t i = 0; i < sizeof workers / sizeof *workers; i++) {
        const int launches = run_all(w, workers[i], true, apart);
        assert_true(launches > 5);
        if (ig_device_get_info(w->device)->limits.local_is_cache)
            assert_int_equal(run_all(w, workers[i], false, chained), 1);
        else
            assert_int_equal(run_all(w, workers[i], false, chained), launches);
        assert_memory_equal(apart, chained, sizeof apart);
    }
}

/* --- time --------------------------------------------------------------------------------------------------------- */

enum { MOST_STEPS = 16 };

/* By the clock that this plan's steps are to be told by. */
static void check_profile(ig_session *session, const ig_tensor *input, int n_steps, ig_step_clock clock)
{
    ig_error error;
    ig_step_time times[MOST_STEPS];
    const int64_t begin = ig_host_ns();
    assert_int_equal(ig_session_profile(session, input, times, n_steps, &error), IG_OK);
    const int64_t whole = ig_host_ns() - begin;
    for (int i = 0; i < n_steps; i++) {
        assert_int_equal(times[i].clock, clock);
        assert_true(times[i].duration_ns > 0);
        assert_true(i == 0 || times[i].start_ns >= times[i - 1].start_ns + times[i - 1].duration_ns - 2);
    }
    assert_true(times[n_steps - 1].start_ns + times[n_steps - 1].duration_ns - times[0].start_ns <= whole);
}

/* Called more often than a launch allows, and a frame after it still is what it was. */
static void check_one_step(const world *w, ig_session *session, int step, ig_step_clock clock)
{
    enum { MANY = 2 * IG_CHAIN_TURNS + 3 };
    ig_error error;
    static result before, after;
    int64_t times[MANY];
    ig_step_clock told;
    run_frame(w, session, 0, &before);
    assert_int_equal(ig_session_time_step(session, step, MANY, times, &told, &error), IG_OK);
    assert_int_equal(told, clock);
    for (int i = 0; i < MANY; i++)
        assert_true(times[i] > 0);
    run_frame(w, session, 0, &after);
    assert_memory_equal(&before, &after, sizeof before);
}

static void steps_are_timed_within_a_frame(void **state)
{
    world *w = *state;
    const ig_device_limits *limits = &ig_device_get_info(w->device)->limits;
    const ig_tensor input = {.name = "input", .shape = {4, {2, 3, 19, 17}}, .data = w->input};
    for (int apart = 0; apart < 2; apart++) {
        const ig_step_clock clock = limits->local_is_cache && !apart ? IG_CLOCK_CHAIN : IG_CLOCK_EVENTS;
        const ig_plan_params params = {.limits = limits, .db = w->db, .no_chains = apart};
        ig_error error;
        ig_plan *plan = NULL;
        ig_session *session = NULL;
        assert_int_equal(ig_plan_create(w->graph, &params, &plan, &error), IG_OK);
        assert_int_equal(ig_session_create(w->device, plan, w->weights, &session, &error), IG_OK);
        assert_in_range(plan->n_steps, 5, MOST_STEPS);
        for (int i = 0; i < 3; i++)
            check_profile(session, &input, plan->n_steps, clock);
        for (int i = 0; i < plan->n_steps; i++)
            check_one_step(w, session, i, clock);
        ig_session_destroy(&session);
        ig_plan_destroy(&plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_frame_is_that_of_single_launches),
                                       cmocka_unit_test(steps_are_timed_within_a_frame)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
