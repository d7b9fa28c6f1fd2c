#include "graph/branch_words.h"

#include "base/text.h"
#include "graph/rewrite.h"

void ig_branch_put(ig_branch_words *w, const char *word)
{
    w->list[w->count++] = word;
}

void ig_branch_put_int(ig_branch_words *w, int64_t value)
{
    ig_branch_put(w, ig_arena_printf(w->arena, "%lld", (long long)value));
}

void ig_branch_put_norm(ig_branch_words *w, const char *place, const ig_node *conv)
{
    char eps[IG_DOUBLE_TEXT];
    const char *norm = ig_node_attr(conv, "norm")->s;
    if (norm[0] == '\0')
        return;
    const bool fits = ig_text_from_double(ig_node_attr(conv, "norm_eps")->f, false, eps);
    ig_branch_put(w, place);
    ig_branch_put(w, norm);
    ig_branch_put(w, fits ? ig_arena_strdup(w->arena, eps) : NULL);
}

bool ig_branch_words_set(const ig_branch_words *w, ig_attr *branches)
{
    *branches = (ig_attr){.s = "", .words = w->list, .n_words = w->count, .given = true};
    for (int i = 0; i < w->count; i++)
        if (!w->list[i])
            return false;
    return true;
}
