/* Writing the words of `branches` (graph/ops/common.h says what they mean). */
#ifndef IG_GRAPH_BRANCH_WORDS_H
#define IG_GRAPH_BRANCH_WORDS_H

#include "graph/ir.h"

/* A NULL among the words means that memory is out. */
typedef struct ig_branch_words {
    ig_arena *arena;
    const char **list; /* as long as all the words that are put there */
    int count;
} ig_branch_words;

void ig_branch_put(ig_branch_words *w, const char *word);
void ig_branch_put_int(ig_branch_words *w, int64_t value);
/* `place` PATH EPS for the norm folded into `conv`, if there is one. */
void ig_branch_put_norm(ig_branch_words *w, const char *place, const ig_node *conv);
/* Makes them the attribute; false when memory is out. */
bool ig_branch_words_set(const ig_branch_words *w, ig_attr *branches);

#endif
