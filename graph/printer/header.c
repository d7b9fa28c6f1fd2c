#include "graph/printer/printer.h"

#include <string.h>

static bool put_text(ig_printer *printer, const char *key, const char *text)
{
    return !text || ig_printer_put(printer, printer->root, key, ig_printer_text(printer, text));
}

static ig_yaml *triple(ig_printer *printer, const float values[3])
{
    ig_yaml *list = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    for (int i = 0; i < 3; i++)
        if (!ig_printer_put(printer, list, NULL, ig_printer_float(printer, values[i])))
            return NULL;
    return list;
}

static ig_yaml *image(ig_printer *printer)
{
    static const char *const COLORS[] = {"rgb", "bgr", "gray"}, *const RESIZES[] = {"none", "bilinear", "nearest"};
    const ig_preprocess *how = &printer->graph->preprocess;
    ig_yaml *node = ig_yaml_new(printer->arena, IG_YAML_MAPPING);
    bool done = ig_printer_put(printer, node, "color", ig_printer_text(printer, COLORS[how->color])) &&
                ig_printer_put(printer, node, "resize", ig_printer_text(printer, RESIZES[how->resize])) &&
                ig_printer_put(printer, node, "scale", ig_printer_float(printer, how->scale)) &&
                ig_printer_put(printer, node, "mean", triple(printer, how->mean)) &&
                ig_printer_put(printer, node, "std", triple(printer, how->std));
    return done ? node : NULL;
}

static bool put_input(ig_printer *printer)
{
    const ig_value *value = &printer->graph->values[printer->graph->input];
    ig_yaml *node = ig_yaml_new(printer->arena, IG_YAML_MAPPING);
    ig_yaml *shape = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    for (int i = 0; i < value->shape.rank; i++)
        if (!ig_printer_put(printer, shape, NULL, ig_printer_int(printer, value->shape.dim[i])))
            return false;
    return ig_printer_put(printer, node, "name", ig_printer_text(printer, value->name)) &&
           ig_printer_put(printer, node, "shape", shape) &&
           (!printer->graph->has_preprocess || ig_printer_put(printer, node, "image", image(printer))) &&
           ig_printer_put(printer, printer->root, "input", node);
}

static bool put_labels(ig_printer *printer)
{
    const ig_graph *graph = printer->graph;
    ig_yaml *list = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    for (int i = 0; i < graph->n_labels; i++)
        if (!ig_printer_put(printer, list, NULL, ig_printer_text(printer, graph->labels[i])))
            return false;
    return graph->n_labels == 0 || ig_printer_put(printer, printer->root, "labels", list);
}

/* Spellings of one path stand together in the graph's list. */
static bool put_aliases(ig_printer *printer)
{
    const ig_graph *graph = printer->graph;
    ig_yaml *map = ig_yaml_new(printer->arena, IG_YAML_MAPPING), *list = NULL;
    for (int i = 0; i < graph->n_aliases; i++) {
        const ig_alias *alias = &graph->aliases[i];
        bool first = i == 0 || strcmp(alias->from, graph->aliases[i - 1].from) != 0;
        if (first)
            list = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
        if (first && !ig_printer_put(printer, map, alias->from, list))
            return false;
        if (!ig_printer_put(printer, list, NULL, ig_printer_text(printer, alias->to)))
            return false;
    }
    return graph->n_aliases == 0 || ig_printer_put(printer, printer->root, "aliases", map);
}

static bool put_range(ig_printer *printer, ig_yaml *map, const char *key, double base, double span)
{
    ig_yaml *range = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    return ig_printer_put(printer, range, NULL, ig_printer_double(printer, base)) &&
           ig_printer_put(printer, range, NULL, ig_printer_double(printer, span)) &&
           ig_printer_put(printer, map, key, range);
}

static bool put_seeded(ig_printer *printer)
{
    const ig_graph *graph = printer->graph;
    ig_yaml *map = ig_yaml_new(printer->arena, IG_YAML_MAPPING), *norms = ig_yaml_new(printer->arena, IG_YAML_MAPPING);
    bool done = put_range(printer, map, "norm_weight", graph->seeded_norm_base, graph->seeded_norm_span);
    for (int i = 0; i < graph->n_seeded_norms && done; i++) {
        const ig_seeded_norm *norm = &graph->seeded_norms[i];
        done = put_range(printer, norms, norm->suffix, norm->base, norm->span);
    }
    if (graph->seeded_gain != 1)
        done = done && ig_printer_put(printer, map, "gain", ig_printer_double(printer, graph->seeded_gain));
    if (graph->n_seeded_norms > 0)
        done = done && ig_printer_put(printer, map, "norms", norms);
    return done && ig_printer_put(printer, printer->root, "seeded", map);
}

bool ig_printer_header(ig_printer *printer)
{
    const ig_graph *graph = printer->graph;
    return ig_printer_put(printer, printer->root, "ingot", ig_printer_int(printer, 1)) &&
           put_text(printer, "name", graph->name) && put_text(printer, "doc", graph->doc) &&
           put_text(printer, "source", graph->source) && put_text(printer, "task", graph->task) && put_input(printer) &&
           put_labels(printer) && put_aliases(printer) && put_seeded(printer) &&
           put_text(printer, "weights", graph->weights_name);
}
