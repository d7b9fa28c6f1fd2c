/* A description from top to bottom. */
#include "graph/loader/loader.h"

#include <string.h>

static const char *const MODEL_KEYS[] = {"ingot",  "name",   "doc",     "source",  "task",   "params",
                                         "input",  "labels", "include", "aliases", "seeded", "weights",
                                         "blocks", "layers", "scopes",  "outputs"};
enum { N_MODEL_KEYS = (int)(sizeof MODEL_KEYS / sizeof MODEL_KEYS[0]) };

static ig_status need(ig_loader *loader, const ig_yaml *document, const char *key, ig_yaml_kind kind,
                      const ig_yaml **out)
{
    *out = ig_yaml_get(document, key);
    if (!*out)
        return ig_yaml_fail(document, loader->error, "the model has no '%s'", key);
    return ig_yaml_expect(*out, kind, key, loader->error);
}

static ig_status run_layers(ig_loader *loader, const ig_yaml *document)
{
    ig_body *top = loader->top;
    ig_graph *graph = loader->graph;
    ig_status status = need(loader, document, "layers", IG_YAML_SEQUENCE, &top->layers);
    top->input_names = ig_arena_alloc(loader->arena, sizeof *top->input_names);
    top->inputs = ig_arena_alloc(loader->arena, sizeof *top->inputs);
    if (!top->input_names || !top->inputs)
        return ig_fail_memory(loader->error, sizeof *top);
    top->input_names[0] = graph->values[graph->input].name;
    top->inputs[0] = top->prev = graph->input;
    top->n_inputs = 1;
    return status == IG_OK ? ig_loader_run_body(loader, top) : status;
}

/* Only in printed models: paths that stand for a result. */
static ig_status read_scopes(ig_loader *loader, const ig_yaml *node)
{
    if (!node)
        return IG_OK;
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "scopes", loader->error);
    for (int i = 0; status == IG_OK && i < node->count; i++) {
        ig_binding binding = {.path = node->keys[i]->text, .body = loader->top};
        status = ig_loader_check_name(loader, node->keys[i], binding.path);
        if (status == IG_OK)
            status = ig_loader_resolve(loader, loader->top, node->items[i], &binding.value);
        if (status == IG_OK)
            status = ig_loader_bind_scope(loader, node->keys[i], &binding);
    }
    return status;
}

static ig_status read_outputs(ig_loader *loader, const ig_yaml *document)
{
    const ig_yaml *node = NULL;
    ig_status status = need(loader, document, "outputs", IG_YAML_MAPPING, &node);
    if (status == IG_OK && node->count == 0)
        return ig_yaml_fail(node, loader->error, "a model has at least one output");
    for (int i = 0; status == IG_OK && i < node->count; i++) {
        int value = -1;
        status = ig_loader_check_name(loader, node->keys[i], node->keys[i]->text);
        if (status == IG_OK)
            status = ig_loader_resolve(loader, loader->top, node->items[i], &value);
        if (status == IG_OK && !ig_graph_add_output(loader->graph, node->keys[i]->text, value))
            status = ig_fail_memory(loader->error, sizeof value);
    }
    return status;
}

static ig_status read_params(ig_loader *loader, const ig_yaml *document)
{
    ig_status status = ig_loader_read_args(loader, ig_yaml_get(document, "params"), &loader->args);
    return status == IG_OK ? ig_loader_set_model_params(loader) : status;
}

static ig_status read_model(ig_loader *loader, const ig_yaml *document)
{
    const ig_yaml *input = NULL;
    ig_status status = ig_yaml_expect(document, IG_YAML_MAPPING, "the model description", loader->error);
    if (status == IG_OK)
        status = ig_loader_read_version(loader, document);
    if (status == IG_OK)
        status = ig_yaml_check_keys(document, "the model description", MODEL_KEYS, N_MODEL_KEYS, loader->error);
    loader->printed = status == IG_OK && ig_yaml_get(document, "scopes");
    if (status == IG_OK)
        status = ig_loader_read_header(loader, document);
    if (status == IG_OK)
        status = read_params(loader, document);
    if (status == IG_OK)
        status = ig_loader_read_blocks(loader, document);
    if (status == IG_OK)
        status = need(loader, document, "input", IG_YAML_MAPPING, &input);
    if (status == IG_OK)
        status = ig_loader_read_input(loader, input);
    if (status == IG_OK)
        status = run_layers(loader, document);
    if (status == IG_OK)
        status = read_scopes(loader, ig_yaml_get(document, "scopes"));
    if (status == IG_OK)
        status = read_outputs(loader, document);
    if (status == IG_OK && !ig_graph_seal(loader->graph))
        status = ig_fail_memory(loader->error, sizeof *loader->graph);
    return status;
}

static ig_status load_document(ig_loader *loader, const char *text, size_t length)
{
    ig_yaml *document = NULL;
    static const char EMPTY[] = "";
    loader->top = ig_arena_alloc(loader->arena, sizeof *loader->top);
    if (!loader->top)
        return ig_fail_memory(loader->error, sizeof *loader->top);
    *loader->top = (ig_body){.path = EMPTY, .scope = EMPTY, .prev = -1};
    ig_status status = text ? ig_yaml_parse(text, length, loader->file, loader->arena, &document, loader->error)
                            : ig_yaml_read(loader->file, loader->arena, &document, loader->error);
    if (status == IG_OK)
        status = read_model(loader, document);
    return status == IG_OK ? ig_graph_verify(loader->graph, loader->error) : status;
}

/* `text` NULL: read `file`. */
static ig_status load(const char *text, size_t length, const char *file, const ig_graph_params *params, ig_graph **out,
                      ig_error *error)
{
    static const ig_graph_params DEFAULTS;
    ig_error local = {0};
    ig_loader loader = {.arena = ig_arena_create(),
                        .graph = ig_graph_create(),
                        .params = params ? params : &DEFAULTS,
                        .error = error ? error : &local,
                        .file = file};
    ig_status status = IG_OK;
    *out = NULL;
    if (!loader.arena || !loader.graph)
        status = ig_fail_memory(loader.error, sizeof loader);
    if (status == IG_OK)
        status = load_document(&loader, text, length);
    if (status == IG_OK)
        *out = loader.graph;
    else
        ig_graph_destroy(&loader.graph);
    ig_arena_destroy(&loader.arena);
    return status;
}

ig_status ig_graph_load(const char *path, const ig_graph_params *params, ig_graph **out, ig_error *error)
{
    return load(NULL, 0, path, params, out, error);
}

ig_status ig_graph_parse(const char *text, size_t length, const char *file, const ig_graph_params *params,
                         ig_graph **out, ig_error *error)
{
    return load(text ? text : "", length, file ? file : "(text)", params, out, error);
}
