/* The text form of tuning records (docs/tuning.md): a `device` line opens a section, each further line is one record,
 * and an `end` line closes records that were measured. */
#include "autotune/parse.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 4096, MAX_KEY = 64 };

ig_status ig_tune_parse_fail(const ig_tune_parser *p, const char *expected, const char *found)
{
    ig_fail(p->error, IG_E_DATA, "malformed tuning record");
    ig_error_where(p->error, p->file, p->line, 1);
    ig_error_expected(p->error, "%s", expected);
    ig_error_found(p->error, "%s", found);
    return IG_E_DATA;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

typedef struct field {
    const char *key;
    ig_tune_read *read;
    size_t offset;
    bool required;
} field;

#define DEVICE(member) offsetof(ig_tune_device, member)
#define RECORD(member) offsetof(ig_tune_record, member)

static const field device_fields[] = {
    {"family", ig_tune_read_text, DEVICE(family), true},  {"name", ig_tune_read_text, DEVICE(name), false},
    {"driver", ig_tune_read_text, DEVICE(driver), false}, {"vendor", ig_tune_read_text, DEVICE(vendor), false},
    {"opencl", ig_tune_read_text, DEVICE(opencl), false}, {"ingot", ig_tune_read_text, DEVICE(ingot), false},
    {"date", ig_tune_read_text, DEVICE(date), false},
};
static const field record_fields[] = {
    {"kernel", ig_tune_read_text, RECORD(kernel), true},
    {"hash", ig_tune_read_hash, RECORD(kernel_hash), false},
    {"problem", ig_tune_read_vars, RECORD(problem), true},
    {"params", ig_tune_read_params, RECORD(params), true},
    {"rate", ig_tune_read_positive, RECORD(rate), false},
    {"priority", ig_tune_read_positive, RECORD(priority), false},
    {"time_ns", ig_tune_read_positive, RECORD(evidence.time_ns), false},
    {"base_ns", ig_tune_read_positive, RECORD(evidence.base_ns), false},
    {"spread", ig_tune_read_spread, RECORD(evidence.spread), false},
    {"runs", ig_tune_read_positive, RECORD(evidence.runs), false},
    {"level", ig_tune_read_level, RECORD(evidence.level), false},
    {"note", ig_tune_read_text, RECORD(note), false},
};
typedef struct end_line {
    int64_t records;
    uint64_t sum;
} end_line;
static const field end_fields[] = {
    {"records", ig_tune_read_positive, offsetof(end_line, records), true},
    {"sum", ig_tune_read_hash, offsetof(end_line, sum), true},
};
#define FIELDS(list) (list), (int)(sizeof(list) / sizeof *(list))

/* Cuts the next key=value off `*cursor`; a value may stand in double quotes, and `note` takes the rest of the line. */
static bool next_field(char **cursor, char key[MAX_KEY], char value[IG_TUNE_MAX_VALUE])
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
    if (length >= IG_TUNE_MAX_VALUE || (quoted && at[length] != '"'))
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

static ig_status fail_keys(const ig_tune_parser *p, const field *fields, int count, bool only_required,
                           const char *found)
{
    ig_text list = {0};
    for (int i = 0; i < count; i++)
        if (fields[i].required || !only_required)
            ig_text_add(&list, "%s%s=", list.length ? ", " : "", fields[i].key);
    ig_status status = ig_tune_parse_fail(p, ig_text_get(&list), found);
    ig_text_release(&list);
    return status;
}

static ig_status read_fields(const ig_tune_parser *p, char *cursor, const field *fields, int count, void *out)
{
    char key[MAX_KEY], value[IG_TUNE_MAX_VALUE];
    unsigned seen = 0;
    while (*cursor) {
        if (!next_field(&cursor, key, value))
            return ig_tune_parse_fail(p, "key=value fields", cursor);
        const field *f = find_field(fields, count, key);
        if (!f)
            return fail_keys(p, fields, count, false, key);
        const unsigned bit = 1U << (f - fields);
        if (seen & bit)
            return ig_tune_parse_fail(p, "each field once", key);
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

static ig_status parse_section(ig_tune_parser *p, char *cursor)
{
    ig_tune_device *device = ig_arena_alloc(p->db->arena, sizeof *device);
    if (!device)
        return ig_fail_memory(p->error, sizeof *device);
    *device = (ig_tune_device){"", "", "", "", "", "", ""};
    ig_status status = read_fields(p, cursor, FIELDS(device_fields), device);
    p->device = device;
    return status || *device->family ? status : ig_tune_parse_fail(p, "family=...", "a device line without it");
}

/* Evidence is whole, and its own: who lost to what it would replace is no winner. */
static ig_status check_evidence(const ig_tune_parser *p, const ig_tune_record *record)
{
    const ig_tune_evidence *e = &record->evidence;
    const bool any = e->time_ns || e->base_ns || e->runs || e->level || e->spread > 0;
    if (!any)
        return IG_OK;
    if (!e->time_ns || !e->base_ns || !e->runs || !e->level || !record->kernel_hash || !record->problem.count ||
        !*record->device->name || !*record->device->driver)
        return ig_tune_parse_fail(
            p, "with time_ns= also base_ns=, runs=, level=, hash=, a problem, and name= and driver= of the device",
            "evidence without one of them");
    return e->time_ns > e->base_ns ? ig_tune_parse_fail(p, "time_ns= of at most base_ns=", "a winner that lost")
                                   : IG_OK;
}

static ig_status parse_record(ig_tune_parser *p, char *cursor)
{
    if (!p->device)
        return ig_tune_parse_fail(p, "a `device family=...` line first", cursor);
    ig_tune_record record = {.device = p->device, .line = p->line};
    ig_status status = read_fields(p, cursor, FIELDS(record_fields), &record);
    if (!status)
        status = check_evidence(p, &record);
    if (status)
        return status;
    ig_tune_db *db = p->db;
    record.key = ig_tune_record_key(&record);
    if (!ig_arena_grow(db->arena, (void **)&db->records, &db->capacity, db->count + 1, sizeof record))
        return ig_fail_memory(p->error, sizeof record);
    db->records[db->count++] = record;
    p->n_open++;
    p->n_measured += record.evidence.time_ns > 0 || *record.device->ingot;
    return IG_OK;
}

static ig_status parse_end(ig_tune_parser *p, char *cursor, const char *line_start)
{
    end_line end = {0};
    ig_status status = read_fields(p, cursor, FIELDS(end_fields), &end);
    const uint64_t sum = ig_hash_fnv64(IG_HASH_FNV64_SEED, p->open, (size_t)(line_start - p->open));
    if (!status && end.records != p->n_open)
        status = ig_tune_parse_fail(p, "as many records as the `end` line counts", "a file that lost or gained some");
    if (!status && end.sum != sum)
        status =
            ig_tune_parse_fail(p, "the text that the `end` line sums up", "a file that was changed by hand or damaged");
    p->n_open = p->n_measured = 0;
    p->open = line_start + strcspn(line_start, "\n");
    return status;
}

static ig_status parse_line(ig_tune_parser *p, char *line, const char *start)
{
    char *at = line + strspn(line, " \t");
    if (*at == '\0' || *at == '#')
        return IG_OK;
    if (strncmp(at, "device ", 7) == 0)
        return parse_section(p, at + 7);
    if (strncmp(at, "end ", 4) == 0)
        return parse_end(p, at + 4, start);
    return parse_record(p, at);
}

typedef struct keyed_line {
    uint64_t key;
    int line;
} keyed_line;

static int by_key_and_line(const void *a, const void *b)
{
    const keyed_line *x = a, *y = b;
    return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->line > y->line) - (x->line < y->line);
}

/* Among the records from `first` on. */
static ig_status check_unique(ig_tune_parser *p, int first)
{
    const int count = p->db->count - first;
    keyed_line *lines = calloc((size_t)count + 1, sizeof *lines);
    if (!lines)
        return ig_fail_memory(p->error, (size_t)count * sizeof *lines);
    for (int i = 0; i < count; i++)
        lines[i] = (keyed_line){p->db->records[first + i].key, p->db->records[first + i].line};
    qsort(lines, (size_t)count, sizeof *lines, by_key_and_line);
    int again = 1;
    while (again < count && lines[again].key != lines[again - 1].key)
        again++;
    ig_status status = IG_OK;
    if (again < count) {
        p->line = lines[again].line;
        status = ig_tune_parse_fail(p, "one record about a kernel and a problem", "a second one");
        ig_error_hint(p->error, "the first is in line %d", lines[again - 1].line);
    }
    free(lines);
    return status;
}

ig_status ig_tune_db_parse(ig_tune_db *db, const char *text, size_t length, const char *file, ig_error *error)
{
    ig_tune_names names = {.items = NULL};
    ig_tune_parser p = {.db = db, .names = &names, .file = file, .open = text, .error = error};
    const int before = db->count;
    ig_status status = IG_OK;
    for (size_t at = 0; at < length && !status;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t n = end ? (size_t)(end - text) - at : length - at;
        char line[MAX_LINE];
        p.line++;
        if (n >= sizeof line || memchr(text + at, '\0', n))
            status = ig_tune_parse_fail(&p, "a line of text below 4096 bytes", "a longer line or a NUL byte");
        else {
            memcpy(line, text + at, n);
            line[n] = '\0';
            if (n && line[n - 1] == '\r')
                line[n - 1] = '\0';
            status = parse_line(&p, line, text + at);
        }
        at += n + 1;
    }
    if (!status && p.n_measured > 0)
        status = ig_tune_parse_fail(&p, "an `end` line behind measured records", "the end of the file: it is cut off");
    /* What is wrong further down may follow from a file that was put together twice. */
    const ig_status unique = check_unique(&p, before);
    status = unique ? unique : status;
    if (status)
        db->count = before; /* all or nothing */
    return status;
}
