/* Seeded weights let a signal through every network: a test with weights under which the input, or a branch, does not
 * matter cannot see a wrong network there.
 *
 *   test_signal [--drop N] [--only PART] COUNTS.yaml
 *
 * Each network runs in plain C at the shape its row calls small. Zeroing the input must move every output by over 1 %
 * of its maximum; with --drop, so must zeroing each of up to N results that another operator brings together with
 * others, unless the row lists it as `blind`. */
#include "base/arena.h"
#include "graph/ir.h"
#include "yaml/yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OUTPUTS = 8, MAX_OVERRIDES = 8 };
static const double SHARE = 0.01;

typedef struct results {
    float *data[MAX_OUTPUTS];
    int64_t elems[MAX_OUTPUTS];
} results;

typedef struct trial {
    const char *name;
    ig_graph *graph;
    ig_graph_info info;
    ig_weights *weights;
    ig_tensor input;
    const char *dropped; /* a value to zero, or NULL */
    results *out;
} trial;

static void release(results *r)
{
    for (int i = 0; i < MAX_OUTPUTS; i++) {
        free(r->data[i]);
        r->data[i] = NULL;
    }
}

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    trial *t = user;
    const size_t bytes = (size_t)ig_shape_elems(&value->shape) * sizeof(float);
    (void)error;
    if (t->dropped && strcmp(value->name, t->dropped) == 0)
        memset(value->data, 0, bytes);
    for (int i = 0; i < t->info.n_outputs && i < MAX_OUTPUTS; i++) {
        if (strcmp(value->name, t->info.output_values[i]) != 0)
            continue;
        t->out->data[i] = malloc(bytes);
        if (!t->out->data[i])
            return IG_E_NO_MEMORY;
        memcpy(t->out->data[i], value->data, bytes);
        t->out->elems[i] = ig_shape_elems(&value->shape);
    }
    return IG_OK;
}

static bool run(trial *t, const char *dropped, results *out)
{
    ig_error error = {0};
    memset(out, 0, sizeof *out);
    t->dropped = dropped;
    t->out = out;
    const ig_reference_params params = {.input = &t->input, .visit = visit, .user = t};
    if (!ig_reference_run(t->graph, t->weights, &params, &error))
        return true;
    printf("FAIL %s: %s\n", t->name, error.message);
    return false;
}

/* The movement of output `i` as a share of its maximum; NaN is none. */
static double moved(const results *before, const results *after, int i)
{
    double most = 0, step = 0;
    for (int64_t k = 0; k < before->elems[i]; k++) {
        most = fmax(most, fabs((double)before->data[i][k]));
        step = fmax(step, fabs((double)before->data[i][k] - (double)after->data[i][k]));
    }
    return most > 0 ? step / most : 0;
}

static bool in_bounds(const trial *t, const results *lit)
{
    for (int i = 0; i < t->info.n_outputs && i < MAX_OUTPUTS; i++) {
        double most = 0;
        for (int64_t k = 0; k < lit->elems[i]; k++)
            most = fmax(most, fabs((double)lit->data[i][k]));
        if (!(most > 1e-3 && most < 1e5)) {
            printf("FAIL %s: the largest value of '%s' is %g\n", t->name, t->info.output_names[i], most);
            return false;
        }
    }
    return true;
}

static bool check_input(trial *t, const results *lit)
{
    const int64_t elems = ig_shape_elems(&t->info.input_shape);
    results dark;
    double least = INFINITY;
    memset(t->input.data, 0, (size_t)elems * sizeof(float));
    bool good = run(t, NULL, &dark);
    for (int i = 0; i < t->info.n_outputs && i < MAX_OUTPUTS && good; i++)
        least = fmin(least, moved(lit, &dark, i));
    ig_fill_seeded_input(t->input.name, t->input.data, elems);
    release(&dark);
    good = good && least > SHARE;
    printf("%s %s: the input moves the outputs by %.3g\n", good ? "ok  " : "FAIL", t->name, least);
    return good;
}

static bool is_blind(const ig_yaml *blind, const char *path)
{
    for (int i = 0; blind && i < blind->count; i++)
        if (strcmp(blind->items[i]->text, path) == 0)
            return true;
    return false;
}

/* Results that meet others: inputs of operators that take several computed ones. */
static int joined(const ig_graph *graph, const ig_yaml *blind, bool *is_joined)
{
    int count = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        const ig_node *node = &graph->nodes[i];
        for (int k = 0; k < node->n_inputs && node->n_inputs > 1; k++) {
            const int producer = graph->values[node->inputs[k]].producer;
            if (producer < 0 || graph->nodes[producer].op->is_constant || is_joined[producer] ||
                is_blind(blind, graph->nodes[producer].path))
                continue;
            is_joined[producer] = true;
            count++;
        }
    }
    return count;
}

static bool check_drops(trial *t, const ig_yaml *row, const results *lit, int most)
{
    bool *is_joined = calloc((size_t)t->graph->n_nodes + 1, sizeof *is_joined), good = is_joined != NULL;
    int count = good ? joined(t->graph, ig_yaml_get(row, "blind"), is_joined) : 0, seen = 0, taken = 0;
    for (int i = 0; i < t->graph->n_nodes && good; i++) {
        if (!is_joined[i] || seen++ * (int64_t)most / count < taken || taken == most)
            continue;
        taken++;
        results after;
        double share = 0;
        good = run(t, t->graph->nodes[i].path, &after);
        for (int k = 0; k < t->info.n_outputs && k < MAX_OUTPUTS && good; k++)
            share = fmax(share, moved(lit, &after, k));
        release(&after);
        if (good && !(share > SHARE)) {
            printf("FAIL %s: without %s the outputs move by only %.3g\n", t->name, t->graph->nodes[i].path, share);
            good = false;
        }
    }
    printf("%s %s: %d of %d joined results dropped\n", good ? "ok  " : "FAIL", t->name, taken, count);
    free(is_joined);
    return good;
}

static bool prepare(trial *t, const ig_yaml *row)
{
    char path[1024];
    ig_error error = {0};
    ig_graph_params params = {0};
    ig_override overrides[MAX_OVERRIDES];
    const ig_yaml *extents = ig_yaml_get(row, "small"), *set = ig_yaml_get(row, "small_set");
    for (int i = 0; set && i < set->count && i < MAX_OVERRIDES; i++)
        overrides[params.n_overrides++] = (ig_override){set->keys[i]->text, set->items[i]->text};
    params.overrides = overrides;
    t->name = ig_yaml_get(row, "model")->text;
    snprintf(path, sizeof path, "%s/models/%s", INGOT_SOURCE_DIR, t->name);
    for (int i = 0; extents && i < extents->count && i < IG_MAX_RANK; i++)
        params.input_shape.dim[params.input_shape.rank++] = strtoll(extents->items[i]->text, NULL, 10);
    if (ig_graph_load(path, &params, &t->graph, &error) || ig_weights_seeded(t->graph, &t->weights, &error)) {
        printf("FAIL %s: %s\n", t->name, error.message);
        return false;
    }
    ig_graph_get_info(t->graph, &t->info);
    const int64_t elems = ig_shape_elems(&t->info.input_shape);
    t->input = (ig_tensor){t->info.input_name, t->info.input_shape, malloc((size_t)elems * sizeof(float))};
    if (t->input.data)
        ig_fill_seeded_input(t->input.name, t->input.data, elems);
    return t->input.data != NULL;
}

static bool check(const ig_yaml *row, int drop)
{
    trial t = {0};
    results lit = {0};
    bool good = prepare(&t, row) && run(&t, NULL, &lit) && in_bounds(&t, &lit);
    good = good && (drop > 0 ? check_drops(&t, row, &lit, drop) : check_input(&t, &lit));
    release(&lit);
    free(t.input.data);
    ig_weights_destroy(&t.weights);
    ig_graph_destroy(&t.graph);
    fflush(stdout);
    return good;
}

int main(int argc, char **argv)
{
    int drop = 0, failed = 0, count = 0;
    const char *only = NULL;
    for (; argc > 3; argc -= 2, argv += 2) {
        if (strcmp(argv[1], "--drop") == 0)
            drop = atoi(argv[2]);
        else if (strcmp(argv[1], "--only") == 0)
            only = argv[2];
        else
            break;
    }
    ig_arena *arena = ig_arena_create();
    ig_yaml *rows = NULL;
    ig_error error = {0};
    if (argc != 2 || !arena || ig_yaml_read(argv[1], arena, &rows, &error)) {
        fprintf(stderr, "usage: test_signal [--drop N] [--only PART] COUNTS.yaml %s\n", error.message);
        ig_arena_destroy(&arena);
        return 64;
    }
    for (int i = 0; i < rows->count; i++) {
        if (only && !strstr(ig_yaml_get(rows->items[i], "model")->text, only))
            continue;
        count++;
        failed += !check(rows->items[i], drop);
    }
    ig_arena_destroy(&arena);
    printf("%d of %d networks failed\n", failed, count);
    return failed || count == 0;
}
