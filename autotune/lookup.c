/* The tuning ladder: exact record, nearest problem of the family, any problem of the family or of the one that lends,
 * the header's default. */
#include "autotune/db.h"

#include <math.h>
#include <string.h>

/* Beyond three doublings in all, another problem's winner says nothing. */
#define FARTHEST 8.0

bool ig_tune_record_values(const ig_kernel_def *kernel, const ig_tune_record *record, int64_t *values)
{
    int used = 0;
    for (int i = 0; i < kernel->n_tunes; i++) {
        const ig_ktune *tune = &kernel->tunes[i];
        values[i] = tune->fallback;
        if (!ig_kernel_vars_get(&record->params, tune->name, &values[i]))
            continue;
        used++;
        bool allowed = false;
        for (int k = 0; k < tune->n_values; k++)
            allowed |= tune->values[k] == values[i];
        if (!allowed)
            return false;
    }
    return used == record->params.count;
}

/* The problem's numbers in the order of a form. */
typedef struct aligned {
    int64_t value[IG_KERNEL_MAX_VARS];
    bool whole; /* the problem has all of them */
} aligned;

static void align(const ig_kernel_vars *form, const ig_kernel_vars *problem, aligned *out)
{
    out->whole = true;
    for (int i = 0; i < form->count && out->whole; i++)
        out->whole = ig_kernel_vars_get(problem, form->name[i], &out->value[i]);
}

/* Product of how many times as large one is as the other, over the record's variables: 1 of the same problem. Infinite
 * where a number cannot be of any problem; anything above `most` when it is above that. */
static double distance(const int64_t *record, int count, const int64_t *problem, double most)
{
    double product = 1;
    for (int i = 0; i < count && !(product > most); i++) {
        const double a = (double)record[i] + 1, b = (double)problem[i] + 1;
        if (record[i] != problem[i])
            product *= a <= 0 || b <= 0 ? INFINITY : a > b ? a / b : b / a;
    }
    return product;
}

double ig_tune_problem_size(const int64_t *values, int count)
{
    double product = 1;
    for (int i = 0; i < count; i++)
        product *= fmax((double)values[i] + 1, 1);
    return log(product);
}

bool ig_tune_record_is_about(const ig_tune_record *record, const ig_device_limits *limits, const ig_tune_family *family)
{
    aligned problem;
    align(&record->problem, &family->problem, &problem);
    return strcmp(record->device->name, limits->name) == 0 && strcmp(record->kernel, family->kernel->name) == 0 &&
           record->kernel_hash == family->kernel->source_hash && problem.whole &&
           distance(record->problem.value, record->problem.count, problem.value, 1) == 1;
}

static ig_tune_rung record_rung(const ig_tune_record *record, const ig_device_limits *limits, bool same)
{
    if (record->problem.count == 0)
        return strcmp(record->device->family, limits->family) == 0 ? IG_RUNG_FAMILY : IG_RUNG_PROFILE;
    const bool same_device =
        strcmp(record->device->name, limits->name) == 0 && strcmp(record->device->driver, limits->driver) == 0;
    return same && same_device ? IG_RUNG_EXACT : IG_RUNG_NEAREST;
}

/* Who does not say how fast it is relative to memory is as fast as the rung below. */
static void pass_rates_up(ig_tune_choice *choices, int count)
{
    for (int i = count - 2; i >= 0; i--)
        if (choices[i].rate == 0)
            choices[i].rate = choices[i + 1].rate;
}

/* The first of the shelf's entries by problem that is not before this one. */
static int find_same(const ig_tune_shelf *shelf, int form, const int64_t *values)
{
    int low = 0, high = shelf->count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (ig_tune_compare_problem(form, values, shelf->by_problem[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Entries of this very problem; of equals the last counts: the user's records stand behind the shipped ones. */
static void take_same(const ig_tune_shelf *shelf, int form, const ig_kernel_vars *problem,
                      const ig_tune_entry *best[IG_RUNG_COUNT])
{
    aligned own;
    align(shelf->forms[form], problem, &own);
    for (int i = own.whole ? find_same(shelf, form, own.value) : shelf->count;
         i < shelf->count && ig_tune_compare_problem(form, own.value, shelf->by_problem[i]) == 0; i++) {
        const ig_tune_entry *entry = shelf->by_problem[i];
        const ig_tune_rung rung = record_rung(entry->record, shelf->limits, true);
        if (!best[rung] || entry > best[rung])
            best[rung] = entry;
    }
}

/* The first of the entries by size, of this form, that is not smaller. */
static int find_size(const ig_tune_shelf *shelf, int form, double size)
{
    int low = 0, high = shelf->count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        const ig_tune_entry *entry = shelf->by_size[middle];
        if (entry->form < form || (entry->form == form && entry->size < size))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

typedef struct nearest {
    double distance;
    const ig_tune_entry *entry; /* of equally near ones the last */
} nearest;

/* Looks at the entries from `at` on, towards larger ones (`step` 1) or smaller ones (-1), until their size alone puts
 * them farther away than what was found. */
static void look_along(const ig_tune_shelf *shelf, int form, const aligned *own, double size, int at, int step,
                       nearest *best)
{
    const double rounding = 1e-9;
    const int count = shelf->forms[form]->count;
    for (; at >= 0 && at < shelf->count && shelf->by_size[at]->form == form; at += step) {
        const ig_tune_entry *entry = shelf->by_size[at];
        if (fabs(entry->size - size) > log(best->distance) + rounding)
            break;
        const double d = distance(entry->values, count, own->value, best->distance);
        if (d < best->distance || (d == best->distance && (!best->entry || entry > best->entry)))
            *best = (nearest){d, entry};
    }
}

static void take_nearest(const ig_tune_shelf *shelf, int form, const ig_kernel_vars *problem, nearest *best)
{
    const int count = shelf->forms[form]->count;
    aligned own;
    align(shelf->forms[form], problem, &own);
    if (count == 0 || !own.whole)
        return;
    const double size = ig_tune_problem_size(own.value, count);
    const int at = find_size(shelf, form, size);
    look_along(shelf, form, &own, size, at, 1, best);
    look_along(shelf, form, &own, size, at - 1, -1, best);
}

static int list_choices(const ig_tune_shelf *shelf, const ig_tune_entry *const best[IG_RUNG_COUNT],
                        ig_tune_choice choices[IG_RUNG_COUNT])
{
    int count = 0;
    for (int rung = 0; rung <= IG_RUNG_DEFAULT; rung++) {
        const ig_tune_record *record = best[rung] ? best[rung]->record : NULL;
        if (!record && rung != IG_RUNG_DEFAULT)
            continue;
        choices[count] = (ig_tune_choice){.rung = (ig_tune_rung)rung};
        for (int i = 0; i < shelf->kernel->n_tunes; i++)
            choices[count].values[i] = shelf->kernel->tunes[i].fallback;
        if (record) {
            (void)ig_tune_record_values(shelf->kernel, record, choices[count].values);
            choices[count].rate = record->rate;
            choices[count].time_ns = record->evidence.time_ns;
        }
        count++;
    }
    pass_rates_up(choices, count);
    return count;
}

bool ig_tune_find_measured(const ig_tune_shelf *shelf, const ig_kernel_vars *problem, ig_tune_choice *out)
{
    const ig_tune_entry *best[IG_RUNG_COUNT] = {NULL};
    for (int form = 0; form < shelf->n_forms && shelf->n_measured > 0; form++)
        take_same(shelf, form, problem, best);
    ig_tune_choice choices[IG_RUNG_COUNT];
    (void)list_choices(shelf, best, choices);
    *out = choices[0];
    return out->rung == IG_RUNG_EXACT && out->time_ns > 0;
}

int ig_tune_lookup(const ig_tune_shelf *shelf, const ig_kernel_vars *problem, ig_tune_choice choices[IG_RUNG_COUNT])
{
    const ig_tune_entry *best[IG_RUNG_COUNT] = {NULL};
    nearest near = {FARTHEST, NULL};
    for (int form = 0; form < shelf->n_forms; form++)
        take_same(shelf, form, problem, best);
    const bool met = best[IG_RUNG_EXACT] || best[IG_RUNG_NEAREST];
    for (int form = 0; form < shelf->n_forms && !met; form++)
        take_nearest(shelf, form, problem, &near);
    if (!met)
        best[IG_RUNG_NEAREST] = near.entry;
    return list_choices(shelf, best, choices);
}

ig_kernel_bounds ig_tune_bounds(const ig_device_limits *limits)
{
    ig_kernel_bounds bounds = {.max_work_group = limits->max_work_group,
                               .local_mem_bytes = limits->local_mem_bytes,
                               .max_alloc_bytes = limits->max_alloc_bytes};
    memcpy(bounds.max_work_item, limits->max_work_item, sizeof bounds.max_work_item);
    return bounds;
}
