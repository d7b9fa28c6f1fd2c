/* A cheap look at the code below the header: a function for each stage that is one, with as many parameters as the
 * stage has arguments. A compiler would find a mismatch only on a device, and some accept it silently. */
#include "base/error.h"
#include "cl/kernels/parser.h"

#include <string.h>

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void blank(char *from, const char *to)
{
    for (; from < to; from++) {
        if (*from != '\n')
            *from = ' ';
    }
}

/* End of the comment or literal that starts at `at`, or `at` itself. */
static char *skip_text(char *at)
{
    if (at[0] == '/' && at[1] == '/')
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        char *end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    if (*at != '"' && *at != '\'')
        return at;
    char *end = at + 1;
    while (*end && *end != *at && *end != '\n')
        end += end[0] == '\\' && end[1] ? 2 : 1;
    return *end == *at ? end + 1 : end;
}

/* The source with comments and literals blanked, places kept. */
static char *strip_source(ig_kparser *parser)
{
    char *text = ig_arena_strdup(parser->arena, parser->def->source);
    for (char *at = text; at && *at;) {
        char *end = skip_text(at);
        blank(at, end);
        at = end > at ? end : at + 1;
    }
    return text;
}

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Past the ')' that closes the '(' at `at`; NULL when there is none. Counts commas at depth 1. */
static const char *skip_parens(const char *at, int *commas)
{
    int depth = 0;
    *commas = 0;
    for (; *at; at++) {
        depth += (*at == '(' || *at == '[') - (*at == ')' || *at == ']');
        *commas += *at == ',' && depth == 1;
        if (depth <= 0)
            return at + 1;
    }
    return NULL;
}

static const char *skip_word(const char *at, const char *word)
{
    size_t length = strlen(word);
    return strncmp(at, word, length) == 0 && !is_word(at[length]) ? skip_space(at + length) : NULL;
}

/* Past any number of __attribute__((...)). */
static const char *skip_attributes(const char *at)
{
    int commas;
    for (const char *next = skip_word(at, "__attribute__"); next && *next == '(';
         next = skip_word(at, "__attribute__")) {
        const char *after = skip_parens(next, &commas);
        if (!after)
            break;
        at = skip_space(after);
    }
    return at;
}

static ig_status fail_at(ig_kparser *parser, const char *text, const char *at, const char *message)
{
    int line = 1;
    const char *start = text;
    for (const char *c = text; c < at; c++) {
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    }
    ig_fail(parser->error, IG_E_DATA, "%s", message);
    ig_error_where(parser->error, parser->file, line, (int)(at - start) + 1);
    return IG_E_DATA;
}

/* The macro stands last and brings its own commas. */
static bool ends_with_epilogue(const char *open, const char *after)
{
    static const char MACRO[] = "EPILOGUE_PARAMS";
    const char *found = strstr(open, MACRO);
    return found && skip_space(found + sizeof MACRO - 1) == after - 1;
}

static bool begins(const char *after)
{
    const char *body = skip_space(after);
    return *body == '{' && skip_word(skip_space(body + 1), "BEGIN");
}

static ig_status check_parameters(ig_kparser *parser, const ig_kstage *stage, const char *text, const char *open)
{
    int commas;
    const char *after = skip_parens(open, &commas);
    if (!after)
        return fail_at(parser, text, open, "the parameter list is not closed");
    if (ends_with_epilogue(open, after) != parser->def->epilogue)
        return fail_at(parser, text, open,
                       "EPILOGUE_PARAMS must end the parameters under the header line epilogue alone");
    if (begins(after) != parser->def->epilogue)
        return fail_at(parser, text, after, "BEGIN must be the first statement under the header line epilogue alone");
    const char *first = skip_space(open + 1);
    const char *past_void = skip_word(first, "void");
    bool empty = *first == ')' || (past_void && *past_void == ')');
    int count = empty ? 0 : commas + 1;
    if (count == stage->n_args)
        return IG_OK;
    ig_status status = fail_at(parser, text, open, "the kernel and its header disagree on the arguments");
    ig_error_expected(parser->error, "%d parameters, as the header's arg and take lines say", stage->n_args);
    ig_error_found(parser->error, "%d", count);
    return status;
}

/* The stage whose function's name stands at `name`; `*open` is behind it. */
static int find_function(const ig_kernel_def *def, const char *name, const char **open)
{
    for (int i = 0; i < def->n_stages; i++) {
        *open = skip_word(name, def->stages[i].name);
        if (*open && **open == '(' && def->stages[i].routine == IG_ROUTINE_NONE)
            return i;
    }
    return -1;
}

/* `at` stands after the word __kernel. */
static ig_status check_kernel(ig_kparser *parser, const char *text, const char *at, bool *found)
{
    const ig_kernel_def *def = parser->def;
    at = skip_attributes(skip_space(at));
    const char *name = skip_word(at, "void"), *open;
    if (!name)
        return fail_at(parser, text, at, "a kernel must return void");
    name = skip_attributes(name);
    const int stage = find_function(def, name, &open);
    if (stage < 0) {
        ig_status status = fail_at(parser, text, name, "the file holds a kernel of another name");
        ig_error_expected(parser->error, "%s", def->n_stages > 1 ? "the name of a stage" : def->name);
        ig_error_found(parser->error, "'%.40s'", name);
        return status;
    }
    found[stage] = true;
    return check_parameters(parser, &def->stages[stage], text, open);
}

/* Several definitions under #if are fine: all are checked. */
ig_status ig_kparser_check_source(ig_kparser *parser)
{
    const ig_kernel_def *def = parser->def;
    const char *text = strip_source(parser);
    if (!text)
        return ig_kparser_fail_memory(parser);
    bool found[IG_KERNEL_MAX_STAGES] = {false};
    for (const char *at = text; *at;) {
        size_t length = 0;
        while (is_word(at[length]))
            length++;
        bool is_kernel =
            (length == 8 && strncmp(at, "__kernel", 8) == 0) || (length == 6 && strncmp(at, "kernel", 6) == 0);
        at += length > 0 ? length : 1;
        ig_status status = is_kernel ? check_kernel(parser, text, at, found) : IG_OK;
        if (status != IG_OK)
            return status;
    }
    for (int i = 0; i < def->n_stages; i++)
        if (!found[i] && def->stages[i].routine == IG_ROUTINE_NONE)
            return ig_kparser_fail(parser, NULL, "the file has no function '__kernel void %s('", def->stages[i].name);
    return IG_OK;
}
