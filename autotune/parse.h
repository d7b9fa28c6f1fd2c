/* Between the files that read tuning records. */
#ifndef IG_AUTOTUNE_PARSE_H
#define IG_AUTOTUNE_PARSE_H

#include "autotune/db.h"

/* The longest value of a field, with its end. */
#define IG_TUNE_MAX_VALUE 2048

/* Texts that many records have in common. */
typedef struct ig_tune_names {
    const char **items;
    int count, capacity;
    int guess; /* which comes next: that behind the last one, as records of a kernel look alike */
} ig_tune_names;

typedef struct ig_tune_parser {
    ig_tune_db *db;
    ig_tune_names *names;
    const char *file;
    int line;
    const ig_tune_device *device; /* of the open section; NULL before the first */
    const char *open;             /* text behind the last `end` line */
    int n_open, n_measured;       /* records since then; those that no hand wrote */
    ig_error *error;
} ig_tune_parser;

/* DATA, in the parser's line. */
ig_status ig_tune_parse_fail(const ig_tune_parser *p, const char *expected, const char *found);

/* Reads the text of one value, shorter than IG_TUNE_MAX_VALUE, into `out`: what follows says of what type. */
typedef ig_status ig_tune_read(const ig_tune_parser *p, const char *text, void *out);
ig_tune_read ig_tune_read_text;     /* const char *, of the database */
ig_tune_read ig_tune_read_vars;     /* ig_kernel_vars: "A:1,B:2", or "*" for none */
ig_tune_read ig_tune_read_params;   /* the same, but not "*" */
ig_tune_read ig_tune_read_hash;     /* uint64_t */
ig_tune_read ig_tune_read_positive; /* int64_t */
ig_tune_read ig_tune_read_spread;   /* double */
ig_tune_read ig_tune_read_level;    /* ig_tune_level */

#endif
