#include "cli/tune_records.h"

#include "cli/backend.h"
#include "cli/tuning.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const column columns[] = {
    {"kernel", "kernel", 0},     {"params", "parameters", 0}, {"problem", "problem", 0}, {"time_ms", "ms", 4},
    {"base_ms", "before ms", 4}, {"gain", "gain", 3},         {"spread", "spread", 3},   {"runs", "runs", 0},
    {"level", "level", 0},       {"driver", "driver", 0},     {"hash", NULL, 0},
};

/* The device's own records; none yet is none. */
static ig_status load_own(app *a, const tune_args *args, backend *b, tuning_paths *paths, ig_tune_db **db,
                          ig_error *error)
{
    ig_status status = backend_open(a, backend_selection(&args->common), b, error);
    if (!status && b->reference)
        status = cli_fail(error, IG_E_USAGE, "the plain C reference has no tuning records");
    if (!status)
        status = tuning_find(&ig_device_get_info(b->device)->limits, true, paths, error);
    if (!status)
        status = ig_tune_db_create(db, error);
    if (!status && access(paths->records, F_OK) == 0)
        status = ig_tune_db_import(*db, paths->records, error);
    return status;
}

static ig_status add_row(table *t, const ig_tune_db *db, int index, ig_error *error)
{
    static const char *const levels[IG_TUNE_LEVEL_COUNT] = {"", "quick", "full"};
    ig_tune_record_info info;
    ig_status status = ig_tune_db_get(db, index, &info, error);
    if (status)
        return status;
    const ig_tune_evidence *e = &info.evidence;
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, info.kernel_hash);
    table_text(t, info.kernel);
    table_text(t, info.params);
    table_text(t, info.problem);
    table_real(t, (double)e->time_ns / 1e6);
    table_real(t, (double)e->base_ns / 1e6);
    table_real(t, e->time_ns > 0 ? (double)e->base_ns / (double)e->time_ns : 1);
    table_real(t, e->spread);
    table_int(t, e->runs);
    table_text(t, levels[e->level]);
    table_text(t, info.driver);
    table_text(t, hash);
    free(info.problem);
    free(info.params);
    return IG_OK;
}

static ig_status list_records(app *a, const tune_args *args, ig_error *error)
{
    backend b = {0};
    tuning_paths paths;
    ig_tune_db *db = NULL;
    table t;
    table_init(&t, columns, sizeof columns / sizeof *columns);
    ig_status status = load_own(a, args, &b, &paths, &db, error);
    for (int i = 0; !status && i < ig_tune_db_count(db); i++)
        status = add_row(&t, db, i, error);
    if (!status)
        status = table_print(&t, (output_format)args->common.format, error);
    if (!status && args->common.format == FORMAT_MD)
        printf("\n%d records in %s\n", ig_tune_db_count(db), paths.records);
    table_release(&t);
    ig_tune_db_destroy(&db);
    backend_close(&b);
    return status;
}

static ig_status export_records(app *a, const tune_args *args, ig_error *error)
{
    backend b = {0};
    tuning_paths paths;
    ig_tune_db *db = NULL;
    const char *file = args->common.positional.items[1];
    ig_status status = load_own(a, args, &b, &paths, &db, error);
    if (!status && ig_tune_db_count(db) == 0) {
        status = cli_fail(error, IG_E_NO_INPUT, "there are no tuning records of %s", b.name);
        cli_hint(error, "`ingot tune MODEL` makes some");
    }
    if (!status)
        status = ig_tune_db_save(db, file, error);
    if (!status)
        report_note(&a->log, "%d records written to %s", ig_tune_db_count(db), file);
    ig_tune_db_destroy(&db);
    backend_close(&b);
    return status;
}

static ig_status import_records(app *a, const tune_args *args, ig_error *error)
{
    backend b = {0};
    tuning_paths paths;
    ig_tune_db *db = NULL, *taken = NULL;
    const char *file = args->common.positional.items[1];
    ig_status status = load_own(a, args, &b, &paths, &db, error);
    if (!status)
        status = ig_tune_db_create(&taken, error);
    if (!status)
        status = ig_tune_db_import_for(taken, file, &ig_device_get_info(b.device)->limits, error);
    if (!status)
        status = ig_tune_db_merge(db, taken, error);
    if (!status)
        status = ig_tune_db_save(db, paths.records, error);
    if (!status)
        report_note(&a->log, "%d records taken over, %d now in %s", ig_tune_db_count(taken), ig_tune_db_count(db),
                    paths.records);
    ig_tune_db_destroy(&taken);
    ig_tune_db_destroy(&db);
    backend_close(&b);
    return status;
}

static ig_status merge_records(app *a, const tune_args *args, ig_error *error)
{
    const text_list *files = &args->common.positional;
    ig_tune_db *all = NULL;
    ig_status status = ig_tune_db_create(&all, error);
    for (int i = 2; i < files->count && !status; i++) {
        ig_tune_db *one = NULL;
        status = ig_tune_db_create(&one, error);
        if (!status)
            status = ig_tune_db_import(one, files->items[i], error);
        if (!status)
            status = ig_tune_db_merge(all, one, error);
        ig_tune_db_destroy(&one);
    }
    if (!status)
        status = ig_tune_db_save(all, files->items[1], error);
    if (!status)
        report_note(&a->log, "%d records written to %s", ig_tune_db_count(all), files->items[1]);
    ig_tune_db_destroy(&all);
    return status;
}

static const tune_action actions[] = {
    {"list", "", 0, 0, list_records},
    {"export", " FILE", 1, 1, export_records},
    {"import", " FILE", 1, 1, import_records},
    {"merge", " OUT IN...", 2, -1, merge_records},
};

const tune_action *tune_action_find(const text_list *positional)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(positional->items[0], actions[i].name) == 0)
            return &actions[i];
    return NULL;
}

ig_status tune_action_check(const tune_action *action, const text_list *positional, ig_error *error)
{
    const int files = positional->count - 1;
    if (files >= action->min_files && (action->max_files < 0 || files <= action->max_files))
        return IG_OK;
    cli_fail(error, IG_E_USAGE, files < action->min_files ? "a file is missing" : "too many files");
    cli_expected(error, "ingot tune %s%s", action->name, action->arguments);
    return IG_E_USAGE;
}
