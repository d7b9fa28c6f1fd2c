/* The values in the text form of tuning records (docs/tuning.md). */
#include "autotune/parse.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const char *const ig_tune_level_names[IG_TUNE_LEVEL_COUNT] = {"none", "quick", "full"};

ig_status ig_tune_read_text(const ig_tune_parser *p, const char *text, void *out)
{
    char *copy = ig_arena_strdup(p->db->arena, text);
    *(const char **)out = copy;
    return copy ? IG_OK : ig_fail_memory(p->error, strlen(text));
}

/* NULL when memory is out. */
static const char *intern(const ig_tune_parser *p, const char *text)
{
    ig_tune_names *names = p->names;
    int found = names->guess;
    if (found >= names->count || strcmp(names->items[found], text) != 0)
        for (found = 0; found < names->count && strcmp(names->items[found], text) != 0;)
            found++;
    names->guess = found + 1;
    if (found < names->count)
        return names->items[found];
    const char *copy = ig_arena_strdup(p->db->arena, text);
    if (!copy ||
        !ig_arena_grow(p->db->arena, (void **)&names->items, &names->capacity, names->count + 1, sizeof *names->items))
        return NULL;
    return names->items[names->count++] = copy;
}

/* "A:1,B:2" or "*" (nothing). */
ig_status ig_tune_read_vars(const ig_tune_parser *p, const char *text, void *out)
{
    ig_kernel_vars *vars = out;
    vars->count = 0;
    if (strcmp(text, "*") == 0)
        return IG_OK;
    char copy[IG_TUNE_MAX_VALUE];
    strcpy(copy, text); /* next_field bounds a value by IG_TUNE_MAX_VALUE */
    char *rest = NULL;
    for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        char *colon = strchr(item, ':');
        int64_t value;
        if (!colon || colon == item || !ig_text_to_int(colon + 1, &value))
            return ig_tune_parse_fail(p, "NAME:integer,NAME:integer", text);
        *colon = '\0';
        const char *name = intern(p, item);
        if (!name)
            return ig_fail_memory(p->error, strlen(item));
        if (ig_kernel_vars_get(vars, name, &(int64_t){0}))
            return ig_tune_parse_fail(p, "each name once", text);
        if (!ig_kernel_vars_set(vars, name, value))
            return ig_tune_parse_fail(p, "fewer names", text);
    }
    return vars->count ? IG_OK : ig_tune_parse_fail(p, "NAME:integer or *", text);
}

ig_status ig_tune_read_params(const ig_tune_parser *p, const char *text, void *out)
{
    ig_status status = ig_tune_read_vars(p, text, out);
    return status || ((ig_kernel_vars *)out)->count ? status : ig_tune_parse_fail(p, "params=NAME:integer", text);
}

ig_status ig_tune_read_hash(const ig_tune_parser *p, const char *text, void *out)
{
    *(uint64_t *)out = strtoull(text, NULL, 16);
    return strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16
               ? ig_tune_parse_fail(p, "16 hexadecimal digits", text)
               : IG_OK;
}

ig_status ig_tune_read_positive(const ig_tune_parser *p, const char *text, void *out)
{
    int64_t *value = out;
    return ig_text_to_int(text, value) && *value > 0 ? IG_OK : ig_tune_parse_fail(p, "a positive integer", text);
}

ig_status ig_tune_read_spread(const ig_tune_parser *p, const char *text, void *out)
{
    double *value = out;
    return ig_text_to_double(text, value) && *value >= 0 ? IG_OK : ig_tune_parse_fail(p, "a number from 0 up", text);
}

ig_status ig_tune_read_level(const ig_tune_parser *p, const char *text, void *out)
{
    for (int i = IG_TUNE_QUICK; i < IG_TUNE_LEVEL_COUNT; i++)
        if (strcmp(text, ig_tune_level_names[i]) == 0) {
            *(ig_tune_level *)out = (ig_tune_level)i;
            return IG_OK;
        }
    return ig_tune_parse_fail(p, "level=quick or level=full", text);
}
