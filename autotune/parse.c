/* The text form of tuning records (docs/tuning.md): a `device` line opens a section, each further line is one record.
 */
#include "autotune/db.h"
#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 4096, MAX_VALUE = 1024 };

typedef struct parser {
    ig_tune_db *db;
    const char *file;
    int line;
    ig_tune_record section; /* family, device and driver of the open section */
    ig_error *error;
} parser;

static ig_status fail(const parser *p, const char *expected, const char *found)
{
    ig_fail(p->error, IG_E_DATA, "malformed tuning record");
    ig_error_where(p->error, p->file, p->line, 1);
    ig_error_expected(p->error, "%s", expected);
    ig_error_found(p->error, "%s", found);
    return IG_E_DATA;
}

/* "A:1,B:2" or "*" (nothing). */
static ig_status parse_vars(const parser *p, const char *text, ig_kernel_vars *vars)
{
    vars->count = 0;
    if (strcmp(text, "*") == 0)
        return IG_OK;
    char copy[MAX_VALUE];
    strcpy(copy, text); /* next_field bounds a value by MAX_VALUE */
    char *rest = NULL;
    for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        char *colon = strchr(item, ':');
        int64_t value;
        if (!colon || colon == item || !ig_text_to_int(colon + 1, &value))
            return fail(p, "NAME:integer,NAME:integer", text);
        *colon = '\0';
        char *name = ig_arena_strdup(p->db->arena, item);
        if (!name)
            return ig_fail_memory(p->error, strlen(item));
        if (ig_kernel_vars_get(vars, name, &(int64_t){0}))
            return fail(p, "each name once", text);
        if (!ig_kernel_vars_set(vars, name, value))
            return fail(p, "fewer names", text);
    }
    return vars->count ? IG_OK : fail(p, "NAME:integer or *", text);
}

/* Cuts the next key=value off `*cursor`; a value may stand in double quotes, and `note` takes the rest of the line. */
static bool next_field(char **cursor, char key[64], char value[MAX_VALUE])
{
    char *at = *cursor + strspn(*cursor, " \t");
    size_t key_length = strcspn(at, "= \t");
    if (at[key_length] != '=' || key_length == 0 || key_length > 63)
        return false;
    memcpy(key, at, key_length);
    key[key_length] = '\0';
    at += key_length + 1;
    bool quoted = *at == '"';
    at += quoted;
    size_t length = strcmp(key, "note") == 0 ? strlen(at) : strcspn(at, quoted ? "\"" : " \t");
    if (length >= MAX_VALUE || (quoted && at[length] != '"'))
        return false;
    memcpy(value, at, length);
    value[length] = '\0';
    at += length + quoted;
    *cursor = at + strspn(at, " \t");
    return true;
}

static ig_status copy_text(const parser *p, const char *text, const char **out)
{
    *out = ig_arena_strdup(p->db->arena, text);
    return *out ? IG_OK : ig_fail_memory(p->error, strlen(text));
}

static ig_status parse_section(parser *p, char *cursor)
{
    p->section = (ig_tune_record){.family = "", .device = "", .driver = ""};
    char key[64], value[MAX_VALUE];
    while (*cursor) {
        if (!next_field(&cursor, key, value))
            return fail(p, "key=value fields behind `device`", cursor);
        const char **slot = strcmp(key, "family") == 0   ? &p->section.family
                            : strcmp(key, "name") == 0   ? &p->section.device
                            : strcmp(key, "driver") == 0 ? &p->section.driver
                                                         : NULL;
        if (!slot)
            return fail(p, "family, name or driver", key);
        ig_status status = copy_text(p, value, slot);
        if (status)
            return status;
    }
    return *p->section.family ? IG_OK : fail(p, "family=...", "a device line without it");
}

static ig_status parse_hash(const parser *p, const char *text, uint64_t *out)
{
    *out = strtoull(text, NULL, 16);
    return strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16
               ? fail(p, "hash= with 16 hexadecimal digits", text)
               : IG_OK;
}

static ig_status parse_positive(const parser *p, const char *text, int64_t *out)
{
    return ig_text_to_int(text, out) && *out > 0 ? IG_OK : fail(p, "rate= and priority= with a positive integer", text);
}

static ig_status parse_record(parser *p, char *cursor, ig_tune_record *record)
{
    if (!p->section.family)
        return fail(p, "a `device family=...` line first", cursor);
    *record = p->section;
    bool has_problem = false;
    char key[64], value[MAX_VALUE];
    while (*cursor) {
        ig_status status = IG_OK;
        if (!next_field(&cursor, key, value))
            return fail(p, "kernel=NAME problem=... params=... note=...", cursor);
        if (strcmp(key, "kernel") == 0)
            status = copy_text(p, value, &record->kernel);
        else if (strcmp(key, "hash") == 0)
            status = parse_hash(p, value, &record->kernel_hash);
        else if (strcmp(key, "params") == 0)
            status = parse_vars(p, value, &record->params);
        else if (strcmp(key, "problem") == 0)
            status = parse_vars(p, value, &record->problem), has_problem = true;
        else if (strcmp(key, "rate") == 0)
            status = parse_positive(p, value, &record->rate);
        else if (strcmp(key, "priority") == 0)
            status = parse_positive(p, value, &record->priority);
        else if (strcmp(key, "note") != 0)
            return fail(p, "kernel, hash, problem, params, rate, priority or note", key);
        if (status)
            return status;
    }
    if (!record->kernel || !has_problem || record->params.count == 0)
        return fail(p, "kernel=, problem= and params=", "a record without one of them");
    return IG_OK;
}

static ig_status parse_line(parser *p, char *line)
{
    char *at = line + strspn(line, " \t");
    if (*at == '\0' || *at == '#')
        return IG_OK;
    if (strncmp(at, "device ", 7) == 0)
        return parse_section(p, at + 7);
    ig_tune_record record;
    ig_status status = parse_record(p, at, &record);
    if (status)
        return status;
    ig_tune_db *db = p->db;
    if (!ig_arena_grow(db->arena, (void **)&db->records, &db->capacity, db->count + 1, sizeof record))
        return ig_fail_memory(p->error, sizeof record);
    db->records[db->count++] = record;
    return IG_OK;
}

ig_status ig_tune_db_parse(ig_tune_db *db, const char *text, size_t length, const char *file, ig_error *error)
{
    parser p = {.db = db, .file = file, .error = error};
    const int before = db->count;
    ig_status status = IG_OK;
    for (size_t at = 0; at < length && !status;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t n = end ? (size_t)(end - text) - at : length - at;
        char line[MAX_LINE];
        p.line++;
        if (n >= sizeof line || memchr(text + at, '\0', n))
            status = fail(&p, "a line of text below 4096 bytes", "a longer line or a NUL byte");
        else {
            memcpy(line, text + at, n);
            line[n] = '\0';
            if (n && line[n - 1] == '\r')
                line[n - 1] = '\0';
            status = parse_line(&p, line);
        }
        at += n + 1;
    }
    if (status)
        db->count = before; /* all or nothing */
    return status;
}
