/* The printer's two halves: the header and the steps. Both build a document tree; NULL or false: memory ran out. */
#ifndef IG_GRAPH_PRINTER_H
#define IG_GRAPH_PRINTER_H

#include "graph/ir.h"
#include "yaml/yaml.h"

typedef struct ig_printer {
    ig_arena *arena;
    const ig_graph *graph;
    ig_yaml *root;
} ig_printer;

/* Text that must come back as text, even when it looks like a number, a boolean or nothing. */
ig_yaml *ig_printer_text(ig_printer *printer, const char *text);
ig_yaml *ig_printer_int(ig_printer *printer, int64_t value);
/* The shortest decimal that reads back to the same double, or to the same float. */
ig_yaml *ig_printer_double(ig_printer *printer, double value);
ig_yaml *ig_printer_float(ig_printer *printer, float value);
bool ig_printer_put(ig_printer *printer, ig_yaml *parent, const char *key, ig_yaml *child);

bool ig_printer_header(ig_printer *printer);
bool ig_printer_layers(ig_printer *printer);

#endif
