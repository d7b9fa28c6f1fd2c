#include "graph/conv_parts.h"

#include "base/error.h"
#include "base/shape.h"

#include <stdlib.h>
#include <string.h>

/* Operations that weigh as much as reading or writing one element: a judgement, between what small and large devices
 * do in that time, which no measurement of this project backs yet. */
enum { ELEMENT_WORK = 16 };

static int64_t channels(const ig_graph *graph, int value)
{
    return graph->values[value].shape.dim[1];
}

const ig_node *ig_find_private(const ig_rewrite *rewrite, int value, const char *op)
{
    const int producer = rewrite->in->values[value].producer;
    bool fits = producer >= 0 && rewrite->uses[value] == 1 && !rewrite->keep[value] &&
                ig_node_is(&rewrite->in->nodes[producer], op);
    return fits ? &rewrite->in->nodes[producer] : NULL;
}

static bool is_pair_of(const ig_node *node, const char *attr, int64_t wanted)
{
    const int64_t *pair = ig_node_attr(node, attr)->list;
    return pair[0] == wanted && pair[1] == wanted;
}

bool ig_is_pointwise(const ig_node *node)
{
    return ig_node_is(node, "conv2d") && is_pair_of(node, "kernel", 1) && is_pair_of(node, "stride", 1) &&
           is_pair_of(node, "pad", 0) && ig_node_attr(node, "groups")->i == 1 &&
           ig_node_attr(node, "branches")->n_words == 0;
}

/* --- work -----------------------------------------------------------------------------------------------------------
 */

static int64_t count_work(const ig_op_context *call)
{
    ig_cost cost = {0};
    int64_t elems = ig_shape_elems(&call->output);
    call->op->cost(call, &cost);
    for (int i = 0; i < call->n_inputs; i++)
        elems += ig_shape_elems(&call->inputs[i]);
    return 2 * cost.macs + cost.adds + cost.other + ELEMENT_WORK * elems;
}

int64_t ig_parts_work(const ig_graph *graph, const ig_node *node, const ig_shape *input, ig_shape *output)
{
    ig_op_context call;
    ig_node_context(graph, node, &call);
    call.inputs[0] = *input;
    ig_status status = call.op->infer(&call, NULL); /* accepts fewer channels of a map that it accepted */
    (void)status;
    *output = call.output;
    return count_work(&call);
}

int64_t ig_parts_sum_work(const ig_graph *graph, const ig_parts *parts)
{
    const ig_shape *shape = &graph->values[parts->conv->output].shape;
    const ig_op_context call = {.op = ig_op_find("add"), .n_inputs = 2, .inputs = {*shape, *shape}, .output = *shape};
    return parts->n_parts > 1 ? count_work(&call) : 0;
}

/* --- finding parts --------------------------------------------------------------------------------------------------
 */

static bool joins(const ig_part_rule *rule, const ig_graph *graph, const ig_part *a, const ig_part *b)
{
    return a->moved && b->moved ? rule->alike(graph, a->moved, b->moved) : a->moved == b->moved;
}

static void append_part(const ig_part_rule *rule, const ig_graph *graph, ig_parts *p, const ig_part *next)
{
    ig_part *last = p->n_parts > 0 ? &p->parts[p->n_parts - 1] : NULL;
    if (last && joins(rule, graph, last, next)) {
        last->count += next->count;
        last->width += next->width;
    } else {
        p->parts[p->n_parts++] = *next;
    }
}

static void find_parts(const ig_part_rule *rule, const ig_rewrite *rewrite, ig_parts *p)
{
    ig_part next = {0};
    for (int i = 0; i < p->n_sources; i++) {
        next = (ig_part){.first = i, .count = 1, .column = next.column + next.width};
        next.width = channels(rewrite->in, p->sources[i]);
        next.moved = ig_find_private(rewrite, p->sources[i], rule->moves);
        append_part(rule, rewrite->in, p, &next);
    }
    ig_parts all = *p;
    for (int i = 0; i < all.n_parts; i++)
        if (all.parts[i].moved && !rule->pays(rewrite->in, &all, &all.parts[i]))
            all.parts[i].moved = NULL;
    p->n_parts = 0;
    for (int i = 0; i < all.n_parts; i++)
        append_part(rule, rewrite->in, p, &all.parts[i]);
}

static bool legal(const ig_part_rule *rule, const ig_rewrite *rewrite, const ig_node *node, ig_parts *p)
{
    if (!ig_is_pointwise(node))
        return false;
    *p = (ig_parts){.conv = node, .sources = node->inputs, .n_sources = 1};
    const ig_node *concat = ig_find_private(rewrite, node->inputs[0], "concat");
    if (concat && ig_shape_axis(&rewrite->in->values[concat->output].shape, ig_node_attr(concat, "axis")->i) == 1) {
        p->concat = concat;
        p->sources = concat->inputs;
        p->n_sources = concat->n_inputs;
    }
    find_parts(rule, rewrite, p);
    return p->n_parts > 1 || p->parts[0].moved;
}

/* --- writing them down ----------------------------------------------------------------------------------------------
 */

static ig_status add_part(const ig_part_rule *rule, ig_rewrite *rewrite, const ig_parts *parts, const ig_part *part,
                          int *value, ig_error *error)
{
    int inputs[IG_MAX_INPUTS];
    ig_status status = IG_OK;
    for (int i = 0; i < part->count; i++) {
        const int source = parts->sources[part->first + i];
        const ig_node *moved = part->moved ? ig_find_private(rewrite, source, rule->moves) : NULL;
        inputs[i] = rewrite->value[moved ? moved->inputs[0] : source];
    }
    *value = inputs[0];
    if (part->count > 1)
        status = ig_parts_add(rewrite, ig_rewrite_spec(parts->concat), ig_parts_name(rewrite, parts, "joined", false),
                              inputs, part->count, value, error);
    if (status != IG_OK)
        return status;
    if (part->moved)
        return rule->write(rewrite, parts, part, value, error);
    return ig_parts_add_conv(rewrite, parts, part, NULL, ig_parts_name(rewrite, parts, "part", true), value, error);
}

static ig_status rewrite_conv(const ig_part_rule *rule, ig_rewrite *rewrite, const ig_parts *parts, ig_error *error)
{
    int sum[2] = {-1, -1};
    ig_attr attrs[IG_MAX_ATTRS];
    ig_node_spec model = ig_rewrite_spec(parts->conv);
    model.op = ig_op_find("add");
    model.attrs = attrs;
    ig_op_attr_defaults(model.op, attrs);
    ig_status status = add_part(rule, rewrite, parts, &parts->parts[0], &sum[0], error);
    for (int k = 1; k < parts->n_parts && status == IG_OK; k++) {
        const bool last = k + 1 == parts->n_parts;
        status = add_part(rule, rewrite, parts, &parts->parts[k], &sum[1], error);
        if (status == IG_OK)
            status =
                ig_parts_add(rewrite, model, last ? parts->conv->path : ig_parts_name(rewrite, parts, "sum", false),
                             sum, 2, &sum[0], error);
    }
    return status;
}

/* The result takes over what its private nodes did. */
static void mark_gone(const ig_part_rule *rule, const ig_rewrite *rewrite, const ig_parts *parts, bool *gone)
{
    const ig_node *nodes = rewrite->in->nodes;
    if (parts->concat)
        gone[parts->concat - nodes] = true;
    for (int k = 0; k < parts->n_parts; k++)
        for (int i = 0; i < parts->parts[k].count && parts->parts[k].moved; i++)
            gone[ig_find_private(rewrite, parts->sources[parts->parts[k].first + i], rule->moves) - nodes] = true;
}

static ig_status rewrite_nodes(const ig_part_rule *rule, ig_rewrite *rewrite, bool *gone, ig_error *error)
{
    const ig_graph *in = rewrite->in;
    ig_status status = IG_OK;
    ig_parts parts;
    for (int i = in->n_nodes - 1; i >= 0; i--)
        if (!gone[i] && legal(rule, rewrite, &in->nodes[i], &parts))
            mark_gone(rule, rewrite, &parts, gone);
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        if (gone[i])
            continue;
        if (legal(rule, rewrite, &in->nodes[i], &parts))
            status = rewrite_conv(rule, rewrite, &parts, error);
        else
            status = ig_rewrite_copy(rewrite, &in->nodes[i], NULL, NULL, error);
    }
    return status;
}

ig_status ig_parts_rewrite(const ig_part_rule *rule, const ig_graph *in, const bool *keep, ig_graph **out,
                           ig_error *error)
{
    ig_rewrite rewrite;
    ig_status status = ig_rewrite_begin(&rewrite, in, keep, error);
    bool *gone = calloc((size_t)in->n_nodes + 1, sizeof *gone);
    if (status == IG_OK && !gone)
        status = ig_fail_memory(error, (size_t)in->n_nodes * sizeof *gone);
    if (status == IG_OK)
        status = rewrite_nodes(rule, &rewrite, gone, error);
    free(gone);
    return ig_rewrite_end(&rewrite, status, out, error);
}
