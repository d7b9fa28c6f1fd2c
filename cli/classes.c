#include "cli/classes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const column columns[] = {{"image", "image", 0},
                                 {"rank", "rank", 0},
                                 {"class", "class", 0},
                                 {"label", "label", 0},
                                 {"probability", "probability", 6},
                                 {"score", "score", 9}};

typedef struct ranked {
    int64_t class_index;
    float score;
    double probability;
} ranked;

void classes_begin(class_report *report, const ig_graph_info *info, output_format format, int top)
{
    *report = (class_report){.info = info, .format = format, .top = top};
    table_init(&report->rows, columns, sizeof columns / sizeof *columns);
    if (format == FORMAT_JSON)
        report->list = cJSON_CreateArray();
}

/* Best first; equal scores in the order of the classes. A score that is no number comes last. */
static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->score > y->score || (isnan(y->score) && !isnan(x->score)))
        return -1;
    if (x->score < y->score || (isnan(x->score) && !isnan(y->score)))
        return 1;
    return (x->class_index > y->class_index) - (x->class_index < y->class_index);
}

static ranked *rank_classes(const float *scores, int64_t count)
{
    ranked *list = malloc((size_t)count * sizeof *list);
    if (!list)
        return NULL;
    for (int64_t i = 0; i < count; i++)
        list[i] = (ranked){i, scores[i], 0};
    qsort(list, (size_t)count, sizeof *list, compare_ranked);
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += list[i].probability = exp((double)list[i].score - (double)list[0].score);
    for (int64_t i = 0; i < count; i++)
        list[i].probability /= sum;
    return list;
}

const char *class_label(const ig_graph_info *info, int64_t class_index, char *buffer, size_t size)
{
    if (info->labels && class_index >= 0 && class_index < info->n_labels)
        return info->labels[class_index];
    snprintf(buffer, size, "class %lld", (long long)class_index);
    return buffer;
}

static const char *label_of(const class_report *report, int64_t class_index, char *buffer, size_t size)
{
    return class_label(report->info, class_index, buffer, size);
}

static void print_line(class_report *report, const char *image, const ranked *list, int count)
{
    char label[32];
    printf("%s:", image);
    for (int i = 0; i < count; i++)
        printf("%s %s %.4f", i ? "," : "", label_of(report, list[i].class_index, label, sizeof label),
               list[i].probability);
    printf("\n");
}

static void add_rows(class_report *report, const char *image, const ranked *list, int count)
{
    char label[32];
    for (int i = 0; i < count; i++) {
        table_text(&report->rows, image);
        table_int(&report->rows, i + 1);
        table_int(&report->rows, list[i].class_index);
        table_text(&report->rows, label_of(report, list[i].class_index, label, sizeof label));
        table_real(&report->rows, list[i].probability);
        table_real(&report->rows, (double)list[i].score);
    }
}

static void add_object(class_report *report, const char *image, const ranked *list, int count)
{
    char label[32];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "image", image);
    cJSON *top = cJSON_AddArrayToObject(object, "top");
    for (int i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddNumberToObject(item, "class", (double)list[i].class_index);
        cJSON_AddStringToObject(item, "label", label_of(report, list[i].class_index, label, sizeof label));
        cJSON_AddNumberToObject(item, "probability", list[i].probability);
        cJSON_AddNumberToObject(item, "score", (double)list[i].score);
        cJSON_AddItemToArray(top, item);
    }
    if (!cJSON_AddItemToArray(report->list, object))
        report->failed = true;
}

void classes_add(class_report *report, const char *image, const ig_tensor *output, int index)
{
    static void (*const writers[])(class_report *, const char *, const ranked *, int) = {
        [FORMAT_MD] = print_line, [FORMAT_JSON] = add_object, [FORMAT_CSV] = add_rows};
    /* A result that is no list of class scores has no ranks: its line stays empty, --output writes it. */
    bool scores = output->shape.rank == 2 && index < output->shape.dim[0];
    int64_t count = scores ? output->shape.dim[1] : 0;
    ranked *list = count > 0 ? rank_classes(output->data + index * count, count) : NULL;
    if (count > 0 && !list)
        report->failed = true;
    else
        writers[report->format](report, image, list, (int)(count < report->top ? count : report->top));
    free(list);
}

ig_status classes_end(class_report *report, ig_error *error)
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
