/* `seeded:` - ranges of norm weights that let a signal through the network. */
#include "graph/loader/loader.h"

static const char *const KEYS[] = {"norm_weight", "norms", "gain"};

static ig_status read_range(ig_loader *loader, const ig_yaml *node, double *base, double *span)
{
    ig_error *error = loader->error;
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "norm_weight", error);
    if (status == IG_OK && node->count != 2)
        return ig_yaml_fail(node, error, "norm_weight has two numbers: the smallest weight and the span above it");
    if (status == IG_OK)
        status = ig_yaml_double(node->items[0], "the smallest weight", -1e3, 1e3, base, error);
    if (status == IG_OK)
        status = ig_yaml_double(node->items[1], "the span", 0, 1e3, span, error);
    return status;
}

static ig_status read_norms(ig_loader *loader, const ig_yaml *node)
{
    ig_graph *graph = loader->graph;
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "norms", loader->error);
    if (status != IG_OK)
        return status;
    graph->seeded_norms = ig_arena_array(graph->arena, (size_t)node->count + 1, sizeof *graph->seeded_norms);
    if (!graph->seeded_norms)
        return ig_fail_memory(loader->error, (size_t)node->count * sizeof *graph->seeded_norms);
    for (int i = 0; i < node->count && status == IG_OK; i++) {
        ig_seeded_norm *norm = &graph->seeded_norms[i];
        status = ig_loader_check_name(loader, node->keys[i], node->keys[i]->text);
        if (status == IG_OK)
            status = read_range(loader, node->items[i], &norm->base, &norm->span);
        norm->suffix = ig_arena_strdup(graph->arena, node->keys[i]->text);
        if (!norm->suffix)
            return ig_fail_memory(loader->error, sizeof *norm);
    }
    graph->n_seeded_norms = node->count;
    return status;
}

ig_status ig_loader_read_seeded(ig_loader *loader, const ig_yaml *node)
{
    ig_graph *graph = loader->graph;
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "seeded", loader->error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "seeded", KEYS, 3, loader->error);
    const ig_yaml *range = status == IG_OK ? ig_yaml_get(node, "norm_weight") : NULL;
    if (range)
        status = read_range(loader, range, &graph->seeded_norm_base, &graph->seeded_norm_span);
    const ig_yaml *gain = status == IG_OK ? ig_yaml_get(node, "gain") : NULL;
    if (gain)
        status = ig_yaml_double(gain, "gain", 1e-3, 1e3, &graph->seeded_gain, loader->error);
    return status == IG_OK ? read_norms(loader, ig_yaml_get(node, "norms")) : status;
}
