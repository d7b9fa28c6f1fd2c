/* What a description says about the model apart from its steps: name, labels, aliases, weights. */
#include "graph/loader/loader.h"

#include <string.h>

static ig_status read_text(ig_loader *loader, const ig_yaml *document, const char *key, const char **out)
{
    const ig_yaml *node = ig_yaml_get(document, key);
    const char *text;
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_string(node, key, &text, loader->error);
    if (status != IG_OK)
        return status;
    *out = ig_arena_strdup(loader->graph->arena, text);
    return *out ? IG_OK : ig_fail_memory(loader->error, strlen(text));
}

static ig_status read_labels(ig_loader *loader, const ig_yaml *node)
{
    ig_graph *graph = loader->graph;
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "labels", loader->error);
    if (status != IG_OK || node->count == 0)
        return status;
    graph->labels = ig_arena_array(graph->arena, (size_t)node->count, sizeof *graph->labels);
    if (!graph->labels)
        return ig_fail_memory(loader->error, (size_t)node->count);
    for (int i = 0; i < node->count; i++) {
        const char *text;
        status = ig_yaml_string(node->items[i], "a label", &text, loader->error);
        if (status != IG_OK)
            return status;
        graph->labels[i] = ig_arena_strdup(graph->arena, text);
        if (!graph->labels[i])
            return ig_fail_memory(loader->error, strlen(text));
    }
    graph->n_labels = node->count;
    return IG_OK;
}

static ig_status add_alias(ig_loader *loader, const ig_yaml *key, const ig_yaml *node)
{
    ig_graph *graph = loader->graph;
    const char *text;
    ig_status status = ig_yaml_string(node, "an alias", &text, loader->error);
    if (status == IG_OK)
        status = ig_loader_check_name(loader, node, text);
    if (status != IG_OK)
        return status;
    if (!ig_arena_grow(graph->arena, (void **)&graph->aliases, &graph->cap_aliases, graph->n_aliases + 1,
                       sizeof *graph->aliases))
        return ig_fail_memory(loader->error, sizeof *graph->aliases);
    ig_alias alias = {ig_arena_strdup(graph->arena, key->text), ig_arena_strdup(graph->arena, text)};
    if (!alias.from || !alias.to)
        return ig_fail_memory(loader->error, strlen(text));
    graph->aliases[graph->n_aliases++] = alias;
    return IG_OK;
}

static ig_status read_aliases(ig_loader *loader, const ig_yaml *node)
{
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "aliases", loader->error);
    for (int i = 0; status == IG_OK && i < node->count; i++) {
        const ig_yaml *list = node->items[i];
        status = ig_loader_check_name(loader, node->keys[i], node->keys[i]->text);
        if (status == IG_OK)
            status = ig_yaml_expect(list, IG_YAML_SEQUENCE, "the spellings of an alias", loader->error);
        for (int j = 0; status == IG_OK && j < list->count; j++)
            status = add_alias(loader, node->keys[i], list->items[j]);
    }
    return status;
}

const char *const ig_task_names[IG_TASK_COUNT] = {"classification", "segmentation", "detection",
                                                  "multitask",      "generation",   "discrimination"};

static ig_status read_task(ig_loader *loader, const ig_yaml *node)
{
    int index = 0;
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_choice(node, "task", ig_task_names, IG_TASK_COUNT, &index, loader->error);
    if (status == IG_OK)
        loader->graph->task = ig_task_names[index];
    return status;
}

static ig_status read_weights(ig_loader *loader, const ig_yaml *document)
{
    ig_graph *graph = loader->graph;
    ig_status status = read_text(loader, document, "weights", &graph->weights_name);
    if (status != IG_OK || !graph->weights_name)
        return status;
    status = ig_loader_check_path(loader, ig_yaml_get(document, "weights"), graph->weights_name);
    if (status != IG_OK)
        return status;
    const char *path = ig_loader_beside(loader, loader->file, graph->weights_name);
    graph->weights_file = path ? ig_arena_strdup(graph->arena, path) : NULL;
    return graph->weights_file ? IG_OK : ig_fail_memory(loader->error, strlen(graph->weights_name));
}

ig_status ig_loader_read_header(ig_loader *loader, const ig_yaml *document)
{
    ig_graph *graph = loader->graph;
    if (!ig_yaml_get(document, "name"))
        return ig_yaml_fail(document, loader->error, "the model has no name");
    ig_status status = read_text(loader, document, "name", &graph->name);
    if (status == IG_OK)
        status = ig_loader_check_name(loader, ig_yaml_get(document, "name"), graph->name);
    if (status == IG_OK)
        status = read_text(loader, document, "doc", &graph->doc);
    if (status == IG_OK)
        status = read_text(loader, document, "source", &graph->source);
    if (status == IG_OK)
        status = read_task(loader, ig_yaml_get(document, "task"));
    if (status == IG_OK)
        status = read_labels(loader, ig_yaml_get(document, "labels"));
    if (status == IG_OK)
        status = read_aliases(loader, ig_yaml_get(document, "aliases"));
    if (status == IG_OK)
        status = ig_loader_read_seeded(loader, ig_yaml_get(document, "seeded"));
    if (status == IG_OK)
        status = read_weights(loader, document);
    return status;
}
