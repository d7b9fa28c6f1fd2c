#include "base/expr_parser.h"

#include "base/error.h"

#include <string.h>

ig_status ig_expr_fail_at(ig_expr_parser *parser, const char *at, const char *message)
{
    ig_fail(parser->error, IG_E_DATA, "%s", message);
    ig_error_where(parser->error, NULL, 1, (int)(at - parser->text) + 1);
    return IG_E_DATA;
}

void ig_expr_skip_blanks(ig_expr_parser *parser)
{
    parser->at += strspn(parser->at, " \t\r\n");
}

ig_status ig_expr_fail_unexpected(ig_expr_parser *parser, const char *expected)
{
    ig_expr_fail_at(parser, parser->at, "the expression is malformed");
    ig_error_expected(parser->error, "%s", expected);
    if (*parser->at)
        ig_error_found(parser->error, "'%.20s'", parser->at);
    else
        ig_error_found(parser->error, "the end of the expression");
    return IG_E_DATA;
}

bool ig_expr_accept(ig_expr_parser *parser, char c)
{
    ig_expr_skip_blanks(parser);
    if (*parser->at != c)
        return false;
    parser->at++;
    return true;
}

bool ig_expr_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ig_expr_is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_length(const char *text)
{
    size_t length = 0;
    while (ig_expr_is_name_start(text[length]) || ig_expr_is_digit(text[length]) || text[length] == '.')
        length++;
    return length;
}

ig_status ig_expr_apply(ig_expr_parser *parser, const char *at, ig_expr_function function, int64_t a, int64_t b,
                        int64_t *out)
{
    *out = 0;
    if (parser->skipping)
        return IG_OK;
    const char *why = function(a, b, out);
    return why ? ig_expr_fail_at(parser, at, why) : IG_OK;
}

ig_status ig_expr_read_number(ig_expr_parser *parser, int64_t *out)
{
    const char *start = parser->at;
    int64_t value = 0;
    for (; ig_expr_is_digit(*parser->at); parser->at++) {
        int digit = *parser->at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return ig_expr_fail_at(parser, start, "the number does not fit in 64 bits");
        value = value * 10 + digit;
    }
    *out = value;
    return IG_OK;
}

ig_status ig_expr_read_name(ig_expr_parser *parser, char name[IG_EXPR_MAX_NAME + 1])
{
    size_t length = name_length(parser->at);
    if (length > IG_EXPR_MAX_NAME)
        return ig_expr_fail_at(parser, parser->at, "the name is too long");
    memcpy(name, parser->at, length);
    name[length] = '\0';
    parser->at += length;
    return IG_OK;
}
