#include "base/error.h"

#include "base/locale.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool is_utf8_tail(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Text from files ends up on terminals: no control character may pass, and a cut must not split a character. */
static void clean_text(char *text, size_t size, int full_length)
{
    size_t length = strlen(text);
    if (full_length > 0 && (size_t)full_length >= size) {
        size_t cut = length > 3 ? length - 3 : 0;
        while (cut > 0 && is_utf8_tail(text[cut]))
            cut--;
        snprintf(text + cut, size - cut, "...");
    }
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    }
}

static void fill(char *field, size_t size, const char *format, va_list args)
{
    int length = ig_locale_vsnprintf(field, size, format, args);
    if (length < 0)
        snprintf(field, size, "(text could not be formatted)");
    clean_text(field, size, length);
}

ig_status ig_fail(ig_error *error, ig_status status, const char *format, ...)
{
    if (!error)
        return status;
    memset(error, 0, sizeof *error);
    error->status = status;
    va_list args;
    va_start(args, format);
    fill(error->message, sizeof error->message, format, args);
    va_end(args);
    return status;
}

void ig_error_where(ig_error *error, const char *file, int line, int column)
{
    if (!error)
        return;
    int length = snprintf(error->file, sizeof error->file, "%s", file ? file : "");
    clean_text(error->file, sizeof error->file, length);
    error->line = line;
    error->column = column;
}

void ig_error_expected(ig_error *error, const char *format, ...)
{
    if (!error)
        return;
    va_list args;
    va_start(args, format);
    fill(error->expected, sizeof error->expected, format, args);
    va_end(args);
}

void ig_error_found(ig_error *error, const char *format, ...)
{
    if (!error)
        return;
    va_list args;
    va_start(args, format);
    fill(error->found, sizeof error->found, format, args);
    va_end(args);
}

void ig_error_hint(ig_error *error, const char *format, ...)
{
    if (!error)
        return;
    va_list args;
    va_start(args, format);
    fill(error->hint, sizeof error->hint, format, args);
    va_end(args);
}

void ig_error_log(ig_error *error, const char *log)
{
    if (!error || !log)
        return;
    size_t length = strlen(log), room = sizeof error->log - 1;
    const char *from = length > room ? log + (length - room) : log;
    while (from != log && is_utf8_tail(*from))
        from++;
    snprintf(error->log, sizeof error->log, "%s", from);
}

ig_status ig_fail_memory(ig_error *error, size_t bytes)
{
    return ig_fail(error, IG_E_NO_MEMORY, "out of memory (%zu bytes were asked for)", bytes);
}

static ig_status status_of_errno(int code, bool reading)
{
    static const struct {
        int code;
        ig_status reading, writing;
    } TABLE[] = {
        {ENOENT, IG_E_NO_INPUT, IG_E_IO},
        {ENOTDIR, IG_E_NO_INPUT, IG_E_IO},
        {ENAMETOOLONG, IG_E_NO_INPUT, IG_E_IO},
        {ELOOP, IG_E_NO_INPUT, IG_E_IO},
        {ENXIO, IG_E_NO_INPUT, IG_E_IO},
        {ENODEV, IG_E_NO_INPUT, IG_E_IO},
        {EACCES, IG_E_PERMISSION, IG_E_PERMISSION},
        {EPERM, IG_E_PERMISSION, IG_E_PERMISSION},
        {EROFS, IG_E_PERMISSION, IG_E_PERMISSION},
        {ENOMEM, IG_E_NO_MEMORY, IG_E_NO_MEMORY},
    };
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        if (TABLE[i].code == code)
            return reading ? TABLE[i].reading : TABLE[i].writing;
    }
    return IG_E_IO;
}

ig_status ig_fail_errno(ig_error *error, const char *doing, const char *path)
{
    int code = errno;
    char reason[128];
    if (strerror_r(code, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "system error %d", code);
    bool reading = strncmp(doing, "read", 4) == 0 || strncmp(doing, "open", 4) == 0;
    ig_status status = ig_fail(error, status_of_errno(code, reading), "cannot %s the file: %s", doing, reason);
    ig_error_where(error, path, 0, 0);
    return status;
}

void ig_log_write(const ig_log *log, ig_log_level level, const char *format, ...)
{
    if (!log || !log->write)
        return;
    char line[1024];
    va_list args;
    va_start(args, format);
    fill(line, sizeof line, format, args);
    va_end(args);
    log->write(log->user, level, line);
}
