/* From a detector's outputs to the boxes it means. */
#include "ingot/image.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES_MAX = 30000 };

/* Limits of a row's width and height: what is outside is no object. */
static const float ROW_MIN_SIDE = 2, ROW_MAX_SIDE = 7680;
/* Proposals that do not exist are boxes without an area. */
static const float BOX_MIN_SIDE = 0.01f;

void ig_boxes_release(ig_box_list *list)
{
    if (!list)
        return;
    free(list->items);
    *list = (ig_box_list){0};
}

/* --- candidates --------------------------------------------------------------------------------------------------- */

/* One detector's output: rows, or boxes and scores. */
typedef struct source {
    const float *boxes, *scores;
    int64_t count, columns;
    float min_score;
} source;

/* Fills `out` (NULL: only counts) with the candidates; returns how many. */
typedef int64_t (*collector)(const source *from, ig_box *out);

static bool row_box(const float *row, int64_t columns, float min_score, ig_box *out)
{
    float width = row[2], height = row[3], score = 0;
    bool sized = width >= ROW_MIN_SIDE && width <= ROW_MAX_SIDE && height >= ROW_MIN_SIDE && height <= ROW_MAX_SIDE;
    if (!sized || !(row[4] > min_score) || !isfinite(row[0]) || !isfinite(row[1]))
        return false;
    int best = -1;
    for (int64_t c = IG_BOX_ROW_HEAD; c < columns; c++)
        if (row[4] * row[c] > score) {
            score = row[4] * row[c];
            best = (int)(c - IG_BOX_ROW_HEAD);
        }
    *out = (ig_box){row[0] - width / 2, row[1] - height / 2, row[0] + width / 2, row[1] + height / 2, score, best};
    return best >= 0 && score > min_score;
}

static int64_t collect_rows(const source *from, ig_box *out)
{
    int64_t found = 0;
    ig_box box;
    for (int64_t i = 0; i < from->count; i++)
        if (row_box(from->boxes + i * from->columns, from->columns, from->min_score, &box)) {
            if (out)
                out[found] = box;
            found++;
        }
    return found;
}

/* False for sides that are too short, turned inside out, or no numbers. */
static bool has_area(const float *box)
{
    float width = box[2] - box[0], height = box[3] - box[1];
    return width >= BOX_MIN_SIDE && height >= BOX_MIN_SIDE && isfinite(width) && isfinite(height);
}

static int64_t collect_classes(const source *from, ig_box *out)
{
    int64_t found = 0;
    for (int64_t i = 0; i < from->count; i++)
        for (int64_t c = 1; c < from->columns; c++) {
            float score = from->scores[i * from->columns + c];
            const float *box = from->boxes + (i * from->columns + c) * IG_BOX_SIDES;
            if (!(score > from->min_score) || !isfinite(score) || !has_area(box))
                continue;
            if (out)
                out[found] = (ig_box){box[0], box[1], box[2], box[3], score, (int)c};
            found++;
        }
    return found;
}

static ig_status collect_all(const source *from, collector collect, ig_box_list *out, ig_error *error)
{
    *out = (ig_box_list){0};
    int64_t count = collect(from, NULL);
    if (count == 0)
        return IG_OK;
    out->items = malloc((size_t)count * sizeof *out->items);
    if (!out->items)
        return ig_fail_memory(error, (size_t)count * sizeof *out->items);
    out->count = collect(from, out->items);
    return IG_OK;
}

ig_status ig_boxes_from_rows(const float *rows, int64_t count, int64_t columns, float min_score, ig_box_list *out,
                             ig_error *error)
{
    source from = {.boxes = rows, .count = count, .columns = columns, .min_score = min_score};
    return collect_all(&from, collect_rows, out, error);
}

ig_status ig_boxes_from_scores(const float *boxes, const float *scores, int64_t count, int64_t classes, float min_score,
                               ig_box_list *out, ig_error *error)
{
    source from = {boxes, scores, count, classes, min_score};
    return collect_all(&from, collect_classes, out, error);
}

/* --- suppression -------------------------------------------------------------------------------------------------- */

static double overlap(double from_a, double to_a, double from_b, double to_b)
{
    double length = fmin(to_a, to_b) - fmax(from_a, from_b);
    return length > 0 ? length : 0;
}

static double area(const ig_box *box)
{
    return ((double)box->x2 - (double)box->x1) * ((double)box->y2 - (double)box->y1);
}

double ig_box_iou(const ig_box *a, const ig_box *b)
{
    double both = overlap((double)a->x1, (double)a->x2, (double)b->x1, (double)b->x2) *
                  overlap((double)a->y1, (double)a->y2, (double)b->y1, (double)b->y2);
    return both > 0 ? both / (area(a) + area(b) - both) : 0;
}

/* Best first; equal scores in the order of the list, which their addresses tell. */
static int compare_scores(const void *a, const void *b)
{
    const ig_box *x = *(const ig_box *const *)a, *y = *(const ig_box *const *)b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x > y) - (x < y);
}

static bool is_suppressed(const ig_box *box, const ig_box *kept, int64_t n_kept, double max_iou)
{
    for (int64_t i = 0; i < n_kept; i++)
        if (kept[i].class_index == box->class_index && ig_box_iou(&kept[i], box) > max_iou)
            return true;
    return false;
}

ig_status ig_boxes_suppress(ig_box_list *list, double max_iou, int max_boxes, ig_error *error)
{
    if (list->count == 0)
        return IG_OK;
    size_t count = (size_t)list->count, most = max_boxes > 0 ? (size_t)max_boxes : 1;
    most = most < count ? most : count;
    const ig_box **order = malloc(count * sizeof *order);
    ig_box *kept = order ? malloc(most * sizeof *kept) : NULL;
    if (!kept) {
        free(order);
        return ig_fail_memory(error, count * sizeof *order);
    }
    for (size_t i = 0; i < count; i++)
        order[i] = &list->items[i];
    qsort(order, count, sizeof *order, compare_scores);
    int64_t n_kept = 0;
    for (size_t i = 0; i < count && i < CANDIDATES_MAX && n_kept < max_boxes; i++)
        if (!is_suppressed(order[i], kept, n_kept, max_iou))
            kept[n_kept++] = *order[i];
    free(order);
    free(list->items);
    *list = (ig_box_list){kept, n_kept};
    return IG_OK;
}

static float place(float at, double scale, int size)
{
    double moved = (double)at * scale;
    return (float)(moved < 0 ? 0 : moved > size ? size : moved);
}

void ig_boxes_map(ig_box_list *list, int from_width, int from_height, int to_width, int to_height)
{
    double across = (double)to_width / from_width, down = (double)to_height / from_height;
    for (int64_t i = 0; i < list->count; i++) {
        ig_box *box = &list->items[i];
        box->x1 = place(box->x1, across, to_width);
        box->y1 = place(box->y1, down, to_height);
        box->x2 = place(box->x2, across, to_width);
        box->y2 = place(box->y2, down, to_height);
    }
}
