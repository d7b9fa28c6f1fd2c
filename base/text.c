#include "base/text.h"

#include "base/locale.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Room for `extra` more bytes and the terminator. */
static bool reserve(ig_text *text, size_t extra)
{
    if (text->failed)
        return false;
    if (extra < text->capacity - text->length)
        return true;
    if (extra > SIZE_MAX / 4 || text->length > SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    size_t capacity = text->capacity > 0 ? text->capacity : 64;
    while (capacity <= text->length + extra)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void ig_text_add(ig_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = ig_locale_vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        text->failed = true;
        return;
    }
    if (!reserve(text, (size_t)length))
        return;
    va_start(args, format);
    ig_locale_vsnprintf(text->data + text->length, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
}

void ig_text_add_bytes(ig_text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    if (length > 0)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

const char *ig_text_get(const ig_text *text)
{
    return text->data ? text->data : "";
}

void ig_text_release(ig_text *text)
{
    if (!text)
        return;
    free(text->data);
    memset(text, 0, sizeof *text);
}
