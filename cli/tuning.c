#include "cli/tuning.h"

#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const tuning_mode_names[] = {
    [TUNING_ALL] = "all", [TUNING_SHIPPED] = "shipped", [TUNING_OFF] = "off", NULL};

static bool data_dir(char out[CACHE_PATH])
{
    static const struct {
        const char *variable, *suffix;
    } places[] = {{"INGOT_DATA_DIR", ""}, {"XDG_DATA_HOME", "/ingot"}, {"HOME", "/.local/share/ingot"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);
        if (value && value[0])
            return snprintf(out, CACHE_PATH, "%s%s/tuning", value, places[i].suffix) < CACHE_PATH;
    }
    return false;
}

static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        const bool ok = mkdir(path, 0777) == 0 || errno == EEXIST;
        if (slash)
            *slash = '/';
        if (!ok || !slash)
            return ok;
    }
}

/* Letters and digits of the name, and a hash of all of it. */
static void file_stem(const ig_device_limits *limits, char *out, size_t size)
{
    uint64_t hash = ig_hash_fnv64(IG_HASH_FNV64_SEED, limits->name, strlen(limits->name));
    size_t length = 0;
    for (const char *c = limits->name; *c && length + 24 < size; c++) {
        const bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        if (plain || (length > 0 && out[length - 1] != '-'))
            out[length++] = plain ? *c : '-';
    }
    snprintf(out + length, size - length, "-%08x", (unsigned)(hash ^ hash >> 32));
}

ig_status tuning_find(const ig_device_limits *limits, bool create, tuning_paths *out, ig_error *error)
{
    char folder[CACHE_PATH], stem[IG_DEVICE_TEXT + 32];
    if (!data_dir(folder)) {
        cli_fail(error, IG_E_USAGE, "there is no folder for tuning records");
        cli_hint(error, "set INGOT_DATA_DIR, XDG_DATA_HOME or HOME");
        return IG_E_USAGE;
    }
    if (create && !make_folders(folder))
        return cli_fail(error, IG_E_PERMISSION, "cannot make the folder %s: %s", folder, strerror(errno));
    file_stem(limits, stem, sizeof stem);
    const int a = snprintf(out->records, sizeof out->records, "%s/%s.tune", folder, stem);
    const int b = snprintf(out->journal, sizeof out->journal, "%s/%s.journal", folder, stem);
    return a < (int)sizeof out->records && b < (int)sizeof out->journal
               ? IG_OK
               : cli_fail(error, IG_E_USAGE, "the path of the folder for tuning records is too long");
}

static ig_status load_own(const ig_device_limits *limits, ig_tune_db *db, ig_error *error)
{
    tuning_paths paths;
    if (tuning_find(limits, false, &paths, NULL) != IG_OK || access(paths.records, F_OK) != 0)
        return IG_OK;
    ig_status status = ig_tune_db_import(db, paths.records, error);
    if (status)
        cli_hint(error, "mend or remove the file, or leave it out with --tuning shipped");
    return status;
}

ig_status tuning_load(const ig_device_limits *limits, tuning_mode mode, ig_tune_db **out, ig_error *error)
{
    *out = NULL;
    if (mode == TUNING_OFF)
        return IG_OK;
    ig_status status = ig_tune_db_shipped(out, error);
    return status || mode == TUNING_SHIPPED ? status : load_own(limits, *out, error);
}
