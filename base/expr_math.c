#include "base/expr_math.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char OVERFLOWS[] = "the result does not fit in 64 bits";

static const char *add(int64_t a, int64_t b, int64_t *out)
{
    if ((b > 0 && a > INT64_MAX - b) || (b < 0 && a < INT64_MIN - b))
        return OVERFLOWS;
    *out = a + b;
    return NULL;
}

const char *ig_expr_subtract(int64_t a, int64_t b, int64_t *out)
{
    if ((b < 0 && a > INT64_MAX + b) || (b > 0 && a < INT64_MIN + b))
        return OVERFLOWS;
    *out = a - b;
    return NULL;
}

static uint64_t magnitude(int64_t a)
{
    return a < 0 ? (uint64_t)0 - (uint64_t)a : (uint64_t)a;
}

static const char *multiply(int64_t a, int64_t b, int64_t *out)
{
    bool negative = (a < 0) != (b < 0);
    uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    if (a != 0 && magnitude(b) > limit / magnitude(a))
        return OVERFLOWS;
    uint64_t product = magnitude(a) * magnitude(b);
    *out = negative && product > 0 ? -(int64_t)(product - 1) - 1 : (int64_t)product;
    return NULL;
}

static const char *check_division(int64_t a, int64_t b)
{
    if (b == 0)
        return "division by zero";
    return a < 0 || b < 0 ? "division of a negative number" : NULL;
}

const char *ig_expr_divide(int64_t a, int64_t b, int64_t *out)
{
    const char *why = check_division(a, b);
    if (!why)
        *out = a / b;
    return why;
}

const char *ig_expr_divide_up(int64_t a, int64_t b, int64_t *out)
{
    const char *why = check_division(a, b);
    if (!why)
        *out = a / b + (a % b != 0);
    return why;
}

static const char *remainder_of(int64_t a, int64_t b, int64_t *out)
{
    const char *why = check_division(a, b);
    if (!why)
        *out = a % b;
    return why;
}

const char *ig_expr_minimum(int64_t a, int64_t b, int64_t *out)
{
    *out = a < b ? a : b;
    return NULL;
}

const char *ig_expr_maximum(int64_t a, int64_t b, int64_t *out)
{
    *out = a > b ? a : b;
    return NULL;
}

#define DEFINE_TEST(name, condition)                                                                                   \
    static const char *name(int64_t a, int64_t b, int64_t *out)                                                        \
    {                                                                                                                  \
        *out = (condition) ? 1 : 0;                                                                                    \
        return NULL;                                                                                                   \
    }
DEFINE_TEST(either, a != 0 || b != 0)
DEFINE_TEST(both, a != 0 && b != 0)
DEFINE_TEST(equal, a == b)
DEFINE_TEST(differ, a != b)
DEFINE_TEST(less, a < b)
DEFINE_TEST(less_equal, a <= b)
DEFINE_TEST(greater, a > b)
DEFINE_TEST(greater_equal, a >= b)
#undef DEFINE_TEST

static const ig_expr_operator OPERATORS[] = {
    {"||", IG_EXPR_OR, either},
    {"&&", IG_EXPR_AND, both},
    {"==", 3, equal},
    {"!=", 3, differ},
    {"<=", 4, less_equal},
    {">=", 4, greater_equal},
    {"<", 4, less},
    {">", 4, greater},
    {"+", 5, add},
    {"-", 5, ig_expr_subtract},
    {"*", 6, multiply},
    {"/", 6, ig_expr_divide},
    {"%", 6, remainder_of},
};

const ig_expr_operator *ig_expr_find_operator(const char *text)
{
    for (size_t i = 0; i < sizeof OPERATORS / sizeof OPERATORS[0]; i++) {
        const char *sign = OPERATORS[i].text; /* of one or two characters */
        if (text[0] == sign[0] && (!sign[1] || text[1] == sign[1]))
            return &OPERATORS[i];
    }
    return NULL;
}
