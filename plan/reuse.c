/* Values that take the place of others which nobody needs any more: element-wise results that of their input, and a
 * concat that of the map one of its inputs is a slice of (the half a shuffled block hands on is not copied then). */
#include "plan/parts.h"

#include "base/shape.h"

#include <limits.h>
#include <string.h>

typedef struct region {
    int storage;
    int64_t begin, end; /* elements */
} region;

static region region_of(const ig_finder *f, int value)
{
    const ig_place place = ig_finder_locate(f, value);
    const int64_t elems = ig_plan_elems(f->plan, &f->plan->graph->values[value].shape, f->plan->blocked[value]);
    return (region){place.storage, place.at, place.at + elems};
}

static bool overlap(region a, region b)
{
    return a.storage == b.storage && a.begin < b.end && b.begin < a.end;
}

/* People read or write it, or verification goes on from it. */
static bool is_fixed(const ig_finder *f, int value)
{
    const ig_graph *graph = f->plan->graph;
    bool fixed = value == graph->input || f->params->keep_all;
    for (int i = 0; i < graph->n_outputs; i++)
        fixed = fixed || graph->outputs[i].value == value;
    for (int i = 0; i < f->params->n_keep; i++)
        fixed = fixed || strcmp(graph->values[value].name, f->params->keep[i]) == 0;
    return fixed;
}

/* The node only says where its result lies within its input. */
static bool moves_nothing(const ig_finder *f, const ig_node *node)
{
    ig_op_context call;
    ig_node_context(f->plan->graph, node, &call);
    return ig_op_call_is_view(&call) ||
           (strcmp(node->op->name, "slice") == 0 &&
            ig_finder_locate(f, node->output).storage == ig_finder_locate(f, node->inputs[0]).storage);
}

static bool reads(const ig_node *node, int value)
{
    bool found = false;
    for (int k = 0; k < node->n_inputs; k++)
        found = found || node->inputs[k] == value;
    return found;
}

/* Written before node `writer`, and read by nobody from then on but `reader` (-1: by nobody at all). */
static bool is_dead(const ig_finder *f, int value, int writer, int reader)
{
    const ig_graph *graph = f->plan->graph;
    bool dead = graph->values[value].producer < writer && !is_fixed(f, value);
    for (int i = 0; i < graph->n_nodes && dead; i++) {
        const ig_node *node = &graph->nodes[i];
        if (!reads(node, value) || i == reader)
            continue;
        const bool selects = node->op->selects; /* verification goes on from what it reads */
        dead = (i < writer && !selects) || moves_nothing(f, node);
    }
    return dead;
}

/* Whether nodes from `writer` on may write there. */
static bool is_free(const ig_finder *f, region where, int writer, int reader)
{
    bool dead = true;
    for (int i = 0; i < f->plan->graph->n_values && dead; i++)
        dead = !overlap(region_of(f, i), where) || is_dead(f, i, writer, reader);
    return dead;
}

/* Notes that from node `writer` on what lay there is gone. */
static void give_up(const ig_finder *f, region where, int writer)
{
    const ig_graph *graph = f->plan->graph;
    for (int i = 0; i < graph->n_values; i++)
        if (graph->values[i].producer < writer && overlap(region_of(f, i), where) && !is_fixed(f, i))
            f->plan->overwritten[i] = true;
}

/* The first node that writes into the storage. */
static int first_writer(const ig_finder *f, int storage)
{
    const ig_graph *graph = f->plan->graph;
    int first = INT_MAX;
    for (int i = 0; i < graph->n_values; i++)
        if (ig_finder_locate(f, i).storage == storage && graph->values[i].producer < first)
            first = graph->values[i].producer;
    return first;
}

static bool is_whole(const ig_finder *f, int value)
{
    const region r = region_of(f, value);
    return (r.end - r.begin) * (int64_t)sizeof(float) == f->plan->storages[r.storage].bytes;
}

/* May the inputs that do not lie in `storage` yet come there, each at its place in the result? */
static bool others_fit(const ig_finder *f, int index, int storage)
{
    const ig_graph *graph = f->plan->graph;
    const ig_node *node = &graph->nodes[index];
    int64_t at = 0;
    for (int k = 0; k < node->n_inputs; k++) {
        const region from = region_of(f, node->inputs[k]);
        const region to = {storage, at, at + from.end - from.begin};
        at = to.end;
        if (from.storage == storage && from.begin == to.begin)
            continue;
        const bool moves = is_whole(f, node->inputs[k]) && f->homes[from.storage].movable;
        if (from.storage == storage || !is_free(f, to, moves ? first_writer(f, from.storage) : index, -1))
            return false;
    }
    return true;
}

void ig_finder_adopt(ig_finder *f, int index)
{
    const ig_node *node = &f->plan->graph->nodes[index];
    const region result = region_of(f, node->output);
    int64_t at = 0;
    for (int k = 0; k < node->n_inputs; k++) {
        const region from = region_of(f, node->inputs[k]);
        const ig_storage *there = &f->plan->storages[from.storage];
        const bool lies = from.storage != result.storage && from.begin == at && !is_whole(f, node->inputs[k]);
        at += from.end - from.begin;
        if (!lies || there->slab < 0 || there->bytes != f->plan->storages[result.storage].bytes || result.begin != 0 ||
            is_fixed(f, node->output) || !others_fit(f, index, from.storage))
            continue;
        give_up(f, (region){from.storage, 0, from.begin}, index);
        give_up(f, (region){from.storage, from.end, result.end}, index);
        f->homes[result.storage].storage = from.storage;
        f->homes[result.storage].at = 0;
        return;
    }
}

static bool works_in_place(const ig_kernel_def *kernel)
{
    return kernel->in_place;
}

void ig_finder_overwrite(ig_finder *f, int index)
{
    const ig_graph *graph = f->plan->graph;
    const ig_node *node = &graph->nodes[index];
    if (node->n_inputs == 0 || !ig_finder_all_kernels(f->plan, node->op, works_in_place) || moves_nothing(f, node))
        return;
    const region from = region_of(f, node->inputs[0]), result = region_of(f, node->output);
    bool alone = true; /* no other input would be overwritten while it is read */
    for (int k = 1; k < node->n_inputs; k++)
        alone = alone && !overlap(region_of(f, node->inputs[k]), from);
    if (!alone || from.storage == result.storage || !is_whole(f, node->output) || is_fixed(f, node->output) ||
        f->plan->storages[from.storage].slab < 0 ||
        f->plan->blocked[node->inputs[0]] != f->plan->blocked[node->output] ||
        !ig_shape_equal(&graph->values[node->inputs[0]].shape, &graph->values[node->output].shape) ||
        (from.begin > 0 && !f->homes[result.storage].movable) || !is_free(f, from, index, index))
        return;
    give_up(f, from, index);
    f->homes[result.storage].storage = from.storage;
    f->homes[result.storage].at = from.begin;
}
