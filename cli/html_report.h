/* `ingot bench --report`: gathers the steps of every network that was timed, and writes all of it as HTML. */
#ifndef INGOT_CLI_HTML_REPORT_H
#define INGOT_CLI_HTML_REPORT_H

#include "bench/report.h"
#include "cli/bench_row.h"

typedef struct html_report {
    ig_report_network *networks; /* own everything in them */
    int n_networks;
} html_report;

/* The rows of `r`, `note` below them, and the networks that bench_row_report() added. */
ig_status html_report_write(const html_report *report, const bench_run *r, const char *note,
                            ig_error *error) IG_MUST_USE;
void html_report_release(html_report *report);

#endif
