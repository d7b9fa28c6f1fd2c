#include "cli/findings.h"

#include "cli/classes.h"

#include <stdio.h>

enum { LABEL_TEXT = 32 };

static const column columns[] = {{"image", "image", 0},   {"kind", "kind", 0},   {"class", "class", 0},
                                 {"label", "label", 0},   {"score", "score", 6}, {"x1", "x1", 7},
                                 {"y1", "y1", 7},         {"x2", "x2", 7},       {"y2", "y2", 7},
                                 {"pixels", "pixels", 0}, {"share", "share", 6}};
enum { COORDINATES = 4 };

/* A class map's counts. */
typedef struct areas {
    int64_t counts[IG_MASK_MAX_CLASSES];
    int64_t pixels;
    int classes;
} areas;

static areas count_areas(const finding *f)
{
    areas a = {.pixels = (int64_t)f->mask->width * f->mask->height, .classes = f->mask_classes};
    ig_mask_count(f->mask, a.counts);
    return a;
}

static double share_of(const areas *a, int class_index)
{
    return (double)a->counts[class_index] / (double)a->pixels;
}

void findings_begin(findings_report *report, const ig_graph_info *info, output_format format)
{
    *report = (findings_report){.info = info, .format = format};
    table_init(&report->rows, columns, sizeof columns / sizeof *columns);
    if (format == FORMAT_JSON)
        report->failed = !(report->list = cJSON_CreateArray());
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static void print_lines(findings_report *report, const finding *f)
{
    char label[LABEL_TEXT];
    for (int64_t i = 0; f->boxes && i < f->boxes->count; i++) {
        const ig_box *b = &f->boxes->items[i];
        printf("%s: %s %.4f, box %.1f %.1f %.1f %.1f\n", f->image,
               class_label(report->info, b->class_index + f->box_shift, label, sizeof label), (double)b->score,
               (double)b->x1, (double)b->y1, (double)b->x2, (double)b->y2);
    }
    if (f->boxes && f->boxes->count == 0)
        printf("%s: no box\n", f->image);
    if (f->mask) {
        areas a = count_areas(f);
        for (int c = 0; c < a.classes; c++)
            if (a.counts[c] > 0)
                printf("%s: %s %.2f %%, %lld pixels\n", f->image, class_label(report->info, c, label, sizeof label),
                       100 * share_of(&a, c), (long long)a.counts[c]);
    }
    if (f->picture)
        printf("%s: picture of %d x %d pixels\n", f->image, f->picture->width, f->picture->height);
}

/* --- CSV ---------------------------------------------------------------------------------------------------------- */

static void add_head(table *t, const char *image, const char *kind)
{
    table_text(t, image);
    table_text(t, kind);
}

static void add_nones(table *t, int count)
{
    for (int i = 0; i < count; i++)
        table_none(t);
}

static void add_box_row(findings_report *report, const finding *f, const ig_box *box)
{
    char label[LABEL_TEXT];
    const float numbers[1 + COORDINATES] = {box->score, box->x1, box->y1, box->x2, box->y2};
    add_head(&report->rows, f->image, "box");
    table_int(&report->rows, box->class_index);
    table_text(&report->rows, class_label(report->info, box->class_index + f->box_shift, label, sizeof label));
    for (int i = 0; i <= COORDINATES; i++)
        table_real(&report->rows, (double)numbers[i]);
    add_nones(&report->rows, 2);
}

static void add_area_row(findings_report *report, const finding *f, const areas *a, int class_index)
{
    char label[LABEL_TEXT];
    add_head(&report->rows, f->image, "area");
    table_int(&report->rows, class_index);
    table_text(&report->rows, class_label(report->info, class_index, label, sizeof label));
    add_nones(&report->rows, 1 + COORDINATES);
    table_int(&report->rows, a->counts[class_index]);
    table_real(&report->rows, share_of(a, class_index));
}

static void add_rows(findings_report *report, const finding *f)
{
    for (int64_t i = 0; f->boxes && i < f->boxes->count; i++)
        add_box_row(report, f, &f->boxes->items[i]);
    if (f->mask) {
        areas a = count_areas(f);
        for (int c = 0; c < a.classes; c++)
            add_area_row(report, f, &a, c);
    }
    if (f->picture) {
        add_head(&report->rows, f->image, "picture");
        add_nones(&report->rows, 3 + COORDINATES);
        table_int(&report->rows, (int64_t)f->picture->width * f->picture->height);
        table_none(&report->rows);
    }
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

/* A new object behind the others of `list`; NULL when memory ran out. */
static cJSON *append_object(cJSON *list)
{
    cJSON *object = list ? cJSON_CreateObject() : NULL;
    if (object && cJSON_AddItemToArray(list, object))
        return object;
    cJSON_Delete(object);
    return NULL;
}

static bool add_class(const findings_report *report, cJSON *object, int class_index, int shift)
{
    char label[LABEL_TEXT];
    return object && cJSON_AddNumberToObject(object, "class", class_index) &&
           cJSON_AddStringToObject(object, "label",
                                   class_label(report->info, class_index + shift, label, sizeof label));
}

static bool add_boxes(const findings_report *report, cJSON *object, const finding *f)
{
    cJSON *list = cJSON_AddArrayToObject(object, "boxes");
    bool ok = list != NULL;
    for (int64_t i = 0; i < f->boxes->count && ok; i++) {
        const ig_box *b = &f->boxes->items[i];
        cJSON *item = append_object(list);
        ok = add_class(report, item, b->class_index, f->box_shift) &&
             cJSON_AddNumberToObject(item, "score", (double)b->score) &&
             cJSON_AddNumberToObject(item, "x1", (double)b->x1) && cJSON_AddNumberToObject(item, "y1", (double)b->y1) &&
             cJSON_AddNumberToObject(item, "x2", (double)b->x2) && cJSON_AddNumberToObject(item, "y2", (double)b->y2);
    }
    return ok;
}

static bool add_areas(const findings_report *report, cJSON *object, const finding *f)
{
    areas a = count_areas(f);
    cJSON *list = cJSON_AddArrayToObject(object, "areas");
    bool ok = list != NULL;
    for (int c = 0; c < a.classes && ok; c++) {
        cJSON *item = append_object(list);
        ok = add_class(report, item, c, 0) && cJSON_AddNumberToObject(item, "pixels", (double)a.counts[c]) &&
             cJSON_AddNumberToObject(item, "share", share_of(&a, c));
    }
    return ok;
}

static void add_object(findings_report *report, const finding *f)
{
    cJSON *object = append_object(report->list);
    bool ok = object && cJSON_AddStringToObject(object, "image", f->image);
    if (ok && f->boxes)
        ok = add_boxes(report, object, f);
    if (ok && f->mask)
        ok = add_areas(report, object, f);
    if (ok && f->picture)
        ok = cJSON_AddNumberToObject(object, "width", f->picture->width) &&
             cJSON_AddNumberToObject(object, "height", f->picture->height);
    if (!ok)
        report->failed = true;
}

void findings_add(findings_report *report, const finding *f)
{
    static void (*const writers[])(findings_report *, const finding *) = {
        [FORMAT_MD] = print_lines, [FORMAT_JSON] = add_object, [FORMAT_CSV] = add_rows};
    writers[report->format](report, f);
}

ig_status findings_end(findings_report *report, ig_error *error)
{
    cJSON *list = report->list;
    ig_status status = report->failed ? cli_fail_memory(error) : IG_OK;
    if (!status && report->format == FORMAT_JSON) {
        list = NULL;
        status = json_print(report->list, error);
    }
    if (!status && report->format == FORMAT_CSV)
        status = table_print(&report->rows, FORMAT_CSV, error);
    cJSON_Delete(list);
    table_release(&report->rows);
    return status;
}
