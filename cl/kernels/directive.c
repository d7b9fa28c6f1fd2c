/* The lines of a header: one table row each. */
#include "base/error.h"
#include "base/text.h"
#include "cl/kernels/parser.h"

#include <string.h>

static const char *end_of(const char *text)
{
    return text + strlen(text);
}

static ig_status add_text(ig_kparser *parser, const char ***list, int *count, const char *text)
{
    if (*count == IG_KERNEL_MAX_LIST)
        return ig_kparser_fail(parser, parser->at, "there are more than %d of these", IG_KERNEL_MAX_LIST);
    if (!*list)
        *list = ig_arena_array(parser->arena, IG_KERNEL_MAX_LIST, sizeof **list);
    if (!*list)
        return ig_kparser_fail_memory(parser);
    (*list)[(*count)++] = text;
    return IG_OK;
}

static bool is_listed(const char *const *list, int count, const char *text)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i], text) == 0)
            return true;
    }
    return false;
}

static ig_status parse_kernel(ig_kparser *parser)
{
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at, *slash = strrchr(parser->file, '/');
    ig_status status = ig_kparser_read_name(parser, "the kernel's name", &parser->def->name);
    if (status != IG_OK)
        return status;
    const char *stem = slash ? slash + 1 : parser->file, *dot = strrchr(stem, '.');
    size_t length = dot ? (size_t)(dot - stem) : strlen(stem);
    if (strlen(parser->def->name) != length || strncmp(parser->def->name, stem, length) != 0) {
        status = ig_kparser_fail(parser, at, "the kernel is not named as its file");
        ig_error_expected(parser->error, "%.*s", length > 200 ? 200 : (int)length, stem);
        ig_error_found(parser->error, "%s", parser->def->name);
        return status;
    }
    return ig_kparser_expect_end(parser);
}

static ig_status parse_op(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    do {
        const char *name;
        ig_kparser_skip_blanks(parser);
        const char *at = parser->at;
        ig_status status = ig_kparser_read_name(parser, "the name of an operator", &name);
        if (status == IG_OK && is_listed(def->ops, def->n_ops, name))
            status = ig_kparser_fail(parser, at, "the operator '%s' is named twice", name);
        if (status == IG_OK)
            status = add_text(parser, &def->ops, &def->n_ops, name);
        if (status != IG_OK)
            return status;
    } while (!ig_kparser_at_end(parser));
    return IG_OK;
}

static ig_status parse_doc(ig_kparser *parser)
{
    return ig_kparser_read_rest(parser, "a sentence", &parser->def->doc);
}

static ig_status parse_priority(ig_kparser *parser)
{
    int64_t value = 0;
    ig_status status = ig_kparser_read_int(parser, "a number", -1000, 1000, &value);
    parser->def->priority = (int)value;
    return status == IG_OK ? ig_kparser_expect_end(parser) : status;
}

static ig_status parse_let(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    if (def->n_lets == IG_KERNEL_MAX_LETS)
        return ig_kparser_fail(parser, at, "a kernel has at most %d lets", IG_KERNEL_MAX_LETS);
    ig_klet *let = &def->lets[def->n_lets];
    ig_status status = ig_kparser_read_name(parser, "the name of a let", &let->name);
    if (status != IG_OK)
        return status;
    if (!ig_kparser_accept(parser, "="))
        return ig_kparser_fail(parser, parser->at, "the let '%s' has no '=' and expression", let->name);
    /* The expression first: a let may not use itself. */
    status = ig_kparser_read_expr(parser, parser->at, end_of(parser->at), &let->expr);
    if (status == IG_OK)
        status = ig_kparser_declare(parser, let->name, at);
    let->n_when = def->n_when;
    if (status == IG_OK)
        def->n_lets++;
    return status;
}

static ig_status parse_when(ig_kparser *parser)
{
    const char *expr;
    ig_status status = ig_kparser_read_expr(parser, parser->at, end_of(parser->at), &expr);
    return status == IG_OK ? add_text(parser, &parser->def->when, &parser->def->n_when, expr) : status;
}

static bool is_argument(const ig_kernel_def *def, const char *name)
{
    for (int i = 0; i < def->n_args; i++) {
        if (strcmp(def->args[i].name, name) == 0)
            return true;
    }
    return false;
}

static ig_status parse_define(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    do {
        const char *name;
        ig_kparser_skip_blanks(parser);
        const char *at = parser->at;
        ig_status status = ig_kparser_read_name(parser, "the name of a macro", &name);
        if (status == IG_OK)
            status = ig_kparser_use(parser, name, at);
        if (status == IG_OK && is_listed(def->defines, def->n_defines, name))
            status = ig_kparser_fail(parser, at, "the macro '%s' is named twice", name);
        if (status == IG_OK && is_argument(def, name))
            status = ig_kparser_fail(parser, at, "'%s' cannot be both a macro and an argument", name);
        if (status == IG_OK)
            status = add_text(parser, &def->defines, &def->n_defines, name);
        if (status != IG_OK)
            return status;
    } while (!ig_kparser_at_end(parser));
    return IG_OK;
}

static ig_status parse_epilogue(ig_kparser *parser)
{
    parser->def->epilogue = true;
    return ig_kparser_expect_end(parser);
}

static ig_status parse_in_place(ig_kparser *parser)
{
    parser->def->in_place = true;
    return ig_kparser_expect_end(parser);
}

/* Where a line may stand, and what needs it. */
typedef enum scope {
    OF_KERNEL,
    OF_FUNCTION, /* of each stage that is a function, or of the kernel that has no stages */
    OF_NAMED_FUNCTION,
    OF_NAMED_STAGE
} scope;

static const struct {
    const char *word;
    ig_status (*parse)(ig_kparser *parser);
    bool required, repeats;
    scope scope;
} DIRECTIVES[] = {
    {"kernel", parse_kernel, true, false, OF_KERNEL},
    {"op", parse_op, true, false, OF_KERNEL},
    {"doc", parse_doc, true, false, OF_KERNEL},
    {"priority", parse_priority, false, false, OF_KERNEL},
    {"epilogue", parse_epilogue, false, false, OF_KERNEL},
    {"in_place", parse_in_place, false, false, OF_KERNEL},
    {"layout", ig_kparser_parse_layout, false, false, OF_KERNEL},
    {"tune", ig_kparser_parse_tune, false, true, OF_KERNEL},
    {"let", parse_let, false, true, OF_KERNEL},
    {"when", parse_when, false, true, OF_KERNEL},
    {"define", parse_define, false, true, OF_KERNEL},
    {"arg", ig_kparser_parse_arg, true, true, OF_KERNEL},
    {"pack", ig_kparser_parse_pack, false, true, OF_KERNEL},
    {"stage", ig_kparser_parse_stage, false, true, OF_KERNEL},
    {"if", ig_kparser_parse_if, false, false, OF_NAMED_STAGE},
    {"call", ig_kparser_parse_call, false, false, OF_NAMED_STAGE},
    {"take", ig_kparser_parse_take, true, false, OF_NAMED_FUNCTION},
    {"local_mem", ig_kparser_parse_local_mem, false, false, OF_FUNCTION},
    {"local", ig_kparser_parse_local, true, false, OF_FUNCTION},
    {"groups", ig_kparser_parse_groups, true, false, OF_FUNCTION},
};
enum { N_DIRECTIVES = (int)(sizeof DIRECTIVES / sizeof DIRECTIVES[0]) };

static ig_status fail_unknown(ig_kparser *parser, const char *at, const char *word)
{
    const char *words[N_DIRECTIVES];
    for (int i = 0; i < N_DIRECTIVES; i++)
        words[i] = DIRECTIVES[i].word;
    ig_status status = ig_kparser_fail(parser, at, "unknown header line '%s'", word);
    const char *nearest = ig_text_nearest(word, words, N_DIRECTIVES);
    if (nearest)
        ig_error_hint(parser->error, "did you mean '%s'?", nearest);
    return status;
}

static bool was_seen(const ig_kparser *parser, int directive)
{
    return parser->seen >> directive & 1;
}

ig_status ig_kparser_parse_directive(ig_kparser *parser)
{
    const char *word;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = ig_kparser_read_name(parser, "a word such as kernel, tune or arg", &word);
    if (status != IG_OK)
        return status;
    for (int i = 0; i < N_DIRECTIVES; i++) {
        if (strcmp(word, DIRECTIVES[i].word) != 0)
            continue;
        if (!DIRECTIVES[i].repeats && was_seen(parser, i))
            return ig_kparser_fail(parser, at, "the line '%s' appears twice", word);
        if (DIRECTIVES[i].scope >= OF_NAMED_FUNCTION && parser->def->n_stages == 0)
            return ig_kparser_fail(parser, at, "the line '%s' belongs below a line 'stage'", word);
        parser->seen |= UINT32_C(1) << i;
        return DIRECTIVES[i].parse(parser);
    }
    return fail_unknown(parser, at, word);
}

/* A line that a stage is to have, or may not have. */
static ig_status check_stage_line(ig_kparser *parser, int directive)
{
    const char *word = DIRECTIVES[directive].word, *stage = parser->stage->name;
    const bool seen = was_seen(parser, directive);
    if (parser->stage->routine != IG_ROUTINE_NONE)
        return seen ? ig_kparser_fail(parser, NULL, "the stage '%s' calls a library and has a line '%s'", stage, word)
                    : IG_OK;
    if (seen || !DIRECTIVES[directive].required)
        return IG_OK;
    if (stage)
        return ig_kparser_fail(parser, NULL, "the stage '%s' has no line '%s'", stage, word);
    return DIRECTIVES[directive].scope == OF_FUNCTION
               ? ig_kparser_fail(parser, NULL, "the header has no line '%s'", word)
               : IG_OK;
}

ig_status ig_kparser_check_stage_lines(ig_kparser *parser)
{
    ig_status status = IG_OK;
    for (int i = 0; i < N_DIRECTIVES && status == IG_OK; i++) {
        if (DIRECTIVES[i].scope == OF_FUNCTION || DIRECTIVES[i].scope == OF_NAMED_FUNCTION)
            status = check_stage_line(parser, i);
        if (DIRECTIVES[i].scope != OF_KERNEL)
            parser->seen &= ~(UINT32_C(1) << i);
    }
    return status;
}

bool ig_kparser_saw_stage_line(const ig_kparser *parser)
{
    bool any = false;
    for (int i = 0; i < N_DIRECTIVES; i++)
        any = any || (DIRECTIVES[i].scope != OF_KERNEL && was_seen(parser, i));
    return any;
}

ig_status ig_kparser_check_complete(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    for (int i = 0; i < N_DIRECTIVES; i++) {
        if (DIRECTIVES[i].scope == OF_KERNEL && DIRECTIVES[i].required && !was_seen(parser, i))
            return ig_kparser_fail(parser, NULL, "the header has no line '%s'", DIRECTIVES[i].word);
    }
    int outputs = 0;
    for (int i = 0; i < def->n_args; i++)
        outputs += def->args[i].kind == IG_KARG_OUTPUT;
    if (outputs != 1)
        return ig_kparser_fail(parser, NULL, "the header has %d lines 'arg buffer out' instead of one", outputs);
    ig_status status = ig_kparser_check_stage_lines(parser);
    return status == IG_OK ? ig_kparser_check_stages(parser) : status;
}
