#include "cli/report.h"

#include "cli/exit_code.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REPORT_TEXT = 8 * IG_ERROR_TEXT + IG_ERROR_LOG };

ig_status cli_fail(ig_error *error, ig_status status, const char *format, ...)
{
    memset(error, 0, sizeof *error);
    error->status = status;
    va_list list;
    va_start(list, format);
    vsnprintf(error->message, sizeof error->message, format, list);
    va_end(list);
    return status;
}

ig_status cli_fail_memory(ig_error *error)
{
    return cli_fail(error, IG_E_NO_MEMORY, "memory ran out");
}

void cli_expected(ig_error *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error->expected, sizeof error->expected, format, list);
    va_end(list);
}

void cli_found(ig_error *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error->found, sizeof error->found, format, list);
    va_end(list);
}

void cli_hint(ig_error *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error->hint, sizeof error->hint, format, list);
    va_end(list);
}

int report_error(const ig_error *error)
{
    char text[REPORT_TEXT];
    ig_error_format(error, text, sizeof text);
    fflush(stdout);
    fprintf(stderr, "ingot: %s", text);
    return exit_code_of(error->status);
}

static void write_all(void *user, ig_log_level level, const char *text)
{
    static const char *const prefixes[] = {
        [IG_LOG_ERROR] = "", [IG_LOG_WARNING] = "warning: ", [IG_LOG_NOTE] = "note: ", [IG_LOG_PROGRESS] = NULL};
    (void)user;
    if (prefixes[level])
        fprintf(stderr, "ingot: %s%s\n", prefixes[level], text);
    else if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s\r", text); /* the next line overwrites it */
}

static void write_errors(void *user, ig_log_level level, const char *text)
{
    if (level == IG_LOG_ERROR)
        write_all(user, level, text);
}

ig_log report_log(bool quiet)
{
    ig_log log = {quiet ? write_errors : write_all, NULL};
    return log;
}

static void report(const ig_log *log, ig_log_level level, const char *format, va_list list)
{
    char text[2 * IG_ERROR_TEXT];
    vsnprintf(text, sizeof text, format, list);
    log->write(log->user, level, text);
}

void report_warning(const ig_log *log, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report(log, IG_LOG_WARNING, format, list);
    va_end(list);
}

void report_note(const ig_log *log, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report(log, IG_LOG_NOTE, format, list);
    va_end(list);
}
