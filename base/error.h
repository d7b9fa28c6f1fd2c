/* Filling an ig_error. Every helper accepts a NULL error and returns the status it set, so that
 * `return ig_fail(error, IG_E_DATA, ...)` is the whole failure path. */
#ifndef IG_BASE_ERROR_H
#define IG_BASE_ERROR_H

#include "ingot/base.h"

/* Resets the error and sets status and message. */
ig_status ig_fail(ig_error *error, ig_status status, const char *format, ...) IG_PRINTF(3, 4);
/* Adds to an error that ig_fail() has set; each returns error's status (IG_E_INTERNAL when error is NULL is never
 * returned: keep the status of ig_fail for that). */
void ig_error_where(ig_error *error, const char *file, int line, int column);
void ig_error_expected(ig_error *error, const char *format, ...) IG_PRINTF(2, 3);
void ig_error_found(ig_error *error, const char *format, ...) IG_PRINTF(2, 3);
void ig_error_hint(ig_error *error, const char *format, ...) IG_PRINTF(2, 3);
void ig_error_log(ig_error *error, const char *log); /* keeps the end when too long */
ig_status ig_fail_memory(ig_error *error, size_t bytes);
/* From errno: NO_INPUT for ENOENT and friends when reading, PERMISSION, IO. `doing` is a verb ("read", "open", "write",
 * "lock"); the first two mean reading. */
ig_status ig_fail_errno(ig_error *error, const char *doing, const char *path);

/* Log helpers; a NULL log is silence. */
void ig_log_write(const ig_log *log, ig_log_level level, const char *format, ...) IG_PRINTF(3, 4);

#endif
