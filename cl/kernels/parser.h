/* The cursor over a kernel's header, shared by the files of the parser. */
#ifndef IG_CL_KERNELS_PARSER_H
#define IG_CL_KERNELS_PARSER_H

#include "cl/kernels/kernel.h"

enum {
    IG_KERNEL_MAX_BYTES = 1 << 20,
    IG_KERNEL_MAX_NAMES = 256, /* different names in one header */
    IG_KERNEL_MAX_LIST = 64,   /* names in a list: operators, macros, `when` lines */
    IG_KERNEL_MAX_VALUES = 1024
};

/* A name that the header declares, or a problem variable that it uses. */
typedef struct ig_kname {
    const char *name;
    int line;
    bool declared;
} ig_kname;

typedef struct ig_kparser {
    const char *file;
    ig_arena *arena;
    ig_kernel_def *def;
    ig_error *error;
    const char *text; /* the current line, terminated, in the arena */
    const char *at;   /* inside `text` */
    int line;
    uint32_t seen;    /* bit i: directive i has appeared, in this stage if it is one of a stage */
    ig_kstage *stage; /* that lines of a stage now belong to */
    ig_kname names[IG_KERNEL_MAX_NAMES];
    int n_names;
} ig_kparser;

/* --- tokens (token.c) --- */
/* DATA at `at` of the current line. */
ig_status ig_kparser_fail(ig_kparser *parser, const char *at, const char *format, ...) IG_PRINTF(3, 4);
ig_status ig_kparser_fail_memory(ig_kparser *parser);
void ig_kparser_skip_blanks(ig_kparser *parser);
bool ig_kparser_at_end(ig_kparser *parser); /* nothing but blanks is left */
bool ig_kparser_accept(ig_kparser *parser, const char *token);
ig_status ig_kparser_expect_end(ig_kparser *parser);
/* Letters, digits and '_'; copied to the arena. */
ig_status ig_kparser_read_name(ig_kparser *parser, const char *what, const char **out);
ig_status ig_kparser_read_int(ig_kparser *parser, const char *what, int64_t min, int64_t max, int64_t *out);
/* The rest of the line, trimmed, which must not be empty. */
ig_status ig_kparser_read_rest(ig_kparser *parser, const char *what, const char **out);
/* The expression between two places of the line: checked, its names noted, copied to the arena. */
ig_status ig_kparser_read_expr(ig_kparser *parser, const char *start, const char *end, const char **out);
/* At most so many expressions, separated by commas, to the end of the line. */
ig_status ig_kparser_read_exprs(ig_kparser *parser, const char **out, int most, int *count);

/* --- names (names.c) --- */
ig_status ig_kparser_declare(ig_kparser *parser, const char *name, const char *at);
/* A tunable or let declared above, or else what must be a problem variable: a name that starts with a capital. */
ig_status ig_kparser_use(ig_kparser *parser, const char *name, const char *at);

/* --- directives (directive.c, argument.c, layout.c, tune.c, stage.c) --- */
ig_status ig_kparser_parse_tune(ig_kparser *parser);
ig_status ig_kparser_parse_arg(ig_kparser *parser);
ig_status ig_kparser_parse_pack(ig_kparser *parser);
ig_karg *ig_kparser_find_arg(ig_kernel_def *def, const char *name);
ig_status ig_kparser_parse_layout(ig_kparser *parser);
ig_status ig_kparser_parse_stage(ig_kparser *parser);
ig_status ig_kparser_parse_if(ig_kparser *parser);
ig_status ig_kparser_parse_take(ig_kparser *parser);
ig_status ig_kparser_parse_call(ig_kparser *parser);
ig_status ig_kparser_parse_local_mem(ig_kparser *parser);
ig_status ig_kparser_parse_local(ig_kparser *parser);
ig_status ig_kparser_parse_groups(ig_kparser *parser);
/* A line of a stage has appeared since the last line `stage`. */
bool ig_kparser_saw_stage_line(const ig_kparser *parser);
/* All lines that the stage needs, and none that it may not have; the next one begins without any. */
ig_status ig_kparser_check_stage_lines(ig_kparser *parser);
/* What stages have to agree on; makes the one stage of a header that names none. */
ig_status ig_kparser_check_stages(ig_kparser *parser);
ig_status ig_kparser_parse_directive(ig_kparser *parser);
ig_status ig_kparser_check_complete(ig_kparser *parser);

/* --- the code below the header (source.c) --- */
ig_status ig_kparser_check_source(ig_kparser *parser);

#endif
