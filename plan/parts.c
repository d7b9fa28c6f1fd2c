/* Values that lie within others: a concat's inputs where the concat has them, a slice where its input has it. Nothing
 * is copied then. Only runs of elements can be parts so: along the first axis that has more than one element (channels
 * of one image). A kernel reads and writes a part if its header has the line `epilogue`. */
#include "plan/parts.h"

#include "base/error.h"
#include "base/shape.h"

#include <stdlib.h>
#include <string.h>

bool ig_finder_all_kernels(const ig_plan *plan, const ig_op *op, bool (*can)(const ig_kernel_def *kernel))
{
    bool all = true, any = false;
    for (int i = 0; i < plan->kernels.count; i++) {
        const ig_kernel_def *kernel = &plan->kernels.kernels[i];
        for (int k = 0; k < kernel->n_ops; k++) {
            if (strcmp(kernel->ops[k], op->name) != 0)
                continue;
            any = true;
            all = all && can(kernel);
        }
    }
    return any && all;
}

static bool takes_epilogue(const ig_kernel_def *kernel)
{
    return kernel->epilogue;
}

static bool op_finds_parts(const ig_plan *plan, const ig_op *op)
{
    return ig_finder_all_kernels(plan, op, takes_epilogue);
}

/* A view hands the question on to its own readers. */
static void find_readers(ig_finder *f)
{
    const ig_graph *graph = f->plan->graph;
    for (int i = 0; i < graph->n_values; i++)
        f->anywhere[i] = true;
    for (int i = 0; i < graph->n_outputs; i++)
        f->anywhere[graph->outputs[i].value] = false; /* people read them from the beginning of their storage */
    for (int i = graph->n_nodes - 1; i >= 0; i--) {
        const ig_node *node = &graph->nodes[i];
        ig_op_context call;
        ig_node_context(graph, node, &call);
        const bool view = ig_op_call_is_view(&call);
        const bool finds = view ? f->anywhere[node->output] : op_finds_parts(f->plan, node->op);
        for (int k = 0; k < node->n_inputs; k++)
            f->anywhere[node->inputs[k]] = f->anywhere[node->inputs[k]] && finds;
    }
}

static void find_movable(ig_finder *f)
{
    const ig_graph *graph = f->plan->graph;
    for (int i = 0; i < f->plan->n_storages; i++)
        f->homes[i] = (ig_home){.storage = -1, .movable = f->plan->storages[i].slab >= 0};
    for (int i = 0; i < graph->n_values; i++) {
        const int producer = graph->values[i].producer, storage = f->plan->places[i].storage;
        const bool written =
            producer >= 0 && (op_finds_parts(f->plan, graph->nodes[producer].op) || graph->nodes[producer].op->is_view);
        f->homes[storage].movable = f->homes[storage].movable && written && f->anywhere[i];
    }
}

ig_place ig_finder_locate(const ig_finder *f, int value)
{
    ig_place place = f->plan->places[value];
    while (f->homes[place.storage].storage >= 0) {
        place.at += f->homes[place.storage].at;
        place.storage = f->homes[place.storage].storage;
    }
    return place;
}

/* Elements in front of one step along the axis, or 0 when the axis is not the first that counts. */
static int64_t run_of(const ig_shape *shape, int axis)
{
    int64_t run = 1;
    for (int i = 0; i < axis; i++)
        if (shape->dim[i] != 1)
            return 0;
    for (int i = axis + 1; i < shape->rank; i++)
        run *= shape->dim[i];
    return run;
}

static int64_t axis_run(const ig_graph *graph, const ig_node *node, const ig_shape *shape)
{
    ig_op_context call;
    ig_node_context(graph, node, &call);
    return run_of(shape, ig_shape_axis(shape, ig_op_attr(&call, "axis")->i));
}

/* Moves the concat's inputs into its result, but for those that lie somewhere already. */
static void join(ig_finder *f, const ig_node *node)
{
    const ig_graph *graph = f->plan->graph;
    const ig_shape *result = &graph->values[node->output].shape;
    const int64_t run = axis_run(graph, node, result);
    int64_t at = 0;
    for (int k = 0; run > 0 && k < node->n_inputs; k++) {
        const int value = node->inputs[k];
        const int64_t elems = ig_plan_elems(f->plan, &graph->values[value].shape, f->plan->blocked[value]);
        const ig_place from = f->plan->places[value], to = ig_finder_locate(f, node->output);
        ig_home *const moves = &f->homes[from.storage];
        const bool whole = f->plan->storages[from.storage].bytes == elems * (int64_t)sizeof(float);
        if (whole && moves->storage < 0 && moves->movable && from.storage != to.storage) {
            moves->storage = to.storage;
            moves->at = to.at + at;
        }
        at += elems;
    }
}

/* A slice is found where its input has it, if all its readers can. */
static void cut(ig_finder *f, const ig_node *node)
{
    ig_plan *plan = f->plan;
    const ig_shape *source = &plan->graph->values[node->inputs[0]].shape;
    const int64_t run = axis_run(plan->graph, node, source);
    const ig_storage *storage = &plan->storages[plan->places[node->inputs[0]].storage];
    if (run == 0 || !f->anywhere[node->output] || storage->slab < 0)
        return;
    ig_op_context call;
    ig_node_context(plan->graph, node, &call);
    plan->places[node->output] = plan->places[node->inputs[0]];
    plan->places[node->output].at += ig_op_attr(&call, "start")->i * run;
}

/* Views of a slice lie where the slice does. */
static void follow(ig_finder *f, const ig_node *node)
{
    ig_op_context call;
    ig_node_context(f->plan->graph, node, &call);
    if (ig_op_call_is_view(&call))
        f->plan->places[node->output] = f->plan->places[node->inputs[0]];
}

static void find_parts(ig_finder *f)
{
    const ig_graph *graph = f->plan->graph;
    find_readers(f);
    for (int i = 0; i < graph->n_nodes; i++) {
        const ig_node *node = &graph->nodes[i];
        if (strcmp(node->op->name, "slice") == 0)
            cut(f, node);
        follow(f, node);
    }
    find_movable(f);
    for (int i = 0; i < graph->n_nodes; i++) {
        if (strcmp(graph->nodes[i].op->name, "concat") == 0) {
            ig_finder_adopt(f, i);
            join(f, &graph->nodes[i]);
        }
    }
    for (int i = 0; i < graph->n_nodes; i++)
        ig_finder_overwrite(f, i);
    for (int i = 0; i < graph->n_values; i++)
        f->plan->places[i] = ig_finder_locate(f, i);
}

ig_status ig_plan_find_parts(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    const size_t values = (size_t)plan->graph->n_values, storages = (size_t)plan->n_storages;
    ig_finder f = {.plan = plan,
                   .params = params,
                   .anywhere = calloc(values, sizeof *f.anywhere),
                   .homes = calloc(storages + 1, sizeof *f.homes)};
    ig_status status = IG_OK;
    if (f.anywhere && f.homes)
        find_parts(&f);
    else
        status = ig_fail_memory(error, values + storages * sizeof *f.homes);
    free(f.anywhere);
    free(f.homes);
    return status;
}

typedef struct copy_offsets {
    int64_t in, out;
    bool known;
} copy_offsets;

static void see_offset(void *user, const char *name, int64_t value)
{
    copy_offsets *copy = user;
    if (strcmp(name, "IN_OFF") == 0)
        copy->in = value;
    if (strcmp(name, "OUT_OFF") == 0) {
        copy->out = value;
        copy->known = true;
    }
}

bool ig_plan_is_there(const ig_plan *plan, const ig_node *node, const ig_op_context *call, int piece)
{
    copy_offsets copy = {.known = false};
    const ig_place *in = &plan->places[node->inputs[node->op->pieces ? piece : 0]], *out = &plan->places[node->output];
    if (in->storage != out->storage)
        return false;
    call->op->problem(call, piece, see_offset, &copy);
    return copy.known && in->at + copy.in == out->at + copy.out;
}
