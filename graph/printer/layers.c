#include "graph/printer/printer.h"

#include <string.h>

static ig_yaml *list_of(ig_printer *printer, const ig_attr *attr)
{
    ig_yaml *list = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    for (int i = 0; i < attr->n_list; i++)
        if (!ig_printer_put(printer, list, NULL, ig_printer_int(printer, attr->list[i])))
            return NULL;
    return list;
}

static ig_yaml *print_int(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    (void)spec;
    return ig_printer_int(printer, attr->i);
}

static ig_yaml *print_bool(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    (void)spec;
    return ig_yaml_new_scalar(printer->arena, attr->i ? "true" : "false");
}

static ig_yaml *print_float(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    (void)spec;
    return ig_printer_double(printer, attr->f);
}

static ig_yaml *print_pair(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    (void)spec;
    return attr->list[0] == attr->list[1] ? ig_printer_int(printer, attr->list[0]) : list_of(printer, attr);
}

static ig_yaml *print_ints(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    (void)spec;
    return list_of(printer, attr);
}

static ig_yaml *print_enum(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    return ig_printer_text(printer, spec->choices[attr->i]);
}

static ig_yaml *print_text(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    (void)spec;
    return ig_printer_text(printer, attr->s);
}

static ig_yaml *print_words(ig_printer *printer, const ig_attr_spec *spec, const ig_attr *attr)
{
    ig_yaml *list = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    (void)spec;
    for (int i = 0; i < attr->n_words; i++)
        if (!ig_printer_put(printer, list, NULL, ig_printer_text(printer, attr->words[i])))
            return NULL;
    return list;
}

static ig_yaml *(*const PRINTERS[])(ig_printer *, const ig_attr_spec *, const ig_attr *) = {
    [IG_ATTR_INT] = print_int,   [IG_ATTR_BOOL] = print_bool, [IG_ATTR_FLOAT] = print_float,
    [IG_ATTR_PAIR] = print_pair, [IG_ATTR_INTS] = print_ints, [IG_ATTR_ENUM] = print_enum,
    [IG_ATTR_TEXT] = print_text, [IG_ATTR_WORDS] = print_words,
};

/* Zero, one or several inputs: nothing, a name, a list of names. */
static bool put_inputs(ig_printer *printer, ig_yaml *step, const ig_node *node)
{
    const ig_value *values = printer->graph->values;
    if (node->n_inputs == 0)
        return true;
    if (node->n_inputs == 1)
        return ig_printer_put(printer, step, "in", ig_printer_text(printer, values[node->inputs[0]].name));
    ig_yaml *list = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    for (int i = 0; i < node->n_inputs; i++)
        if (!ig_printer_put(printer, list, NULL, ig_printer_text(printer, values[node->inputs[i]].name)))
            return false;
    return ig_printer_put(printer, step, "in", list);
}

static ig_yaml *print_node(ig_printer *printer, const ig_node *node)
{
    ig_yaml *step = ig_yaml_new(printer->arena, IG_YAML_MAPPING);
    if (!ig_printer_put(printer, step, "op", ig_printer_text(printer, node->op->name)) ||
        !ig_printer_put(printer, step, "name", ig_printer_text(printer, node->path)) ||
        !put_inputs(printer, step, node))
        return NULL;
    if (strcmp(node->scope, node->path) != 0 &&
        !ig_printer_put(printer, step, "share", ig_printer_text(printer, node->scope)))
        return NULL;
    for (int i = 0; i < node->op->n_attrs; i++) {
        const ig_attr_spec *spec = &node->op->attrs[i];
        if (node->attrs[i].given &&
            !ig_printer_put(printer, step, spec->name, PRINTERS[spec->type](printer, spec, &node->attrs[i])))
            return NULL;
    }
    return step;
}

/* The key is there even when empty: it tells the loader that the model was printed. */
static bool put_scopes(ig_printer *printer)
{
    const ig_graph *graph = printer->graph;
    ig_yaml *map = ig_yaml_new(printer->arena, IG_YAML_MAPPING);
    for (int i = 0; i < graph->n_scopes; i++) {
        const ig_scope *scope = &graph->scopes[i];
        if (!ig_printer_put(printer, map, scope->path, ig_printer_text(printer, graph->values[scope->value].name)))
            return false;
    }
    return ig_printer_put(printer, printer->root, "scopes", map);
}

bool ig_printer_layers(ig_printer *printer)
{
    const ig_graph *graph = printer->graph;
    ig_yaml *layers = ig_yaml_new(printer->arena, IG_YAML_SEQUENCE);
    ig_yaml *outputs = ig_yaml_new(printer->arena, IG_YAML_MAPPING);
    for (int i = 0; i < graph->n_nodes; i++)
        if (!ig_printer_put(printer, layers, NULL, print_node(printer, &graph->nodes[i])))
            return false;
    for (int i = 0; i < graph->n_outputs; i++)
        if (!ig_printer_put(printer, outputs, graph->outputs[i].name,
                            ig_printer_text(printer, graph->values[graph->outputs[i].value].name)))
            return false;
    return ig_printer_put(printer, printer->root, "layers", layers) && put_scopes(printer) &&
           ig_printer_put(printer, printer->root, "outputs", outputs);
}
