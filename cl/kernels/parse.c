/* From a .cl file's text to a kernel definition. */
#include "base/error.h"
#include "base/hash.h"
#include "cl/kernels/parser.h"

#include <stdlib.h>
#include <string.h>

static const char MARK[] = "//@";

static ig_status start_line(ig_kparser *parser, const char *start, size_t length)
{
    if (length > 0 && start[length - 1] == '\r')
        length--;
    parser->text = ig_arena_strndup(parser->arena, start, length);
    parser->at = parser->text;
    return parser->text ? IG_OK : ig_kparser_fail_memory(parser);
}

/* `*in_head` ends at the first line of code; a header line after it would be overlooked by a reader, so it is an error.
 */
static ig_status parse_line(ig_kparser *parser, const char *start, size_t length, bool *in_head)
{
    size_t blanks = 0;
    while (blanks < length && strchr(" \t\r", start[blanks]))
        blanks++;
    size_t rest = length - blanks;
    if (rest < sizeof MARK - 1 || memcmp(start + blanks, MARK, sizeof MARK - 1) != 0) {
        bool is_comment = rest >= 2 && start[blanks] == '/' && start[blanks + 1] == '/';
        *in_head = *in_head && (rest == 0 || is_comment);
        return IG_OK;
    }
    ig_status status = start_line(parser, start, length);
    if (status != IG_OK)
        return status;
    parser->at += blanks + sizeof MARK - 1;
    if (!*in_head)
        return ig_kparser_fail(parser, parser->text + blanks, "a header line stands below the start of the code");
    return ig_kparser_parse_directive(parser);
}

static ig_status parse_lines(ig_kparser *parser)
{
    bool in_head = true;
    for (const char *start = parser->def->source; *start;) {
        size_t length = strcspn(start, "\n");
        parser->line++;
        ig_status status = parse_line(parser, start, length, &in_head);
        if (status != IG_OK)
            return status;
        start += length + (start[length] == '\n');
    }
    return IG_OK;
}

static ig_status parse_all(ig_kparser *parser)
{
    ig_status status = parse_lines(parser);
    if (status != IG_OK)
        return status;
    parser->line = 1;
    parser->text = parser->at = "";
    status = ig_kparser_check_complete(parser);
    return status == IG_OK ? ig_kparser_check_source(parser) : status;
}

ig_status ig_kernel_parse(const char *source, size_t length, const char *file, ig_arena *arena, ig_kernel_def *out,
                          ig_error *error)
{
    memset(out, 0, sizeof *out);
    bool plain = length <= IG_KERNEL_MAX_BYTES && !memchr(source, '\0', length);
    if (!plain) {
        ig_fail(error, IG_E_DATA, "the kernel is not a text of at most %d bytes", IG_KERNEL_MAX_BYTES);
        ig_error_where(error, file, 0, 0);
        return IG_E_DATA;
    }
    out->source = ig_arena_strndup(arena, source, length);
    ig_kparser *parser = calloc(1, sizeof *parser);
    ig_status status = IG_E_NO_MEMORY;
    if (out->source && parser) {
        *parser = (ig_kparser){
            .file = file, .arena = arena, .def = out, .error = error, .text = "", .at = "", .stage = out->stages};
        status = parse_all(parser);
    } else {
        ig_fail_memory(error, length + sizeof *parser);
    }
    free(parser);
    const char *prelude = ig_kernel_prelude();
    out->source_hash = ig_hash_fnv64(ig_hash_fnv64(IG_HASH_FNV64_SEED, prelude, strlen(prelude)), source, length);
    return status;
}
