/* The networks of tests/models/goldens.yaml on the plain C operators.
 *
 * usage: test_goldens_reference [--all | part of a model's path]...   without arguments: those that are not large */
#include "tests/support/golden.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-5

typedef struct check {
    const golden *g;
    const ig_graph *graph;
    int seen, failed;
} check;

static void report(check *c, bool good, const char *why)
{
    c->seen++;
    c->failed += !good;
    if (!good)
        fprintf(stderr, "differs: %s\n", why);
}

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    check *c = user;
    char why[512];
    ig_graph_info info;
    (void)error;
    ig_graph_get_info(c->graph, &info);
    for (int i = 0; i < c->g->n_taps; i++) {
        const char *name = ig_graph_find_value(c->graph, c->g->taps[i].path, NULL);
        if (name && strcmp(name, value->name) == 0)
            report(c, golden_check_tap(&c->g->taps[i], value, TOLERANCE, why, sizeof why), why);
    }
    if (strcmp(value->name, info.output_values[0]) == 0)
        report(c, golden_check_outputs(c->g, value, TOLERANCE, why, sizeof why), why);
    return IG_OK;
}

static ig_status run(check *c, const ig_weights *weights, ig_error *error)
{
    ig_graph_info info;
    ig_graph_get_info(c->graph, &info);
    int64_t elems = ig_shape_elems(&info.input_shape);
    ig_tensor input = {
        .name = info.input_name, .shape = info.input_shape, .data = malloc((size_t)elems * sizeof(float))};
    if (!input.data)
        return IG_E_NO_MEMORY;
    golden_input(c->g, input.name, input.data, elems);
    ig_status status =
        ig_reference_run(c->graph, weights, &(ig_reference_params){.input = &input, .visit = visit, .user = c}, error);
    free(input.data);
    return status;
}

static bool run_golden(const golden *g)
{
    char path[1024];
    ig_error error = {0};
    ig_graph *graph = NULL;
    ig_weights *weights = NULL;
    check c = {.g = g};
    snprintf(path, sizeof path, "%s/models/%s", INGOT_SOURCE_DIR, g->model);
    ig_status status = ig_graph_load(path, NULL, &graph, &error);
    c.graph = graph;
    if (status == IG_OK)
        status = golden_weights(g, graph, &weights, &error);
    if (status == IG_OK)
        status = run(&c, weights, &error);
    ig_weights_destroy(&weights);
    ig_graph_destroy(&graph);
    bool good = status == IG_OK && c.failed == 0 && c.seen == g->n_taps + 1;
    printf("%s %s: %d of %d checked, %d differ %s\n", good ? "ok  " : "FAIL", g->model, c.seen, g->n_taps + 1, c.failed,
           status == IG_OK ? "" : error.message);
    return good;
}

static bool wanted(const golden *g, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--all") == 0 || strstr(g->model, argv[i]))
            return true;
    return argc == 1 && !g->large;
}

int main(int argc, char **argv)
{
    ig_arena *arena = ig_arena_create();
    ig_error error = {0};
    golden_list list = {0};
    int failed = 0, run_count = 0;
    ig_status status = golden_load(INGOT_SOURCE_DIR "/tests/models/goldens.yaml", arena, &list, &error);
    if (status != IG_OK)
        fprintf(stderr, "%s:%d: %s\n", error.file, error.line, error.message);
    for (int i = 0; status == IG_OK && i < list.count; i++) {
        if (!wanted(&list.items[i], argc, argv))
            continue;
        run_count++;
        failed += !run_golden(&list.items[i]);
    }
    ig_arena_destroy(&arena);
    return status == IG_OK && run_count > 0 && failed == 0 ? 0 : 1;
}
