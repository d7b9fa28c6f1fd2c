/* The tuning ladder: exact record, nearest problem of the family, any problem of the family, the header's default. */
#include "autotune/db.h"

#include <math.h>
#include <string.h>

/* Values for the kernel's tunables: the record's where it has one, else the default. False when the record does not
 * fit. */
static bool record_values(const ig_kernel_def *kernel, const ig_tune_record *record, int64_t *values)
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

static bool record_applies(const ig_tune_record *record, const ig_device_limits *limits, const ig_kernel_def *kernel)
{
    return strcmp(record->family, limits->family) == 0 && strcmp(record->kernel, kernel->name) == 0 &&
           (record->kernel_hash == 0 || record->kernel_hash == kernel->source_hash);
}

/* Sum of |log2 ratio| over the record's variables; negative when the problem lacks one of them, no number when the
 * record has one that no problem can have. */
static double problem_distance(const ig_kernel_vars *record, const ig_kernel_vars *problem)
{
    double distance = 0;
    for (int i = 0; i < record->count; i++) {
        int64_t value;
        if (!ig_kernel_vars_get(problem, record->name[i], &value))
            return -1;
        if (value != record->value[i])
            distance += fabs(log2(((double)value + 1) / ((double)record->value[i] + 1)));
    }
    return distance;
}

static ig_tune_rung record_rung(const ig_tune_record *record, const ig_device_limits *limits, double distance)
{
    if (record->problem.count == 0)
        return IG_RUNG_FAMILY;
    bool same_device = strcmp(record->device, limits->name) == 0 && strcmp(record->driver, limits->driver) == 0;
    return distance == 0 && same_device ? IG_RUNG_EXACT : IG_RUNG_NEAREST;
}

int ig_tune_lookup(const ig_tune_db *db, const ig_device_limits *limits, const ig_kernel_def *kernel,
                   const ig_kernel_vars *problem, ig_tune_choice choices[IG_RUNG_COUNT])
{
    /* Beyond three doublings in all, another problem's winner says nothing. */
    const double farthest = 3.0;
    double best[IG_RUNG_COUNT];
    bool have[IG_RUNG_COUNT] = {false};
    ig_tune_choice found[IG_RUNG_COUNT];
    for (int i = 0; db && i < db->count; i++) {
        const ig_tune_record *record = &db->records[i];
        if (!record_applies(record, limits, kernel))
            continue;
        double distance = problem_distance(&record->problem, problem);
        if (!(distance >= 0 && distance <= farthest))
            continue;
        ig_tune_rung rung = record_rung(record, limits, distance);
        if (have[rung] && best[rung] <= distance)
            continue;
        ig_tune_choice choice = {.rung = rung, .rate = record->rate};
        if (!record_values(kernel, record, choice.values))
            continue;
        found[rung] = choice;
        best[rung] = distance;
        have[rung] = true;
    }
    int count = 0;
    for (int rung = 0; rung < IG_RUNG_DEFAULT; rung++)
        if (have[rung])
            choices[count++] = found[rung];
    choices[count] = (ig_tune_choice){.rung = IG_RUNG_DEFAULT};
    for (int i = 0; i < kernel->n_tunes; i++)
        choices[count].values[i] = kernel->tunes[i].fallback;
    return count + 1;
}

int64_t ig_tune_priority(const ig_tune_db *db, const ig_device_limits *limits, const ig_kernel_def *kernel)
{
    int64_t priority = kernel->priority;
    for (int i = 0; db && i < db->count; i++) {
        const ig_tune_record *record = &db->records[i];
        if (record->priority && record->problem.count == 0 && record_applies(record, limits, kernel))
            priority = record->priority;
    }
    return priority;
}
