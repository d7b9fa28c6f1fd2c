/* Streams: the numbers of single runs, in order and under their tags, whoever sends and collects; what happens when
 * there is no room, no frame, or no stream any more. Each test runs with mapped memory and with copies. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingot/ingot.h"

/* Outputs of every kind: computed, a view of the input, the same memory twice, a constant. */
static const char text[] =
    "ingot: 1\nname: line\ninput: {name: input, shape: [2, 3, 9, 7]}\nlayers:\n"
    "  - {op: conv2d, name: conv, out: 5, kernel: 5, pad: 2, stride: 2}\n  - {op: relu, name: act}\n"
    "  - {op: conv2d, name: more, out: 5, kernel: 1}\n  - {op: add, name: sum, in: [act, more]}\n"
    "  - {op: reshape, name: flat, shape: [0, -1]}\n  - {op: linear, name: fc, out: 4}\n"
    "  - {op: reshape, name: seen, in: input, shape: [0, -1]}\n  - {op: parameter, name: tokens, shape: [3, 4]}\n"
    "outputs: {logits: fc, map: sum, flat: flat, seen: seen, tokens: tokens}\n";

enum { INPUT = 2 * 3 * 9 * 7, N_OUTPUTS = 5, FRAMES = 24 };
static const int sizes[N_OUTPUTS] = {2 * 4, 2 * 5 * 5 * 4, 2 * 5 * 5 * 4, INPUT, 12};

typedef struct numbers {
    float of[N_OUTPUTS][INPUT];
} numbers;

typedef struct world {
    ig_device *device;
    ig_graph *graph, *fused;
    ig_weights *weights;
    ig_plan *plan;
    ig_session *session;
    ig_stream *stream;
    float inputs[FRAMES][INPUT];
    numbers want[FRAMES];
} world;

static void run_alone(world *w, int frame, numbers *out)
{
    ig_error error;
    ig_tensor input = {.shape = {4, {2, 3, 9, 7}}, .data = w->inputs[frame]}, outputs[N_OUTPUTS];
    memset(out, 0, sizeof *out);
    for (int i = 0; i < N_OUTPUTS; i++)
        outputs[i] = (ig_tensor){.data = out->of[i]};
    assert_int_equal(ig_session_run(w->session, &input, outputs, N_OUTPUTS, &error), IG_OK);
}

static world *make_world(const char *const *kernels, int n_kernels)
{
    ig_error error;
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_int_equal(ig_device_open(&(ig_device_params){.select = "0"}, &w->device, &error), IG_OK);
    assert_int_equal(ig_graph_parse(text, sizeof text - 1, "line.yaml", NULL, &w->graph, &error), IG_OK);
    assert_int_equal(ig_graph_optimize(w->graph, NULL, &w->fused, &error), IG_OK);
    assert_int_equal(ig_weights_seeded(w->graph, &w->weights, &error), IG_OK);
    const ig_plan_params params = {
        .limits = &ig_device_get_info(w->device)->limits, .force_kernels = kernels, .n_force_kernels = n_kernels};
    assert_int_equal(ig_plan_create(w->fused, &params, &w->plan, &error), IG_OK);
    assert_int_equal(ig_session_create(w->device, w->plan, w->weights, &w->session, &error), IG_OK);
    for (int i = 0; i < FRAMES; i++) {
        char name[16];
        snprintf(name, sizeof name, "frame%d", i);
        ig_fill_seeded_input(name, w->inputs[i], INPUT);
        run_alone(w, i, &w->want[i]);
    }
    assert_memory_not_equal(&w->want[0], &w->want[1], sizeof w->want[0]);
    return w;
}

static void open_stream(world *w, int depth, bool copy)
{
    ig_error error;
    const ig_stream_params params = {.depth = depth, .copy = copy};
    assert_int_equal(ig_stream_create(w->session, &params, &w->stream, &error), IG_OK);
}

static int set_up_mapped(void **state)
{
    world *w = *state = make_world(NULL, 0);
    open_stream(w, 3, false);
    return 0;
}

static int set_up_copied(void **state)
{
    world *w = *state = make_world(NULL, 0);
    open_stream(w, 3, true);
    return 0;
}

/* Steps of several launches, some of them routines of libraries. */
static int set_up_stages(void **state)
{
    static const char *const kernels[] = {"conv2d_fft", "conv2d_im2col", "linear_gemm"};
    world *w = *state = make_world(kernels, 3);
    open_stream(w, 3, false);
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    ig_stream_destroy(&w->stream);
    assert_null(w->stream);
    ig_session_destroy(&w->session);
    ig_plan_destroy(&w->plan);
    ig_weights_destroy(&w->weights);
    ig_graph_destroy(&w->fused);
    ig_graph_destroy(&w->graph);
    ig_device_destroy(&w->device);
    free(w);
    return 0;
}

/* --- helpers ------------------------------------------------------------------------------------------------------ */

static void send_frame(world *w, int frame)
{
    ig_error error;
    const ig_tensor input = {.shape = {4, {2, 3, 9, 7}}, .data = w->inputs[frame]};
    if (ig_stream_submit(w->stream, &input, 1000 + (uint64_t)frame, &error))
        fail_msg("frame %d: %s", frame, error.message);
}

static bool same_numbers(const world *w, const ig_frame *got, int frame)
{
    if (got->state != IG_FRAME_DONE || got->tag != 1000 + (uint64_t)frame || got->n_outputs != N_OUTPUTS)
        return false;
    for (int i = 0; i < N_OUTPUTS; i++)
        if (ig_shape_elems(&got->outputs[i].shape) != sizes[i] ||
            memcmp(got->outputs[i].data, w->want[frame].of[i], (size_t)sizes[i] * sizeof(float)) != 0)
            return false;
    return true;
}

static void expect_frame(world *w, int frame)
{
    ig_error error;
    ig_frame got;
    assert_int_equal(ig_stream_collect(w->stream, IG_STREAM_BLOCK, &got, &error), IG_OK);
    assert_true(same_numbers(w, &got, frame));
    ig_stream_release(w->stream);
}

static void expect_nothing(world *w, ig_frame_state state, ig_status status)
{
    ig_error error;
    ig_frame got;
    assert_int_equal(ig_stream_collect(w->stream, IG_STREAM_BLOCK, &got, &error), status);
    assert_int_equal(got.state, state);
}

static bool has_room(world *w)
{
    ig_error error;
    ig_tensor input;
    assert_int_equal(ig_stream_acquire(w->stream, IG_STREAM_POLL, &input, &error), IG_OK);
    assert_int_equal(ig_shape_elems(&input.shape), INPUT);
    return input.data != NULL;
}

/* --- one thread --------------------------------------------------------------------------------------------------- */

static void results_are_those_of_single_runs_in_order(void **state)
{
    world *w = *state;
    send_frame(w, 0);
    send_frame(w, 1);
    for (int i = 2; i < FRAMES; i++) {
        send_frame(w, i);
        expect_frame(w, i - 2);
    }
    ig_stream_end(w->stream);
    expect_frame(w, FRAMES - 2);
    expect_frame(w, FRAMES - 1);
    expect_nothing(w, IG_FRAME_END, IG_OK);
    expect_nothing(w, IG_FRAME_END, IG_OK);
}

static void a_frame_beyond_the_depth_finds_no_room(void **state)
{
    world *w = *state;
    ig_error error;
    ig_frame got;
    for (int i = 0; i < 3; i++) {
        assert_true(has_room(w));
        send_frame(w, i);
    }
    assert_false(has_room(w));
    assert_int_equal(ig_stream_collect(w->stream, IG_STREAM_BLOCK, &got, &error), IG_OK);
    assert_false(has_room(w)); /* its result is still being read */
    assert_true(same_numbers(w, &got, 0));
    ig_stream_release(w->stream);
    ig_stream_release(w->stream); /* frees no second frame */
    assert_true(has_room(w));
    send_frame(w, 3);
    assert_false(has_room(w));
    for (int i = 1; i < 4; i++)
        expect_frame(w, i);
}

static void polling_finds_a_frame_once_it_is_computed(void **state)
{
    world *w = *state;
    ig_error error;
    ig_frame got;
    assert_int_equal(ig_stream_collect(w->stream, IG_STREAM_POLL, &got, &error), IG_OK);
    assert_int_equal(got.state, IG_FRAME_NONE);
    send_frame(w, 5);
    ig_stream_drain(w->stream);
    assert_int_equal(ig_stream_collect(w->stream, IG_STREAM_POLL, &got, &error), IG_OK);
    assert_true(same_numbers(w, &got, 5));
}

static void a_frame_is_written_where_it_lies(void **state)
{
    world *w = *state;
    ig_error error;
    for (int i = 0; i < 7; i++) {
        ig_tensor input, again;
        assert_int_equal(ig_stream_acquire(w->stream, IG_STREAM_BLOCK, &input, &error), IG_OK);
        memset(input.data, 0xff, INPUT * sizeof(float)); /* given up, taken again */
        assert_int_equal(ig_stream_acquire(w->stream, IG_STREAM_BLOCK, &again, &error), IG_OK);
        assert_ptr_equal(input.data, again.data);
        memcpy(again.data, w->inputs[i], sizeof w->inputs[i]);
        assert_int_equal(ig_stream_commit(w->stream, 1000 + (uint64_t)i, &error), IG_OK);
        expect_frame(w, i);
    }
}

static void the_session_runs_alone_between_frames(void **state)
{
    world *w = *state;
    numbers *alone = calloc(1, sizeof *alone);
    assert_non_null(alone);
    send_frame(w, 1);
    send_frame(w, 2);
    run_alone(w, 3, alone);
    assert_memory_equal(alone, &w->want[3], sizeof *alone);
    send_frame(w, 4);
    expect_frame(w, 1);
    expect_frame(w, 2);
    expect_frame(w, 4);
    free(alone);
}

static void frames_allocate_nothing_on_the_device(void **state)
{
    world *w = *state;
    ig_device_stats before, after;
    ig_device_get_stats(w->device, &before);
    for (int i = 0; i < FRAMES; i++) {
        send_frame(w, i);
        expect_frame(w, i);
    }
    ig_device_get_stats(w->device, &after);
    assert_int_equal(before.bytes_allocated, after.bytes_allocated);
    ig_stream_destroy(&w->stream);
    ig_device_get_stats(w->device, &after);
    assert_true(after.bytes_allocated < before.bytes_allocated);
}

static void a_stream_dies_with_frames_in_flight(void **state)
{
    world *w = *state;
    ig_error error;
    ig_tensor input;
    ig_frame got;
    send_frame(w, 0);
    send_frame(w, 1);
    assert_int_equal(ig_stream_collect(w->stream, IG_STREAM_BLOCK, &got, &error), IG_OK);
    assert_int_equal(ig_stream_acquire(w->stream, IG_STREAM_BLOCK, &input, &error), IG_OK);
    ig_stream_destroy(&w->stream); /* one held, one computing, one being written */
    open_stream(w, 1, false);
    send_frame(w, 7);
    assert_false(has_room(w));
    expect_frame(w, 7);
}

static void wrong_calls_are_refused(void **state)
{
    world *w = *state;
    ig_error error;
    ig_stream *none;
    ig_frame got;
    ig_tensor small = {.shape = {4, {1, 3, 9, 7}}, .data = w->inputs[0]}, input;
    for (int depth = -1; depth < 100; depth += 100)
        assert_int_equal(ig_stream_create(w->session, &(ig_stream_params){.depth = depth}, &none, &error), IG_E_USAGE);
    assert_int_equal(ig_stream_submit(w->stream, &small, 0, &error), IG_E_USAGE);
    assert_string_equal(error.expected, "2x3x9x7");
    assert_int_equal(ig_stream_commit(w->stream, 0, &error), IG_E_USAGE);
    send_frame(w, 0);
    send_frame(w, 1);
    assert_int_equal(ig_stream_collect(w->stream, IG_STREAM_BLOCK, &got, &error), IG_OK);
    expect_nothing(w, IG_FRAME_NONE, IG_E_USAGE); /* the first is not released */
    ig_stream_release(w->stream);
    ig_stream_end(w->stream);
    assert_int_equal(ig_stream_acquire(w->stream, IG_STREAM_BLOCK, &input, &error), IG_E_USAGE);
    assert_int_equal(ig_stream_commit(w->stream, 0, &error), IG_E_USAGE);
    expect_frame(w, 1);
    ig_stream_cancel(w->stream);
    expect_nothing(w, IG_FRAME_NONE, IG_E_CANCELLED);
    assert_int_equal(ig_stream_acquire(w->stream, IG_STREAM_BLOCK, &input, &error), IG_E_CANCELLED);
}

/* --- two threads -------------------------------------------------------------------------------------------------- */

enum { LONG = 400 };

static void *collect_all(void *user)
{
    world *w = user;
    intptr_t right = 0;
    for (;;) {
        ig_frame got;
        if (ig_stream_collect(w->stream, IG_STREAM_BLOCK, &got, NULL) || got.state == IG_FRAME_END)
            return (void *)right;
        right += same_numbers(w, &got, (int)(right % FRAMES));
        ig_stream_release(w->stream);
    }
}

static void two_threads_keep_the_order(void **state)
{
    world *w = *state;
    pthread_t consumer;
    void *right = NULL;
    assert_int_equal(pthread_create(&consumer, NULL, collect_all, w), 0);
    for (int i = 0; i < LONG; i++)
        send_frame(w, i % FRAMES);
    ig_stream_end(w->stream);
    assert_int_equal(pthread_join(consumer, &right), 0);
    assert_int_equal((intptr_t)right, LONG);
}

static void *send_until_cancelled(void *user)
{
    world *w = user;
    const ig_tensor input = {.shape = {4, {2, 3, 9, 7}}, .data = w->inputs[0]};
    ig_status status = IG_OK;
    while (!status)
        status = ig_stream_submit(w->stream, &input, 1000, NULL);
    return (void *)(intptr_t)status;
}

/* Nothing is asserted while the other thread runs: a test that leaves it behind would hang. */
static void cancelling_wakes_a_producer_that_waits_for_room(void **state)
{
    world *w = *state;
    pthread_t producer;
    void *status = NULL;
    int right = 0;
    assert_int_equal(pthread_create(&producer, NULL, send_until_cancelled, w), 0);
    for (int i = 0; i < 10; i++) {
        ig_frame got = {0};
        right += ig_stream_collect(w->stream, IG_STREAM_BLOCK, &got, NULL) == IG_OK && same_numbers(w, &got, 0);
        ig_stream_release(w->stream);
    }
    ig_stream_cancel(w->stream);
    assert_int_equal(pthread_join(producer, &status), 0);
    assert_int_equal(right, 10);
    assert_int_equal((intptr_t)status, IG_E_CANCELLED);
}

int main(void)
{
#define BOTH(name)                                                                                                     \
    {#name " (mapped)", name, set_up_mapped, tear_down, NULL},                                                         \
    {                                                                                                                  \
#name " (copied)", name, set_up_copied, tear_down, NULL                                                        \
    }
    const struct CMUnitTest tests[] = {
        BOTH(results_are_those_of_single_runs_in_order),
        {"results_are_those_of_single_runs_in_order (stages)", results_are_those_of_single_runs_in_order, set_up_stages,
         tear_down, NULL},
        BOTH(a_frame_beyond_the_depth_finds_no_room),
        BOTH(polling_finds_a_frame_once_it_is_computed),
        BOTH(a_frame_is_written_where_it_lies),
        BOTH(the_session_runs_alone_between_frames),
        BOTH(frames_allocate_nothing_on_the_device),
        BOTH(a_stream_dies_with_frames_in_flight),
        BOTH(wrong_calls_are_refused),
        BOTH(two_threads_keep_the_order),
        BOTH(cancelling_wakes_a_producer_that_waits_for_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
