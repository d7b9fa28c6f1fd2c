#include "graph/ops/common.h"

#include <string.h>

const char *ig_words_take(ig_words *w)
{
    if (w->at < w->list->n_words)
        return w->list->words[w->at++];
    w->failed = true;
    return "";
}

bool ig_words_take_if(ig_words *w, const char *word)
{
    if (w->at >= w->list->n_words || strcmp(w->list->words[w->at], word) != 0)
        return false;
    w->at++;
    return true;
}

int64_t ig_words_take_int(ig_words *w, int64_t least, int64_t most)
{
    int64_t value = 0;
    if (!ig_text_to_int(ig_words_take(w), &value) || value < least || value > most)
        w->failed = true;
    return value;
}

double ig_words_take_double(ig_words *w)
{
    double value = 0;
    if (!ig_text_to_double(ig_words_take(w), &value))
        w->failed = true;
    return value;
}
