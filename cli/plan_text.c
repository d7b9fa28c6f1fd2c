#include "cli/plan_text.h"

#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PLAN_BYTES = 64 << 20, READ_BYTES = 1 << 16 };

static const char PLAN_HINT[] = "`ingot plan MODEL > FILE` writes what is read here";

const char *const plan_field_names[N_FIELDS] = {"path", "kernel", "rung", "groups", "local", "memory"};

typedef struct reader {
    const char *file;
    int line;
    bool open_end; /* the last line has no end */
    plan_text *out;
    int capacity;
    ig_error *error;
} reader;

/* --- lines -------------------------------------------------------------------------------------------------------- */

static ig_status bad_line(const reader *r, const char *line, const char *message, const char *expected)
{
    cli_fail(r->error, IG_E_DATA, "%s", message);
    snprintf(r->error->file, sizeof r->error->file, "%s", r->file);
    r->error->line = r->line;
    cli_expected(r->error, "%s", expected);
    cli_found(r->error, line[0] ? "%.80s" : "an empty line", line);
    cli_hint(r->error, "%s", PLAN_HINT);
    return IG_E_DATA;
}

/* Cuts the first word off `*at`; NULL when there is none. */
static char *take_word(char **at)
{
    char *word = *at;
    size_t length = strcspn(word, " ");
    if (length == 0)
        return NULL;
    *at = word + length;
    if (**at)
        *(*at)++ = '\0';
    return word;
}

/* The value of the next word, which must be `key=value`. */
static const char *take_value(char **at, const char *key)
{
    size_t length = strlen(key);
    char *word = take_word(at);
    return word && strncmp(word, key, length) == 0 && word[length] == '=' && word[length + 1] ? word + length + 1
                                                                                              : NULL;
}

static ig_status add_step(reader *r, const plan_step *step)
{
    plan_text *out = r->out;
    if (out->n_steps == r->capacity) {
        int capacity = r->capacity ? 2 * r->capacity : 64;
        plan_step *steps = realloc(out->steps, (size_t)capacity * sizeof *steps);
        if (!steps)
            return cli_fail_memory(r->error);
        out->steps = steps;
        r->capacity = capacity;
    }
    out->steps[out->n_steps++] = *step;
    return IG_OK;
}

static ig_status read_step(reader *r, char *line)
{
    static const char GRAMMAR[] = "INDEX PATH KERNEL RUNG groups=XxYxZ local=XxYxZ MEMORY";
    char shown[96];
    char *at = line;
    int64_t index;
    plan_step step = {0};
    snprintf(shown, sizeof shown, "%s", line);
    const char *number = take_word(&at);
    if (!number || !ig_text_to_int(number, &index))
        return bad_line(r, shown, "this is no step of a plan", GRAMMAR);
    for (int i = FIELD_PATH; i <= FIELD_RUNG; i++)
        step.field[i] = take_word(&at);
    step.field[FIELD_GROUPS] = take_value(&at, "groups");
    step.field[FIELD_LOCAL] = take_value(&at, "local");
    step.field[FIELD_MEMORY] = at;
    for (int i = 0; i < N_FIELDS; i++)
        if (!step.field[i])
            return bad_line(r, shown, "a step is incomplete", GRAMMAR);
    if (index != r->out->n_steps) {
        char expected[64];
        snprintf(expected, sizeof expected, "step %d", r->out->n_steps);
        return bad_line(r, shown, "a step is missing", expected);
    }
    return add_step(r, &step);
}

static ig_status read_totals(reader *r, char *line)
{
    char *at = line, *word;
    take_word(&at); /* "totals" */
    while ((word = take_word(&at))) {
        char *equals = strchr(word, '=');
        if (!equals || r->out->n_totals == PLAN_TOTALS)
            return bad_line(r, word, "this is no total of a plan", "NAME=VALUE");
        *equals = '\0';
        r->out->totals[r->out->n_totals++] = (plan_total){word, equals + 1};
    }
    return IG_OK;
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

static ig_status read_line(reader *r, char *line)
{
    if (r->line == 1) {
        r->out->head = line;
        return begins(line, "plan of ") ? IG_OK : bad_line(r, line, "this is no plan", "plan of MODEL for DEVICE, ...");
    }
    if (r->out->n_totals > 0)
        return bad_line(r, line, "there is more behind the totals", "the end of the plan");
    if (begins(line, "totals "))
        return read_totals(r, line);
    if (begins(line, "features ")) /* the same numbers stand in the totals */
        return IG_OK;
    return read_step(r, line);
}

/* --- whole texts -------------------------------------------------------------------------------------------------- */

/* A file cut short ends in the middle of the steps that its head promises. */
static ig_status check_end(reader *r)
{
    plan_text *out = r->out;
    if (r->line == 0)
        return bad_line(r, "", "this is no plan", "plan of MODEL for DEVICE, ...");
    const char *last = strrchr(out->head, ',');
    int64_t promised = last ? strtoll(last + 1, NULL, 10) : -1;
    if (promised == out->n_steps && out->n_totals > 0 && !r->open_end)
        return IG_OK;
    cli_fail(r->error, IG_E_DATA, "the plan is cut short");
    snprintf(r->error->file, sizeof r->error->file, "%s", r->file);
    r->error->line = r->line;
    cli_expected(r->error, "%lld steps and a line of totals", (long long)promised);
    cli_found(r->error, "%d steps%s", out->n_steps,
              out->n_totals == 0 ? ", no totals"
              : r->open_end      ? ", half a line of totals"
                                 : "");
    return IG_E_DATA;
}

ig_status plan_text_parse(char *text, const char *file, plan_text *out, ig_error *error)
{
    reader r = {.file = file, .out = out, .error = error};
    memset(out, 0, sizeof *out);
    out->text = text;
    ig_status status = IG_OK;
    for (char *line = text; *line && !status;) {
        char *end = line + strcspn(line, "\n"), *next = *end ? end + 1 : end;
        r.open_end = !*end;
        *end = '\0';
        r.line++;
        status = read_line(&r, line);
        line = next;
    }
    return status ? status : check_end(&r);
}

static ig_status fail_read(const char *path, ig_error *error)
{
    static const struct {
        int number;
        ig_status status;
    } KNOWN[] = {{ENOENT, IG_E_NO_INPUT}, {ENOTDIR, IG_E_NO_INPUT}, {EACCES, IG_E_PERMISSION}, {EISDIR, IG_E_DATA}};
    const int number = errno;
    ig_status status = IG_E_IO;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (KNOWN[i].number == number)
            status = KNOWN[i].status;
    cli_fail(error, status, "cannot read %s: %s", path, strerror(number));
    if (status == IG_E_NO_INPUT)
        cli_hint(error, "%s", PLAN_HINT);
    return status;
}

/* Everything up to the end, with a NUL behind it. */
static ig_status read_stream(FILE *stream, const char *path, char **out, ig_error *error)
{
    size_t length = 0, got;
    do {
        char *grown = realloc(*out, length + READ_BYTES + 1);
        if (!grown)
            return cli_fail_memory(error);
        *out = grown;
        got = fread(grown + length, 1, READ_BYTES, stream);
        length += got;
        grown[length] = '\0';
    } while (got == READ_BYTES && length <= MAX_PLAN_BYTES);
    if (ferror(stream))
        return fail_read(path, error);
    if (length > MAX_PLAN_BYTES || strlen(*out) != length)
        return cli_fail(error, IG_E_DATA, "%s is no plan: it is %s", path,
                        length > MAX_PLAN_BYTES ? "too long" : "no text");
    return IG_OK;
}

ig_status plan_text_read(const char *path, plan_text *out, ig_error *error)
{
    const bool standard = strcmp(path, "-") == 0;
    FILE *stream = standard ? stdin : fopen(path, "rb");
    char *text = NULL;
    memset(out, 0, sizeof *out);
    if (!stream)
        return fail_read(path, error);
    ig_status status = read_stream(stream, path, &text, error);
    if (!standard)
        fclose(stream);
    if (!status)
        return plan_text_parse(text, standard ? "standard input" : path, out, error);
    free(text);
    return status;
}

void plan_text_release(plan_text *p)
{
    free(p->steps);
    free(p->text);
    memset(p, 0, sizeof *p);
}
