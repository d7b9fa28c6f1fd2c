/* 64-bit arithmetic that reports what C leaves undefined. Each returns NULL, or why there is no result. */
#ifndef IG_BASE_EXPR_MATH_H
#define IG_BASE_EXPR_MATH_H

#include <stdint.h>

typedef const char *(*ig_expr_function)(int64_t a, int64_t b, int64_t *out);

typedef struct ig_expr_operator {
    const char *text; /* longer spellings come first in the table */
    int precedence;   /* higher binds tighter; from 1 */
    ig_expr_function apply;
} ig_expr_operator;

enum { IG_EXPR_OR = 1, IG_EXPR_AND = 2 }; /* precedences of the operators that skip their right side */

/* The binary operator that `text` starts with, or NULL. */
const ig_expr_operator *ig_expr_find_operator(const char *text);

const char *ig_expr_subtract(int64_t a, int64_t b, int64_t *out);
const char *ig_expr_divide(int64_t a, int64_t b, int64_t *out);
const char *ig_expr_divide_up(int64_t a, int64_t b, int64_t *out);
const char *ig_expr_minimum(int64_t a, int64_t b, int64_t *out);
const char *ig_expr_maximum(int64_t a, int64_t b, int64_t *out);

#endif
