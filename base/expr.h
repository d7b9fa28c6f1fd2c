/* Integer expressions: the one tiny language of model descriptions and kernel headers.
 *
 * int64 with every overflow, division by zero and unknown name an error; + - * / % (floor semantics do not arise:
 * negative operands of / and % are errors), unary - and !, comparisons, && ||, c ? a : b, parentheses, and
 * min(a,...) max(a,...) ceil(a,b) = ceil(a/b) floor(a,b). Names are letters, digits, '_' and '.' (F1.h). */
#ifndef IG_BASE_EXPR_H
#define IG_BASE_EXPR_H

#include "ingot/base.h"

/* Finds the value of a name; false when unknown. */
typedef bool (*ig_expr_lookup)(void *user, const char *name, int64_t *value);

typedef struct ig_expr_env {
    ig_expr_lookup lookup;
    void *user;
    const char *const *names; /* for the hint of an unknown name; may be NULL */
    int n_names;
} ig_expr_env;

/* Evaluates the whole text. On failure `error->column` is the 1-based offset inside `text` and line is 1:
 * callers shift it to the file's. Nesting and length are bounded. */
ig_status ig_expr_eval(const char *text, const ig_expr_env *env, int64_t *out, ig_error *error) IG_MUST_USE;
/* Checks syntax only. */
ig_status ig_expr_check(const char *text, ig_error *error) IG_MUST_USE;

#endif
