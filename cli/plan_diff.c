#include "cli/plan_diff.h"

#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

const char *const change_names[CHANGE_KINDS] = {"removed", "added", "changed", "moved", "placed", "same"};

/* --- pairs -------------------------------------------------------------------------------------------------------- */

typedef struct sort_key {
    const char *path;
    int step;
} sort_key;

static int by_path(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : x->step - y->step;
}

static sort_key *sort_steps(const plan_text *p)
{
    sort_key *keys = malloc(((size_t)p->n_steps + 1) * sizeof *keys);
    for (int i = 0; keys && i < p->n_steps; i++)
        keys[i] = (sort_key){p->steps[i].field[FIELD_PATH], i};
    if (keys)
        qsort(keys, (size_t)p->n_steps, sizeof *keys, by_path);
    return keys;
}

/* partner[step of b] = step of a; -1: it has none. */
static bool pair_steps(const plan_text *a, const plan_text *b, int *partner)
{
    sort_key *x = sort_steps(a), *y = sort_steps(b);
    for (int i = 0, k = 0; x && y && k < b->n_steps;) {
        int order = i < a->n_steps ? strcmp(x[i].path, y[k].path) : 1;
        if (order >= 0)
            partner[y[k++].step] = order == 0 ? x[i].step : -1;
        if (order <= 0)
            i++;
    }
    bool done = x && y;
    free(x);
    free(y);
    return done;
}

/* --- order -------------------------------------------------------------------------------------------------------- */

/* The most steps that both plans run in the same order: the longest rising run of partners, by patience sorting.
 * `last[n]` ends the best run of n + 1 steps so far, `before` leads back through each run. */
static void mark_in_order(const int *partner, int n_steps, bool *in_order, int *last, int *before)
{
    int length = 0;
    for (int i = 0; i < n_steps; i++) {
        if (partner[i] < 0)
            continue;
        int low = 0, high = length;
        while (low < high) {
            int middle = (low + high) / 2;
            if (partner[last[middle]] < partner[i])
                low = middle + 1;
            else
                high = middle;
        }
        before[i] = low > 0 ? last[low - 1] : -1;
        last[low] = i;
        length = low == length ? length + 1 : length;
    }
    for (int i = length > 0 ? last[length - 1] : -1; i >= 0; i = before[i])
        in_order[i] = true;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

static change_kind compare_steps(const plan_step *a, const plan_step *b, bool in_order)
{
    for (int i = FIELD_KERNEL; i <= FIELD_LOCAL; i++)
        if (strcmp(a->field[i], b->field[i]) != 0)
            return CHANGE_CHANGED;
    if (!in_order)
        return CHANGE_MOVED;
    return strcmp(a->field[FIELD_MEMORY], b->field[FIELD_MEMORY]) != 0 ? CHANGE_PLACED : CHANGE_SAME;
}

static void add_change(plan_diff *d, change_kind kind, int a, int b)
{
    d->changes[d->n_changes++] = (plan_change){kind, a, b};
    d->counts[kind]++;
}

/* Removed steps stand where they ran: before the next step that both plans have there. */
static void list_changes(const plan_text *a, const plan_text *b, const int *partner, const bool *in_order, bool *paired,
                         plan_diff *out)
{
    int next = 0;
    for (int i = 0; i < b->n_steps; i++)
        if (partner[i] >= 0)
            paired[partner[i]] = true;
    for (int i = 0; i <= b->n_steps; i++) {
        int until = i == b->n_steps ? a->n_steps : in_order[i] ? partner[i] : next;
        for (; next < until; next++)
            if (!paired[next])
                add_change(out, CHANGE_REMOVED, next, -1);
        if (i == b->n_steps)
            break;
        if (partner[i] < 0)
            add_change(out, CHANGE_ADDED, -1, i);
        else
            add_change(out, compare_steps(&a->steps[partner[i]], &b->steps[i], in_order[i]), partner[i], i);
    }
}

ig_status plan_diff_make(const plan_text *a, const plan_text *b, plan_diff *out, ig_error *error)
{
    size_t n = (size_t)b->n_steps + 1, n_a = (size_t)a->n_steps + 1;
    memset(out, 0, sizeof *out);
    out->changes = malloc((n + n_a) * sizeof *out->changes);
    int *work = malloc(3 * n * sizeof *work);     /* partner, last, before */
    bool *flags = calloc(n + n_a, sizeof *flags); /* in order, paired */
    bool done = out->changes && work && flags && pair_steps(a, b, work);
    if (done) {
        mark_in_order(work, b->n_steps, flags, work + n, work + 2 * n);
        list_changes(a, b, work, flags, flags + n, out);
    }
    free(work);
    free(flags);
    return done ? IG_OK : cli_fail_memory(error);
}

void plan_diff_release(plan_diff *d)
{
    free(d->changes);
    memset(d, 0, sizeof *d);
}
