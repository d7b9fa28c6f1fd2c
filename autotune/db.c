#include "autotune/db.h"

#include "base/embed.h"
#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>

enum { MAX_DB_BYTES = 64 << 20 };

static const char *const rung_names[IG_RUNG_COUNT] = {"exact", "nearest", "family", "default"};

const char *ig_tune_rung_name(ig_tune_rung rung)
{
    return (unsigned)rung < IG_RUNG_COUNT ? rung_names[rung] : "unknown";
}

static ig_tune_db *create_db(void)
{
    ig_tune_db *db = calloc(1, sizeof *db);
    if (db && !(db->arena = ig_arena_create())) {
        free(db);
        db = NULL;
    }
    return db;
}

ig_status ig_tune_db_shipped(ig_tune_db **out, ig_error *error)
{
    *out = NULL;
    ig_tune_db *db = create_db();
    if (!db)
        return ig_fail_memory(error, sizeof *db);
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
