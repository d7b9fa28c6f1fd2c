#include "yaml/emit_scalar.h"

#include <string.h>

enum { LINE_WIDTH = 100, INDENT = 2, MAX_SIMPLE_KEY = 128 };

/* Width of a container on one line, in flow style; -1 when it needs block style. */
static int container_width(const ig_yaml *node, int room)
{
    int width = 2;
    for (int i = 0; i < node->count && width <= room; i++) {
        if (node->items[i]->kind != IG_YAML_SCALAR)
            return -1;
        int item = ig_yaml_flow_width(node->items[i], false);
        int key = node->kind == IG_YAML_MAPPING ? ig_yaml_flow_width(node->keys[i], true) : 0;
        if (item < 0 || key < 0)
            return -1;
        width += item + (key > 0 ? key + 2 : 0) + (i > 0 ? 2 : 0);
    }
    return width <= room ? width : -1;
}

static bool fits_flow(const ig_yaml *node, int column)
{
    return node->count == 0 || container_width(node, LINE_WIDTH - column) >= 0;
}

static void emit_flow(const ig_yaml *node, ig_text *out)
{
    bool is_map = node->kind == IG_YAML_MAPPING;
    ig_text_add(out, is_map ? "{" : "[");
    for (int i = 0; i < node->count; i++) {
        ig_text_add(out, i > 0 ? ", " : "");
        if (is_map) {
            ig_yaml_emit_scalar(node->keys[i], true, out);
            ig_text_add(out, ": ");
        }
        ig_yaml_emit_scalar(node->items[i], false, out);
    }
    ig_text_add(out, is_map ? "}" : "]");
}

static void emit_block(const ig_yaml *node, int indent, ig_text *out);

static void start_line(int indent, ig_text *out)
{
    if (out->length > 0 && out->data[out->length - 1] != '\n')
        ig_text_add(out, "\n");
    ig_text_add(out, "%*s", indent, "");
}

/* A value behind "key:", or an item behind "-", which ends at `column`; `indent` is where its own lines begin. */
static void emit_value(const ig_yaml *node, int indent, int column, bool in_sequence, ig_text *out)
{
    if (node->kind == IG_YAML_SCALAR) {
        ig_text_add(out, node->text[0] || node->quoted ? " " : "");
        ig_yaml_emit_scalar(node, false, out);
    } else if (fits_flow(node, column + 1)) {
        ig_text_add(out, " ");
        emit_flow(node, out);
    } else if (in_sequence) {
        ig_text_add(out, " ");
        emit_block(node, indent, out);
    } else {
        start_line(indent, out);
        emit_block(node, indent, out);
    }
}

/* Returns the column behind the ':'. */
static int emit_key(const ig_yaml *key, int indent, ig_text *out)
{
    size_t before = out->length;
    /* Readers take a long key only behind '?'. */
    bool simple = strlen(key->text) <= MAX_SIMPLE_KEY;
    ig_text_add(out, simple ? "" : "? ");
    ig_yaml_emit_scalar(key, true, out);
    if (simple) {
        ig_text_add(out, ":");
        return indent + (int)(out->length - before);
    }
    start_line(indent, out);
    ig_text_add(out, ":");
    return indent + 1;
}

/* The cursor stands at `indent` of the first line. */
static void emit_block(const ig_yaml *node, int indent, ig_text *out)
{
    for (int i = 0; i < node->count; i++) {
        if (i > 0)
            start_line(indent, out);
        if (node->kind == IG_YAML_MAPPING) {
            int column = emit_key(node->keys[i], indent, out);
            emit_value(node->items[i], indent + INDENT, column, false, out);
        } else {
            ig_text_add(out, "-");
            emit_value(node->items[i], indent + INDENT, indent + 1, true, out);
        }
    }
}

void ig_yaml_emit(const ig_yaml *node, ig_text *out)
{
    if (node->kind == IG_YAML_SCALAR)
        ig_yaml_emit_scalar(node, false, out);
    else if (node->count == 0)
        emit_flow(node, out);
    else
        emit_block(node, 0, out);
    ig_text_add(out, "\n");
}
