#include "yaml/emit_scalar.h"

#include <string.h>

/* Bytes of the UTF-8 character at `text` and its code; 1 and -1 when malformed. */
static int decode_utf8(const char *text, long *code)
{
    static const struct {
        unsigned char mask, lead;
        int bytes;
        long least;
    } FORMS[] = {{0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};
    unsigned char first = (unsigned char)text[0];
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if ((first & FORMS[i].mask) != FORMS[i].lead)
            continue;
        *code = first & (unsigned char)~FORMS[i].mask;
        int at = 1;
        for (; at < FORMS[i].bytes && ((unsigned char)text[at] & 0xC0) == 0x80; at++)
            *code = *code << 6 | ((unsigned char)text[at] & 0x3F);
        bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
        if (at == FORMS[i].bytes && *code >= FORMS[i].least && *code <= 0x10FFFF && !surrogate)
            return at;
        break;
    }
    *code = -1;
    return 1;
}

/* Characters that no reader changes, refuses or takes for a line break. */
static bool is_printable(long code)
{
    if (code < 0xA0)
        return code >= 0x20 && code < 0x7F;
    bool is_break = code == 0x2028 || code == 0x2029;
    return !is_break && code != 0xFEFF && code != 0xFFFE && code != 0xFFFF && (code < 0xD800 || code >= 0xE000);
}

static bool all_printable(const char *text)
{
    while (*text) {
        long code;
        text += decode_utf8(text, &code);
        if (!is_printable(code))
            return false;
    }
    return true;
}

static bool may_start_plain(const char *text)
{
    if (strchr("-?:", text[0]))
        return text[1] != '\0' && text[1] != ' ';
    return !strchr(" ,[]{}#&*!|>'\"%@`", text[0]);
}

static bool can_be_plain(const char *text, bool is_key)
{
    size_t length = strlen(text);
    if (length == 0)
        return !is_key;
    if (!may_start_plain(text) || text[length - 1] == ' ' || text[length - 1] == ':')
        return false;
    if (strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0)
        return false;
    if (is_key && strcmp(text, "<<") == 0)
        return false;
    return !strstr(text, ": ") && !strstr(text, " #") && all_printable(text);
}

static void add_escape(ig_text *out, unsigned long code)
{
    static const struct {
        char code;
        const char *escape;
    } SHORT[] = {{'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}, {'"', "\\\""}, {'\\', "\\\\"}};
    for (size_t i = 0; i < sizeof SHORT / sizeof SHORT[0]; i++) {
        if (code == (unsigned char)SHORT[i].code) {
            ig_text_add(out, "%s", SHORT[i].escape);
            return;
        }
    }
    if (code < 0x100)
        ig_text_add(out, "\\x%02lX", code);
    else
        ig_text_add(out, code < 0x10000 ? "\\u%04lX" : "\\U%08lX", code);
}

static void add_quoted(const char *text, ig_text *out)
{
    ig_text_add_bytes(out, "\"", 1);
    while (*text) {
        long code;
        int bytes = decode_utf8(text, &code);
        if (is_printable(code) && code != '"' && code != '\\')
            ig_text_add_bytes(out, text, (size_t)bytes);
        else /* text is UTF-8 by contract; a stray byte becomes the character of its value */
            add_escape(out, code < 0 ? (unsigned char)*text : (unsigned long)code);
        text += bytes;
    }
    ig_text_add_bytes(out, "\"", 1);
}

void ig_yaml_emit_scalar(const ig_yaml *scalar, bool is_key, ig_text *out)
{
    if (!scalar->quoted && can_be_plain(scalar->text, is_key))
        ig_text_add_bytes(out, scalar->text, strlen(scalar->text));
    else
        add_quoted(scalar->text, out);
}

static int quoted_width(const char *text)
{
    int width = 2;
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return -1;
        width += *text == '"' || *text == '\\' ? 2 : 1;
    }
    return width;
}

int ig_yaml_flow_width(const ig_yaml *scalar, bool is_key)
{
    const char *text = scalar->text;
    if (strlen(text) > 100)
        return -1;
    if (scalar->quoted || !can_be_plain(text, is_key))
        return quoted_width(text);
    return text[0] == '\0' || strpbrk(text, ",[]{}?:") ? -1 : (int)strlen(text);
}
