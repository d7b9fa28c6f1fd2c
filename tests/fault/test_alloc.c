/* Every allocation of loading, optimising, weighing and planning a model fails once; each failure must come back as an
 * error, never as a crash, and (under AddressSanitizer) without a leak. Linked with --wrap for malloc, calloc, realloc.
 */
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

static bool fails(void)
{
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

static const char model[] =
    "ingot: 1\nname: tiny\nparams: {classes: 3}\ninput: {name: input, shape: [1, 2, 6, 5]}\n"
    "blocks:\n  unit:\n    params: {out: ~}\n    layers:\n"
    "      - {op: conv2d, name: conv, out: out, kernel: 3, pad: 1}\n      - {op: batch_norm, name: bn}\n      - {op: "
    "relu}\n"
    "layers:\n  - {block: unit, name: stage, repeat: 2, out: 4}\n  - {op: concat, in: [stage.0, stage.1], axis: 1}\n"
    "  - {op: reduce_mean, axes: [2, 3]}\n  - {op: linear, name: fc, out: classes}\noutputs: {logits: fc}\n";

static ig_status nothing(void *user, const ig_tensor *value, ig_error *error)
{
    (void)user;
    (void)value;
    (void)error;
    return IG_OK;
}

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

static ig_status whole_way(uint64_t *plan_hash, ig_error *error)
{
    ig_graph *graph = NULL, *fused = NULL;
    ig_weights *weights = NULL;
    ig_plan *plan = NULL;
    char *text = NULL;
    float data[60] = {0};
    ig_tensor input = {.shape = {4, {1, 2, 6, 5}}, .data = data};
    ig_reference_params run = {.input = &input, .visit = nothing, .threads = 1};
    ig_status status = ig_graph_parse(model, sizeof model - 1, "tiny.yaml", NULL, &graph, error);
    if (!status)
        status = ig_graph_print(graph, &text, error);
    if (!status)
        status = ig_weights_seeded(graph, &weights, error);
    if (!status)
        status = ig_graph_optimize(graph, NULL, &fused, error);
    if (!status)
        status = ig_plan_create(fused, NULL, &plan, error);
    if (!status)
        status = ig_reference_run(fused, weights, &run, error);
    ig_plan_totals totals = {0};
    if (!status)
        ig_plan_get_totals(plan, &totals);
    if (!status)
        status = picture_way(error);
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

int main(void)
{
    ig_error error;
    uint64_t right_hash, hash;
    long survived = 0;
    if (whole_way(&right_hash, &error) != IG_OK)
        return 1;
    for (long n = 0; n < 1000000; n++) {
        memset(&error, 0, sizeof error);
        failed = false;
        countdown = n;
        ig_status status = whole_way(&hash, &error);
        countdown = -1;
        if (!failed) {
            printf("%ld allocations, each failed once; %ld held only an explanation\n", n, survived);
            return status == IG_OK && n > 50 && survived < n / 4 ? 0 : 1;
        }
        if (!acceptable(status, hash, right_hash, &survived)) {
            fprintf(stderr, "allocation %ld failed, the run returned %s: %s\n", n, ig_status_name(status),
                    error.message);
            return 1;
        }
    }
    return 1;
}
