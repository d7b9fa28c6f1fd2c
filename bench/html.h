/* Pieces of the report. */
#ifndef INGOT_BENCH_HTML_H
#define INGOT_BENCH_HTML_H

#include "base/text.h"
#include "bench/report.h"

/* The text with everything escaped that HTML and XML read as more than text; what neither may hold becomes '?'. */
void ig_html_add(ig_text *out, const char *text);

/* The colour of a network's dots. */
const char *ig_report_colour(int network);

/* --- the plot (roofline_svg.c) ------------------------------------------------------------------------------------ */

/* A logarithmic axis of whole decades. */
typedef struct ig_log_axis {
    double from, to;   /* values */
    double begin, end; /* places of these */
} ig_log_axis;

/* The least decades that hold both, at least one. Both are above 0. */
ig_log_axis ig_log_axis_over(double least, double most, double begin, double end);
double ig_log_axis_place(const ig_log_axis *axis, double value);

/* Every step a dot: GFLOP/s by operations for each byte; the roofs are lines. Steps without arithmetic have no place.
 */
void ig_roofline_svg(const ig_report *report, ig_text *out);

#endif
