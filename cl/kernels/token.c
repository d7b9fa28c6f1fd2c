/* Tokens of a header line. */
#include "base/error.h"
#include "base/text.h"
#include "cl/kernels/parser.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

ig_status ig_kparser_fail(ig_kparser *parser, const char *at, const char *format, ...)
{
    char message[IG_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ig_fail(parser->error, IG_E_DATA, "%s", message);
    ig_error_where(parser->error, parser->file, parser->line, at ? (int)(at - parser->text) + 1 : 1);
    return IG_E_DATA;
}

ig_status ig_kparser_fail_memory(ig_kparser *parser)
{
    return ig_fail_memory(parser->error, 0);
}

void ig_kparser_skip_blanks(ig_kparser *parser)
{
    parser->at += strspn(parser->at, " \t");
}

bool ig_kparser_at_end(ig_kparser *parser)
{
    ig_kparser_skip_blanks(parser);
    return !*parser->at;
}

bool ig_kparser_accept(ig_kparser *parser, const char *token)
{
    ig_kparser_skip_blanks(parser);
    size_t length = strlen(token);
    if (strncmp(parser->at, token, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static ig_status fail_unexpected(ig_kparser *parser, const char *expected)
{
    ig_status status = ig_kparser_fail(parser, parser->at, "the kernel header is malformed");
    ig_error_expected(parser->error, "%s", expected);
    if (*parser->at)
        ig_error_found(parser->error, "'%.40s'", parser->at);
    else
        ig_error_found(parser->error, "the end of the line");
    return status;
}

ig_status ig_kparser_expect_end(ig_kparser *parser)
{
    return ig_kparser_at_end(parser) ? IG_OK : fail_unexpected(parser, "the end of the line");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

ig_status ig_kparser_read_name(ig_kparser *parser, const char *what, const char **out)
{
    enum { MAX_NAME = 63 };
    ig_kparser_skip_blanks(parser);
    size_t length = 0;
    while (is_name_start(parser->at[length]) || (length > 0 && is_digit(parser->at[length])))
        length++;
    if (length == 0)
        return fail_unexpected(parser, what);
    if (length > MAX_NAME)
        return ig_kparser_fail(parser, parser->at, "the name is longer than %d characters", MAX_NAME);
    *out = ig_arena_strndup(parser->arena, parser->at, length);
    if (!*out)
        return ig_kparser_fail_memory(parser);
    parser->at += length;
    char next = *parser->at;
    if (next == '.' || (unsigned char)next >= 0x80)
        return fail_unexpected(parser, "a name of letters, digits and '_'");
    return IG_OK;
}

ig_status ig_kparser_read_int(ig_kparser *parser, const char *what, int64_t min, int64_t max, int64_t *out)
{
    ig_kparser_skip_blanks(parser);
    const char *start = parser->at;
    size_t sign = *start == '-', length = sign;
    while (is_digit(start[length]))
        length++;
    if (length == sign)
        return fail_unexpected(parser, what);
    char digits[24] = "";
    if (length < sizeof digits)
        memcpy(digits, start, length);
    int64_t value;
    if (!ig_text_to_int(digits, &value) || value < min || value > max) {
        ig_status status = ig_kparser_fail(parser, start, "the number is out of range");
        ig_error_expected(parser->error, "%" PRId64 " to %" PRId64, min, max);
        ig_error_found(parser->error, "%.*s", length > 40 ? 40 : (int)length, start);
        return status;
    }
    parser->at += length;
    *out = value;
    return IG_OK;
}

ig_status ig_kparser_read_rest(ig_kparser *parser, const char *what, const char **out)
{
    if (ig_kparser_at_end(parser))
        return fail_unexpected(parser, what);
    size_t length = strlen(parser->at);
    while (parser->at[length - 1] == ' ' || parser->at[length - 1] == '\t')
        length--;
    *out = ig_arena_strndup(parser->arena, parser->at, length);
    parser->at += strlen(parser->at);
    return *out ? IG_OK : ig_kparser_fail_memory(parser);
}

/* Names followed by '(' are functions, which ig_expr_check has already approved. */
static ig_status use_names(ig_kparser *parser, const char *text, const char *start)
{
    for (const char *at = text; *at;) {
        size_t length = 0;
        while (is_name_start(at[length]) || (length > 0 && (is_digit(at[length]) || at[length] == '.')))
            length++;
        if (length == 0) {
            at++;
            continue;
        }
        const char *after = at + length + strspn(at + length, " \t");
        if (*after != '(') {
            const char *name = ig_arena_strndup(parser->arena, at, length);
            ig_status status =
                name ? ig_kparser_use(parser, name, start + (at - text)) : ig_kparser_fail_memory(parser);
            if (status != IG_OK)
                return status;
        }
        at += length;
    }
    return IG_OK;
}

ig_status ig_kparser_read_expr(ig_kparser *parser, const char *start, const char *end, const char **out)
{
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    parser->at = start;
    if (start == end)
        return fail_unexpected(parser, "an expression");
    char *text = ig_arena_strndup(parser->arena, start, (size_t)(end - start));
    if (!text)
        return ig_kparser_fail_memory(parser);
    ig_error problem;
    if (ig_expr_check(text, &problem) != IG_OK) {
        ig_kparser_fail(parser, start + (problem.column > 0 ? problem.column - 1 : 0), "%s", problem.message);
        ig_error_expected(parser->error, "%s", problem.expected);
        ig_error_found(parser->error, "%s", problem.found);
        ig_error_hint(parser->error, "%s", problem.hint);
        return IG_E_DATA;
    }
    *out = text;
    parser->at = end;
    return use_names(parser, text, start);
}

ig_status ig_kparser_read_exprs(ig_kparser *parser, const char **out, int most, int *count)
{
    int depth = 0;
    const char *start = parser->at, *at = start;
    for (*count = 0;; at++) {
        depth += (*at == '(') - (*at == ')');
        if (*at && (*at != ',' || depth > 0))
            continue;
        if (*count == most)
            return ig_kparser_fail(parser, start + strspn(start, " \t"), "there are at most %d expressions here", most);
        ig_status status = ig_kparser_read_expr(parser, start, at, &out[(*count)++]);
        if (status != IG_OK)
            return status;
        if (!*at)
            return IG_OK;
        start = at + 1;
    }
}
