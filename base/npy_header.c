#include "base/npy.h"

#include "base/error.h"

#include <string.h>

enum { MAX_WORD = 32 };
enum { KEY_DESCR = 1, KEY_ORDER = 2, KEY_SHAPE = 4, KEY_ALL = 7 };

typedef struct header_cursor {
    const char *at, *end;
    ig_error *error;
} header_cursor;

static ig_status fail_header(header_cursor *cursor, const char *expected)
{
    ig_fail(cursor->error, IG_E_DATA, "the .npy header is malformed");
    ig_error_expected(cursor->error, "%s", expected);
    size_t left = (size_t)(cursor->end - cursor->at);
    if (left > 0)
        ig_error_found(cursor->error, "'%.*s'", (int)(left < 24 ? left : 24), cursor->at);
    else
        ig_error_found(cursor->error, "the end of the header");
    return IG_E_DATA;
}

static void skip_blanks(header_cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at && strchr(" \t\r\n", *cursor->at))
        cursor->at++;
}

static bool accept(header_cursor *cursor, char c)
{
    skip_blanks(cursor);
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

static bool read_string(header_cursor *cursor, char word[MAX_WORD])
{
    skip_blanks(cursor);
    const char *start = cursor->at;
    if (start == cursor->end || (*start != '\'' && *start != '"'))
        return false;
    const char *close = memchr(start + 1, *start, (size_t)(cursor->end - start - 1));
    if (!close || close - start - 1 >= MAX_WORD)
        return false;
    size_t length = (size_t)(close - start - 1);
    memcpy(word, start + 1, length);
    word[length] = '\0';
    cursor->at = close + 1;
    return true;
}

static ig_status read_descr(header_cursor *cursor)
{
    char descr[MAX_WORD];
    if (!read_string(cursor, descr))
        return fail_header(cursor, "a data type such as '<f4'");
    if (strcmp(descr, "<f4") == 0)
        return IG_OK;
    ig_fail(cursor->error, IG_E_DATA, "the .npy file holds another data type");
    ig_error_expected(cursor->error, "'<f4' (little-endian float32)");
    ig_error_found(cursor->error, "'%s'", descr);
    ig_error_hint(cursor->error, "save it with numpy.save(path, array.astype('<f4'))");
    return IG_E_DATA;
}

static bool accept_word(header_cursor *cursor, const char *word)
{
    skip_blanks(cursor);
    size_t length = strlen(word);
    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
        return false;
    cursor->at += length;
    return true;
}

static ig_status read_order(header_cursor *cursor)
{
    if (accept_word(cursor, "False"))
        return IG_OK;
    if (!accept_word(cursor, "True"))
        return fail_header(cursor, "True or False");
    ig_fail(cursor->error, IG_E_DATA, "the .npy file is in Fortran order");
    ig_error_hint(cursor->error, "save it with numpy.save(path, numpy.ascontiguousarray(array))");
    return IG_E_DATA;
}

static bool read_extent(header_cursor *cursor, int64_t *out)
{
    skip_blanks(cursor);
    const char *start = cursor->at;
    int64_t value = 0;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        int digit = *cursor->at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return cursor->at > start;
}

/* A Python tuple: (), (3,), (2, 3) or (2, 3,). */
static ig_status read_shape(header_cursor *cursor, ig_shape *shape)
{
    *shape = (ig_shape){0};
    if (!accept(cursor, '('))
        return fail_header(cursor, "a shape such as (1, 3, 224, 224)");
    bool comma = true;
    while (!accept(cursor, ')')) {
        int64_t extent;
        if (!comma || !read_extent(cursor, &extent))
            return fail_header(cursor, "a shape such as (1, 3, 224, 224)");
        if (shape->rank == IG_MAX_RANK)
            return ig_fail(cursor->error, IG_E_DATA, "the .npy array has more than %d axes", IG_MAX_RANK);
        shape->dim[shape->rank++] = extent;
        comma = accept(cursor, ',');
    }
    if (shape->rank == 1 && !comma)
        return fail_header(cursor, "a tuple: one extent is written (3,)");
    if (ig_shape_elems(shape) < 1)
        return ig_fail(cursor->error, IG_E_DATA, "the .npy array is empty, or its shape is too large");
    return IG_OK;
}

static ig_status read_entry(header_cursor *cursor, ig_shape *shape, unsigned *seen)
{
    static const struct {
        const char *name;
        unsigned bit;
    } KEYS[] = {{"descr", KEY_DESCR}, {"fortran_order", KEY_ORDER}, {"shape", KEY_SHAPE}};
    char key[MAX_WORD];
    unsigned bit = 0;
    if (!read_string(cursor, key))
        return fail_header(cursor, "a quoted key");
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        bit |= strcmp(key, KEYS[i].name) == 0 ? KEYS[i].bit : 0;
    if (bit == 0 || (*seen & bit))
        return ig_fail(cursor->error, IG_E_DATA, "the .npy header has an unknown or repeated key '%s'", key);
    *seen |= bit;
    if (!accept(cursor, ':'))
        return fail_header(cursor, "':' after a key");
    if (bit == KEY_DESCR)
        return read_descr(cursor);
    return bit == KEY_ORDER ? read_order(cursor) : read_shape(cursor, shape);
}

ig_status ig_npy_parse_header(const char *text, size_t length, ig_shape *out, ig_error *error)
{
    header_cursor cursor = {text, text + length, error};
    unsigned seen = 0;
    bool comma = true;
    if (!accept(&cursor, '{'))
        return fail_header(&cursor, "'{'");
    while (!accept(&cursor, '}')) {
        if (!comma)
            return fail_header(&cursor, "',' or '}'");
        ig_status status = read_entry(&cursor, out, &seen);
        if (status)
            return status;
        comma = accept(&cursor, ',');
    }
    skip_blanks(&cursor);
    if (cursor.at != cursor.end)
        return fail_header(&cursor, "only blanks after '}'");
    if (seen != KEY_ALL)
        return ig_fail(error, IG_E_DATA, "the .npy header lacks descr, fortran_order or shape");
    return IG_OK;
}
