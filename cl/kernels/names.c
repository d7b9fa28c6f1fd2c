/* Which names a header may use where. */
#include "base/error.h"
#include "cl/kernels/parser.h"

#include <string.h>

static ig_kname *find_name(ig_kparser *parser, const char *name)
{
    for (int i = 0; i < parser->n_names; i++) {
        if (strcmp(parser->names[i].name, name) == 0)
            return &parser->names[i];
    }
    return NULL;
}

static ig_status add_name(ig_kparser *parser, const char *name, const char *at, bool declared)
{
    if (parser->n_names == IG_KERNEL_MAX_NAMES)
        return ig_kparser_fail(parser, at, "the header has more than %d names", IG_KERNEL_MAX_NAMES);
    parser->names[parser->n_names++] = (ig_kname){name, parser->line, declared};
    return IG_OK;
}

static bool is_function(const char *name)
{
    static const char *const FUNCTIONS[] = {"min", "max", "ceil", "floor"};
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0]; i++) {
        if (strcmp(name, FUNCTIONS[i]) == 0)
            return true;
    }
    return false;
}

ig_status ig_kparser_declare(ig_kparser *parser, const char *name, const char *at)
{
    if (is_function(name))
        return ig_kparser_fail(parser, at, "'%s' is a function of expressions", name);
    const ig_kname *known = find_name(parser, name);
    if (!known)
        return add_name(parser, name, at, true);
    return ig_kparser_fail(parser, at,
                           known->declared ? "'%s' is already declared in line %d"
                                           : "'%s' is used in line %d, before it is declared",
                           name, known->line);
}

ig_status ig_kparser_use(ig_kparser *parser, const char *name, const char *at)
{
    if (find_name(parser, name))
        return IG_OK;
    if (name[0] >= 'A' && name[0] <= 'Z')
        return add_name(parser, name, at, false);
    ig_status status = ig_kparser_fail(parser, at, "the name '%s' is not known here", name);
    ig_error_expected(parser->error, "a tunable or let of an earlier line, or a problem variable (capital first)");
    return status;
}
