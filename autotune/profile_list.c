/* The device profiles that the library carries (autotune/devices), and the one that a name or a part of it means. */
#include "autotune/profile.h"

#include "base/embed.h"
#include "base/error.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { MAX_PROFILES = 64 };

typedef bool (*name_rule)(const char *profile, const char *name);

static bool is_name(const char *profile, const char *name)
{
    return strcmp(profile, name) == 0;
}

static bool is_beginning(const char *profile, const char *name)
{
    return strncmp(profile, name, strlen(name)) == 0;
}

static bool is_part(const char *profile, const char *name)
{
    return strstr(profile, name) != NULL;
}

/* The best first: a name that is the beginning of others still means itself. */
static const name_rule RULES[] = {is_name, is_beginning, is_part};
enum { N_RULES = (int)(sizeof RULES / sizeof RULES[0]) };

/* Files are called <name>.yaml. */
bool ig_device_profile_name(int index, char out[IG_DEVICE_TEXT])
{
    if (index < 0 || index >= ig_profile_text_count)
        return false;
    const char *file = ig_profile_text[index].name;
    snprintf(out, IG_DEVICE_TEXT, "%.*s", (int)(strlen(file) - strlen(".yaml")), file);
    return true;
}

/* Names of the profiles that fit, comma by comma; returns how many, and the first one's index. */
static int list_fits(name_rule rule, const char *name, int *first, char *names, size_t size)
{
    char profile[IG_DEVICE_TEXT];
    int count = 0;
    size_t used = 0;
    names[0] = '\0';
    for (int i = 0; ig_device_profile_name(i, profile); i++) {
        if (rule && !rule(profile, name))
            continue;
        if (used < size)
            used += (size_t)snprintf(names + used, size - used, "%s%s", count ? ", " : "", profile);
        *first = count++ ? *first : i;
    }
    return count;
}

static ig_status fail_unknown(const char *name, ig_error *error)
{
    char names[MAX_PROFILES][IG_DEVICE_TEXT], all[IG_ERROR_TEXT];
    const char *list[MAX_PROFILES];
    int count = 0, first;
    for (; count < MAX_PROFILES && ig_device_profile_name(count, names[count]); count++)
        list[count] = names[count];
    list_fits(NULL, name, &first, all, sizeof all);
    ig_fail(error, IG_E_NO_INPUT, "there is no device profile '%.100s'", name);
    ig_error_expected(error, "%s", all);
    const char *nearest = ig_text_nearest(name, list, count);
    if (nearest)
        ig_error_hint(error, "did you mean '%s'?", nearest);
    return IG_E_NO_INPUT;
}

ig_status ig_autotune_shipped_profile(int index, ig_profile *out, ig_error *error)
{
    const ig_embedded *text = &ig_profile_text[index];
    return ig_autotune_parse_profile(text->text, text->length, text->name, out, error);
}

static ig_status read_limits(int index, ig_device_limits *out, ig_error *error)
{
    ig_profile profile;
    ig_status status = ig_autotune_shipped_profile(index, &profile, error);
    *out = profile.limits;
    return status;
}

ig_status ig_device_limits_shipped(const char *name, ig_device_limits *out, ig_error *error)
{
    char names[IG_ERROR_TEXT];
    memset(out, 0, sizeof *out);
    for (int i = 0; i < N_RULES && name[0]; i++) {
        int index = 0, fits = list_fits(RULES[i], name, &index, names, sizeof names);
        if (fits == 1)
            return read_limits(index, out, error);
        if (fits > 1) {
            ig_fail(error, IG_E_USAGE, "'%.100s' fits several device profiles", name);
            ig_error_expected(error, "one of %s", names);
            return IG_E_USAGE;
        }
    }
    return fail_unknown(name, error);
}
