/* Arbitrary bytes as a model description: they are refused, or they print and load again. */
#include "ingot/graph.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A folder that does not exist: includes must not read the tester's files. */
#define PLACE "/nonexistent/folder/model.yaml"

static void round_trip(const ig_graph *graph)
{
    char *text = NULL, *again = NULL;
    ig_graph *copy = NULL;
    ig_error error = {0};
    if (ig_graph_print(graph, &text, &error) != IG_OK)
        return; /* out of memory */
    if (ig_graph_parse(text, strlen(text), PLACE, NULL, &copy, &error) != IG_OK && error.status != IG_E_NO_MEMORY)
        abort();
    if (copy && ig_graph_print(copy, &again, &error) == IG_OK && strcmp(text, again) != 0)
        abort();
    free(text);
    free(again);
    ig_graph_destroy(&copy);
}

static void optimize(const ig_graph *graph)
{
    ig_graph *fast = NULL;
    ig_error error = {0};
    ig_status status = ig_graph_optimize(graph, &(ig_passes_params){.local_is_cache = true}, &fast, &error);
    if (status != IG_OK && status != IG_E_NO_MEMORY)
        abort();
    if (fast)
        round_trip(fast);
    ig_graph_destroy(&fast);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ig_graph *graph = NULL;
    ig_error error = {0};
    if (ig_graph_parse((const char *)data, size, PLACE, NULL, &graph, &error) != IG_OK) {
        if (graph || error.status == IG_OK || error.message[0] == '\0')
            abort();
        return 0;
    }
    round_trip(graph);
    optimize(graph);
    ig_graph_destroy(&graph);
    return 0;
}
