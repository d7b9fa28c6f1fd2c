/* The cursor of the expression evaluator and its tokens. */
#ifndef IG_BASE_EXPR_PARSER_H
#define IG_BASE_EXPR_PARSER_H

#include "base/expr.h"
#include "base/expr_math.h"

enum { IG_EXPR_MAX_LENGTH = 4096, IG_EXPR_MAX_DEPTH = 64, IG_EXPR_MAX_NAME = 64 };

/* A side that is not taken (after && || ?) is read but not computed, so `n != 0 && m / n > 2` is safe; its names
 * are still looked up, because a misspelt one is a mistake wherever it stands. */
typedef struct ig_expr_parser {
    const char *text, *at;
    const ig_expr_env *env;
    bool syntax_only;
    int skipping, depth;
    ig_error *error;
} ig_expr_parser;

bool ig_expr_accept(ig_expr_parser *parser, char c); /* skips blanks, then takes `c` if it is next */
void ig_expr_skip_blanks(ig_expr_parser *parser);
bool ig_expr_is_digit(char c);
bool ig_expr_is_name_start(char c);
ig_status ig_expr_read_number(ig_expr_parser *parser, int64_t *out);
ig_status ig_expr_read_name(ig_expr_parser *parser, char name[IG_EXPR_MAX_NAME + 1]);
/* Computes unless skipping; `at` is blamed. */
ig_status ig_expr_apply(ig_expr_parser *parser, const char *at, ig_expr_function function, int64_t a, int64_t b,
                        int64_t *out);
ig_status ig_expr_fail_at(ig_expr_parser *parser, const char *at, const char *message);
ig_status ig_expr_fail_unexpected(ig_expr_parser *parser, const char *expected);

#endif
