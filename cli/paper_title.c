#include "cli/paper_title.h"

#include <stdio.h>

/* May a title end before text[at]? Brackets are looked after by the caller. */
static bool is_stop(const char *text, int at)
{
    char c = text[at];
    return c == '\0' || c == ',' || c == ';' || (c == ' ' && text[at + 1] == '(');
}

/* Length of the longest title that both texts begin with. */
static int common_title(const char *a, const char *b)
{
    int length = 0, depth = 0;
    for (int i = 0;; i++) {
        bool outside = depth == 0;
        if (outside && is_stop(a, i) && is_stop(b, i))
            length = i;
        if (a[i] != b[i] || a[i] == '\0' || (outside && a[i] == ';'))
            return length;
        depth += (a[i] == '(') - (a[i] == ')');
    }
}

void paper_title_add(paper_title *title, const char *source)
{
    if (!source || !source[0])
        return;
    if (!title->begun)
        snprintf(title->text, sizeof title->text, "%s", source);
    title->begun = true;
    title->text[common_title(title->text, source)] = '\0';
}
