/* Errors of the command: filling them and printing them. */
#ifndef INGOT_CLI_REPORT_H
#define INGOT_CLI_REPORT_H

#include "ingot/base.h"

/* Resets the error and sets status and message; returns the status. */
ig_status cli_fail(ig_error *error, ig_status status, const char *format, ...) IG_PRINTF(3, 4);
ig_status cli_fail_memory(ig_error *error);
void cli_expected(ig_error *error, const char *format, ...) IG_PRINTF(2, 3);
void cli_found(ig_error *error, const char *format, ...) IG_PRINTF(2, 3);
void cli_hint(ig_error *error, const char *format, ...) IG_PRINTF(2, 3);

/* Prints the error on stderr and returns its exit code. */
int report_error(const ig_error *error);

/* A log that prints warnings and notes on stderr, or only errors when `quiet`. */
ig_log report_log(bool quiet);
void report_warning(const ig_log *log, const char *format, ...) IG_PRINTF(2, 3);
void report_note(const ig_log *log, const char *format, ...) IG_PRINTF(2, 3);

#endif
