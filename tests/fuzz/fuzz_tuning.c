/* Any bytes as tuning records: all of a text or nothing; what is taken can be looked up. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "autotune/db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* Every record's own problem, and one that it may be near to, on the device the record is for. */
static void look_up(const ig_tune_db *db, const ig_tune_record *record)
{
    static int64_t values[] = {1, 2, 4};
    const ig_kernel_def kernel = {.name = record->kernel,
                                  .source_hash = record->kernel_hash,
                                  .priority = 10,
                                  .tunes = {{.name = "TM", .values = values, .n_values = 3, .fallback = 2}},
                                  .n_tunes = 1};
    ig_device_limits limits = {.local_mem_bytes = 0};
    snprintf(limits.family, sizeof limits.family, "%s", record->device->family);
    ig_tune_shelf shelf;
    require(ig_tune_shelve(db->arena, db, &limits, "", &kernel, 1, &shelf));
    ig_kernel_vars near = record->problem;
    for (int i = 0; i < near.count; i++)
        near.value[i] = near.value[i] / 2;
    for (int k = 0; k < 2; k++) {
        ig_tune_choice choices[IG_RUNG_COUNT];
        const int count = ig_tune_lookup(&shelf, k ? &near : &record->problem, choices);
        require(count >= 1 && count <= IG_RUNG_COUNT && choices[count - 1].rung == IG_RUNG_DEFAULT);
        for (int i = 0; i < count; i++)
            require(choices[i].rate >= 0 && choices[i].values[0] >= 1 && choices[i].values[0] <= 4);
    }
    require(shelf.priority > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ig_error error = {0};
    ig_tune_db *db = NULL;
    require(ig_tune_db_shipped(&db, &error) == IG_OK);
    const int before = db->count;
    if (ig_tune_db_parse(db, (const char *)data, size, "fuzz", &error) == IG_OK)
        for (int i = before; i < db->count; i++)
            look_up(db, &db->records[i]);
    else
        require(db->count == before && error.message[0] != '\0');
    ig_tune_db_destroy(&db);
    return 0;
}
