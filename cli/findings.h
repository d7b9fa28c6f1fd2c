/* Printing what a detector, a segmenter or a generator makes of each image. */
#ifndef INGOT_CLI_FINDINGS_H
#define INGOT_CLI_FINDINGS_H

#include "cli/model.h"

typedef struct findings_report {
    const ig_graph_info *info;
    output_format format;
    table rows;  /* CSV */
    cJSON *list; /* JSON */
    bool failed; /* memory ran out */
} findings_report;

/* One image's. What is NULL the network does not tell. */
typedef struct finding {
    const char *image;
    const ig_box_list *boxes;
    int box_shift; /* from a box's class to the number of its label */
    const ig_image *mask;
    int mask_classes;
    const ig_image *picture;
} finding;

void findings_begin(findings_report *report, const ig_graph_info *info, output_format format);
/* Markdown lines are printed at once. */
void findings_add(findings_report *report, const finding *f);
/* Prints CSV or JSON and releases the report. */
ig_status findings_end(findings_report *report, ig_error *error) IG_MUST_USE;

#endif
