/* The text of a plan, as `ingot plan` prints it, cut into steps and totals. */
#ifndef INGOT_CLI_PLAN_TEXT_H
#define INGOT_CLI_PLAN_TEXT_H

#include "ingot/base.h"

/* One line `INDEX PATH KERNEL RUNG groups=.. local=.. MEMORY`. */
typedef enum plan_field {
    FIELD_PATH,
    FIELD_KERNEL,
    FIELD_RUNG,
    FIELD_GROUPS,
    FIELD_LOCAL,
    FIELD_MEMORY,
    N_FIELDS
} plan_field;
extern const char *const plan_field_names[N_FIELDS];

typedef struct plan_step {
    const char *field[N_FIELDS];
} plan_step;

typedef struct plan_total {
    const char *name, *value;
} plan_total;

enum { PLAN_TOTALS = 16 };

typedef struct plan_text {
    char *text;       /* own; what all others point into */
    const char *head; /* the first line */
    plan_step *steps;
    int n_steps;
    plan_total totals[PLAN_TOTALS];
    int n_totals;
} plan_text;

/* Cuts `text` (malloc'ed; the result owns it in any case); `file` names it in errors. DATA with file:line, NO_MEMORY.
 * Release with plan_text_release() in any case. */
ig_status plan_text_parse(char *text, const char *file, plan_text *out, ig_error *error) IG_MUST_USE;
/* Reads a file, or standard input for "-". NO_INPUT, PERMISSION, IO, DATA, NO_MEMORY. */
ig_status plan_text_read(const char *path, plan_text *out, ig_error *error) IG_MUST_USE;
void plan_text_release(plan_text *p);

#endif
