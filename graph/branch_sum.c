#include "graph/branch_sum.h"

#include "graph/ops/common.h"

static const ig_node *producer(const ig_rewrite *rewrite, int value)
{
    return rewrite->in->values[value].producer >= 0 ? &rewrite->in->nodes[rewrite->in->values[value].producer] : NULL;
}

bool ig_sum_is_part(const ig_rewrite *rewrite, const ig_sum *sums, int value)
{
    return sums[value].count > 0 && rewrite->uses[value] == 1 && !rewrite->keep[value];
}

/* The value's sum, if the value may vanish into a larger one; else the value itself as the identity. */
static ig_sum part_of(const ig_rewrite *rewrite, const ig_sum *sums, int value)
{
    if (ig_sum_is_part(rewrite, sums, value))
        return sums[value];
    return (ig_sum){.source = value, .count = 1, .terms = {{.factor = 1}}};
}

/* --- what each operator makes of it ------------------------------------------------------------------------------- */

/* The kernel's middle stands over the source's pixel, with zeros around the map, so that narrower kernels and the
 * identity fit into it. */
static bool is_centred(const ig_node *node)
{
    const ig_attr *kernel = ig_node_attr(node, "kernel"), *pad = ig_node_attr(node, "pad"),
                  *dilation = ig_node_attr(node, "dilation");
    for (int axis = 0; axis < 2; axis++)
        if (kernel->list[axis] % 2 == 0 || pad->list[axis] != kernel->list[axis] / 2 || dilation->list[axis] != 1)
            return false;
    return ig_node_attr(node, "pad_mode")->i == IG_PAD_ZERO;
}

static bool is_plain_map(const ig_node *node)
{
    if (!ig_node_is(node, "conv2d") && !ig_node_is(node, "linear"))
        return false;
    return ig_node_attr(node, "norm")->s[0] == '\0' && ig_node_attr(node, "branches")->n_words == 0 &&
           (ig_node_is(node, "linear") || is_centred(node));
}

static void see_map(const ig_rewrite *rewrite, const ig_sum *sums, const ig_node *node, ig_sum *out)
{
    const ig_sum front = part_of(rewrite, sums, node->inputs[0]);
    const ig_term *first = &front.terms[0];
    if (!is_plain_map(node))
        return;
    *out = (ig_sum){.source = node->inputs[0], .count = 1, .terms = {{.map = node, .factor = 1}}};
    if (ig_node_is(node, "linear") && front.count == 1 && !first->map && first->after && !first->times &&
        first->factor == 1 && rewrite->in->values[node->output].shape.rank == 2) {
        out->source = front.source;
        out->terms[0].before = first->after;
    }
}

static void see_norm(const ig_rewrite *rewrite, const ig_sum *sums, const ig_node *node, ig_sum *out)
{
    const int rank = rewrite->in->values[node->output].shape.rank;
    ig_sum s = part_of(rewrite, sums, node->inputs[0]);
    const ig_term *first = &s.terms[0];
    bool axis_fits = ig_node_is(first->map, "linear") ? rank == 2 : rank == 2 || rank == 4;
    bool joins = s.count == 1 && !first->after && !first->times && first->factor == 1 && axis_fits;
    if (joins) {
        s.terms[0].after = node;
        *out = s;
    }
}

static bool join(ig_sum *to, const ig_sum *other, double factor)
{
    if (to->source != other->source || to->count + other->count > IG_MAX_TERMS)
        return false;
    for (int i = 0; i < other->count; i++) {
        to->terms[to->count] = other->terms[i];
        to->terms[to->count++].factor *= factor;
    }
    return true;
}

/* A sum may stand beside its own source, x + f(x): then the other side counts as the identity, whatever it is. */
static void see_sum(const ig_rewrite *rewrite, const ig_sum *sums, const ig_node *node, double factor, ig_sum *out)
{
    const int a = node->inputs[0], b = node->inputs[1];
    ig_sum left = part_of(rewrite, sums, a), right = part_of(rewrite, sums, b);
    if (!ig_shape_equal(&rewrite->in->values[a].shape, &rewrite->in->values[b].shape))
        return;
    if (right.source == a)
        left = (ig_sum){.source = a, .count = 1, .terms = {{.factor = 1}}};
    else if (left.source == b)
        right = (ig_sum){.source = b, .count = 1, .terms = {{.factor = 1}}};
    if (join(&left, &right, factor))
        *out = left;
}

static void see_product(const ig_rewrite *rewrite, const ig_sum *sums, const ig_node *node, ig_sum *out)
{
    const ig_shape *shape = &rewrite->in->values[node->output].shape;
    for (int side = 0; side < 2; side++) {
        const ig_node *factor = producer(rewrite, node->inputs[side]);
        const ig_shape *extents = &rewrite->in->values[node->inputs[side]].shape;
        bool fits = ig_node_is(factor, "parameter") && ig_node_attr(factor, "of_norm")->n_words == 0 &&
                    extents->rank == 3 && shape->rank == 4 && extents->dim[0] == shape->dim[1] &&
                    extents->dim[1] == 1 && extents->dim[2] == 1;
        ig_sum s = part_of(rewrite, sums, node->inputs[1 - side]);
        for (int i = 0; i < s.count && fits; i++) {
            fits = !s.terms[i].times;
            s.terms[i].times = factor;
        }
        if (fits) {
            *out = s;
            return;
        }
    }
}

static void see_scale(const ig_rewrite *rewrite, const ig_sum *sums, const ig_node *node, ig_sum *out)
{
    ig_sum s = part_of(rewrite, sums, node->inputs[0]);
    for (int i = 0; i < s.count; i++)
        s.terms[i].factor *= ig_node_attr(node, "factor")->f;
    if (ig_node_attr(node, "offset")->f == 0)
        *out = s;
}

void ig_sum_see(const ig_rewrite *rewrite, const ig_sum *sums, const ig_node *node, ig_sum *out)
{
    *out = (ig_sum){.source = node->output};
    if (ig_node_is(node, "batch_norm"))
        see_norm(rewrite, sums, node, out);
    else if (ig_node_is(node, "add") || ig_node_is(node, "sub"))
        see_sum(rewrite, sums, node, ig_node_is(node, "add") ? 1 : -1, out);
    else if (ig_node_is(node, "mul"))
        see_product(rewrite, sums, node, out);
    else if (ig_node_is(node, "scale"))
        see_scale(rewrite, sums, node, out);
    else
        see_map(rewrite, sums, node, out);
}
