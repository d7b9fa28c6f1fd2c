/* Words out of a fixed list: values and keys, with the nearest one as a hint. */
#include "yaml/yaml.h"

#include "base/error.h"

#include <string.h>

static int find_word(const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return -1;
}

static void explain_words(ig_error *error, const char *word, const char *const *words, int count)
{
    char list[IG_ERROR_TEXT];
    size_t length = 0;
    list[0] = '\0';
    for (int i = 0; i < count; i++) {
        size_t room = sizeof list - length, needed = strlen(words[i]) + 2;
        bool last = i + 1 == count;
        if (needed + (last ? 1 : sizeof "...") > room) {
            memcpy(list + length, "...", sizeof "...");
            break;
        }
        memcpy(list + length, words[i], needed - 2);
        length += needed - 2;
        memcpy(list + length, last ? "" : ", ", last ? 1 : 3);
        length += last ? 0 : 2;
    }
    ig_error_expected(error, count > 1 ? "one of %s" : "%s", list);
    const char *nearest = ig_text_nearest(word, words, count);
    if (nearest)
        ig_error_hint(error, "did you mean '%s'?", nearest);
}

ig_status ig_yaml_choice(const ig_yaml *node, const char *what, const char *const *names, int count, int *out,
                         ig_error *error)
{
    const char *text;
    ig_status status = ig_yaml_string(node, what, &text, error);
    if (status) {
        explain_words(error, "", names, count);
        return status;
    }
    int index = find_word(text, names, count);
    if (index >= 0) {
        *out = index;
        return IG_OK;
    }
    ig_yaml_fail(node, error, "%s has an unknown value", what);
    ig_error_found(error, "%s", ig_yaml_kind_text(node));
    explain_words(error, text, names, count);
    return IG_E_DATA;
}

ig_status ig_yaml_check_keys(const ig_yaml *mapping, const char *what, const char *const *keys, int count,
                             ig_error *error)
{
    ig_status status = ig_yaml_expect(mapping, IG_YAML_MAPPING, what, error);
    if (status)
        return status;
    for (int i = 0; i < mapping->count; i++) {
        const ig_yaml *key = mapping->keys[i];
        if (find_word(key->text, keys, count) >= 0)
            continue;
        ig_yaml_fail(key, error, "%s has an unknown key '%s'", what, key->text);
        ig_error_found(error, "%s", ig_yaml_kind_text(key));
        explain_words(error, key->text, keys, count);
        return IG_E_DATA;
    }
    return IG_OK;
}
