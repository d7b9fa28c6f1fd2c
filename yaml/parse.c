/* libyaml's events to a tree, without recursion. */
#include "yaml/yaml.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct yaml_builder {
    ig_arena *arena;
    const char *file, *bytes;
    size_t length;
    ig_yaml *open[IG_YAML_MAX_DEPTH]; /* containers being filled, the outermost first */
    ig_yaml *key[IG_YAML_MAX_DEPTH];  /* of each open mapping: a key that waits for its value */
    int depth, nodes, documents;
    ig_yaml *root;
    ig_error *error;
} yaml_builder;

static ig_status fail_at(yaml_builder *builder, const yaml_mark_t *mark, const char *message)
{
    ig_fail(builder->error, IG_E_DATA, "%s", message);
    ig_error_where(builder->error, builder->file, (int)mark->line + 1, (int)mark->column + 1);
    return IG_E_DATA;
}

/* Encoding errors come with a byte offset instead of a mark. */
static yaml_mark_t mark_of_offset(const yaml_builder *builder, size_t offset)
{
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < offset && i < builder->length; i++) {
        mark.column++;
        if (builder->bytes[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

static ig_status fail_syntax(yaml_builder *builder, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return ig_fail_memory(builder->error, 0);
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR)
        mark = mark_of_offset(builder, parser->problem_offset);
    fail_at(builder, &mark, "this is not valid YAML");
    ig_error_found(builder->error, "%s%s%s", parser->problem ? parser->problem : "a syntax error",
                   parser->context ? ", " : "", parser->context ? parser->context : "");
    return IG_E_DATA;
}

static ig_yaml *place_node(yaml_builder *builder, ig_yaml *node, const yaml_mark_t *mark)
{
    if (!node)
        return NULL;
    node->file = builder->file;
    node->line = (int)mark->line + 1;
    node->column = (int)mark->column + 1;
    return node;
}

static ig_status check_key(yaml_builder *builder, const ig_yaml *node, const yaml_mark_t *mark)
{
    if (node->kind != IG_YAML_SCALAR)
        return fail_at(builder, mark, "a key must be plain text, not a mapping or a sequence");
    if (node->quoted)
        return IG_OK;
    if (node->text[0] == '\0')
        return fail_at(builder, mark, "a key is missing before ':'");
    if (strcmp(node->text, "<<") == 0)
        return fail_at(builder, mark, "merge keys ('<<') are not supported");
    return IG_OK;
}

/* Hangs a node into the innermost open container. */
static ig_status attach(yaml_builder *builder, ig_yaml *node, const yaml_mark_t *mark)
{
    if (++builder->nodes > IG_YAML_MAX_NODES)
        return fail_at(builder, mark, "the document has too many entries");
    if (builder->depth == 0) {
        builder->root = node;
        return IG_OK;
    }
    ig_yaml *parent = builder->open[builder->depth - 1];
    ig_yaml **key = &builder->key[builder->depth - 1];
    if (parent->kind == IG_YAML_MAPPING && !*key) {
        *key = node;
        return check_key(builder, node, mark);
    }
    bool added = ig_yaml_append(builder->arena, parent, *key, node);
    *key = NULL;
    return added ? IG_OK : ig_fail_memory(builder->error, sizeof *node);
}

static ig_status on_scalar(yaml_builder *builder, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (event->data.scalar.anchor)
        return fail_at(builder, &event->start_mark, "anchors ('&') are not supported");
    if (event->data.scalar.tag)
        return fail_at(builder, &event->start_mark, "tags ('!') are not supported");
    if (length > IG_YAML_MAX_SCALAR)
        return fail_at(builder, &event->start_mark, "the text is too long");
    if (memchr(text, '\0', length))
        return fail_at(builder, &event->start_mark, "the text holds a NUL character");
    bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    ig_yaml *node = ig_yaml_new_text(builder->arena, text, length, quoted);
    if (!place_node(builder, node, &event->start_mark))
        return ig_fail_memory(builder->error, length);
    return attach(builder, node, &event->start_mark);
}

static ig_status on_open(yaml_builder *builder, const yaml_event_t *event, ig_yaml_kind kind)
{
    bool is_map = kind == IG_YAML_MAPPING;
    if (is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor)
        return fail_at(builder, &event->start_mark, "anchors ('&') are not supported");
    if (is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag)
        return fail_at(builder, &event->start_mark, "tags ('!') are not supported");
    if (builder->depth == IG_YAML_MAX_DEPTH)
        return fail_at(builder, &event->start_mark, "the document is nested too deeply");
    ig_yaml *node = place_node(builder, ig_yaml_new(builder->arena, kind), &event->start_mark);
    if (!node)
        return ig_fail_memory(builder->error, sizeof *node);
    ig_status status = attach(builder, node, &event->start_mark);
    if (status)
        return status;
    builder->open[builder->depth] = node;
    builder->key[builder->depth++] = NULL;
    return IG_OK;
}

static int compare_keys(const void *a, const void *b)
{
    const ig_yaml *x = *(ig_yaml *const *)a, *y = *(ig_yaml *const *)b;
    int order = strcmp(x->text, y->text);
    if (order != 0)
        return order;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static ig_status on_close(yaml_builder *builder)
{
    ig_yaml *node = builder->open[--builder->depth];
    if (node->kind == IG_YAML_SEQUENCE || node->count < 2)
        return IG_OK;
    size_t count = (size_t)node->count;
    ig_yaml **sorted = ig_arena_array(builder->arena, count, sizeof *sorted);
    if (!sorted)
        return ig_fail_memory(builder->error, count * sizeof *sorted);
    memcpy(sorted, node->keys, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) != 0)
            continue;
        ig_status status = ig_yaml_fail(sorted[i], builder->error, "the key '%s' is written twice", sorted[i]->text);
        ig_error_hint(builder->error, "the first one is on line %d", sorted[i - 1]->line);
        return status;
    }
    return IG_OK;
}

static ig_status on_document(yaml_builder *builder, const yaml_event_t *event)
{
    if (++builder->documents > 1)
        return fail_at(builder, &event->start_mark, "only one document per file is supported");
    if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
        return fail_at(builder, &event->start_mark, "tags ('%TAG') are not supported");
    return IG_OK;
}

static ig_status on_event(yaml_builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: return on_document(builder, event);
    case YAML_ALIAS_EVENT: return fail_at(builder, &event->start_mark, "aliases ('*') are not supported");
    case YAML_SCALAR_EVENT: return on_scalar(builder, event);
    case YAML_SEQUENCE_START_EVENT: return on_open(builder, event, IG_YAML_SEQUENCE);
    case YAML_MAPPING_START_EVENT: return on_open(builder, event, IG_YAML_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return on_close(builder);
    default: /* stream start and end, document end carry nothing */ return IG_OK;
    }
}

static ig_status build_tree(yaml_builder *builder, yaml_parser_t *parser)
{
    bool ended = false;
    while (!ended) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return fail_syntax(builder, parser);
        ended = event.type == YAML_STREAM_END_EVENT;
        ig_status status = on_event(builder, &event);
        yaml_event_delete(&event);
        if (status)
            return status;
    }
    if (builder->root && !(builder->root->kind == IG_YAML_SCALAR && ig_yaml_is_null(builder->root)))
        return IG_OK;
    ig_fail(builder->error, IG_E_DATA, "the document is empty");
    ig_error_where(builder->error, builder->file, 1, 1);
    return IG_E_DATA;
}

ig_status ig_yaml_parse(const char *bytes, size_t length, const char *file, ig_arena *arena, ig_yaml **out,
                        ig_error *error)
{
    yaml_builder builder = {.arena = arena, .bytes = bytes, .length = length, .error = error};
    builder.file = ig_arena_strdup(arena, file ? file : "");
    if (!builder.file)
        return ig_fail_memory(error, 0);
    if (length > IG_YAML_MAX_BYTES) {
        ig_fail(error, IG_E_DATA, "the document is larger than %d bytes", IG_YAML_MAX_BYTES);
        ig_error_where(error, file, 0, 0);
        return IG_E_DATA;
    }
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return ig_fail_memory(error, sizeof parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    ig_status status = build_tree(&builder, &parser);
    yaml_parser_delete(&parser);
    if (!status)
        *out = builder.root;
    return status;
}
