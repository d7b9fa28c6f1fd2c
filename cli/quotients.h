/* What a column of quotients comes to over all networks of a bench. */
#ifndef INGOT_CLI_QUOTIENTS_H
#define INGOT_CLI_QUOTIENTS_H

#include "cli/table.h"

typedef struct quotients {
    int count; /* networks that have one: one that failed has none */
    double geometric_mean, least;
} quotients;

/* The place of the column `key` in a row; the table has it. */
int table_column(const table *t, const char *key);

/* Of the column `key`, over the rows whose text in the column `where` is `name`; `where` NULL: over all. */
quotients quotients_of(const table *t, const char *key, const char *where, const char *name);

#endif
