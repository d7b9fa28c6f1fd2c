/* //@ tune NAME lo..hi = d : doc      //@ tune NAME {a,b,c} = d : doc */
#include "base/error.h"
#include "cl/kernels/parser.h"

#include <inttypes.h>

enum { MIN_VALUE = 0, MAX_VALUE = INT32_MAX }; /* values become int macros and arguments */

static ig_status read_range(ig_kparser *parser, ig_ktune *tune)
{
    int64_t low, high;
    const char *start = parser->at;
    ig_status status = ig_kparser_read_int(parser, "a range lo..hi or a list {a,b,c}", MIN_VALUE, MAX_VALUE, &low);
    if (status != IG_OK)
        return status;
    if (!ig_kparser_accept(parser, ".."))
        return ig_kparser_fail(parser, parser->at, "'..' is missing between the ends of the range");
    status = ig_kparser_read_int(parser, "the end of the range", MIN_VALUE, MAX_VALUE, &high);
    if (status != IG_OK)
        return status;
    if (high < low)
        return ig_kparser_fail(parser, start, "the range %" PRId64 "..%" PRId64 " is empty", low, high);
    if (high - low >= IG_KERNEL_MAX_VALUES)
        return ig_kparser_fail(parser, start, "the range has more than %d values", IG_KERNEL_MAX_VALUES);
    tune->n_values = (int)(high - low + 1);
    tune->values = ig_arena_array(parser->arena, (size_t)tune->n_values, sizeof *tune->values);
    if (!tune->values)
        return ig_kparser_fail_memory(parser);
    for (int i = 0; i < tune->n_values; i++)
        tune->values[i] = low + i;
    return IG_OK;
}

static ig_status read_list(ig_kparser *parser, ig_ktune *tune)
{
    int capacity = 0;
    void *values = NULL;
    do {
        int64_t value;
        ig_kparser_skip_blanks(parser);
        const char *start = parser->at;
        ig_status status = ig_kparser_read_int(parser, "a value", MIN_VALUE, MAX_VALUE, &value);
        if (status != IG_OK)
            return status;
        if (tune->n_values > 0 && value <= tune->values[tune->n_values - 1])
            return ig_kparser_fail(parser, start, "the values of a list must ascend");
        if (tune->n_values == IG_KERNEL_MAX_VALUES)
            return ig_kparser_fail(parser, start, "the list has more than %d values", IG_KERNEL_MAX_VALUES);
        if (!ig_arena_grow(parser->arena, &values, &capacity, tune->n_values + 1, sizeof *tune->values))
            return ig_kparser_fail_memory(parser);
        tune->values = values;
        tune->values[tune->n_values++] = value;
    } while (ig_kparser_accept(parser, ","));
    return ig_kparser_accept(parser, "}") ? IG_OK
                                          : ig_kparser_fail(parser, parser->at, "the list is not closed by '}'");
}

static ig_status read_default(ig_kparser *parser, ig_ktune *tune)
{
    if (!ig_kparser_accept(parser, "="))
        return ig_kparser_fail(parser, parser->at, "the tunable '%s' has no '=' and default", tune->name);
    ig_kparser_skip_blanks(parser);
    const char *start = parser->at;
    ig_status status = ig_kparser_read_int(parser, "the default", MIN_VALUE, MAX_VALUE, &tune->fallback);
    if (status != IG_OK)
        return status;
    for (int i = 0; i < tune->n_values; i++) {
        if (tune->values[i] == tune->fallback)
            return IG_OK;
    }
    status = ig_kparser_fail(parser, start, "the default of '%s' is not one of its values", tune->name);
    ig_error_expected(parser->error, "a value from %" PRId64 " to %" PRId64, tune->values[0],
                      tune->values[tune->n_values - 1]);
    ig_error_found(parser->error, "%" PRId64, tune->fallback);
    return status;
}

ig_status ig_kparser_parse_tune(ig_kparser *parser)
{
    ig_kernel_def *def = parser->def;
    ig_kparser_skip_blanks(parser);
    const char *start = parser->at;
    if (def->n_tunes == IG_KERNEL_MAX_TUNES)
        return ig_kparser_fail(parser, start, "a kernel has at most %d tunables", IG_KERNEL_MAX_TUNES);
    ig_ktune *tune = &def->tunes[def->n_tunes];
    ig_status status = ig_kparser_read_name(parser, "the name of a tunable", &tune->name);
    if (status == IG_OK)
        status = ig_kparser_declare(parser, tune->name, start);
    if (status == IG_OK)
        status = ig_kparser_accept(parser, "{") ? read_list(parser, tune) : read_range(parser, tune);
    if (status == IG_OK)
        status = read_default(parser, tune);
    if (status != IG_OK)
        return status;
    tune->doc = "";
    def->n_tunes++;
    return ig_kparser_accept(parser, ":") ? ig_kparser_read_rest(parser, "what it does", &tune->doc)
                                          : ig_kparser_expect_end(parser);
}
