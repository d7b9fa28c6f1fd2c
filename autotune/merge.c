/* Putting records together: of two about the same device, kernel and problem one stays. */
#include "autotune/db.h"

#include "base/error.h"

#include <string.h>

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return ig_hash_fnv64(hash, text, strlen(text) + 1);
}

uint64_t ig_tune_record_key(const ig_tune_record *record)
{
    uint64_t key = hash_text(IG_HASH_FNV64_SEED, record->device->family);
    key = hash_text(key, record->device->name);
    key = hash_text(key, record->device->driver);
    key = hash_text(key, record->kernel);
    key = ig_hash_fnv64(key, &record->kernel_hash, sizeof record->kernel_hash);
    for (int i = 0; i < record->problem.count; i++) {
        key = hash_text(key, record->problem.name[i]);
        key = ig_hash_fnv64(key, &record->problem.value[i], sizeof record->problem.value[i]);
    }
    return key;
}

static bool copy_vars(ig_arena *arena, ig_kernel_vars *vars)
{
    bool ok = true;
    for (int i = 0; i < vars->count && ok; i++)
        ok = (vars->name[i] = ig_arena_strdup(arena, vars->name[i])) != NULL;
    return ok;
}

static const ig_tune_device *copy_device(ig_arena *arena, const ig_tune_device *from)
{
    ig_tune_device *device = ig_arena_alloc(arena, sizeof *device);
    const char **texts[] = {&device->family, &device->name,  &device->driver, &device->vendor,
                            &device->opencl, &device->ingot, &device->date};
    if (!device)
        return NULL;
    *device = *from;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!(*texts[i] = ig_arena_strdup(arena, *texts[i])))
            return NULL;
    return device;
}

static bool same_section(const ig_tune_device *a, const ig_tune_device *b)
{
    return strcmp(a->family, b->family) == 0 && strcmp(a->name, b->name) == 0 && strcmp(a->driver, b->driver) == 0 &&
           strcmp(a->date, b->date) == 0 && strcmp(a->ingot, b->ingot) == 0;
}

static bool copy_record(const ig_tune_db *db, ig_tune_record *record)
{
    const ig_tune_device *last = db->count ? db->records[db->count - 1].device : NULL;
    record->device = last && same_section(last, record->device) ? last : copy_device(db->arena, record->device);
    record->kernel = ig_arena_strdup(db->arena, record->kernel);
    if (record->note)
        record->note = ig_arena_strdup(db->arena, record->note);
    record->key = record->device && record->kernel ? ig_tune_record_key(record) : 0;
    return record->key && copy_vars(db->arena, &record->problem) && copy_vars(db->arena, &record->params);
}

static ig_tune_record *find(const ig_tune_db *db, uint64_t key)
{
    for (int i = 0; i < db->count; i++)
        if (db->records[i].key == key)
            return &db->records[i];
    return NULL;
}

ig_status ig_tune_db_put(ig_tune_db *db, const ig_tune_record *record, ig_error *error)
{
    ig_tune_record copy = *record;
    if (!copy_record(db, &copy))
        return ig_fail_memory(error, sizeof copy);
    ig_tune_record *old = find(db, copy.key);
    if (!old) {
        if (!ig_arena_grow(db->arena, (void **)&db->records, &db->capacity, db->count + 1, sizeof copy))
            return ig_fail_memory(error, sizeof copy);
        old = &db->records[db->count++];
    }
    *old = copy;
    return IG_OK;
}

/* Measured beats written by hand, and faster beats slower. */
static bool is_better(const ig_tune_evidence *a, const ig_tune_evidence *b)
{
    return a->time_ns > 0 && (b->time_ns == 0 || a->time_ns < b->time_ns);
}

ig_status ig_tune_db_merge(ig_tune_db *db, const ig_tune_db *from, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < from->count && !status; i++) {
        const ig_tune_record *record = &from->records[i], *old = find(db, record->key);
        if (!old || is_better(&record->evidence, &old->evidence))
            status = ig_tune_db_put(db, record, error);
    }
    return status;
}
