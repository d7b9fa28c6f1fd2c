#include "yaml/yaml.h"

#include "base/error.h"
#include "base/locale.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

const char *ig_yaml_kind_text(const ig_yaml *node)
{
    if (!node || ig_yaml_is_null(node))
        return "nothing";
    if (node->kind == IG_YAML_MAPPING)
        return "a mapping";
    if (node->kind == IG_YAML_SEQUENCE)
        return "a sequence";
    return node->words ? node->words : "a text";
}

ig_yaml *ig_yaml_get(const ig_yaml *mapping, const char *key)
{
    if (!mapping || mapping->kind != IG_YAML_MAPPING)
        return NULL;
    for (int i = 0; i < mapping->count; i++) {
        if (strcmp(mapping->keys[i]->text, key) == 0)
            return mapping->items[i];
    }
    return NULL;
}

bool ig_yaml_is_null(const ig_yaml *node)
{
    static const char *const NULLS[] = {"", "~", "null", "Null", "NULL"};
    if (!node)
        return true;
    if (node->kind != IG_YAML_SCALAR || node->quoted)
        return false;
    for (size_t i = 0; i < sizeof NULLS / sizeof NULLS[0]; i++) {
        if (strcmp(node->text, NULLS[i]) == 0)
            return true;
    }
    return false;
}

ig_status ig_yaml_fail(const ig_yaml *node, ig_error *error, const char *format, ...)
{
    char message[IG_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    ig_locale_vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ig_fail(error, IG_E_DATA, "%s", message);
    if (node)
        ig_error_where(error, node->file, node->line, node->column);
    return IG_E_DATA;
}

/* "<what> is missing" or "<what> has the wrong type": every typed accessor fails here. */
static ig_status fail_type(const ig_yaml *node, const char *what, const char *expected, ig_error *error)
{
    if (node && ig_yaml_is_null(node))
        ig_yaml_fail(node, error, "%s has no value", what);
    else
        ig_yaml_fail(node, error, node ? "%s has the wrong type" : "%s is missing", what);
    ig_error_expected(error, "%s", expected);
    ig_error_found(error, "%s", ig_yaml_kind_text(node));
    return IG_E_DATA;
}

ig_status ig_yaml_expect(const ig_yaml *node, ig_yaml_kind kind, const char *what, ig_error *error)
{
    static const char *const KINDS[] = {
        [IG_YAML_SCALAR] = "a text or a number",
        [IG_YAML_SEQUENCE] = "a sequence",
        [IG_YAML_MAPPING] = "a mapping",
    };
    if (node && node->kind == kind && !ig_yaml_is_null(node))
        return IG_OK;
    return fail_type(node, what, KINDS[kind], error);
}

ig_status ig_yaml_string(const ig_yaml *node, const char *what, const char **out, ig_error *error)
{
    if (!node || node->kind != IG_YAML_SCALAR || ig_yaml_is_null(node))
        return fail_type(node, what, "a text", error);
    *out = node->text;
    return IG_OK;
}

static void hint_quotes(const ig_yaml *node, ig_error *error)
{
    if (node && node->kind == IG_YAML_SCALAR && node->quoted)
        ig_error_hint(error, "remove the quotes");
}

static bool is_plain(const ig_yaml *node)
{
    return node && node->kind == IG_YAML_SCALAR && !node->quoted;
}

static ig_status fail_range(const ig_yaml *node, const char *what, ig_error *error)
{
    ig_yaml_fail(node, error, "%s is out of range", what);
    ig_error_found(error, "%s", node->text);
    return IG_E_DATA;
}

static bool is_digits(const char *text)
{
    text += *text == '-' || *text == '+';
    return *text && text[strspn(text, "0123456789")] == '\0';
}

ig_status ig_yaml_int(const ig_yaml *node, const char *what, int64_t min, int64_t max, int64_t *out, ig_error *error)
{
    int64_t value = 0;
    bool is_number = is_plain(node) && ig_text_to_int(node->text, &value);
    if (is_number && value >= min && value <= max) {
        *out = value;
        return IG_OK;
    }
    if (is_number || (is_plain(node) && is_digits(node->text))) {
        fail_range(node, what, error);
        ig_error_expected(error, "an integer from %" PRId64 " to %" PRId64, min, max);
        return IG_E_DATA;
    }
    fail_type(node, what, "an integer", error);
    hint_quotes(node, error);
    return IG_E_DATA;
}

ig_status ig_yaml_double(const ig_yaml *node, const char *what, double min, double max, double *out, ig_error *error)
{
    double value = 0;
    if (!is_plain(node) || !ig_text_to_double(node->text, &value)) {
        fail_type(node, what, "a number", error);
        hint_quotes(node, error);
        return IG_E_DATA;
    }
    if (value < min || value > max) {
        fail_range(node, what, error);
        ig_error_expected(error, "a number from %g to %g", min, max);
        return IG_E_DATA;
    }
    *out = value;
    return IG_OK;
}

ig_status ig_yaml_bool(const ig_yaml *node, const char *what, bool *out, ig_error *error)
{
    if (is_plain(node) && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0)) {
        *out = node->text[0] == 't';
        return IG_OK;
    }
    fail_type(node, what, "true or false", error);
    hint_quotes(node, error);
    return IG_E_DATA;
}
