#include "graph/view.h"

#include "base/shape.h"

#include <string.h>

enum { MAX_STEPS = 16 };

ig_view ig_view_identity(const ig_graph *graph, int value)
{
    const ig_shape *shape = &graph->values[value].shape;
    ig_view out = {.source = value, .factor = 1, .rank = shape->rank};
    for (int64_t i = 0, step = 1; i < shape->rank; i++) {
        const int64_t axis = shape->rank - 1 - i;
        out.extent[axis] = shape->dim[axis];
        out.stride[axis] = step; /* also along axes of extent 1 */
        step *= shape->dim[axis];
    }
    return out;
}

/* --- one step ----------------------------------------------------------------------------------------------------- */

static bool apply_permute(const ig_node *node, const ig_shape *shape, ig_view *view)
{
    const ig_view before = *view;
    const ig_attr *dims = ig_node_attr(node, "dims");
    for (int i = 0; i < shape->rank; i++) {
        const int from = (int)(dims->list[i] < 0 ? dims->list[i] + shape->rank : dims->list[i]);
        view->extent[i] = before.extent[from];
        view->stride[i] = before.stride[from];
    }
    return true;
}

static bool apply_slice(const ig_node *node, const ig_shape *shape, ig_view *view)
{
    const int axis = ig_shape_axis(shape, ig_node_attr(node, "axis")->i);
    view->offset += ig_node_attr(node, "start")->i * view->stride[axis];
    view->extent[axis] = shape->dim[axis];
    return true;
}

static bool apply_scale(const ig_node *node, const ig_shape *shape, ig_view *view)
{
    (void)shape;
    view->factor *= ig_node_attr(node, "factor")->f;
    return ig_node_attr(node, "offset")->f == 0;
}

/* Leaves out axes of one element, and joins neighbours that are one run. */
static void merge_axes(ig_view *view)
{
    int rank = 0;
    for (int i = 0; i < view->rank; i++) {
        if (view->extent[i] == 1)
            continue;
        if (rank > 0 && view->stride[rank - 1] == view->extent[i] * view->stride[i]) {
            view->extent[rank - 1] *= view->extent[i];
            view->stride[rank - 1] = view->stride[i];
        } else {
            view->extent[rank] = view->extent[i];
            view->stride[rank++] = view->stride[i];
        }
    }
    view->rank = rank;
}

/* New axes are cut from the merged ones, the last first; each must come out of a single one. */
static bool apply_reshape(const ig_node *node, const ig_shape *shape, ig_view *view)
{
    (void)node;
    ig_view runs = *view;
    merge_axes(&runs);
    int run = runs.rank - 1;
    int64_t left = run >= 0 ? runs.extent[run] : 1, stride = run >= 0 ? runs.stride[run] : 1;
    view->rank = shape->rank;
    for (int i = shape->rank - 1; i >= 0; i--) {
        if (left == 1 && run > 0 && shape->dim[i] > 1) {
            left = runs.extent[--run];
            stride = runs.stride[run];
        }
        if (left % shape->dim[i] != 0)
            return false;
        view->extent[i] = shape->dim[i];
        view->stride[i] = stride;
        left /= shape->dim[i];
        stride *= shape->dim[i];
    }
    return true;
}

static const struct {
    const char *op;
    bool (*apply)(const ig_node *node, const ig_shape *shape, ig_view *view); /* shape: of the node's result */
} STEPS[] = {{"reshape", apply_reshape}, {"permute", apply_permute}, {"slice", apply_slice}, {"scale", apply_scale}};
enum { N_STEPS = sizeof STEPS / sizeof STEPS[0] };

static int find_step(const ig_node *node)
{
    int i = 0;
    while (i < N_STEPS && strcmp(STEPS[i].op, node->op->name) != 0)
        i++;
    return i;
}

/* --- chains ------------------------------------------------------------------------------------------------------- */

bool ig_view_back(const ig_graph *graph, int value, int steps, ig_view *out)
{
    const ig_node *chain[MAX_STEPS];
    if (steps > MAX_STEPS)
        return false;
    for (int i = 0; i < steps; i++) {
        const int producer = graph->values[value].producer;
        chain[i] = producer >= 0 ? &graph->nodes[producer] : NULL;
        if (!chain[i] || find_step(chain[i]) == N_STEPS)
            return false;
        value = chain[i]->inputs[0];
    }
    *out = ig_view_identity(graph, value);
    for (int i = steps - 1; i >= 0; i--)
        if (!STEPS[find_step(chain[i])].apply(chain[i], &graph->values[chain[i]->output].shape, out))
            return false;
    return true;
}

bool ig_view_same(const ig_view *a, const ig_view *b)
{
    ig_view x = *a, y = *b;
    merge_axes(&x);
    merge_axes(&y);
    bool same = x.offset == y.offset && x.rank == y.rank;
    for (int i = 0; i < x.rank && same; i++)
        same = x.extent[i] == y.extent[i] && x.stride[i] == y.stride[i];
    return same;
}
