#include "cli/option.h"

#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 48, HELP_COLUMN = 26 };

bool text_list_add(text_list *list, const char *item)
{
    const char **items = realloc(list->items, ((size_t)list->count + 1) * sizeof *items);
    if (!items)
        return false;
    items[list->count] = item;
    list->items = items;
    list->count++;
    return true;
}

/* --- one value ------------------------------------------------------------------------------------------------- */

typedef ig_status (*value_setter)(const option *opt, const char *text, void *slot, ig_error *error);

static ig_status bad_value(const option *opt, const char *text, const char *expected, ig_error *error)
{
    cli_fail(error, IG_E_USAGE, "--%s does not take this value", opt->name);
    cli_expected(error, "%s", expected);
    cli_found(error, "%s", text);
    return IG_E_USAGE;
}

static ig_status set_flag(const option *opt, const char *text, void *slot, ig_error *error)
{
    (void)opt, (void)text, (void)error;
    *(bool *)slot = true;
    return IG_OK;
}

static ig_status set_text(const option *opt, const char *text, void *slot, ig_error *error)
{
    if (!text[0])
        return bad_value(opt, "an empty text", opt->metavar, error);
    *(const char **)slot = text;
    return IG_OK;
}

static ig_status set_list(const option *opt, const char *text, void *slot, ig_error *error)
{
    (void)opt;
    return text_list_add(slot, text) ? IG_OK : cli_fail_memory(error);
}

static ig_status set_int(const option *opt, const char *text, void *slot, ig_error *error)
{
    int64_t value;
    if (!ig_text_to_int(text, &value) || value < opt->min || value > opt->max) {
        char range[96];
        snprintf(range, sizeof range, "an integer from %lld to %lld", (long long)opt->min, (long long)opt->max);
        return bad_value(opt, text, range, error);
    }
    *(int64_t *)slot = value;
    return IG_OK;
}

static ig_status set_real(const option *opt, const char *text, void *slot, ig_error *error)
{
    double value;
    if (!ig_text_to_double(text, &value) || !(value > 0))
        return bad_value(opt, text, "a number above zero", error);
    *(double *)slot = value;
    return IG_OK;
}

static ig_status set_shape(const option *opt, const char *text, void *slot, ig_error *error)
{
    ig_shape shape;
    if (!ig_text_to_shape(text, &shape) || shape.rank < 1 || ig_shape_elems(&shape) < 1)
        return bad_value(opt, text, "positive extents such as 1,3,64,64", error);
    *(ig_shape *)slot = shape;
    return IG_OK;
}

static ig_status set_choice(const option *opt, const char *text, void *slot, ig_error *error)
{
    for (int i = 0; opt->choices[i]; i++)
        if (strcmp(opt->choices[i], text) == 0) {
            *(int *)slot = i;
            return IG_OK;
        }
    return bad_value(opt, text, opt->metavar, error);
}

static const value_setter setters[OPTION_KIND_COUNT] = {
    [OPTION_FLAG] = set_flag, [OPTION_TEXT] = set_text,   [OPTION_LIST] = set_list,     [OPTION_INT] = set_int,
    [OPTION_REAL] = set_real, [OPTION_SHAPE] = set_shape, [OPTION_CHOICE] = set_choice,
};

static ig_status set_value(const option *opt, const char *text, void *args, ig_error *error)
{
    return setters[opt->kind](opt, text, (char *)args + opt->offset, error);
}

/* --- parsing ---------------------------------------------------------------------------------------------------- */

static const option *find_option(const option_set *set, const char *name, size_t length)
{
    for (int t = 0; t < OPTION_TABLES; t++)
        for (int i = 0; i < set->tables[t].count; i++) {
            const option *opt = &set->tables[t].options[i];
            if (strlen(opt->name) == length && strncmp(opt->name, name, length) == 0)
                return opt;
        }
    return NULL;
}

static ig_status unknown_option(const option_set *set, const char *arg, ig_error *error)
{
    const char *names[MAX_OPTIONS];
    int count = 0;
    for (int t = 0; t < OPTION_TABLES; t++)
        for (int i = 0; i < set->tables[t].count && count < MAX_OPTIONS; i++)
            names[count++] = set->tables[t].options[i].name;
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(arg, "="), arg);
    const char *nearest = ig_text_nearest(word + strspn(word, "-"), names, count);
    cli_fail(error, IG_E_USAGE, "unknown option %s", word);
    if (nearest)
        cli_hint(error, "did you mean --%s?", nearest);
    else
        cli_hint(error, "--help lists the options");
    return IG_E_USAGE;
}

/* Takes argv[*index], and the next argument when the value stands there. */
static ig_status take_option(const option_set *set, int argc, char **argv, int *index, void *args, ig_error *error)
{
    const char *arg = strcmp(argv[*index], "-h") == 0 ? "--help" : argv[*index];
    const char *name = arg + 2;
    size_t length = strncmp(arg, "--", 2) == 0 ? strcspn(name, "=") : 0;
    const option *opt = length > 0 ? find_option(set, name, length) : NULL;
    if (!opt)
        return unknown_option(set, arg, error);
    bool inline_value = name[length] == '=';
    if (opt->kind == OPTION_FLAG)
        return inline_value ? bad_value(opt, name + length + 1, "nothing: it is a flag", error)
                            : set_value(opt, "", args, error);
    if (inline_value)
        return set_value(opt, name + length + 1, args, error);
    if (*index + 1 >= argc) {
        cli_fail(error, IG_E_USAGE, "--%s needs a value", opt->name);
        cli_expected(error, "--%s %s", opt->name, opt->metavar);
        return IG_E_USAGE;
    }
    return set_value(opt, argv[++*index], args, error);
}

static ig_status set_presets(const option_set *set, void *args, ig_error *error)
{
    for (int t = 0; t < OPTION_TABLES; t++)
        for (int i = 0; i < set->tables[t].count; i++) {
            const option *opt = &set->tables[t].options[i];
            ig_status status = opt->preset ? set_value(opt, opt->preset, args, error) : IG_OK;
            if (status)
                return status;
        }
    return IG_OK;
}

ig_status options_parse(const option_set *set, int argc, char **argv, void *args, ig_error *error)
{
    ig_status status = set_presets(set, args, error);
    text_list *positional = (text_list *)((char *)args + set->positional);
    bool only_positional = false;
    for (int i = 0; i < argc && !status; i++) {
        if (!only_positional && strcmp(argv[i], "--") == 0)
            only_positional = true;
        else if (!only_positional && argv[i][0] == '-' && argv[i][1])
            status = take_option(set, argc, argv, &i, args, error);
        else if (!text_list_add(positional, argv[i]))
            status = cli_fail_memory(error);
    }
    return status;
}

void options_release(const option_set *set, void *args)
{
    for (int t = 0; t < OPTION_TABLES; t++)
        for (int i = 0; i < set->tables[t].count; i++)
            if (set->tables[t].options[i].kind == OPTION_LIST)
                free(((text_list *)((char *)args + set->tables[t].options[i].offset))->items);
    free(((text_list *)((char *)args + set->positional))->items);
}

void options_print(const option_set *set)
{
    for (int t = 0; t < OPTION_TABLES; t++) {
        if (set->tables[t].count > 0)
            printf("\n%s:\n", set->tables[t].title);
        for (int i = 0; i < set->tables[t].count; i++) {
            const option *opt = &set->tables[t].options[i];
            int width = printf("  --%s%s%s", opt->name, opt->metavar ? " " : "", opt->metavar ? opt->metavar : "");
            printf("%*s%s", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", opt->help);
            if (opt->preset)
                printf(" (default %s)", opt->preset);
            printf("\n");
        }
    }
}
