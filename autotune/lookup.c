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
    double value[IG_KERNEL_MAX_VARS]; /* plus one: what counts is how many times as large another one is */
    bool whole;                       /* the problem has all of them */
} aligned;

static void align(const ig_kernel_vars *form, const ig_kernel_vars *problem, aligned *out)
{
    out->whole = true;
    for (int i = 0; i < form->count && out->whole; i++) {
        int64_t value = 0;
        out->whole = ig_kernel_vars_get(problem, form->name[i], &value);
        out->value[i] = (double)value + 1;
    }
}

/* Product of how many times as large one is as the other, over the record's variables: 1 of the same problem. Infinite
 * where a number cannot be of any problem; anything above `most` when it is above that. */
static double distance(const int64_t *record, int count, const double *problem, double most)
{
    double product = 1;
    for (int i = 0; i < count && !(product > most); i++) {
        const double a = (double)record[i] + 1, b = problem[i];
        if (a != b)
            product *= a <= 0 || b <= 0 ? INFINITY : a > b ? a / b : b / a;
    }
    return product;
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

static void find_best(const ig_tune_shelf *shelf, int form, const ig_kernel_vars *problem, double *nearest,
                      const ig_tune_entry *best[IG_RUNG_COUNT])
{
    aligned own;
    align(shelf->forms[form], problem, &own);
    for (int i = 0; i < shelf->count && own.whole; i++) {
        const ig_tune_entry *entry = &shelf->entries[i];
        if (entry->form != form)
            continue;
        const double d = distance(&shelf->values[entry->first], shelf->forms[form]->count, own.value, *nearest);
        if (!(d <= *nearest))
            continue;
        const ig_tune_rung rung = record_rung(entry->record, shelf->limits, d == 1);
        /* Of equals the last: the user's records stand behind the shipped ones. */
        if (rung == IG_RUNG_NEAREST ? d < *nearest || !best[rung] || entry > best[rung] : entry > best[rung])
            best[rung] = entry;
        if (rung == IG_RUNG_NEAREST)
            *nearest = d;
    }
}

int ig_tune_lookup(const ig_tune_shelf *shelf, const ig_kernel_vars *problem, ig_tune_choice choices[IG_RUNG_COUNT])
{
    const ig_tune_entry *best[IG_RUNG_COUNT] = {NULL};
    double nearest = FARTHEST;
    for (int form = 0; form < shelf->n_forms; form++)
        find_best(shelf, form, problem, &nearest, best);
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

ig_kernel_bounds ig_tune_bounds(const ig_device_limits *limits)
{
    ig_kernel_bounds bounds = {.max_work_group = limits->max_work_group,
                               .local_mem_bytes = limits->local_mem_bytes,
                               .max_alloc_bytes = limits->max_alloc_bytes};
    memcpy(bounds.max_work_item, limits->max_work_item, sizeof bounds.max_work_item);
    return bounds;
}
