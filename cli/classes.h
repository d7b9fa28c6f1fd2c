/* Printing what a classifier says about each image. */
#ifndef INGOT_CLI_CLASSES_H
#define INGOT_CLI_CLASSES_H

#include "cli/model.h"

typedef struct class_report {
    const ig_graph_info *info;
    output_format format;
    int top;
    table rows;  /* CSV */
    cJSON *list; /* JSON */
    bool failed; /* memory ran out */
} class_report;

/* Name of a class; made up in `buffer` when the model has none. */
const char *class_label(const ig_graph_info *info, int64_t class_index, char *buffer, size_t size);

void classes_begin(class_report *report, const ig_graph_info *info, output_format format, int top);
/* Adds sample `index` of the first output; Markdown lines are printed at once. */
void classes_add(class_report *report, const char *image, const ig_tensor *output, int index);
/* Prints CSV or JSON and releases the report. */
ig_status classes_end(class_report *report, ig_error *error) IG_MUST_USE;

#endif
