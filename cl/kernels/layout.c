/* //@ layout IN OUT */
#include "base/error.h"
#include "cl/kernels/parser.h"

#include <string.h>

static ig_status read_layout(ig_kparser *parser, ig_kernel_layout *out)
{
    static const char *const WORDS[] = {[IG_KERNEL_NCHW] = "nchw",
                                        [IG_KERNEL_BLOCKED] = "blocked",
                                        [IG_KERNEL_EITHER] = "either",
                                        [IG_KERNEL_ANY] = "any"};
    const char *word;
    ig_kparser_skip_blanks(parser);
    const char *at = parser->at;
    ig_status status = ig_kparser_read_name(parser, "nchw, blocked, either or any", &word);
    for (int i = 0; i < (int)(sizeof WORDS / sizeof WORDS[0]) && status == IG_OK; i++)
        if (strcmp(word, WORDS[i]) == 0) {
            *out = (ig_kernel_layout)i;
            return IG_OK;
        }
    return status == IG_OK ? ig_kparser_fail(parser, at, "unknown layout '%s'", word) : status;
}

ig_status ig_kparser_parse_layout(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    ig_status status = read_layout(parser, &def->in);
    if (status != IG_OK)
        return status;
    const char *at = parser->at;
    if (def->in == IG_KERNEL_ANY)
        def->out = IG_KERNEL_ANY;
    else
        status = read_layout(parser, &def->out);
    if (status == IG_OK && (def->in == IG_KERNEL_ANY) != (def->out == IG_KERNEL_ANY))
        return ig_kparser_fail(parser, at, "'any' stands for both layouts");
    return status == IG_OK ? ig_kparser_expect_end(parser) : status;
}
