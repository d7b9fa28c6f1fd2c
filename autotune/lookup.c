/* The tuning ladder: exact record, nearest problem of the family, any problem of the family or of the one that lends,
 * the header's default. */
#include "autotune/db.h"

#include <math.h>
#include <string.h>

/* Beyond three doublings in all, another problem's winner says nothing. */
#define FARTHEST 3.0

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

static bool is_of_family(const ig_tune_record *record, const char *family)
{
    return strcmp(record->device->family, family) == 0;
}

/* Another family's winner of one problem says nothing. */
static bool record_applies(const ig_tune_record *record, const ig_device_limits *limits, const char *lender,
                           const ig_kernel_def *kernel)
{
    int64_t values[IG_KERNEL_MAX_TUNES];
    return (is_of_family(record, limits->family) || (is_of_family(record, lender) && record->problem.count == 0)) &&
           strcmp(record->kernel, kernel->name) == 0 &&
           (record->kernel_hash == 0 || record->kernel_hash == kernel->source_hash) &&
           ig_tune_record_values(kernel, record, values);
}

bool ig_tune_shelve(ig_arena *arena, const ig_tune_db *db, const ig_device_limits *limits, const char *lender,
                    const ig_kernel_def *kernel, ig_tune_shelf *out)
{
    int capacity = 0;
    *out = (ig_tune_shelf){.kernel = kernel, .limits = limits, .priority = kernel->priority};
    for (int i = 0; db && i < db->count; i++) {
        const ig_tune_record *record = &db->records[i];
        if (!record_applies(record, limits, lender, kernel))
            continue;
        if (!ig_arena_grow(arena, (void **)&out->records, &capacity, out->count + 1, sizeof *out->records))
            return false;
        out->records[out->count++] = record;
        if (record->priority && record->problem.count == 0)
            out->priority = record->priority;
    }
    return true;
}

/* The problem's variable of that name; records written by the tuner have them in the same order. */
static bool find_variable(const ig_kernel_vars *problem, const char *name, int hint, int64_t *value)
{
    if (hint >= problem->count || strcmp(problem->name[hint], name) != 0)
        return ig_kernel_vars_get(problem, name, value);
    *value = problem->value[hint];
    return true;
}

/* Sum of |log2 ratio| over the record's variables; negative when the problem lacks one of them, no number when the
 * record has one that no problem can have. Anything above `most` when it is above that. */
static double problem_distance(const ig_kernel_vars *record, const ig_kernel_vars *problem, double most)
{
    double distance = 0;
    for (int i = 0; i < record->count && !(distance > most); i++) {
        int64_t value;
        if (!find_variable(problem, record->name[i], i, &value))
            return -1;
        if (value != record->value[i])
            distance += fabs(log2(((double)value + 1) / ((double)record->value[i] + 1)));
    }
    return distance;
}

bool ig_tune_record_is_about(const ig_tune_record *record, const ig_device_limits *limits, const ig_tune_family *family)
{
    return strcmp(record->device->name, limits->name) == 0 && strcmp(record->kernel, family->kernel->name) == 0 &&
           record->kernel_hash == family->kernel->source_hash &&
           problem_distance(&record->problem, &family->problem, 0) == 0;
}

static ig_tune_rung record_rung(const ig_tune_record *record, const ig_device_limits *limits, double distance)
{
    if (record->problem.count == 0)
        return is_of_family(record, limits->family) ? IG_RUNG_FAMILY : IG_RUNG_PROFILE;
    bool same_device =
        strcmp(record->device->name, limits->name) == 0 && strcmp(record->device->driver, limits->driver) == 0;
    return distance == 0 && same_device ? IG_RUNG_EXACT : IG_RUNG_NEAREST;
}

/* Who does not say how fast it is relative to memory is as fast as the rung below. */
static void pass_rates_up(ig_tune_choice *choices, int count)
{
    for (int i = count - 2; i >= 0; i--)
        if (choices[i].rate == 0)
            choices[i].rate = choices[i + 1].rate;
}

int ig_tune_lookup(const ig_tune_shelf *shelf, const ig_kernel_vars *problem, ig_tune_choice choices[IG_RUNG_COUNT])
{
    const ig_tune_record *best[IG_RUNG_COUNT] = {NULL};
    double nearest = FARTHEST;
    for (int i = 0; i < shelf->count; i++) {
        const ig_tune_record *record = shelf->records[i];
        const double distance = problem_distance(&record->problem, problem, nearest);
        const ig_tune_rung rung = record_rung(record, shelf->limits, distance);
        if (!(distance >= 0 && distance <= nearest))
            continue;
        best[rung] = record; /* of equals the last: the user's records stand behind the shipped ones */
        if (rung == IG_RUNG_NEAREST)
            nearest = distance;
    }
    int count = 0;
    for (int rung = 0; rung <= IG_RUNG_DEFAULT; rung++) {
        const ig_tune_record *record = best[rung];
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
