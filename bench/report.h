/* The HTML report of a bench: one file that needs no other, XML as well. Everything is borrowed for the call. */
#ifndef INGOT_BENCH_REPORT_H
#define INGOT_BENCH_REPORT_H

#include "bench/roofline.h"

typedef struct ig_report_fact {
    const char *name, *text;
} ig_report_fact;

typedef struct ig_report_table {
    const char *const *titles;
    const bool *right; /* columns of numbers */
    int n_columns;
    const char *const *cells; /* row after row */
    int n_cells;
} ig_report_table;

typedef struct ig_report_network {
    const char *name;
    const ig_measured_step *steps;
    int n_steps;
} ig_report_network;

typedef struct ig_report {
    const char *title;
    const ig_report_fact *facts; /* machine, driver, versions, command, date */
    int n_facts;
    ig_report_table table;
    const char *note;             /* below the table; "": none */
    const ig_device_roofs *roofs; /* NULL: not known, and so no plot */
    const ig_report_network *networks;
    int n_networks;
} ig_report;

/* Writes the file atomically. Error: NO_MEMORY, NO_INPUT (no such folder), PERMISSION, IO. */
ig_status ig_report_write(const ig_report *report, const char *path, ig_error *error) IG_MUST_USE;

#endif
