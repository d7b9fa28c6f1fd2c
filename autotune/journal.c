#include "autotune/journal.h"

#include "base/error.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_JOURNAL_BYTES = 256 << 20, MAX_LINE = 1024 };

typedef struct entry {
    uint64_t key;
    ig_trial_end end;
    int64_t time_ns;
} entry;

struct ig_tune_journal {
    const char *path;
    int fd; /* -1: none */
    ig_arena *arena;
    entry *entries;
    int count, capacity;
};

static const char *const end_words[IG_TRIAL_END_COUNT] = {"ok", "slow", "wrong", "failed", "lost"};

/* --- in memory ---------------------------------------------------------------------------------------------------- */

static entry *find(const ig_tune_journal *journal, uint64_t key)
{
    for (int i = journal->count - 1; i >= 0; i--)
        if (journal->entries[i].key == key)
            return &journal->entries[i];
    return NULL;
}

static bool note(ig_tune_journal *journal, entry what)
{
    entry *old = find(journal, what.key);
    if (!old) {
        if (!ig_arena_grow(journal->arena, (void **)&journal->entries, &journal->capacity, journal->count + 1,
                           sizeof what))
            return false;
        old = &journal->entries[journal->count++];
    }
    *old = what;
    return true;
}

bool ig_tune_journal_find(const ig_tune_journal *journal, uint64_t key, ig_trial *trial)
{
    const entry *known = find(journal, key);
    if (!known)
        return false;
    trial->end = known->end;
    trial->time_ns = known->time_ns;
    return true;
}

void ig_tune_journal_count(const ig_tune_journal *journal, int *trials, int *lost)
{
    *trials = journal->count;
    *lost = 0;
    for (int i = 0; i < journal->count; i++)
        *lost += journal->entries[i].end == IG_TRIAL_LOST;
}

/* --- lines: "begin KEY text ~SUM" and "end KEY word time ~SUM" ------------------------------------------------------
 */

static bool parse_end(const char *text, entry *out)
{
    char word[16];
    int used = 0;
    if (sscanf(text, "%15s %" SCNd64 "%n", word, &out->time_ns, &used) != 2 || text[used] != '\0')
        return false;
    for (int i = 0; i < IG_TRIAL_LOST; i++)
        if (strcmp(word, end_words[i]) == 0) {
            out->end = (ig_trial_end)i;
            return true;
        }
    return false;
}

/* A line that was cut, or run into by the next one, has another sum. */
static bool parse_line(char *line, entry *out)
{
    char *sum = strrchr(line, '~');
    char word[8];
    int used = 0;
    if (!sum || sum == line || strlen(sum) != 9)
        return false;
    sum[-1] = '\0';
    if (strtoul(sum + 1, NULL, 16) != ig_hash_fnv32(line) ||
        sscanf(line, "%7s %16" SCNx64 " %n", word, &out->key, &used) != 2)
        return false;
    out->end = IG_TRIAL_LOST;
    out->time_ns = 0;
    return strcmp(word, "begin") == 0 || (strcmp(word, "end") == 0 && parse_end(line + used, out));
}

static bool read_lines(ig_tune_journal *journal, char *text)
{
    char *rest = NULL;
    bool ok = true;
    for (char *line = strtok_r(text, "\n", &rest); line && ok; line = strtok_r(NULL, "\n", &rest)) {
        entry what;
        if (parse_line(line, &what))
            ok = note(journal, what);
    }
    return ok;
}

static ig_status append(ig_tune_journal *journal, const char *line, bool sync, ig_error *error)
{
    char text[MAX_LINE + 16];
    if (journal->fd < 0)
        return IG_OK;
    const int length = snprintf(text, sizeof text, "%s ~%08" PRIx32 "\n", line, ig_hash_fnv32(line));
    if (write(journal->fd, text, (size_t)length) != length || (sync && fdatasync(journal->fd) != 0))
        return ig_fail_errno(error, "write", journal->path);
    return IG_OK;
}

ig_status ig_tune_journal_begin(ig_tune_journal *journal, uint64_t key, const char *text, ig_error *error)
{
    char line[MAX_LINE];
    snprintf(line, sizeof line, "begin %016" PRIx64 " %s", key, text);
    if (!note(journal, (entry){.key = key, .end = IG_TRIAL_LOST}))
        return ig_fail_memory(error, sizeof(entry));
    return append(journal, line, true, error);
}

ig_status ig_tune_journal_end(ig_tune_journal *journal, uint64_t key, const ig_trial *trial, ig_error *error)
{
    char line[MAX_LINE];
    snprintf(line, sizeof line, "end %016" PRIx64 " %s %" PRId64, key, end_words[trial->end], trial->time_ns);
    if (!note(journal, (entry){.key = key, .end = trial->end, .time_ns = trial->time_ns}))
        return ig_fail_memory(error, sizeof(entry));
    return append(journal, line, false, error);
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static ig_status lock(const ig_tune_journal *journal, ig_error *error)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(journal->fd, F_SETLK, &all) == 0)
        return IG_OK;
    if (errno != EACCES && errno != EAGAIN)
        return ig_fail_errno(error, "lock", journal->path);
    ig_fail(error, IG_E_IO, "another process is tuning this device");
    ig_error_where(error, journal->path, 0, 0);
    ig_error_hint(error, "two at once would spoil each other's times: wait for it, or end it");
    return IG_E_IO;
}

/* Through the descriptor that holds the lock: closing another one of this file would give it up. */
static ig_status read_all(const ig_tune_journal *journal, char **out, size_t *length, ig_error *error)
{
    struct stat info;
    if (fstat(journal->fd, &info) != 0)
        return ig_fail_errno(error, "read", journal->path);
    if (info.st_size > MAX_JOURNAL_BYTES)
        return ig_fail(error, IG_E_DATA, "the journal %s is larger than %d bytes", journal->path, MAX_JOURNAL_BYTES);
    *out = malloc((size_t)info.st_size + 1);
    if (!*out)
        return ig_fail_memory(error, (size_t)info.st_size + 1);
    const ssize_t got = pread(journal->fd, *out, (size_t)info.st_size, 0);
    *length = got > 0 ? (size_t)got : 0;
    (*out)[*length] = '\0';
    return got < 0 ? ig_fail_errno(error, "read", journal->path) : IG_OK;
}

/* Goes on at a new line, whatever the last process left. */
static ig_status open_file(ig_tune_journal *journal, ig_error *error)
{
    char *text = NULL;
    size_t length = 0;
    journal->fd = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (journal->fd < 0)
        return ig_fail_errno(error, "write", journal->path);
    ig_status status = lock(journal, error);
    if (!status)
        status = read_all(journal, &text, &length, error);
    if (!status && length > 0 && text[length - 1] != '\n' && write(journal->fd, "\n", 1) != 1)
        status = ig_fail_errno(error, "write", journal->path);
    if (!status && !read_lines(journal, text))
        status = ig_fail_memory(error, length);
    free(text);
    return status;
}

ig_status ig_tune_journal_open(const char *path, ig_tune_journal **out, ig_error *error)
{
    ig_arena *arena = ig_arena_create();
    ig_tune_journal *journal = arena ? ig_arena_alloc(arena, sizeof *journal) : NULL;
    *out = NULL;
    if (!journal) {
        ig_arena_destroy(&arena);
        return ig_fail_memory(error, sizeof *journal);
    }
    *journal = (ig_tune_journal){.arena = arena, .fd = -1};
    journal->path = path ? ig_arena_strdup(arena, path) : NULL;
    ig_status status = path && !journal->path ? ig_fail_memory(error, strlen(path)) : IG_OK;
    if (!status && path)
        status = open_file(journal, error);
    *out = journal;
    if (status)
        ig_tune_journal_close(out);
    return status;
}

void ig_tune_journal_close(ig_tune_journal **journal)
{
    if (!journal || !*journal)
        return;
    if ((*journal)->fd >= 0)
        close((*journal)->fd);
    ig_arena *arena = (*journal)->arena;
    ig_arena_destroy(&arena);
    *journal = NULL;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static uint64_t add_text(uint64_t hash, const char *text)
{
    return ig_hash_fnv64(hash, text, strlen(text) + 1);
}

static uint64_t add_number(uint64_t hash, int64_t number)
{
    return ig_hash_fnv64(hash, &number, sizeof number);
}

uint64_t ig_tune_trial_key(const ig_tune_search *search, const ig_device_limits *limits,
                           const ig_tune_candidate *candidate)
{
    const ig_tune_family *family = &search->families[candidate->family];
    uint64_t key = add_text(add_text(IG_HASH_FNV64_SEED, limits->name), limits->driver);
    key = add_number(add_text(key, family->kernel->name), (int64_t)family->kernel->source_hash);
    for (int i = 0; i < family->problem.count; i++)
        key = add_number(add_text(key, family->problem.name[i]), family->problem.value[i]);
    for (int i = 0; i < family->kernel->n_tunes; i++)
        key = add_number(key, candidate->values[i]);
    return key;
}
