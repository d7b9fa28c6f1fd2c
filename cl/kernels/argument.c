/* //@ arg ...  and  //@ pack ... */
#include "base/error.h"
#include "base/text.h"
#include "cl/kernels/parser.h"

#include <string.h>

enum { MAX_SLOTS = 16 };

ig_karg *ig_kparser_find_arg(ig_kernel_def *def, const char *name)
{
    for (int i = 0; i < def->n_args; i++) {
        if (strcmp(def->args[i].name, name) == 0)
            return &def->args[i];
    }
    return NULL;
}

static ig_status add_arg(ig_kparser *parser, const char *at, ig_karg arg)
{
    ig_kernel_def *def = parser->def;
    if (ig_kparser_find_arg(def, arg.name))
        return ig_kparser_fail(parser, at, "the argument '%s' is named twice", arg.name);
    /* The macro would rewrite the parameter's name in the source. */
    for (int i = 0; i < def->n_defines; i++) {
        if (strcmp(def->defines[i], arg.name) == 0)
            return ig_kparser_fail(parser, at, "'%s' cannot be both a macro and an argument", arg.name);
    }
    if (def->n_args == IG_KERNEL_MAX_ARGS)
        return ig_kparser_fail(parser, at, "a kernel has at most %d arguments", IG_KERNEL_MAX_ARGS);
    def->args[def->n_args++] = arg;
    return IG_OK;
}

static const struct {
    const char *word;
    ig_karg_kind kind;
    int n_indices; /* 0: takes no number */
} BUFFERS[] = {
    {"in", IG_KARG_INPUT, IG_MAX_INPUTS},
    {"param", IG_KARG_PARAM, MAX_SLOTS},
    {"out", IG_KARG_OUTPUT, 0},
    {"scratch", IG_KARG_SCRATCH, 0},
};

static ig_status parse_buffer(ig_kparser *parser)
{
    const char *word;
    ig_kparser_skip_blanks(parser);
    const char *start = parser->at;
    ig_status status = ig_kparser_read_name(parser, "in, param, out or scratch", &word);
    for (size_t i = 0; status == IG_OK && i < sizeof BUFFERS / sizeof BUFFERS[0]; i++) {
        if (strcmp(word, BUFFERS[i].word) != 0)
            continue;
        int64_t index = 0;
        ig_karg arg = {.kind = BUFFERS[i].kind};
        if (BUFFERS[i].n_indices > 0)
            status = ig_kparser_read_int(parser, "its number", 0, BUFFERS[i].n_indices - 1, &index);
        ig_kparser_skip_blanks(parser);
        const char *at = parser->at;
        if (status == IG_OK)
            status = ig_kparser_read_name(parser, "the argument's name", &arg.name);
        arg.index = (int)index;
        if (status == IG_OK && arg.kind == IG_KARG_SCRATCH)
            status = ig_kparser_read_expr(parser, parser->at, parser->at + strlen(parser->at), &arg.bytes);
        if (status == IG_OK)
            status = add_arg(parser, at, arg);
        return status == IG_OK && !arg.bytes ? ig_kparser_expect_end(parser) : status;
    }
    if (status != IG_OK)
        return status;
    status = ig_kparser_fail(parser, start, "unknown kind of buffer '%s'", word);
    ig_error_expected(parser->error, "in, param, out or scratch");
    return status;
}

static ig_status parse_ints(ig_kparser *parser)
{
    do {
        ig_karg arg = {.kind = IG_KARG_INT};
        ig_kparser_skip_blanks(parser);
        const char *at = parser->at;
        ig_status status = ig_kparser_read_name(parser, "a variable", &arg.name);
        if (status == IG_OK)
            status = ig_kparser_use(parser, arg.name, at);
        if (status == IG_OK)
            status = add_arg(parser, at, arg);
        if (status != IG_OK)
            return status;
    } while (!ig_kparser_at_end(parser));
    return IG_OK;
}

static ig_status parse_float(ig_kparser *parser)
{
    ig_karg arg = {.kind = IG_KARG_FLOAT};
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = ig_kparser_read_name(parser, "a float attribute", &arg.name);
    if (status == IG_OK)
        status = add_arg(parser, at, arg);
    return status == IG_OK ? ig_kparser_expect_end(parser) : status;
}

ig_status ig_kparser_parse_arg(ig_kparser *parser)
{
    static const struct {
        const char *word;
        ig_status (*parse)(ig_kparser *parser);
    } KINDS[] = {{"buffer", parse_buffer}, {"int", parse_ints}, {"float", parse_float}};
    const char *word;
    ig_kparser_skip_blanks(parser);
    const char *start = parser->at;
    ig_status status = ig_kparser_read_name(parser, "buffer, int or float", &word);
    for (size_t i = 0; status == IG_OK && i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(word, KINDS[i].word) == 0)
            return KINDS[i].parse(parser);
    }
    if (status != IG_OK)
        return status;
    status = ig_kparser_fail(parser, start, "unknown kind of argument '%s'", word);
    ig_error_expected(parser->error, "buffer, int or float");
    return status;
}

static ig_status find_packed(ig_kparser *parser, ig_karg **out)
{
    const char *name;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = ig_kparser_read_name(parser, "the name of a parameter argument", &name);
    if (status != IG_OK)
        return status;
    *out = ig_kparser_find_arg(parser->def, name);
    if (!*out || (*out)->kind != IG_KARG_PARAM) {
        ig_kparser_fail(parser, at, "'%s' is not a parameter argument of an earlier line", name);
        return IG_E_DATA;
    }
    return (*out)->pack == IG_PACK_NONE ? IG_OK
                                        : ig_kparser_fail(parser, at, "the argument '%s' is packed twice", name);
}

static ig_status read_pack_kind(ig_kparser *parser, ig_pack_kind *out)
{
    static const char *const KINDS[] = {[IG_PACK_NONE] = "none",
                                        [IG_PACK_OC_TILE] = "oc_tile",
                                        [IG_PACK_OC_TILE_HIW] = "oc_tile_hiw",
                                        [IG_PACK_OC_TILE_BLOCKED] = "oc_tile_blocked",
                                        [IG_PACK_SPECTRUM] = "spectrum",
                                        [IG_PACK_WINOGRAD] = "winograd"};
    enum { N_KINDS = (int)(sizeof KINDS / sizeof KINDS[0]) };
    const char *word;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = ig_kparser_read_name(parser, "a layout such as oc_tile", &word);
    if (status != IG_OK)
        return status;
    for (int kind = IG_PACK_NONE + 1; kind < N_KINDS; kind++) {
        if (strcmp(word, KINDS[kind]) == 0) {
            *out = (ig_pack_kind)kind;
            return IG_OK;
        }
    }
    status = ig_kparser_fail(parser, at, "unknown layout '%s'", word);
    const char *nearest = ig_text_nearest(word, KINDS + 1, N_KINDS - 1);
    if (nearest)
        ig_error_hint(parser->error, "did you mean '%s'?", nearest);
    return status;
}

ig_status ig_kparser_parse_pack(ig_kparser *parser)
{
    ig_karg *arg = NULL;
    ig_pack_kind kind = IG_PACK_NONE;
    ig_status status = find_packed(parser, &arg);
    if (status == IG_OK)
        status = read_pack_kind(parser, &kind);
    if (status == IG_OK)
        status = ig_kparser_read_expr(parser, parser->at, parser->at + strlen(parser->at), &arg->pack_size);
    if (status == IG_OK)
        arg->pack = kind;
    return status;
}
