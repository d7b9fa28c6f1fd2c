#include "base/expr.h"

#include "base/error.h"
#include "base/expr_parser.h"
#include "base/text.h"

#include <string.h>

static ig_status parse_ternary(ig_expr_parser *parser, int64_t *out);

static const struct {
    const char *name;
    ig_expr_function fold;
    bool variadic; /* else exactly two arguments */
} FUNCTIONS[] = {
    {"min", ig_expr_minimum, true},
    {"max", ig_expr_maximum, true},
    {"ceil", ig_expr_divide_up, false},
    {"floor", ig_expr_divide, false},
};
enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof FUNCTIONS[0] };

static ig_status parse_arguments(ig_expr_parser *parser, const char *at, int function, int64_t *out)
{
    ig_status status = parse_ternary(parser, out);
    int count = 1;
    for (; !status && ig_expr_accept(parser, ','); count++) {
        int64_t next;
        if (count == 2 && !FUNCTIONS[function].variadic)
            return ig_expr_fail_unexpected(parser, "')' after two arguments");
        status = parse_ternary(parser, &next);
        if (!status)
            status = ig_expr_apply(parser, at, FUNCTIONS[function].fold, *out, next, out);
    }
    if (status)
        return status;
    if (count < 2)
        return ig_expr_fail_unexpected(parser, "',' and another argument");
    return ig_expr_accept(parser, ')') ? IG_OK : ig_expr_fail_unexpected(parser, "',' or ')'");
}

static ig_status parse_call(ig_expr_parser *parser, const char *name, const char *at, int64_t *out)
{
    const char *names[FUNCTION_COUNT];
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        names[i] = FUNCTIONS[i].name;
        if (strcmp(name, names[i]) == 0)
            return parse_arguments(parser, at, i, out);
    }
    ig_expr_fail_at(parser, at, "unknown function");
    ig_error_expected(parser->error, "min, max, ceil or floor");
    ig_error_found(parser->error, "'%s'", name);
    const char *nearest = ig_text_nearest(name, names, FUNCTION_COUNT);
    if (nearest)
        ig_error_hint(parser->error, "did you mean '%s'?", nearest);
    return IG_E_DATA;
}

static ig_status look_up(ig_expr_parser *parser, const char *name, const char *at, int64_t *out)
{
    const ig_expr_env *env = parser->env;
    *out = 0;
    if (parser->syntax_only || (env && env->lookup && env->lookup(env->user, name, out)))
        return IG_OK;
    ig_expr_fail_at(parser, at, "unknown name in the expression");
    ig_error_found(parser->error, "'%s'", name);
    const char *nearest = env && env->names ? ig_text_nearest(name, env->names, env->n_names) : NULL;
    if (nearest)
        ig_error_hint(parser->error, "did you mean '%s'?", nearest);
    return IG_E_DATA;
}

static ig_status parse_name(ig_expr_parser *parser, int64_t *out)
{
    const char *at = parser->at;
    char name[IG_EXPR_MAX_NAME + 1];
    ig_status status = ig_expr_read_name(parser, name);
    if (status)
        return status;
    return ig_expr_accept(parser, '(') ? parse_call(parser, name, at, out) : look_up(parser, name, at, out);
}

static ig_status parse_primary(ig_expr_parser *parser, int64_t *out)
{
    if (ig_expr_is_digit(*parser->at))
        return ig_expr_read_number(parser, out);
    if (ig_expr_is_name_start(*parser->at))
        return parse_name(parser, out);
    if (!ig_expr_accept(parser, '('))
        return ig_expr_fail_unexpected(parser, "a number, a name or '('");
    ig_status status = parse_ternary(parser, out);
    if (!status && !ig_expr_accept(parser, ')'))
        status = ig_expr_fail_unexpected(parser, "')' or an operator");
    return status;
}

static ig_status parse_unary(ig_expr_parser *parser, int64_t *out)
{
    ig_expr_skip_blanks(parser);
    const char *at = parser->at;
    if (*at != '-' && *at != '!')
        return parse_primary(parser, out);
    if (parser->depth == IG_EXPR_MAX_DEPTH)
        return ig_expr_fail_at(parser, at, "the expression is nested too deeply");
    parser->at++;
    parser->depth++;
    int64_t value;
    ig_status status = parse_unary(parser, &value);
    parser->depth--;
    if (status)
        return status;
    if (*at == '-')
        return ig_expr_apply(parser, at, ig_expr_subtract, 0, value, out);
    *out = value == 0;
    return IG_OK;
}

static ig_status parse_binary(ig_expr_parser *parser, int min_precedence, int64_t *out)
{
    ig_status status = parse_unary(parser, out);
    while (!status) {
        ig_expr_skip_blanks(parser);
        const char *at = parser->at;
        const ig_expr_operator *op = ig_expr_find_operator(at);
        if (!op || op->precedence < min_precedence)
            break;
        parser->at += strlen(op->text);
        bool skip = (op->precedence == IG_EXPR_AND && *out == 0) || (op->precedence == IG_EXPR_OR && *out != 0);
        int64_t right;
        parser->skipping += skip;
        status = parse_binary(parser, op->precedence + 1, &right);
        parser->skipping -= skip;
        if (!status)
            status = ig_expr_apply(parser, at, op->apply, *out, skip ? 0 : right, out);
    }
    return status;
}

/* condition ? yes : no, the side not taken being skipped. */
static ig_status parse_choice(ig_expr_parser *parser, int64_t *out)
{
    bool yes = *out != 0;
    int64_t first, second;
    parser->skipping += !yes;
    ig_status status = parse_ternary(parser, &first);
    parser->skipping -= !yes;
    if (status)
        return status;
    if (!ig_expr_accept(parser, ':'))
        return ig_expr_fail_unexpected(parser, "':' or an operator");
    parser->skipping += yes;
    status = parse_ternary(parser, &second);
    parser->skipping -= yes;
    if (!status)
        *out = yes ? first : second;
    return status;
}

static ig_status parse_ternary(ig_expr_parser *parser, int64_t *out)
{
    if (parser->depth == IG_EXPR_MAX_DEPTH)
        return ig_expr_fail_at(parser, parser->at, "the expression is nested too deeply");
    parser->depth++;
    ig_status status = parse_binary(parser, 1, out);
    if (!status && ig_expr_accept(parser, '?'))
        status = parse_choice(parser, out);
    parser->depth--;
    return status;
}

static ig_status evaluate(ig_expr_parser *parser, int64_t *out)
{
    if (strlen(parser->text) > IG_EXPR_MAX_LENGTH)
        return ig_expr_fail_at(parser, parser->text, "the expression is too long");
    int64_t value;
    ig_status status = parse_ternary(parser, &value);
    if (status)
        return status;
    if (*parser->at)
        return ig_expr_fail_unexpected(parser, "an operator or the end of the expression");
    *out = value;
    return IG_OK;
}

ig_status ig_expr_eval(const char *text, const ig_expr_env *env, int64_t *out, ig_error *error)
{
    ig_expr_parser parser = {.text = text, .at = text, .env = env, .error = error};
    return evaluate(&parser, out);
}

ig_status ig_expr_check(const char *text, ig_error *error)
{
    int64_t ignored;
    ig_expr_parser parser = {.text = text, .at = text, .syntax_only = true, .skipping = 1, .error = error};
    return evaluate(&parser, &ignored);
}
