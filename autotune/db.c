#include "autotune/db.h"

#include "base/embed.h"
#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>

enum { MAX_DB_BYTES = 64 << 20 };

static const char *const rung_names[IG_RUNG_COUNT] = {"exact", "nearest", "family", "profile", "default"};

const char *ig_tune_rung_name(ig_tune_rung rung)
{
    return (unsigned)rung < IG_RUNG_COUNT ? rung_names[rung] : "unknown";
}

ig_status ig_tune_db_create(ig_tune_db **out, ig_error *error)
{
    ig_tune_db *db = calloc(1, sizeof *db);
    if (db && !(db->arena = ig_arena_create())) {
        free(db);
        db = NULL;
    }
    *out = db;
    return db ? IG_OK : ig_fail_memory(error, sizeof *db);
}

ig_status ig_tune_db_shipped(ig_tune_db **out, ig_error *error)
{
    ig_tune_db *db = NULL;
    *out = NULL;
    ig_status created = ig_tune_db_create(&db, error);
    if (created)
        return created;
    for (int i = 0; i < ig_tuning_text_count; i++) {
        const ig_embedded *file = &ig_tuning_text[i];
        ig_status status = ig_tune_db_parse(db, file->text, file->length, file->name, error);
        if (status) {
            ig_tune_db_destroy(&db);
            return status;
        }
    }
    *out = db;
    return IG_OK;
}

ig_status ig_tune_db_import(ig_tune_db *db, const char *path, ig_error *error)
{
    char *text = NULL;
    size_t length = 0;
    ig_status status = ig_file_read(path, MAX_DB_BYTES, &text, &length, error);
    if (!status)
        status = ig_tune_db_parse(db, text, length, path, error);
    free(text);
    return status;
}

ig_status ig_tune_db_get(const ig_tune_db *db, int index, ig_tune_record_info *out, ig_error *error)
{
    *out = (ig_tune_record_info){0};
    if (index < 0 || index >= ig_tune_db_count(db))
        return ig_fail(error, IG_E_USAGE, "there is no tuning record %d", index);
    const ig_tune_record *record = &db->records[index];
    ig_text problem = {0}, params = {0};
    ig_tune_vars_print(&record->problem, &problem);
    ig_tune_vars_print(&record->params, &params);
    *out = (ig_tune_record_info){
        .family = record->device->family,
        .device = record->device->name,
        .driver = record->device->driver,
        .kernel = record->kernel,
        .kernel_hash = record->kernel_hash,
        .problem = problem.data,
        .params = params.data,
        .evidence = record->evidence,
    };
    if (!problem.failed && !params.failed)
        return IG_OK;
    ig_text_release(&problem);
    ig_text_release(&params);
    *out = (ig_tune_record_info){0};
    return ig_fail_memory(error, sizeof *out);
}

int ig_tune_db_count(const ig_tune_db *db)
{
    return db ? db->count : 0;
}

void ig_tune_db_destroy(ig_tune_db **db)
{
    if (!db || !*db)
        return;
    ig_arena_destroy(&(*db)->arena);
    free(*db);
    *db = NULL;
}
