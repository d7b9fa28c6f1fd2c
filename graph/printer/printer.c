/* A graph as a flat model description: no blocks, no expressions, every name in full. */
#include "graph/printer/printer.h"

#include "base/error.h"

#include <string.h>

ig_yaml *ig_printer_text(ig_printer *printer, const char *text)
{
    ig_yaml *node = ig_yaml_new_scalar(printer->arena, text);
    double number;
    if (!node)
        return NULL;
    bool word = ig_yaml_is_null(node) || strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    node->quoted = word || ig_text_to_double(text, &number);
    return node;
}

ig_yaml *ig_printer_int(ig_printer *printer, int64_t value)
{
    const char *text = ig_arena_printf(printer->arena, "%lld", (long long)value);
    return text ? ig_yaml_new_scalar(printer->arena, text) : NULL;
}

static ig_yaml *number(ig_printer *printer, double value, bool single)
{
    char text[IG_DOUBLE_TEXT];
    return ig_text_from_double(value, single, text) ? ig_yaml_new_scalar(printer->arena, text) : NULL;
}

ig_yaml *ig_printer_double(ig_printer *printer, double value)
{
    return number(printer, value, false);
}

ig_yaml *ig_printer_float(ig_printer *printer, float value)
{
    return number(printer, (double)value, true);
}

bool ig_printer_put(ig_printer *printer, ig_yaml *parent, const char *key, ig_yaml *child)
{
    return parent && child && ig_yaml_add(printer->arena, parent, key, child);
}

ig_status ig_graph_print(const ig_graph *graph, char **text, ig_error *error)
{
    ig_printer printer = {.arena = ig_arena_create(), .graph = graph};
    ig_text out = {0};
    *text = NULL;
    printer.root = printer.arena ? ig_yaml_new(printer.arena, IG_YAML_MAPPING) : NULL;
    bool built = printer.root && ig_printer_header(&printer) && ig_printer_layers(&printer);
    if (built)
        ig_yaml_emit(printer.root, &out);
    ig_arena_destroy(&printer.arena);
    if (!built || out.failed || !out.data) {
        ig_text_release(&out);
        return ig_fail_memory(error, out.length);
    }
    *text = out.data;
    return IG_OK;
}
