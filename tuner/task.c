#include "tuner/task.h"

#include "base/error.h"
#include "base/hash.h"
#include "graph/rewrite.h"

#include <stdio.h>
#include <string.h>

bool ig_tune_task_fits(const ig_plan *plan, const ig_step *step)
{
    const ig_op *op = plan->graph->nodes[step->node].op;
    return step->kernel->n_tunes > 0 && !op->pieces;
}

/* --- the network of one node -------------------------------------------------------------------------------------- */

/* A parameter in the place of input `k`, which another node computes in the whole network. */
static ig_status add_parameter(ig_graph *graph, const ig_node *node, int k, const ig_shape *shape, int *value,
                               ig_error *error)
{
    const ig_op *op = ig_op_find("parameter");
    ig_attr attrs[IG_MAX_ATTRS];
    char path[32];
    snprintf(path, sizeof path, "operand%d", k);
    ig_op_attr_defaults(op, attrs);
    ig_attr *extents = &attrs[ig_op_attr_index(op, "shape")];
    extents->given = true;
    extents->n_list = shape->rank;
    memcpy(extents->list, shape->dim, sizeof extents->list);
    const ig_node_spec spec = {
        .op = op, .path = path, .scope = path, .attrs = attrs, .file = node->file, .line = node->line};
    return ig_graph_add_node(graph, &spec, value, error);
}

static ig_status add_node(ig_graph *graph, const ig_graph *from, const ig_node *node, ig_error *error)
{
    int inputs[IG_MAX_INPUTS], value;
    ig_status status = IG_OK;
    for (int k = 0; k < node->n_inputs && !status; k++) {
        inputs[k] = graph->input;
        for (int j = 0; j < k; j++)
            if (node->inputs[j] == node->inputs[k])
                inputs[k] = inputs[j];
        if (node->inputs[k] != node->inputs[0])
            status = add_parameter(graph, node, k, &from->values[node->inputs[k]].shape, &inputs[k], error);
    }
    ig_node_spec spec = ig_rewrite_spec(node);
    spec.inputs = inputs;
    if (!status)
        status = ig_graph_add_node(graph, &spec, &value, error);
    if (!status && !(ig_graph_add_output(graph, "y", value) && ig_graph_seal(graph)))
        status = ig_fail_memory(error, sizeof *node);
    return status;
}

static ig_status make_graph(const ig_graph *from, const ig_node *node, ig_graph **out, ig_error *error)
{
    ig_graph *graph = ig_graph_create();
    *out = graph;
    if (!graph || !ig_graph_copy_header(graph, from))
        return ig_fail_memory(error, sizeof *graph);
    graph->input = ig_graph_add_value(graph, "input", &from->values[node->inputs[0]].shape, -1);
    return graph->input < 0 ? ig_fail_memory(error, sizeof *node) : add_node(graph, from, node, error);
}

/* --- the search --------------------------------------------------------------------------------------------------- */

typedef struct family_list {
    ig_tune_search *search;
    const ig_kernel_set *kernels;
    const ig_kernel_def *taken; /* by planning */
    bool thorough;
} family_list;

/* The plan's own kernels are gone with it. */
static const ig_kernel_def *find_kernel(const ig_kernel_set *kernels, const char *name)
{
    for (int i = 0; i < kernels->count; i++)
        if (strcmp(kernels->kernels[i].name, name) == 0)
            return &kernels->kernels[i];
    return NULL;
}

static ig_status add_family(void *user, const ig_tune_family *family, ig_error *error)
{
    family_list *list = user;
    ig_tune_search *search = list->search;
    if (family->kernel->priority < 0 && family->kernel != list->taken && !list->thorough)
        return IG_OK; /* a library's: seconds to build, and hardly ever the fastest */
    if (search->n_families == IG_TUNE_MAX_FAMILIES)
        return ig_fail(error, IG_E_INTERNAL, "more than %d kernels can do a step", IG_TUNE_MAX_FAMILIES);
    ig_tune_family *copy = &search->families[search->n_families++];
    *copy = *family;
    copy->kernel = find_kernel(list->kernels, family->kernel->name);
    return copy->kernel ? IG_OK : ig_fail(error, IG_E_INTERNAL, "no kernel %s", family->kernel->name);
}

/* The search begins with what planning takes: the kernel first in the list, and its values first of what is known. */
static void put_first(ig_tune_search *search, const ig_step *step)
{
    int at = 0;
    while (at < search->n_families - 1 && strcmp(search->families[at].kernel->name, step->kernel->name) != 0)
        at++;
    const ig_tune_family family = search->families[at];
    search->families[at] = search->families[0];
    search->families[0] = family;
    memcpy(search->families[0].known[0].values, step->values, sizeof step->values);
}

static uint64_t task_key(const ig_tune_task *task)
{
    const ig_kernel_vars *problem = &task->search.families[0].problem;
    uint64_t key = ig_hash_fnv64(IG_HASH_FNV64_SEED, task->op, strlen(task->op) + 1);
    key = ig_hash_fnv64(key, &task->layout, sizeof task->layout);
    for (int i = 0; i < problem->count; i++) {
        key = ig_hash_fnv64(key, problem->name[i], strlen(problem->name[i]) + 1);
        key = ig_hash_fnv64(key, &problem->value[i], sizeof problem->value[i]);
    }
    return key;
}

ig_status ig_tune_task_make(const ig_plan *plan, const ig_plan_params *params, const ig_step *step,
                            const ig_kernel_set *kernels, bool thorough, ig_tune_task *out, ig_error *error)
{
    const ig_node *node = &plan->graph->nodes[step->node];
    const ig_device_limits *limits = &plan->limits;
    *out = (ig_tune_task){.arena = ig_arena_create(), .layout = plan->layouts[step->node], .count = 1};
    out->path = out->arena ? ig_arena_strdup(out->arena, node->path) : NULL;
    if (!out->path)
        return ig_fail_memory(error, sizeof *out);
    out->op = node->op->name; /* of the table of operators */
    ig_status status = make_graph(plan->graph, node, &out->graph, error);
    if (!status)
        status = ig_plan_each_family(plan, params, step, add_family,
                                     &(family_list){&out->search, kernels, step->kernel, thorough}, error);
    if (status)
        return status;
    put_first(&out->search, step);
    ig_layer_info info;
    if (ig_graph_get_layer(plan->graph, step->node, &info)) {
        out->macs = info.cost.macs;
        out->bytes = info.cost.bytes;
    }
    out->key = task_key(out);
    out->search.arena = out->arena;
    out->search.bounds = ig_tune_bounds(limits);
    out->search.units = limits->compute_units;
    out->search.seed = (uint32_t)out->key;
    return IG_OK;
}

void ig_tune_task_release(ig_tune_task *task)
{
    ig_graph_destroy(&task->graph);
    ig_arena_destroy(&task->arena);
}
