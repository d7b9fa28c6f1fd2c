/* A paper's title, from what the descriptions of its networks say under `source:`. */
#ifndef INGOT_CLI_PAPER_TITLE_H
#define INGOT_CLI_PAPER_TITLE_H

#include <stdbool.h>

enum { PAPER_TITLE = 256 };

/* Zeroed: no source yet. */
typedef struct paper_title {
    char text[PAPER_TITLE]; /* what all sources begin with, up to a comma, a bracket or the first semicolon */
    bool begun;
} paper_title;

/* `source` may be NULL or "": it is left out of account. */
void paper_title_add(paper_title *title, const char *source);

#endif
