/* //@ stage NAME, and the lines below it that say what it is. */
#include "base/error.h"
#include "base/text.h"
#include "cl/kernels/parser.h"

#include <string.h>

ig_status ig_kparser_parse_stage(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at, *name;
    ig_status status = ig_kparser_read_name(parser, "the name of a stage", &name);
    if (status != IG_OK)
        return status;
    for (int i = 0; i < def->n_stages; i++) {
        if (strcmp(def->stages[i].name, name) == 0)
            return ig_kparser_fail(parser, at, "the stage '%s' is named twice", name);
    }
    if (def->n_stages == IG_KERNEL_MAX_STAGES)
        return ig_kparser_fail(parser, at, "a kernel has at most %d stages", IG_KERNEL_MAX_STAGES);
    if (def->n_stages == 0 && ig_kparser_saw_stage_line(parser))
        return ig_kparser_fail(parser, at, "a line above belongs to a stage: local, groups or local_mem");
    status = def->n_stages > 0 ? ig_kparser_check_stage_lines(parser) : IG_OK;
    if (status != IG_OK)
        return status;
    parser->stage = &def->stages[def->n_stages++];
    *parser->stage = (ig_kstage){.name = name};
    return ig_kparser_expect_end(parser);
}

ig_status ig_kparser_parse_if(ig_kparser *parser)
{
    return ig_kparser_read_expr(parser, parser->at, parser->at + strlen(parser->at), &parser->stage->condition);
}

/* The name of an argument of the kernel, for the stage. */
static ig_status take_arg(ig_kparser *parser, bool buffer)
{
    ig_kernel_def *def = parser->def;
    ig_kstage *stage = parser->stage;
    const char *name;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = ig_kparser_read_name(parser, "the name of an argument", &name);
    if (status != IG_OK)
        return status;
    const ig_karg *arg = ig_kparser_find_arg(def, name);
    if (!arg)
        return ig_kparser_fail(parser, at, "'%s' is not an argument of an earlier line", name);
    if (buffer && (arg->kind == IG_KARG_INT || arg->kind == IG_KARG_FLOAT))
        return ig_kparser_fail(parser, at, "'%s' is not a buffer", name);
    const unsigned char index = (unsigned char)(arg - def->args);
    if (memchr(stage->args, index, (size_t)stage->n_args))
        return ig_kparser_fail(parser, at, "the stage takes '%s' twice", name);
    stage->args[stage->n_args++] = index;
    return IG_OK;
}

ig_status ig_kparser_parse_take(ig_kparser *parser)
{
    ig_status status = IG_OK;
    do {
        status = take_arg(parser, false);
    } while (status == IG_OK && !ig_kparser_at_end(parser));
    return status;
}

static ig_status read_routine(ig_kparser *parser, ig_routine *out)
{
    const char *words[IG_ROUTINE_COUNT], *word;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = ig_kparser_read_name(parser, "a routine such as clblast_gemm", &word);
    for (int i = IG_ROUTINE_NONE + 1; i < IG_ROUTINE_COUNT && status == IG_OK; i++) {
        words[i] = ig_routine_specs[i].name;
        *out = strcmp(word, words[i]) == 0 ? (ig_routine)i : *out;
    }
    if (status != IG_OK || *out != IG_ROUTINE_NONE)
        return status;
    status = ig_kparser_fail(parser, at, "unknown routine '%s'", word);
    const char *nearest = ig_text_nearest(word, words + 1, IG_ROUTINE_COUNT - 1);
    if (nearest)
        ig_error_hint(parser->error, "did you mean '%s'?", nearest);
    return status;
}

static ig_status take_buffer(ig_kparser *parser, const ig_routine_spec *spec)
{
    const ig_kstage *stage = parser->stage;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = take_arg(parser, true);
    if (status != IG_OK || !spec->scratch)
        return status;
    const ig_karg *arg = &parser->def->args[stage->args[stage->n_args - 1]];
    return arg->kind == IG_KARG_SCRATCH ? IG_OK
                                        : ig_kparser_fail(parser, at, "%s takes scratch memory alone", spec->name);
}

ig_status ig_kparser_parse_call(ig_kparser *parser)
{
    ig_kstage *stage = parser->stage;
    int n_sizes = 0;
    ig_status status = read_routine(parser, &stage->routine);
    const ig_routine_spec *spec = &ig_routine_specs[stage->routine];
    while (status == IG_OK && stage->n_args < spec->n_buffers)
        status = take_buffer(parser, spec);
    if (status == IG_OK && !ig_kparser_accept(parser, ":"))
        status = ig_kparser_fail(parser, parser->at, "%s takes %d buffers, then ':' and %d sizes", spec->name,
                                 spec->n_buffers, spec->n_sizes);
    if (status == IG_OK)
        status = ig_kparser_read_exprs(parser, stage->sizes, spec->n_sizes, &n_sizes);
    if (status == IG_OK && n_sizes < spec->n_sizes)
        status = ig_kparser_fail(parser, parser->at, "%s takes %d sizes, not %d", spec->name, spec->n_sizes, n_sizes);
    return status;
}

ig_status ig_kparser_parse_local_mem(ig_kparser *parser)
{
    return ig_kparser_read_expr(parser, parser->at, parser->at + strlen(parser->at), &parser->stage->local_mem);
}

static ig_status parse_dimensions(ig_kparser *parser, const char *out[3])
{
    int count;
    for (int i = 0; i < 3; i++)
        out[i] = "1";
    return ig_kparser_read_exprs(parser, out, 3, &count);
}

ig_status ig_kparser_parse_local(ig_kparser *parser)
{
    return parse_dimensions(parser, parser->stage->local);
}

ig_status ig_kparser_parse_groups(ig_kparser *parser)
{
    return parse_dimensions(parser, parser->stage->groups);
}

static bool takes(const ig_kstage *stage, int arg)
{
    return memchr(stage->args, arg, (size_t)stage->n_args) != NULL;
}

/* BEGIN moves every input, so each function has them all. */
static ig_status check_inputs(ig_kparser *parser, const ig_kstage *stage)
{
    const ig_kernel_def *def = parser->def;
    for (int i = 0; i < def->n_args && def->epilogue && stage->routine == IG_ROUTINE_NONE; i++) {
        if (def->args[i].kind == IG_KARG_INPUT && !takes(stage, i))
            return ig_kparser_fail(parser, NULL,
                                   "with the line epilogue every function takes every input: '%s' not '%s'",
                                   stage->name, def->args[i].name);
    }
    return IG_OK;
}

static ig_status check_taken(ig_kparser *parser, int arg)
{
    const ig_kernel_def *def = parser->def;
    for (int i = 0; i < def->n_stages; i++) {
        if (takes(&def->stages[i], arg))
            return IG_OK;
    }
    return ig_kparser_fail(parser, NULL, "no stage takes the argument '%s'", def->args[arg].name);
}

ig_status ig_kparser_check_stages(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    if (def->n_stages == 0) {
        def->n_stages = 1;
        parser->stage->name = def->name;
        for (int i = 0; i < def->n_args; i++)
            parser->stage->args[parser->stage->n_args++] = (unsigned char)i;
    }
    ig_status status = IG_OK;
    for (int i = 0; i < def->n_args && status == IG_OK; i++)
        status = check_taken(parser, i);
    for (int i = 0; i < def->n_stages && status == IG_OK; i++) {
        def->stages[i].local_mem = def->stages[i].local_mem ? def->stages[i].local_mem : "0";
        status = check_inputs(parser, &def->stages[i]);
    }
    return status;
}
