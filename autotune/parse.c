/* The text form of tuning records (docs/tuning.md): a `device` line opens a section, each further line is one record,
 * and an `end` line closes records that were measured. */
#include "autotune/db.h"
#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 4096, MAX_VALUE = 2048, MAX_KEY = 64 };

typedef struct parser {
    ig_tune_db *db;
    const char *file;
    int line;
    const ig_tune_device *device; /* of the open section; NULL before the first */
    const char *open;             /* text behind the last `end` line */
    int n_open, n_measured;       /* records since then; those that no hand wrote */
    ig_error *error;
} parser;

const char *const ig_tune_level_names[IG_TUNE_LEVEL_COUNT] = {"none", "quick", "full"};

static ig_status fail(const parser *p, const char *expected, const char *found)
{
    ig_fail(p->error, IG_E_DATA, "malformed tuning record");
    ig_error_where(p->error, p->file, p->line, 1);
    ig_error_expected(p->error, "%s", expected);
    ig_error_found(p->error, "%s", found);
    return IG_E_DATA;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

typedef ig_status (*read_value)(const parser *p, const char *text, void *out);

static ig_status read_text(const parser *p, const char *text, void *out)
{
    char *copy = ig_arena_strdup(p->db->arena, text);
    *(const char **)out = copy;
    return copy ? IG_OK : ig_fail_memory(p->error, strlen(text));
}

/* "A:1,B:2" or "*" (nothing). */
static ig_status read_vars(const parser *p, const char *text, void *out)
{
    ig_kernel_vars *vars = out;
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

static ig_status read_params(const parser *p, const char *text, void *out)
{
    ig_status status = read_vars(p, text, out);
    return status || ((ig_kernel_vars *)out)->count ? status : fail(p, "params=NAME:integer", text);
}

static ig_status read_hash(const parser *p, const char *text, void *out)
{
    *(uint64_t *)out = strtoull(text, NULL, 16);
    return strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16 ? fail(p, "16 hexadecimal digits", text)
                                                                              : IG_OK;
}

static ig_status read_positive(const parser *p, const char *text, void *out)
{
    int64_t *value = out;
    return ig_text_to_int(text, value) && *value > 0 ? IG_OK : fail(p, "a positive integer", text);
}

static ig_status read_spread(const parser *p, const char *text, void *out)
{
    double *value = out;
    return ig_text_to_double(text, value) && *value >= 0 ? IG_OK : fail(p, "a number from 0 up", text);
}

static ig_status read_level(const parser *p, const char *text, void *out)
{
    for (int i = IG_TUNE_QUICK; i < IG_TUNE_LEVEL_COUNT; i++)
        if (strcmp(text, ig_tune_level_names[i]) == 0) {
            *(ig_tune_level *)out = (ig_tune_level)i;
            return IG_OK;
        }
    return fail(p, "level=quick or level=full", text);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

typedef struct field {
    const char *key;
    read_value read;
    size_t offset;
    bool required;
} field;

#define DEVICE(member) offsetof(ig_tune_device, member)
#define RECORD(member) offsetof(ig_tune_record, member)

static const field device_fields[] = {
    {"family", read_text, DEVICE(family), true},  {"name", read_text, DEVICE(name), false},
    {"driver", read_text, DEVICE(driver), false}, {"vendor", read_text, DEVICE(vendor), false},
    {"opencl", read_text, DEVICE(opencl), false}, {"ingot", read_text, DEVICE(ingot), false},
    {"date", read_text, DEVICE(date), false},
};
static const field record_fields[] = {
    {"kernel", read_text, RECORD(kernel), true},
    {"hash", read_hash, RECORD(kernel_hash), false},
    {"problem", read_vars, RECORD(problem), true},
    {"params", read_params, RECORD(params), true},
    {"rate", read_positive, RECORD(rate), false},
    {"priority", read_positive, RECORD(priority), false},
    {"time_ns", read_positive, RECORD(evidence.time_ns), false},
    {"base_ns", read_positive, RECORD(evidence.base_ns), false},
    {"spread", read_spread, RECORD(evidence.spread), false},
    {"runs", read_positive, RECORD(evidence.runs), false},
    {"level", read_level, RECORD(evidence.level), false},
    {"note", read_text, RECORD(note), false},
};
typedef struct end_line {
    int64_t records;
    uint64_t sum;
} end_line;
static const field end_fields[] = {
    {"records", read_positive, offsetof(end_line, records), true},
    {"sum", read_hash, offsetof(end_line, sum), true},
};
#define FIELDS(list) (list), (int)(sizeof(list) / sizeof *(list))

/* Cuts the next key=value off `*cursor`; a value may stand in double quotes, and `note` takes the rest of the line. */
static bool next_field(char **cursor, char key[MAX_KEY], char value[MAX_VALUE])
{
    char *at = *cursor + strspn(*cursor, " \t");
    size_t key_length = strcspn(at, "= \t");
    if (at[key_length] != '=' || key_length == 0 || key_length >= MAX_KEY)
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

static const field *find_field(const field *fields, int count, const char *key)
{
    for (int i = 0; i < count; i++)
        if (strcmp(fields[i].key, key) == 0)
            return &fields[i];
    return NULL;
}

static ig_status fail_keys(const parser *p, const field *fields, int count, bool only_required, const char *found)
{
    ig_text list = {0};
    for (int i = 0; i < count; i++)
        if (fields[i].required || !only_required)
            ig_text_add(&list, "%s%s=", list.length ? ", " : "", fields[i].key);
    ig_status status = fail(p, ig_text_get(&list), found);
    ig_text_release(&list);
    return status;
}

static ig_status read_fields(const parser *p, char *cursor, const field *fields, int count, void *out)
{
    char key[MAX_KEY], value[MAX_VALUE];
    unsigned seen = 0;
    while (*cursor) {
        if (!next_field(&cursor, key, value))
            return fail(p, "key=value fields", cursor);
        const field *f = find_field(fields, count, key);
        if (!f)
            return fail_keys(p, fields, count, false, key);
        const unsigned bit = 1U << (f - fields);
        if (seen & bit)
            return fail(p, "each field once", key);
        seen |= bit;
        ig_status status = f->read(p, value, (char *)out + f->offset);
        if (status)
            return status;
    }
    for (int i = 0; i < count; i++)
        if (fields[i].required && !(seen >> i & 1))
            return fail_keys(p, fields, count, true, "a line without one of them");
    return IG_OK;
}

static ig_status parse_section(parser *p, char *cursor)
{
    ig_tune_device *device = ig_arena_alloc(p->db->arena, sizeof *device);
    if (!device)
        return ig_fail_memory(p->error, sizeof *device);
    *device = (ig_tune_device){"", "", "", "", "", "", ""};
    ig_status status = read_fields(p, cursor, FIELDS(device_fields), device);
    p->device = device;
    return status || *device->family ? status : fail(p, "family=...", "a device line without it");
}

/* Evidence is whole, and its own: who lost to what it would replace is no winner. */
static ig_status check_evidence(const parser *p, const ig_tune_record *record)
{
    const ig_tune_evidence *e = &record->evidence;
    const bool any = e->time_ns || e->base_ns || e->runs || e->level || e->spread > 0;
    if (!any)
        return IG_OK;
    if (!e->time_ns || !e->base_ns || !e->runs || !e->level || !record->kernel_hash || !record->problem.count ||
        !*record->device->name || !*record->device->driver)
        return fail(p,
                    "with time_ns= also base_ns=, runs=, level=, hash=, a problem, and name= and driver= of the device",
                    "evidence without one of them");
    return e->time_ns > e->base_ns ? fail(p, "time_ns= of at most base_ns=", "a winner that lost") : IG_OK;
}

static ig_status parse_record(parser *p, char *cursor, int first)
{
    if (!p->device)
        return fail(p, "a `device family=...` line first", cursor);
    ig_tune_record record = {.device = p->device, .line = p->line};
    ig_status status = read_fields(p, cursor, FIELDS(record_fields), &record);
    if (!status)
        status = check_evidence(p, &record);
    if (status)
        return status;
    ig_tune_db *db = p->db;
    record.key = ig_tune_record_key(&record);
    for (int i = first; i < db->count; i++)
        if (db->records[i].key == record.key) {
            status = fail(p, "one record about a kernel and a problem", "a second one");
            ig_error_hint(p->error, "the first is in line %d", db->records[i].line);
            return status;
        }
    if (!ig_arena_grow(db->arena, (void **)&db->records, &db->capacity, db->count + 1, sizeof record))
        return ig_fail_memory(p->error, sizeof record);
    db->records[db->count++] = record;
    p->n_open++;
    p->n_measured += record.evidence.time_ns > 0 || *record.device->ingot;
    return IG_OK;
}

static ig_status parse_end(parser *p, char *cursor, const char *line_start)
{
    end_line end = {0};
    ig_status status = read_fields(p, cursor, FIELDS(end_fields), &end);
    const uint64_t sum = ig_hash_fnv64(IG_HASH_FNV64_SEED, p->open, (size_t)(line_start - p->open));
    if (!status && end.records != p->n_open)
        status = fail(p, "as many records as the `end` line counts", "a file that lost or gained some");
    if (!status && end.sum != sum)
        status = fail(p, "the text that the `end` line sums up", "a file that was changed by hand or damaged");
    p->n_open = p->n_measured = 0;
    p->open = line_start + strcspn(line_start, "\n");
    return status;
}

static ig_status parse_line(parser *p, char *line, const char *start, int first)
{
    char *at = line + strspn(line, " \t");
    if (*at == '\0' || *at == '#')
        return IG_OK;
    if (strncmp(at, "device ", 7) == 0)
        return parse_section(p, at + 7);
    if (strncmp(at, "end ", 4) == 0)
        return parse_end(p, at + 4, start);
    return parse_record(p, at, first);
}

ig_status ig_tune_db_parse(ig_tune_db *db, const char *text, size_t length, const char *file, ig_error *error)
{
    parser p = {.db = db, .file = file, .open = text, .error = error};
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
            status = parse_line(&p, line, text + at, before);
        }
        at += n + 1;
    }
    if (!status && p.n_measured > 0)
        status = fail(&p, "an `end` line behind measured records", "the end of the file: it is cut off");
    if (status)
        db->count = before; /* all or nothing */
    return status;
}
