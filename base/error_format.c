#include "ingot/base.h"

#include <stdio.h>
#include <string.h>

/* Writes like snprintf into what is left of a buffer, counting also what no longer fits. */
typedef struct out_buffer {
    char *data;
    size_t size, needed;
} out_buffer;

static void put_bytes(out_buffer *out, const char *bytes, size_t length)
{
    if (out->needed < out->size) {
        size_t room = out->size - out->needed - 1;
        size_t count = length < room ? length : room;
        memcpy(out->data + out->needed, bytes, count);
        out->data[out->needed + count] = '\0';
    }
    out->needed += length;
}

static void put(out_buffer *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

static void put_field(out_buffer *out, const char *label, const char *text)
{
    if (!text[0])
        return;
    put(out, label);
    put(out, text);
    put(out, "\n");
}

static void put_place(out_buffer *out, const ig_error *error)
{
    char number[32];
    put(out, error->file);
    if (error->line > 0) {
        snprintf(number, sizeof number, "%s%d", error->file[0] ? ":" : "", error->line);
        put(out, number);
    }
    if (error->line > 0 && error->column > 0) {
        snprintf(number, sizeof number, ":%d", error->column);
        put(out, number);
    }
    if (error->file[0] || error->line > 0)
        put(out, ": ");
}

static void put_log(out_buffer *out, const char *log)
{
    if (!log[0])
        return;
    put(out, "  build log:\n");
    while (*log) {
        size_t length = strcspn(log, "\n");
        put(out, length ? "    " : "");
        put_bytes(out, log, length);
        put(out, "\n");
        log += length + (log[length] == '\n');
    }
}

size_t ig_error_format(const ig_error *error, char *buffer, size_t size)
{
    out_buffer out = {buffer, size, 0};
    if (size > 0)
        buffer[0] = '\0';
    put_place(&out, error);
    put(&out, "error: ");
    put(&out, error->message[0] ? error->message : ig_status_name(error->status));
    put(&out, "\n");
    put_field(&out, "  expected: ", error->expected);
    put_field(&out, "  found: ", error->found);
    put_field(&out, "  hint: ", error->hint);
    put_field(&out, "  OpenCL: ", error->cl_name);
    put_log(&out, error->log);
    return out.needed;
}
