/* Which records count for a kernel on a device, so laid out that a lookup goes through numbers alone. */
#include "autotune/db.h"

#include <stdlib.h>
#include <string.h>

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
           (record->kernel_hash == 0 || record->kernel_hash == kernel->source_hash) &&
           ig_tune_record_values(kernel, record, values);
}

/* Texts of one file that are equal are one text (autotune/parse.c). */
static bool same_names(const ig_kernel_vars *a, const ig_kernel_vars *b)
{
    bool same = a->count == b->count;
    for (int i = 0; i < a->count && same; i++)
        same = a->name[i] == b->name[i] || strcmp(a->name[i], b->name[i]) == 0;
    return same;
}

/* Records of one form mostly stand together, so the last one comes first. */
static int find_form(const ig_tune_shelf *shelf, const ig_kernel_vars *problem)
{
    int form = shelf->n_forms - 1;
    while (form >= 0 && !same_names(shelf->forms[form], problem))
        form--;
    return form;
}

static bool add(ig_arena *arena, ig_tune_shelf *shelf, const ig_tune_record *record)
{
    const ig_kernel_vars *problem = &record->problem;
    int form = find_form(shelf, problem);
    if (form < 0) {
        form = shelf->n_forms;
        if (!ig_arena_grow(arena, (void **)&shelf->forms, &shelf->cap_forms, form + 1, sizeof *shelf->forms))
            return false;
        shelf->forms[shelf->n_forms++] = problem;
    }
    int64_t *values = ig_arena_array(arena, (size_t)problem->count + 1, sizeof *values);
    if (!values ||
        !ig_arena_grow(arena, (void **)&shelf->entries, &shelf->capacity, shelf->count + 1, sizeof *shelf->entries))
        return false;
    memcpy(values, problem->value, (size_t)problem->count * sizeof *values);
    shelf->entries[shelf->count++] =
        (ig_tune_entry){record, form, values, ig_tune_problem_size(values, problem->count)};
    shelf->n_measured += record->evidence.time_ns > 0;
    if (record->priority && problem->count == 0)
        shelf->priority = record->priority;
    return true;
}

int ig_tune_compare_problem(int form, const int64_t *values, const ig_tune_entry *entry)
{
    int order = (form > entry->form) - (form < entry->form);
    for (int i = 0; i < entry->record->problem.count && !order; i++)
        order = (values[i] > entry->values[i]) - (values[i] < entry->values[i]);
    return order;
}

static int by_problem(const void *a, const void *b)
{
    const ig_tune_entry *x = *(const ig_tune_entry *const *)a, *y = *(const ig_tune_entry *const *)b;
    const int order = ig_tune_compare_problem(x->form, x->values, y);
    return order ? order : (x > y) - (x < y);
}

static int by_size(const void *a, const void *b)
{
    const ig_tune_entry *x = *(const ig_tune_entry *const *)a, *y = *(const ig_tune_entry *const *)b;
    const int order = (x->form > y->form) - (x->form < y->form);
    return order ? order : (x->size > y->size) - (x->size < y->size);
}

static bool sort(ig_arena *arena, const ig_tune_shelf *shelf, int (*compare)(const void *, const void *),
                 const ig_tune_entry ***out)
{
    *out = ig_arena_array(arena, (size_t)shelf->count + 1, sizeof **out);
    for (int i = 0; *out && i < shelf->count; i++)
        (*out)[i] = &shelf->entries[i];
    if (*out && shelf->count > 1)
        qsort(*out, (size_t)shelf->count, sizeof **out, compare);
    return *out;
}

static int by_name(const void *name, const void *kernel)
{
    return strcmp(name, ((const ig_kernel_def *)kernel)->name);
}

bool ig_tune_shelve(ig_arena *arena, const ig_tune_db *db, const ig_device_limits *limits, const char *lender,
                    const ig_kernel_def *kernels, int n_kernels, ig_tune_shelf *shelves)
{
    for (int i = 0; i < n_kernels; i++)
        shelves[i] = (ig_tune_shelf){.kernel = &kernels[i], .limits = limits, .priority = kernels[i].priority};
    bool ok = true;
    for (int i = 0; db && i < db->count && ok; i++) {
        const ig_tune_record *record = &db->records[i];
        const ig_kernel_def *kernel = bsearch(record->kernel, kernels, (size_t)n_kernels, sizeof *kernels, by_name);
        if (kernel && record_applies(record, limits, lender, kernel))
            ok = add(arena, &shelves[kernel - kernels], record);
    }
    for (int i = 0; i < n_kernels && ok; i++)
        ok = sort(arena, &shelves[i], by_problem, &shelves[i].by_problem) &&
             sort(arena, &shelves[i], by_size, &shelves[i].by_size);
    return ok;
}
