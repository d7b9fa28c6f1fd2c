#include "base/text.h"

#include <string.h>

enum { MAX_WORD = 64, MAX_DISTANCE = 4 };

/* Letter case and '-' for '_' are not what tells two keys apart. */
static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '-' ? '_' : c;
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
static int edit_distance(const char *a, int a_length, const char *b, int b_length)
{
    int rows[3][MAX_WORD + 1];
    for (int j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (int i = 1; i <= a_length; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= b_length; j++) {
            char ca = fold(a[i - 1]), cb = fold(b[j - 1]);
            int best = min_int(above[j], row[j - 1]) + 1;
            best = min_int(best, above[j - 1] + (ca != cb));
            if (i > 1 && j > 1 && ca == fold(b[j - 2]) && fold(a[i - 2]) == cb)
                best = min_int(best, above2[j - 2] + 1);
            row[j] = best;
        }
    }
    return rows[a_length % 3][b_length];
}

static int typo_limit(int length)
{
    int limit = length / 3;
    if (limit < 1)
        limit = 1;
    return min_int(limit, MAX_DISTANCE);
}

const char *ig_text_nearest(const char *word, const char *const *candidates, int count)
{
    size_t length = word ? strlen(word) : 0;
    if (length == 0 || length > MAX_WORD)
        return NULL;
    const char *nearest = NULL;
    int best = typo_limit((int)length) + 1;
    for (int i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        if (other == 0 || other > MAX_WORD)
            continue;
        int distance = edit_distance(word, (int)length, candidates[i], (int)other);
        /* A distance of the whole word would propose anything for one letter. */
        if (distance < best && distance < (int)(length > other ? length : other)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
