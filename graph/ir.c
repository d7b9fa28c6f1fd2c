#include "graph/ir.h"

ig_graph *ig_graph_create(void)
{
    ig_arena *arena = ig_arena_create();
    if (!arena)
        return NULL;
    ig_graph *graph = ig_arena_alloc(arena, sizeof *graph);
    if (!graph) {
        ig_arena_destroy(&arena);
        return NULL;
    }
    graph->arena = arena;
    graph->input = -1;
    graph->seeded_norm_base = 0.3;
    graph->seeded_norm_span = 0.4;
    graph->seeded_gain = 1;
    return graph;
}

void ig_graph_destroy(ig_graph **graph)
{
    if (!graph || !*graph)
        return;
    ig_arena *arena = (*graph)->arena; /* the graph itself lives in it */
    ig_arena_destroy(&arena);
    *graph = NULL;
}

int ig_graph_add_value(ig_graph *graph, const char *name, const ig_shape *shape, int producer)
{
    if (!ig_arena_grow(graph->arena, (void **)&graph->values, &graph->cap_values, graph->n_values + 1,
                       sizeof *graph->values))
        return -1;
    const char *copy = ig_arena_strdup(graph->arena, name);
    if (!copy || !ig_index_put(&graph->values_by_name, graph->arena, copy, graph->n_values))
        return -1;
    graph->values[graph->n_values] = (ig_value){.name = copy, .shape = *shape, .producer = producer};
    return graph->n_values++;
}

int ig_graph_find_value_id(const ig_graph *graph, const char *name)
{
    return ig_index_find(&graph->values_by_name, name);
}

bool ig_graph_add_scope(ig_graph *graph, const char *path, int value)
{
    if (!ig_arena_grow(graph->arena, (void **)&graph->scopes, &graph->cap_scopes, graph->n_scopes + 1,
                       sizeof *graph->scopes))
        return false;
    const char *copy = ig_arena_strdup(graph->arena, path);
    if (!copy || !ig_index_put(&graph->scopes_by_path, graph->arena, copy, graph->n_scopes))
        return false;
    graph->scopes[graph->n_scopes++] = (ig_scope){.path = copy, .value = value};
    return true;
}

bool ig_graph_add_output(ig_graph *graph, const char *name, int value)
{
    if (!ig_arena_grow(graph->arena, (void **)&graph->outputs, &graph->cap_outputs, graph->n_outputs + 1,
                       sizeof *graph->outputs))
        return false;
    const char *copy = ig_arena_strdup(graph->arena, name);
    if (!copy)
        return false;
    graph->outputs[graph->n_outputs++] = (ig_output){.name = copy, .value = value};
    return true;
}

bool ig_graph_seal(ig_graph *graph)
{
    size_t count = (size_t)graph->n_outputs;
    graph->output_names = ig_arena_array(graph->arena, count + 1, sizeof *graph->output_names);
    graph->output_values = ig_arena_array(graph->arena, count + 1, sizeof *graph->output_values);
    graph->output_shapes = ig_arena_array(graph->arena, count + 1, sizeof *graph->output_shapes);
    if (!graph->output_names || !graph->output_values || !graph->output_shapes)
        return false;
    for (size_t i = 0; i < count; i++) {
        graph->output_names[i] = graph->outputs[i].name;
        graph->output_values[i] = graph->values[graph->outputs[i].value].name;
        graph->output_shapes[i] = graph->values[graph->outputs[i].value].shape;
    }
    ig_graph_count(graph, &graph->totals);
    return true;
}

/* NULL stays NULL; `*failed` is set when memory ran out. */
static const char *copy_text(ig_graph *to, const char *text, bool *failed)
{
    if (!text)
        return NULL;
    const char *copy = ig_arena_strdup(to->arena, text);
    if (!copy)
        *failed = true;
    return copy;
}

static bool copy_lists(ig_graph *to, const ig_graph *from)
{
    bool failed = false;
    to->labels = ig_arena_array(to->arena, (size_t)from->n_labels + 1, sizeof *to->labels);
    to->aliases = ig_arena_array(to->arena, (size_t)from->n_aliases + 1, sizeof *to->aliases);
    to->seeded_norms = ig_arena_array(to->arena, (size_t)from->n_seeded_norms + 1, sizeof *to->seeded_norms);
    if (!to->labels || !to->aliases || !to->seeded_norms)
        return false;
    for (int i = 0; i < from->n_labels; i++)
        to->labels[i] = copy_text(to, from->labels[i], &failed);
    for (int i = 0; i < from->n_aliases; i++) {
        to->aliases[i].from = copy_text(to, from->aliases[i].from, &failed);
        to->aliases[i].to = copy_text(to, from->aliases[i].to, &failed);
    }
    for (int i = 0; i < from->n_seeded_norms; i++) {
        to->seeded_norms[i] = from->seeded_norms[i];
        to->seeded_norms[i].suffix = copy_text(to, from->seeded_norms[i].suffix, &failed);
    }
    to->n_seeded_norms = from->n_seeded_norms;
    to->n_labels = from->n_labels;
    to->n_aliases = from->n_aliases;
    to->cap_aliases = from->n_aliases + 1;
    return !failed;
}

bool ig_graph_copy_header(ig_graph *to, const ig_graph *from)
{
    bool failed = false;
    to->name = copy_text(to, from->name, &failed);
    to->doc = copy_text(to, from->doc, &failed);
    to->source = copy_text(to, from->source, &failed);
    to->weights_file = copy_text(to, from->weights_file, &failed);
    to->weights_name = copy_text(to, from->weights_name, &failed);
    to->has_preprocess = from->has_preprocess;
    to->preprocess = from->preprocess;
    to->seeded_norm_base = from->seeded_norm_base;
    to->seeded_norm_span = from->seeded_norm_span;
    to->seeded_gain = from->seeded_gain;
    to->task = from->task; /* one of ig_task_names: no copy */
    return !failed && copy_lists(to, from);
}
