/* Runs a graph with the plain C operators: node after node, each node's units shared out among threads. */
#include "base/error.h"
#include "base/shape.h"
#include "graph/ir.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MAX_THREADS = 8,
    SHARES = 8,          /* chunks per thread: units differ in cost, e.g. at image borders */
    SMALL_WORK = 1 << 16 /* operations and elements below which starting threads costs more than it gains */
};

/* One operator call, or its epilogue, being worked on; `next` is the first unit nobody has taken. */
typedef struct job {
    const ig_op_context *call;
    const ig_op_data *data;
    void (*run)(const ig_op_context *call, const ig_op_data *data, ig_op_range range);
    const volatile bool *cancel;
    int64_t units, chunk;
    _Atomic int64_t next;
} job;

typedef struct run {
    const ig_graph *graph;
    const ig_weights *weights;
    const ig_reference_params *params;
    int threads;
    float **owned; /* per value: its data while somebody still needs it; the input's is borrowed and not here */
    int *last_use; /* per value: the last node that reads it, -1 when none does */
} run;

static bool is_cancelled(const volatile bool *cancel)
{
    return cancel && *cancel;
}

static void *work(void *user)
{
    job *j = user;
    while (!is_cancelled(j->cancel)) {
        int64_t begin = atomic_fetch_add(&j->next, j->chunk);
        if (begin >= j->units)
            break;
        int64_t end = j->units - begin < j->chunk ? j->units : begin + j->chunk;
        j->run(j->call, j->data, (ig_op_range){begin, end});
    }
    return NULL;
}

static bool is_small(const ig_op_context *call)
{
    ig_cost cost = {0};
    ig_op_call_cost(call, &cost);
    return cost.macs + cost.adds + cost.other + ig_shape_elems(&call->output) < SMALL_WORK;
}

/* A thread that cannot be started is not missed: the others take its share. */
static void share_out(job *j, int threads)
{
    pthread_t helpers[MAX_THREADS];
    int started = 0;
    j->chunk = j->units / ((int64_t)threads * SHARES) + 1;
    atomic_init(&j->next, 0);
    while (started < threads - 1 && pthread_create(&helpers[started], NULL, work, j) == 0)
        started++;
    work(j);
    for (int i = 0; i < started; i++)
        pthread_join(helpers[i], NULL);
}

static void compute(const run *r, const ig_op_context *call, const ig_op_data *data)
{
    const int threads = is_small(call) ? 1 : r->threads;
    job j = {.call = call, .data = data, .cancel = r->params->cancel, .run = call->op->reference};
    j.units = call->op->units ? call->op->units(call) : 1;
    share_out(&j, threads);
    if (call->then.count == 0)
        return;
    j.run = ig_epilogue_apply;
    j.units = ig_shape_elems(&call->output);
    share_out(&j, threads);
}

static const float *value_data(const run *r, int value)
{
    return value == r->graph->input ? r->params->input->data : r->owned[value];
}

static ig_status gather(const run *r, const ig_node *node, ig_op_data *data, ig_error *error)
{
    for (int i = 0; i < node->n_inputs; i++)
        data->inputs[i] = value_data(r, node->inputs[i]);
    for (int i = 0; i < IG_MAX_PARAMS; i++) {
        if (node->params[i] < 0)
            continue;
        const char *name = r->graph->params[node->params[i]].name;
        data->params[i] = r->weights ? ig_weights_get(r->weights, name) : NULL;
        if (!data->params[i]) {
            ig_status status = ig_fail(error, IG_E_USAGE, "the weights hold no tensor '%s'", name);
            ig_error_hint(error, "load or fill the weights for this graph");
            return status;
        }
    }
    return IG_OK;
}

static ig_status show(const run *r, const ig_node *node, ig_error *error)
{
    const ig_value *value = &r->graph->values[node->output];
    const ig_tensor tensor = {.name = value->name, .shape = value->shape, .data = r->owned[node->output]};
    return r->params->visit ? r->params->visit(r->params->user, &tensor, error) : IG_OK;
}

static void release(run *r, int value)
{
    free(r->owned[value]);
    r->owned[value] = NULL;
}

static ig_status run_node(run *r, int index, ig_error *error)
{
    const ig_node *node = &r->graph->nodes[index];
    ig_op_context call;
    ig_op_data data = {.output = NULL};
    ig_node_context(r->graph, node, &call);
    ig_status status = gather(r, node, &data, error);
    if (status != IG_OK)
        return status;
    size_t bytes = (size_t)ig_shape_elems(&call.output) * sizeof(float);
    data.output = r->owned[node->output] = malloc(bytes);
    if (!data.output)
        return ig_fail_memory(error, bytes);
    compute(r, &call, &data);
    if (is_cancelled(r->params->cancel))
        return ig_fail(error, IG_E_CANCELLED, "the reference run was cancelled");
    status = show(r, node, error);
    for (int i = 0; i < node->n_inputs; i++) {
        if (r->last_use[node->inputs[i]] == index)
            release(r, node->inputs[i]);
    }
    if (r->last_use[node->output] < 0)
        release(r, node->output);
    return status;
}

static ig_status run_nodes(run *r, ig_error *error)
{
    const ig_graph *graph = r->graph;
    size_t values = (size_t)graph->n_values;
    r->owned = calloc(values, sizeof *r->owned);
    r->last_use = malloc(values * sizeof *r->last_use);
    if (!r->owned || !r->last_use)
        return ig_fail_memory(error, values * sizeof *r->owned);
    for (int i = 0; i < graph->n_values; i++)
        r->last_use[i] = -1;
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int k = 0; k < graph->nodes[i].n_inputs; k++)
            r->last_use[graph->nodes[i].inputs[k]] = i;
    }
    ig_status status = IG_OK;
    for (int i = 0; i < graph->n_nodes && status == IG_OK; i++)
        status = is_cancelled(r->params->cancel) ? ig_fail(error, IG_E_CANCELLED, "the reference run was cancelled")
                                                 : run_node(r, i, error);
    return status;
}

static ig_status check_input(const ig_graph *graph, const ig_tensor *input, ig_error *error)
{
    const ig_shape *expected = &graph->values[graph->input].shape;
    char text[2][128];
    if (!input || !input->data)
        return ig_fail(error, IG_E_USAGE, "the reference run has no input");
    if (ig_shape_equal(&input->shape, expected))
        return IG_OK;
    ig_status status = ig_fail(error, IG_E_USAGE, "the input's shape is not the network's");
    ig_error_expected(error, "%s", ig_shape_text(expected, text[0], sizeof text[0]));
    ig_error_found(error, "%s", ig_shape_text(&input->shape, text[1], sizeof text[1]));
    return status;
}

static int thread_count(int asked)
{
    long processors = asked > 0 ? asked : sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > MAX_THREADS ? MAX_THREADS : (int)processors;
}

ig_status ig_reference_run(const ig_graph *graph, const ig_weights *weights, const ig_reference_params *params,
                           ig_error *error)
{
    ig_status status = check_input(graph, params->input, error);
    if (status != IG_OK)
        return status;
    run r = {.graph = graph, .weights = weights, .params = params, .threads = thread_count(params->threads)};
    status = run_nodes(&r, error);
    for (int i = 0; r.owned && i < graph->n_values; i++)
        free(r.owned[i]);
    free(r.owned);
    free(r.last_use);
    return status;
}
