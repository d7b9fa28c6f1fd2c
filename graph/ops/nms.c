#include "graph/ops/common.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { BEFORE, AFTER, IOU, MIN_SIZE };
enum { ROW = 5 /* x1, y1, x2, y2, score */, BATCH = 256 /* candidates looked up at once */ };

static const ig_attr_spec attrs[] = {
    [BEFORE] = {.name = "before",
                .type = IG_ATTR_INT,
                .min = 0,
                .max = IG_MAX_EXTENT,
                .doc = "only so many boxes of the highest scores are looked at; 0: all"},
    [AFTER] = {.name = "after",
               .type = IG_ATTR_INT,
               .required = true,
               .min = 1,
               .max = IG_MAX_EXTENT,
               .doc = "rows of the result"},
    [IOU] = {.name = "iou",
             .type = IG_ATTR_FLOAT,
             .required = true,
             .fmin = 0,
             .fmax = 1,
             .doc = "boxes that overlap a better one by more are dropped; 1 drops none"},
    [MIN_SIZE] = {.name = "min_size",
                  .type = IG_ATTR_FLOAT,
                  .fmin = 0,
                  .fmax = 1e6,
                  .doc = "boxes with a shorter side are dropped, after `before`; 0 drops those turned inside out"},
};

static bool has_scores(const ig_op_context *call)
{
    return call->inputs[0].dim[2] == ROW;
}

static ig_status check_scores(const ig_op_context *call, ig_error *error)
{
    const ig_shape *boxes = &call->inputs[0], *scores = &call->inputs[1];
    char text[128];
    ig_shape wanted = IG_SHAPE(boxes->dim[0], boxes->dim[1]);
    if (has_scores(call) ? call->n_inputs == 1 : call->n_inputs == 2 && ig_shape_equal(scores, &wanted))
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "the scores do not fit the boxes");
    if (has_scores(call))
        ig_error_expected(error, "no second input: the fifth column holds the scores");
    else
        ig_error_expected(error, "%s", ig_shape_text(&wanted, text, sizeof text));
    ig_error_found(error, "%s", call->n_inputs == 2 ? ig_shape_text(scores, text, sizeof text) : "none");
    return status;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    const ig_shape *boxes = &call->inputs[0];
    char text[128];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK && (boxes->rank != 3 || boxes->dim[2] < ROW - 1 || boxes->dim[2] > ROW)) {
        status = ig_op_refuse(call, error, "the boxes are not rows of x1, y1, x2, y2 and perhaps a score");
        ig_error_expected(error, "[N, M, 4] or [N, M, 5]");
        ig_error_found(error, "%s", ig_shape_text(boxes, text, sizeof text));
    }
    if (status == IG_OK)
        status = check_scores(call, error);
    if (status != IG_OK)
        return status;
    return ig_op_set_output(call, IG_SHAPE(boxes->dim[0], call->attrs[AFTER].i, ROW), error);
}

/* Boxes looked at in an image. */
static int64_t looked_at(const ig_op_context *call)
{
    int64_t before = call->attrs[BEFORE].i, boxes = call->inputs[0].dim[1];
    return before > 0 ? ig_min(before, boxes) : boxes;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t images = call->inputs[0].dim[0], boxes = looked_at(call);
    int64_t pairs = call->attrs[IOU].f < 1 ? boxes * ig_min(boxes, call->attrs[AFTER].i) : 0;
    *out = (ig_cost){.adds = images * (call->inputs[0].dim[1] + 11 * pairs), .other = images * 2 * pairs};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_op_var vars[] = {{"N", call->inputs[0].dim[0]},
                              {"M", call->inputs[0].dim[1]},
                              {"COLS", call->inputs[0].dim[2]},
                              {"K", looked_at(call)},
                              {"AFTER", call->attrs[AFTER].i}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* A unit is an image. */
static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0];
}

/* One image's boxes. */
typedef struct table {
    const float *boxes, *scores;
    int64_t count, columns, score_step;
} table;

static table table_of(const ig_op_context *call, const ig_op_data *data, int64_t image)
{
    int64_t count = call->inputs[0].dim[1], columns = call->inputs[0].dim[2];
    table t = {.boxes = data->inputs[0] + image * count * columns, .count = count, .columns = columns};
    t.scores = has_scores(call) ? t.boxes + ROW - 1 : data->inputs[1] + image * count;
    t.score_step = has_scores(call) ? ROW : 1;
    return t;
}

/* Falling scores, NaN last, then rising index. */
static bool comes_first(const table *t, int64_t a, int64_t b)
{
    float x = t->scores[a * t->score_step], y = t->scores[b * t->score_step];
    if (isnan(x) || isnan(y))
        return isnan(x) && isnan(y) ? a < b : isnan(y);
    return x != y ? x > y : a < b;
}

/* The up to `room` boxes that come next behind box `last` (-1: the first ones), in order. Needs no memory that grows
 * with the boxes, so it cannot fail. */
static int next_batch(const table *t, int64_t last, int room, int64_t batch[BATCH])
{
    int found = 0;
    for (int64_t i = 0; i < t->count; i++) {
        if ((last >= 0 && !comes_first(t, last, i)) || (found == room && !comes_first(t, i, batch[found - 1])))
            continue;
        int at = found < room ? found++ : found - 1;
        for (; at > 0 && comes_first(t, i, batch[at - 1]); at--)
            batch[at] = batch[at - 1];
        batch[at] = i;
    }
    return found;
}

static float shared_length(float a1, float a2, float b1, float b2)
{
    float first = a1 > b1 ? a1 : b1, last = a2 < b2 ? a2 : b2, length = last - first;
    return length > 0 ? length : 0;
}

/* Single float operations, one a statement, as kernels do them: rounding decides which boxes go. */
static bool overlaps(const float *a, const float *b, float iou)
{
    float a_width = a[2] - a[0], a_height = a[3] - a[1], a_area = a_width * a_height;
    float b_width = b[2] - b[0], b_height = b[3] - b[1], b_area = b_width * b_height;
    float width = shared_length(a[0], a[2], b[0], b[2]), height = shared_length(a[1], a[3], b[1], b[3]);
    float both = width * height;
    float sum = a_area + b_area;
    float either = sum - both;
    float most = iou * either;
    return both > most;
}

static bool is_kept(const ig_op_context *call, const float *box, const float *rows, int64_t kept)
{
    float min_size = (float)call->attrs[MIN_SIZE].f, iou = (float)call->attrs[IOU].f;
    float width = box[2] - box[0], height = box[3] - box[1];
    if (!(width >= min_size && height >= min_size))
        return false;
    for (int64_t i = 0; i < kept && iou < 1; i++) {
        if (overlaps(rows + i * ROW, box, iou))
            return false;
    }
    return true;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t after = call->attrs[AFTER].i, most = looked_at(call);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const table t = table_of(call, data, unit);
        float *rows = data->output + unit * after * ROW;
        int64_t batch[BATCH], last = -1, kept = 0;
        memset(rows, 0, (size_t)(after * ROW) * sizeof *rows);
        for (int64_t seen = 0; seen < most && kept < after;) {
            int found = next_batch(&t, last, (int)ig_min(BATCH, most - seen), batch);
            for (int i = 0; i < found && kept < after; i++) {
                const float *box = t.boxes + batch[i] * t.columns;
                if (!is_kept(call, box, rows, kept))
                    continue;
                memcpy(rows + kept * ROW, box, (ROW - 1) * sizeof *box);
                rows[kept++ * ROW + ROW - 1] = t.scores[batch[i] * t.score_step];
            }
            seen += found;
            last = batch[found - 1];
        }
    }
}

const ig_op ig_op_nms = {
    .name = "nms",
    .doc = "the `before` boxes of highest score (ties: lower index first; NaN last), less those with a side below "
           "min_size; then, by falling score, a box is kept unless its intersection with a kept one is more than "
           "iou times their union; y[n] = the first `after` kept as x1, y1, x2, y2, score, then rows of 0. In "
           "float, without contraction",
    .source = "torchvision.ops.nms; greedy non-maximum suppression",
    .cost_doc =
        "1 add per box; 11 adds and 2 other for each of min(before, M) * min(before, M, after) pairs unless iou is 1 "
        "(the most there can be)",
    .problem_doc = "N M COLS K AFTER",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 2,
    .selects = true,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
