/* Which maps lie in blocks of channels, and which as NCHW: one choice for the whole graph, by cost. Each node may read
 * one layout and write the other if a kernel does; where a value is wanted in the layout it does not have, a `reorder`
 * stands in between. The choice of least cost is a least cut: everything on the first side is blocked. */
#include "plan/plan.h"

#include "base/error.h"
#include "base/shape.h"
#include "plan/min_cut.h"

/* Moving an element costs about twice as much where its neighbours part. */
enum { REORDER_COST_PER_BYTE = 4 };
/* For who wants blocks whatever they cost: more than all reorders, less than what is forbidden. */
#define WANTED_COST ((int64_t)1 << 40)

typedef struct chooser {
    ig_plan *plan;
    const ig_plan_params *params;
    ig_min_cut *cut;
    bool failed; /* out of memory */
} chooser;

static int reads(int node)
{
    return IG_CUT_NODES + 2 * node;
}

static int writes(int node)
{
    return reads(node) + 1;
}

bool ig_plan_is_neutral(const ig_plan *plan, const ig_shape *shape)
{
    const int rank = shape->rank;
    return rank >= 3 && shape->dim[rank - 2] * shape->dim[rank - 1] == 1 && shape->dim[rank - 3] % plan->block == 0;
}

bool ig_plan_can_be_blocked(const ig_shape *shape)
{
    return shape->rank == 4 && shape->dim[1] > 1;
}

bool ig_plan_is_one_channel(const ig_shape *shape)
{
    return shape->rank == 4 && shape->dim[1] == 1;
}

static bool allows(const ig_plan *plan, const ig_op_context *call, ig_call_layout layout)
{
    bool fits = (!layout.in || (call->n_inputs > 0 && ig_plan_can_be_blocked(&call->inputs[0]))) &&
                (!layout.out || ig_plan_can_be_blocked(&call->output));
    for (int i = 0; i < call->then.n_operands; i++) {
        const ig_shape *operand = &call->then.operands[i];
        fits = fits && (!layout.out || ig_plan_can_be_blocked(operand) || ig_plan_is_one_channel(operand) ||
                        ig_plan_is_neutral(plan, operand));
    }
    return fits;
}

static bool is_wanted(const ig_plan *plan, const ig_op_context *call, ig_call_layout layout)
{
    return !ig_plan_is_pinned(plan, call->op) ||
           (layout.in == plan->pin->layout.in && layout.out == plan->pin->layout.out);
}

static int64_t bytes_of(const ig_shape *shape)
{
    return ig_shape_elems(shape) * (int64_t)sizeof(float);
}

/* What the call costs in that layout, in bytes that could move meanwhile; what moves either way is left out. A kernel
 * that takes either layout does part of a reorder's work on NCHW itself. */
static ig_status find_cost(chooser *c, int node, const ig_op_context *call, ig_call_layout layout, int64_t *cost,
                           ig_error *error)
{
    *cost = IG_CUT_FORBIDDEN;
    if (!allows(c->plan, call, layout) || !is_wanted(c->plan, call, layout))
        return IG_OK;
    ig_step step = {.node = node};
    ig_cost work;
    ig_op_call_cost(call, &work);
    const int pieces = call->op->pieces ? call->op->pieces(call) : 1;
    for (; step.piece < pieces; step.piece++) {
        step.kernel = NULL;
        ig_status status = ig_plan_find_kernel(c->plan, c->params, call, layout, &step, error);
        if (status || !step.kernel)
            return status;
    }
    *cost = work.macs / (step.rate > 0 ? step.rate : 1);
    if (step.kernel->in == IG_KERNEL_EITHER && !layout.in)
        *cost += bytes_of(&call->inputs[0]);
    if (step.kernel->out == IG_KERNEL_EITHER && !layout.out)
        *cost += bytes_of(&call->output);
    if (c->params->layout == IG_LAYOUT_BLOCKED)
        *cost = (2 - layout.in - layout.out) * WANTED_COST;
    if (c->params->n_force_kernels > 0 && !ig_plan_is_forced(c->params, step.kernel))
        *cost += 4 * WANTED_COST; /* which decides, wherever another layout has a forced one */
    return IG_OK;
}

static void add_arc(chooser *c, int from, int to, int64_t weight)
{
    if (weight > 0)
        c->failed = c->failed || !ig_min_cut_add(c->cut, from, to, weight);
}

/* `weight`, which may be negative, is paid when `node` is blocked. */
static void add_price(chooser *c, int node, int64_t weight)
{
    add_arc(c, node, IG_CUT_SECOND, weight);
    add_arc(c, IG_CUT_FIRST, node, -weight);
}

static ig_status add_node(chooser *c, int index, ig_error *error)
{
    const ig_node *node = &c->plan->graph->nodes[index];
    ig_op_context call;
    ig_node_context(c->plan->graph, node, &call);
    int64_t cost[2][2] = {{0, IG_CUT_FORBIDDEN}, {IG_CUT_FORBIDDEN, IG_CUT_FORBIDDEN}};
    if (!node->op->is_constant && !ig_op_call_is_view(&call))
        for (int in = 0; in < 2; in++)
            for (int out = 0; out < 2; out++) {
                ig_status status = find_cost(c, index, &call, (ig_call_layout){in, out}, &cost[in][out], error);
                if (status)
                    return status;
            }
    /* cost = c00 + (c10 - c00) in + (c11 - c10) out + (c01 + c10 - c00 - c11) (1 - in) out */
    add_price(c, reads(index), cost[1][0] - cost[0][0]);
    add_price(c, writes(index), cost[1][1] - cost[1][0]);
    add_arc(c, writes(index), reads(index), cost[0][1] + cost[1][0] - cost[0][0] - cost[1][1]);
    return IG_OK;
}

static int producer_side(const chooser *c, int value)
{
    const int producer = c->plan->graph->values[value].producer;
    return producer >= 0 ? writes(producer) : IG_CUT_SECOND;
}

/* The side that decides in which layout input `k` of the node is wanted. */
static int reader_side(const ig_graph *graph, int index, int k)
{
    const ig_node *node = &graph->nodes[index];
    if (!ig_plan_can_be_blocked(&graph->values[node->inputs[k]].shape))
        return IG_CUT_SECOND;
    return k < ig_node_own_inputs(node) ? reads(index) : writes(index);
}

/* Each value is reordered once, for all who want it otherwise: `from` stands for "some reader wants NCHW", `to` for
 * "some reader wants blocks". */
static void add_reader(chooser *c, int value, int side)
{
    const int from = IG_CUT_NODES + 2 * c->plan->graph->n_nodes + 2 * value, to = from + 1;
    add_arc(c, from, side, IG_CUT_FORBIDDEN);
    add_arc(c, side, to, IG_CUT_FORBIDDEN);
}

static void add_value(chooser *c, int value)
{
    const ig_shape *shape = &c->plan->graph->values[value].shape;
    const int side = producer_side(c, value), from = IG_CUT_NODES + 2 * c->plan->graph->n_nodes + 2 * value;
    if (ig_plan_is_neutral(c->plan, shape))
        return;
    const int64_t price = bytes_of(shape) * REORDER_COST_PER_BYTE;
    add_arc(c, side, from, price);
    add_arc(c, from + 1, side, price);
}

static ig_status build(chooser *c, ig_error *error)
{
    const ig_graph *graph = c->plan->graph;
    ig_status status = IG_OK;
    for (int i = 0; i < graph->n_nodes && !status; i++) {
        status = add_node(c, i, error);
        for (int k = 0; k < graph->nodes[i].n_inputs; k++)
            add_reader(c, graph->nodes[i].inputs[k], reader_side(graph, i, k));
    }
    for (int i = 0; i < graph->n_values; i++)
        add_value(c, i);
    for (int i = 0; i < graph->n_outputs; i++)
        add_reader(c, graph->outputs[i].value, IG_CUT_SECOND); /* people read NCHW */
    return status;
}

ig_status ig_plan_choose_layouts(ig_plan *plan, const ig_plan_params *params, ig_call_layout *layouts, ig_error *error)
{
    const ig_graph *graph = plan->graph;
    const int n = IG_CUT_NODES + 2 * graph->n_nodes + 2 * graph->n_values;
    ig_arena *arena = ig_arena_create();
    chooser c = {.plan = plan, .params = params, .cut = arena ? ig_min_cut_create(arena, n) : NULL};
    bool *second = arena ? ig_arena_array(arena, (size_t)n, sizeof *second) : NULL;
    ig_status status = c.cut && second ? build(&c, error) : ig_fail_memory(error, (size_t)n);
    if (!status && c.failed)
        status = ig_fail_memory(error, (size_t)n);
    if (!status) {
        ig_min_cut_solve(c.cut, second);
        for (int i = 0; i < graph->n_nodes; i++)
            layouts[i] = (ig_call_layout){!second[reads(i)], !second[writes(i)]};
    }
    ig_arena_destroy(&arena);
    return status;
}

int64_t ig_plan_elems(const ig_plan *plan, const ig_shape *shape, bool blocked)
{
    if (!blocked)
        return ig_shape_elems(shape);
    const int64_t blocks = (shape->dim[1] + plan->block - 1) / plan->block;
    return shape->dim[0] * blocks * plan->block * shape->dim[2] * shape->dim[3];
}

static bool any_blocked(const ig_plan *plan, const ig_call_layout *layouts)
{
    bool any = false;
    for (int i = 0; i < plan->graph->n_nodes; i++)
        any = any || layouts[i].in || layouts[i].out;
    return any;
}

/* Lanes of the device's vectors; four on those that say they have none, as their memory likes that. */
static int block_of(const ig_device_limits *limits)
{
    return limits->native_vector_float >= 16 ? 16 : limits->native_vector_float >= 8 ? 8 : 4;
}

ig_status ig_plan_assign_layouts(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    plan->block = block_of(&plan->limits);
    plan->layouts = ig_arena_array(plan->arena, (size_t)plan->graph->n_nodes + 1, sizeof *plan->layouts);
    plan->blocked = ig_arena_array(plan->arena, (size_t)plan->graph->n_values, sizeof *plan->blocked);
    if (!plan->layouts || !plan->blocked)
        return ig_fail_memory(error, (size_t)plan->graph->n_values);
    if (params->layout == IG_LAYOUT_NCHW)
        return IG_OK;
    ig_status status = ig_plan_choose_layouts(plan, params, plan->layouts, error);
    if (!status && any_blocked(plan, plan->layouts))
        status = ig_plan_reorder(plan, plan->layouts, error);
    return status;
}
