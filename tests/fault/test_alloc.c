/* Every allocation of loading, optimising, weighing, planning and running a model fails once; each failure must come
 * back as an error, never as a crash, and (under AddressSanitizer) without a leak. Linked with --wrap for malloc,
 * calloc, realloc, so that the driver's own allocations hold. Without an OpenCL device only the reference runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingot/ingot.h"

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

static long countdown = -1; /* allocations until the failing one; negative: none fails */
static bool failed;
static long counted; /* allocations so far */

static bool fails(void)
{
    counted++;
    if (countdown < 0 || countdown-- > 0)
        return false;
    failed = true;
    return true;
}

void *__wrap_malloc(size_t bytes)
{
    return fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    return fails() ? NULL : __real_realloc(old, bytes);
}

static const char plain[] =
    "ingot: 1\nname: tiny\nparams: {classes: 3}\ninput: {name: input, shape: [1, 2, 6, 5]}\n"
    "blocks:\n  unit:\n    params: {out: ~}\n    layers:\n"
    "      - {op: conv2d, name: conv, out: out, kernel: 3, pad: 1}\n      - {op: batch_norm, name: bn}\n      - {op: "
    "relu}\n"
    "layers:\n  - {block: unit, name: stage, repeat: 2, out: 4}\n  - {op: concat, in: [stage.0, stage.1], axis: 1}\n"
    "  - {op: reduce_mean, axes: [2, 3]}\n  - {op: linear, name: fc, out: classes}\noutputs: {logits: fc}\n";

/* Tables made from attributes, branches that merge, scratch memory, operators of several inputs. */
static const char detector[] =
    "ingot: 1\nname: detector\ninput: {name: input, shape: [1, 2, 6, 5]}\nlayers:\n"
    "  - {op: gaussian_blur, name: blur, sigma: 0.7, radius: 1, border: zero}\n"
    "  - {op: conv2d, name: a, out: 4, kernel: 3, pad: 1}\n  - {op: batch_norm, name: an}\n"
    "  - {op: conv2d, name: b, in: blur, out: 4, kernel: 1, bias: true}\n  - {op: add, name: sum, in: [an, b]}\n"
    "  - {op: silu, name: c}\n  - {op: fourier_position, name: place, hidden: 2}\n"
    "  - {op: concat, name: both, in: [c, place], axis: 1}\n  - {op: layer_norm, name: norm, axis: 1}\n"
    "  - {op: conv2d, name: delta, out: 4, kernel: 1}\n"
    "  - {op: anchor_decode, name: boxes, sizes: [8], ratios: [100], image: 24}\n"
    "  - {op: conv2d, name: score, in: norm, out: 1, kernel: 1}\n  - {op: reshape, name: scores, shape: [0, -1]}\n"
    "  - {op: nms, name: best, in: [boxes, scores], before: 20, after: 5, iou: 0.5}\n"
    "  - {op: roi_align, name: crops, in: [best, norm], size: 2, scales: [4]}\noutputs: {crops: crops}\n";

static ig_status nothing(void *user, const ig_tensor *value, ig_error *error)
{
    (void)user;
    (void)value;
    (void)error;
    return IG_OK;
}

/* What passes rewrite: a padded convolution, a gate written out, a resized and a computed part of a concat. */
static const char rewritten[] =
    "ingot: 1\nname: rewritten\ninput: {name: input, shape: [1, 2, 6, 5]}\nlayers:\n"
    "  - {op: pad2d, name: pad, pad: [1, 1, 1, 1]}\n  - {op: conv2d, name: a, out: 32, kernel: 3, stride: 2}\n"
    "  - {op: sigmoid, name: gate}\n  - {op: mul, name: small, in: [a, gate]}\n"
    "  - {op: relu, name: twice}\n  - {op: relu, name: once}\n  - {op: resize, name: large, size: [6, 5]}\n"
    "  - {op: conv2d, name: inner, in: input, out: 64, kernel: 1, bias: true}\n  - {op: batch_norm, name: wide}\n"
    "  - {op: concat, name: both, in: [input, large], axis: 1}\n  - {op: conv2d, name: b, out: 16, kernel: 1}\n"
    "  - {op: batch_norm, name: bn}\n  - {op: concat, name: all, in: [bn, wide], axis: 1}\n"
    "  - {op: conv2d, name: c, out: 8, kernel: 1}\noutputs: {c: c}\n";

/* Convolutions of one map, one of them in a concat. */
static const char siblings[] =
    "ingot: 1\nname: siblings\ninput: {name: input, shape: [1, 2, 6, 5]}\nlayers:\n"
    "  - {op: conv2d, name: a, out: 16, kernel: 1, bias: true}\n  - {op: batch_norm, name: an}\n"
    "  - {op: conv2d, name: b, in: input, out: 16, kernel: 1}\n  - {op: resize, name: p, size: 3}\n"
    "  - {op: conv2d, name: c, in: b, out: 32, kernel: 1}\n  - {op: concat, name: all, in: [an, c], axis: 1}\n"
    "  - {op: resize, name: q, size: 3}\noutputs: {p: p, q: q}\n";

/* A detector's and a segmenter's numbers to boxes and a coloured PNG. */
static ig_status picture_way(ig_error *error)
{
    static const float rows[2][6] = {{5, 5, 4, 4, 1, 1}, {9, 9, 4, 4, 1, 1}},
                       scores[2][4] = {{0, 1, 0, 1}, {1, 0, 1, 0}};
    ig_box_list boxes = {0};
    ig_image mask = {0}, sized = {0}, colored = {0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    ig_status status = ig_boxes_from_rows(&rows[0][0], 2, 6, 0.25f, &boxes, error);
    if (!status)
        status = ig_boxes_suppress(&boxes, 0.45, 1, error);
    if (!status)
        status = ig_mask_from_scores(&scores[0][0], 2, 2, 2, &mask, error);
    if (!status)
        status = ig_mask_resize(&mask, 3, 5, &sized, error);
    if (!status)
        status = ig_mask_color(&sized, &colored, error);
    if (!status)
        status = ig_image_encode_png(&colored, &bytes, &length, error);
    free(bytes);
    ig_image_release(&colored);
    ig_image_release(&sized);
    ig_image_release(&mask);
    ig_boxes_release(&boxes);
    return status;
}

static ig_status stream_frames(ig_session *session, const ig_tensor *input, ig_error *error)
{
    ig_stream *stream = NULL;
    ig_frame frame;
    ig_status status = ig_stream_create(session, NULL, &stream, error);
    for (int i = 0; i < 4 && !status; i++) {
        status = ig_stream_submit(stream, input, 0, error);
        if (!status)
            status = ig_stream_collect(stream, IG_STREAM_BLOCK, &frame, error);
        if (!status)
            ig_stream_release(stream);
    }
    ig_stream_destroy(&stream);
    return status;
}

/* A frame allocates nothing. */
static ig_status run_again(ig_session *session, const ig_tensor *input, ig_error *error)
{
    const long before = counted;
    ig_status status = ig_session_run(session, input, NULL, 0, error);
    if (status || counted == before)
        return status;
    snprintf(error->message, sizeof error->message, "a frame made %ld allocations", counted - before);
    return IG_E_INTERNAL;
}

static ig_status run_on_device(ig_device *device, const ig_plan *plan, const ig_weights *weights,
                               const ig_tensor *input, ig_error *error)
{
    ig_session *session = NULL;
    ig_status status = ig_session_create(device, plan, weights, &session, error);
    if (!status)
        status = ig_session_run(session, input, NULL, 0, error);
    if (!status)
        status = run_again(session, input, error);
    if (!status)
        status = stream_frames(session, input, error);
    ig_session_destroy(&session);
    return status;
}

/* What is tried again and again while the allocation `nth` fails; with a device, the nth of its session. */
typedef struct trial {
    const char *model;
    ig_device *device; /* or NULL */
    long nth;          /* negative: none fails */
} trial;

static ig_status whole_way(const trial *t, uint64_t *plan_hash, ig_error *error)
{
    ig_graph *graph = NULL, *fused = NULL;
    ig_weights *weights = NULL;
    ig_plan *plan = NULL;
    char *text = NULL;
    float data[60] = {0};
    ig_tensor input = {.shape = {4, {1, 2, 6, 5}}, .data = data};
    ig_reference_params run = {.input = &input, .visit = nothing, .threads = 1};
    const ig_plan_params planning = {.limits = t->device ? &ig_device_get_info(t->device)->limits : NULL};
    failed = false;
    countdown = t->device ? -1 : t->nth;
    ig_status status = ig_graph_parse(t->model, strlen(t->model), "tiny.yaml", NULL, &graph, error);
    if (!status)
        status = ig_graph_print(graph, &text, error);
    if (!status)
        status = ig_weights_seeded(graph, &weights, error);
    if (!status)
        status = ig_graph_optimize(graph, NULL, &fused, error);
    if (!status)
        status = ig_plan_create(fused, &planning, &plan, error);
    if (!status)
        status = ig_reference_run(fused, weights, &run, error);
    if (t->device)
        countdown = t->nth;
    if (!status)
        status = t->device ? run_on_device(t->device, plan, weights, &input, error) : picture_way(error);
    countdown = -1;
    ig_plan_totals totals = {0};
    if (!status)
        ig_plan_get_totals(plan, &totals);
    *plan_hash = totals.hash;
    free(text);
    ig_plan_destroy(&plan);
    ig_graph_destroy(&fused);
    ig_weights_destroy(&weights);
    ig_graph_destroy(&graph);
    return status;
}

/* A failure may be survived only where nothing but an explanation is lost: then the plan is the same as ever. */
static bool acceptable(ig_status status, uint64_t hash, uint64_t right_hash, long *survived)
{
    if (status == IG_OK)
        ++*survived;
    return status == IG_OK ? hash == right_hash : status == IG_E_NO_MEMORY || status == IG_E_DATA;
}

static int fail_each(const char *model, ig_device *device)
{
    trial t = {.model = model, .device = device, .nth = -1};
    ig_error error;
    uint64_t right_hash, hash;
    long survived = 0;
    if (whole_way(&t, &right_hash, &error) != IG_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    for (t.nth = 0; t.nth < 1000000; t.nth++) {
        memset(&error, 0, sizeof error);
        ig_status status = whole_way(&t, &hash, &error);
        if (!failed) {
            printf("%ld allocations, each failed once; %ld held only an explanation\n", t.nth, survived);
            return status == IG_OK && t.nth > 50 && survived < t.nth / 4 ? 0 : 1;
        }
        if (!acceptable(status, hash, right_hash, &survived)) {
            fprintf(stderr, "allocation %ld failed, the run returned %s: %s\n", t.nth, ig_status_name(status),
                    error.message);
            return 1;
        }
    }
    return 1;
}

int main(void)
{
    const ig_device_params params = {.select = NULL};
    ig_device *device = NULL;
    ig_error error;
    int result =
        fail_each(plain, NULL) || fail_each(detector, NULL) || fail_each(rewritten, NULL) || fail_each(siblings, NULL);
    if (ig_device_open(&params, &device, &error))
        printf("no device: %s\n", error.message);
    else
        result = result || fail_each(detector, device) || fail_each(rewritten, device);
    ig_device_destroy(&device);
    return result;
}
