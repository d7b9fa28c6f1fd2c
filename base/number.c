/* Whole-string parsers: what is not entirely a number is not a number. */
#include "base/locale.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads an unsigned decimal of at most `limit`; returns the first character behind it, NULL when there is none. */
static const char *scan_decimal(const char *text, uint64_t limit, uint64_t *out)
{
    if (!is_digit(*text))
        return NULL;
    uint64_t value = 0;
    for (; is_digit(*text); text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > (limit - digit) / 10)
            return NULL;
        value = value * 10 + digit;
    }
    *out = value;
    return text;
}

bool ig_text_to_int(const char *text, int64_t *out)
{
    if (!text)
        return false;
    bool negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    uint64_t magnitude;
    const char *end = scan_decimal(text, negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, &magnitude);
    if (!end || *end != '\0')
        return false;
    if (negative && magnitude > 0)
        *out = -(int64_t)(magnitude - 1) - 1;
    else
        *out = (int64_t)magnitude;
    return true;
}

static const char *skip_digits(const char *text)
{
    while (is_digit(*text))
        text++;
    return text;
}

/* strtod() also takes hexadecimal, "inf", "nan" and leading blanks; a number in a file has none of these. */
static bool is_decimal_number(const char *text)
{
    if (*text == '-' || *text == '+')
        text++;
    const char *whole = text;
    text = skip_digits(text);
    bool has_digits = text > whole;
    if (*text == '.') {
        const char *fraction = ++text;
        text = skip_digits(text);
        has_digits = has_digits || text > fraction;
    }
    if (!has_digits)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '-' || *text == '+')
            text++;
        if (!is_digit(*text))
            return false;
        text = skip_digits(text);
    }
    return *text == '\0';
}

bool ig_text_to_double(const char *text, double *out)
{
    if (!text || !is_decimal_number(text))
        return false;
    char *end = NULL;
    double value = ig_locale_strtod(text, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    *out = value;
    return true;
}

bool ig_text_from_double(double value, bool single, char out[IG_DOUBLE_TEXT])
{
    for (int digits = 6; digits <= 17; digits++) {
        ig_text text = {0};
        double back = 0;
        ig_text_add(&text, "%.*g", digits, value);
        bool failed = text.failed;
        snprintf(out, IG_DOUBLE_TEXT, "%s", ig_text_get(&text));
        ig_text_release(&text);
        if (failed)
            return false;
        if (ig_text_to_double(out, &back) && (single ? (float)back == (float)value : back == value))
            break;
    }
    return true;
}

bool ig_text_to_shape(const char *text, ig_shape *out)
{
    if (!text)
        return false;
    ig_shape shape = {0};
    char separator = '\0';
    for (;;) {
        uint64_t extent;
        text = scan_decimal(text, (uint64_t)INT64_MAX, &extent);
        if (!text || shape.rank == IG_MAX_RANK)
            return false;
        shape.dim[shape.rank++] = (int64_t)extent;
        if (*text == '\0')
            break;
        if ((*text != ',' && *text != 'x') || (separator && *text != separator))
            return false;
        separator = *text++;
    }
    if (ig_shape_elems(&shape) < 1)
        return false;
    *out = shape;
    return true;
}
