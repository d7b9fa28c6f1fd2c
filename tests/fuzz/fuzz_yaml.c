/* Any bytes through the YAML parser; what parses must emit and parse again to the same tree. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void require_same(const ig_yaml *a, const ig_yaml *b)
{
    require(a->kind == b->kind && a->count == b->count);
    if (a->kind == IG_YAML_SCALAR)
        require(strcmp(a->text, b->text) == 0 && ig_yaml_is_null(a) == ig_yaml_is_null(b));
    for (int i = 0; i < a->count; i++) {
        if (a->kind == IG_YAML_MAPPING)
            require(strcmp(a->keys[i]->text, b->keys[i]->text) == 0);
        require_same(a->items[i], b->items[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ig_arena *arena = ig_arena_create();
    ig_yaml *tree = NULL, *back = NULL;
    ig_error error;
    require(arena != NULL);
    if (ig_yaml_parse((const char *)data, size, "fuzz", arena, &tree, &error) == IG_OK) {
        ig_text text = {0};
        ig_yaml_emit(tree, &text);
        require(!text.failed);
        require(ig_yaml_parse(text.data, text.length, "emitted", arena, &back, &error) == IG_OK);
        require_same(tree, back);
        ig_text_release(&text);
    } else {
        char message[1024];
        require(error.status != IG_OK && error.message[0] != '\0');
        require(ig_error_format(&error, message, sizeof message) > 0);
    }
    ig_arena_destroy(&arena);
    return 0;
}
