/* Runs one model description as written and optimised, and compares. */
#ifndef IG_TESTS_RANDOM_CHECK_H
#define IG_TESTS_RANDOM_CHECK_H

#include "base/text.h"
#include "tests/random/outcome.h"

typedef struct check_options {
    outcome_place place; /* where the optimised graph runs */
    uint32_t seed;       /* chooses the value to keep and the tensor to spoil */
    bool keep;           /* a value more than the outputs has to survive */
    bool inject;         /* one tensor is spoilt for the optimised run: a difference must show */
    bool each;           /* also with each pass left out, one after the other */
} check_options;

typedef enum check_verdict {
    CHECK_SAME,
    CHECK_DULL,     /* the same, but nothing could have shown: no output varies, or there is nothing to spoil */
    CHECK_FAILED,   /* `why` says how */
    CHECK_NO_MODEL, /* the description does not load */
} check_verdict;

typedef struct check_result {
    check_verdict verdict;
    double worst;        /* largest difference found, relative to the largest element of its value */
    uint32_t had_a_part; /* with `each`: bit i, without pass i of ig_pass_table the result is another graph */
    char why[2048];
} check_result;

void check_model(const ig_text *model, const check_options *options, check_result *out);

#endif
