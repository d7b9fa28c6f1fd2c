#include "yaml/yaml.h"

#include <limits.h>
#include <string.h>

enum { SHOWN_BYTES = 60 };

/* Said once, while the text is at hand: messages need it where no memory can be asked for. */
static const char *describe_text(ig_arena *arena, const ig_yaml *node)
{
    double number;
    if (!node->quoted && ig_text_to_double(node->text, &number))
        return ig_arena_printf(arena, "the number %.*s", SHOWN_BYTES, node->text);
    size_t length = strlen(node->text);
    if (length <= SHOWN_BYTES)
        return ig_arena_printf(arena, "the text '%s'", node->text);
    size_t cut = SHOWN_BYTES;
    while (cut > 0 && ((unsigned char)node->text[cut] & 0xC0) == 0x80)
        cut--;
    return ig_arena_printf(arena, "the text '%.*s...'", (int)cut, node->text);
}

ig_yaml *ig_yaml_new(ig_arena *arena, ig_yaml_kind kind)
{
    ig_yaml *node = ig_arena_alloc(arena, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->file = "";
    return node;
}

ig_yaml *ig_yaml_new_scalar(ig_arena *arena, const char *text)
{
    return ig_yaml_new_text(arena, text, strlen(text), false);
}

ig_yaml *ig_yaml_new_text(ig_arena *arena, const char *text, size_t length, bool quoted)
{
    ig_yaml *node = ig_yaml_new(arena, IG_YAML_SCALAR);
    if (!node)
        return NULL;
    node->quoted = quoted;
    node->text = ig_arena_strndup(arena, text, length);
    node->words = node->text ? describe_text(arena, node) : NULL;
    return node->words ? node : NULL;
}

/* Lists double whenever they are full: their capacity is the next power of two, and needs no field of its own. */
static bool reserve_one(ig_arena *arena, ig_yaml ***list, int count)
{
    bool full = (count & (count - 1)) == 0;
    if (!full)
        return true;
    if (count > INT_MAX / 2)
        return false;
    ig_yaml **grown = ig_arena_array(arena, count > 0 ? (size_t)count * 2 : 1, sizeof(ig_yaml *));
    if (!grown)
        return false;
    if (count > 0)
        memcpy(grown, *list, (size_t)count * sizeof *grown);
    *list = grown;
    return true;
}

bool ig_yaml_append(ig_arena *arena, ig_yaml *parent, ig_yaml *key, ig_yaml *child)
{
    if (!parent || !child || !reserve_one(arena, &parent->items, parent->count))
        return false;
    if (key && !reserve_one(arena, &parent->keys, parent->count))
        return false;
    parent->items[parent->count] = child;
    if (key)
        parent->keys[parent->count] = key;
    parent->count++;
    return true;
}

bool ig_yaml_add(ig_arena *arena, ig_yaml *parent, const char *key, ig_yaml *child)
{
    ig_yaml *key_node = key ? ig_yaml_new_scalar(arena, key) : NULL;
    if (key && !key_node)
        return false;
    return ig_yaml_append(arena, parent, key_node, child);
}
