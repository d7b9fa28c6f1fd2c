/* A program that is talked to in lines: a request on its standard input, an answer on its standard output. Whatever it
 * does, waiting for it ends. */
#ifndef INGOT_CLI_COPROCESS_H
#define INGOT_CLI_COPROCESS_H

#include "cli/app.h"

#include <sys/types.h>

enum { COPROCESS_LINE = 1 << 16 };

typedef struct coprocess {
    app *a;
    const char *name; /* in errors */
    double limit_s;   /* patience with an answer */
    pid_t pid;        /* 0: none runs */
    int to, from;
    char line[COPROCESS_LINE]; /* the last answer, without its newline */
} coprocess;

/* Starts words[0] with the further words, ended by NULL, in a process group of its own; its standard error is ours.
 * `c` has the first three members set and is zero otherwise. NO_INPUT, PERMISSION or IO when there is no such program.
 * End with coprocess_end() in any case. */
ig_status coprocess_start(coprocess *c, const char *const *words, ig_error *error) IG_MUST_USE;
/* Sends `request` (with its newline; NULL: what comes first needs none) and waits for the line that answers it.
 * CLI_E_PEER when the program ends, says too much or nothing in time; CANCELLED. */
ig_status coprocess_ask(coprocess *c, const char *request, ig_error *error) IG_MUST_USE;
/* Kills it with all that it started. */
void coprocess_end(coprocess *c);

#endif
