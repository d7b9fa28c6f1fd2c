/* Blocks of the model and of the files it includes. */
#include "graph/loader/loader.h"

#include <string.h>
#include <sys/stat.h>

static const char *const FILE_KEYS[] = {"ingot", "doc", "include", "blocks"};
static const char *const BLOCK_KEYS[] = {"doc", "params", "inputs", "layers"};
static const char *const DEFAULT_INPUTS[] = {"in"};

ig_status ig_loader_check_path(ig_loader *loader, const ig_yaml *node, const char *path)
{
    bool outside = path[0] == '/' || path[0] == '\0' || strchr(path, '\\') != NULL;
    for (const char *at = path; *at && !outside; at = strchr(at, '/') ? strchr(at, '/') + 1 : at + strlen(at))
        outside = strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0');
    if (!outside)
        return IG_OK;
    ig_yaml_fail(node, loader->error, "the path leaves the model's folder");
    ig_error_expected(loader->error, "a relative path without '..'");
    ig_error_found(loader->error, "'%.100s'", path);
    return IG_E_DATA;
}

char *ig_loader_beside(ig_loader *loader, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    int folder = slash ? (int)(slash - file + 1) : 0;
    return ig_arena_printf(loader->arena, "%.*s%s", folder, file, name);
}

static ig_status read_inputs(ig_loader *loader, const ig_yaml *node, ig_block *block)
{
    block->inputs = (const char **)DEFAULT_INPUTS;
    block->n_inputs = 1;
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "inputs", loader->error);
    if (status != IG_OK)
        return status;
    if (node->count < 1 || node->count > IG_MAX_INPUTS)
        return ig_yaml_fail(node, loader->error, "a block has 1 to %d inputs", (int)IG_MAX_INPUTS);
    block->inputs = ig_arena_array(loader->arena, (size_t)node->count, sizeof *block->inputs);
    if (!block->inputs)
        return ig_fail_memory(loader->error, (size_t)node->count);
    block->n_inputs = node->count;
    for (int i = 0; i < node->count; i++) {
        status = ig_yaml_string(node->items[i], "an input", &block->inputs[i], loader->error);
        if (status != IG_OK)
            return status;
        if (strcmp(block->inputs[i], "in") != 0)
            status = ig_loader_check_name(loader, node->items[i], block->inputs[i]);
        for (int j = 0; j < i && status == IG_OK; j++)
            if (strcmp(block->inputs[i], block->inputs[j]) == 0)
                status = ig_yaml_fail(node->items[i], loader->error, "two inputs are called '%s'", block->inputs[i]);
        if (status != IG_OK)
            return status;
    }
    return IG_OK;
}

static ig_status read_block(ig_loader *loader, const ig_yaml *key, const ig_yaml *node)
{
    ig_block block = {.name = key->text, .node = key};
    const char *doc;
    ig_status status = ig_loader_check_name(loader, key, key->text);
    if (status == IG_OK && ig_index_find(&loader->blocks_by_name, key->text) >= 0)
        return ig_yaml_fail(key, loader->error, "two blocks are called '%s'", key->text);
    if (status == IG_OK)
        status = ig_yaml_expect(node, IG_YAML_MAPPING, "a block", loader->error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "a block", BLOCK_KEYS, 4, loader->error);
    if (status == IG_OK && ig_yaml_get(node, "doc"))
        status = ig_yaml_string(ig_yaml_get(node, "doc"), "doc", &doc, loader->error);
    if (status == IG_OK)
        status = ig_loader_read_args(loader, ig_yaml_get(node, "params"), &block.args);
    if (status == IG_OK)
        status = read_inputs(loader, ig_yaml_get(node, "inputs"), &block);
    block.layers = ig_yaml_get(node, "layers");
    if (status == IG_OK && !block.layers)
        return ig_yaml_fail(key, loader->error, "the block '%s' has no layers", key->text);
    if (status != IG_OK)
        return status;
    if (!ig_arena_grow(loader->arena, (void **)&loader->blocks, &loader->cap_blocks, loader->n_blocks + 1,
                       sizeof *loader->blocks) ||
        !ig_index_put(&loader->blocks_by_name, loader->arena, block.name, loader->n_blocks))
        return ig_fail_memory(loader->error, sizeof block);
    loader->blocks[loader->n_blocks++] = block;
    return IG_OK;
}

static ig_status read_own_blocks(ig_loader *loader, const ig_yaml *blocks)
{
    if (!blocks)
        return IG_OK;
    ig_status status = ig_yaml_expect(blocks, IG_YAML_MAPPING, "blocks", loader->error);
    for (int i = 0; status == IG_OK && i < blocks->count; i++)
        status = read_block(loader, blocks->keys[i], blocks->items[i]);
    return status;
}

/* Beside the including file, in the folder above it (models/<paper>/x.yaml finds models/blocks/), then in the caller's
 * folders. NULL when there is none. */
static char *find_file(ig_loader *loader, const char *from, const char *name)
{
    char *path = ig_loader_beside(loader, from, name);
    if (path && ig_file_exists(path))
        return path;
    char *above = ig_arena_printf(loader->arena, "../%s", name);
    path = above ? ig_loader_beside(loader, from, above) : NULL;
    if (path && ig_file_exists(path))
        return path;
    for (int i = 0; i < loader->params->n_include_dirs; i++) {
        path = ig_arena_printf(loader->arena, "%s/%s", loader->params->include_dirs[i], name);
        if (path && ig_file_exists(path))
            return path;
    }
    return NULL;
}

ig_status ig_loader_read_version(ig_loader *loader, const ig_yaml *document)
{
    int64_t version;
    const ig_yaml *node = ig_yaml_get(document, "ingot");
    if (!node) {
        ig_yaml_fail(document, loader->error, "this is no model description: the key 'ingot' is missing");
        ig_error_expected(loader->error, "ingot: 1");
        return IG_E_DATA;
    }
    return ig_yaml_int(node, "the format version 'ingot'", 1, 1, &version, loader->error);
}

/* One file can be reached by several paths. */
static const char *identity(ig_loader *loader, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return path;
    return ig_arena_printf(loader->arena, "%llu:%llu", (unsigned long long)info.st_dev,
                           (unsigned long long)info.st_ino);
}

static ig_status read_file(ig_loader *loader, const ig_yaml *node, const char *path)
{
    const char *key = identity(loader, path), *doc;
    /* Read before, or being read right now: blocks are known by name, so cycles are harmless. */
    if (key && ig_index_find(&loader->files, key) >= 0)
        return IG_OK;
    if (++loader->n_files > IG_LIMIT_FILES)
        return ig_yaml_fail(node, loader->error, "more than %d files are included", (int)IG_LIMIT_FILES);
    ig_yaml *document;
    if (!key || !ig_index_put(&loader->files, loader->arena, key, 1))
        return ig_fail_memory(loader->error, strlen(path));
    ig_status status = ig_yaml_read(path, loader->arena, &document, loader->error);
    if (status == IG_OK)
        status = ig_yaml_expect(document, IG_YAML_MAPPING, "the file", loader->error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(document, "an included file", FILE_KEYS, 4, loader->error);
    if (status == IG_OK)
        status = ig_loader_read_version(loader, document);
    if (status == IG_OK && ig_yaml_get(document, "doc"))
        status = ig_yaml_string(ig_yaml_get(document, "doc"), "doc", &doc, loader->error);
    return status == IG_OK ? ig_loader_read_blocks(loader, document) : status;
}

static ig_status include(ig_loader *loader, const ig_yaml *node)
{
    const char *name;
    ig_status status = ig_yaml_string(node, "an included file", &name, loader->error);
    if (status == IG_OK)
        status = ig_loader_check_path(loader, node, name);
    if (status != IG_OK)
        return status;
    const char *path = find_file(loader, node->file, name);
    if (path)
        return read_file(loader, node, path);
    ig_yaml_fail(node, loader->error, "the included file '%.200s' was not found", name);
    ig_error_hint(loader->error, "it is sought beside this file, in the folder above, and in the include folders");
    return IG_E_DATA;
}

ig_status ig_loader_read_blocks(ig_loader *loader, const ig_yaml *document)
{
    const ig_yaml *list = ig_yaml_get(document, "include");
    ig_status status = IG_OK;
    if (list)
        status = ig_yaml_expect(list, IG_YAML_SEQUENCE, "include", loader->error);
    for (int i = 0; list && i < list->count && status == IG_OK; i++)
        status = include(loader, list->items[i]);
    return status == IG_OK ? read_own_blocks(loader, ig_yaml_get(document, "blocks")) : status;
}
