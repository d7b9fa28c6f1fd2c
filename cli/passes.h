/* Which passes --passes leaves out. */
#ifndef INGOT_CLI_PASSES_H
#define INGOT_CLI_PASSES_H

#include "cli/option.h"
#include "ingot/graph.h"

enum { MAX_PASSES = 64 };

typedef struct pass_choice {
    const char *off[MAX_PASSES]; /* borrowed from argv and the library */
    int n_off;
} pass_choice;

/* Reads every `-NAME` and `none`. USAGE with the nearest name as a hint. */
ig_status passes_choose(const text_list *given, pass_choice *out, ig_error *error) IG_MUST_USE;
/* Adds `name`, which must outlive the choice, unless it is there. */
void passes_leave_out(pass_choice *choice, const char *name);
/* Every pass with what it does, in the order they run. */
void passes_print(void);

#endif
