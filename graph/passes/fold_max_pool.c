/* A maximum over two by two pixels ends the convolution in front of it, whose result is never stored.
 *
 *   before   x -> conv2d "a" -> relu "r" -> max_pool2d "y" {kernel: 2} -> y
 *   after    x -> conv2d {max_pool: true} -> relu "y" -> y
 *
 * An activation between them that never falls goes behind: the largest of its results is its result of the largest. It
 * runs once, behind the passes that take a convolution for a linear map. */
#include "base/error.h"
#include "graph/match.h"

#include <string.h>

/* Of a larger element they make one at least as large. */
static const char *const never_falling[] = {"relu", "relu6", "sigmoid", "tanh", "hard_sigmoid", "leaky_relu"};

static bool never_falls(const ig_node *node)
{
    for (size_t i = 0; i < sizeof never_falling / sizeof never_falling[0]; i++)
        if (ig_node_is(node, never_falling[i]))
            return true;
    return false;
}

static bool is_pair(const ig_node *node, const char *attr, int64_t wanted)
{
    const int64_t *pair = ig_node_attr(node, attr)->list;
    return pair[0] == wanted && pair[1] == wanted;
}

static bool is_two_by_two(const ig_node *pool)
{
    return is_pair(pool, "kernel", 2) && (is_pair(pool, "stride", 2) || is_pair(pool, "stride", 0)) &&
           is_pair(pool, "pad", 0) && !ig_node_attr(pool, "ceil_mode")->i;
}

/* The quick kernels copy what a work-item's windows see; there is no room for what reaches far, and the kernel that
 * then pools is slower than two others. */
static bool is_small(const ig_node *conv)
{
    enum { MAX_STRIDE = 4, MAX_REACH = 16 };
    const int64_t *kernel = ig_node_attr(conv, "kernel")->list, *dilation = ig_node_attr(conv, "dilation")->list;
    const int64_t *stride = ig_node_attr(conv, "stride")->list;
    bool small = true;
    for (int axis = 0; axis < 2; axis++)
        small = small && stride[axis] <= MAX_STRIDE && (kernel[axis] - 1) * dilation[axis] < MAX_REACH;
    return small;
}

enum { CONV, ACTIVATION };

/* What the pool folds into, and the activation between them where there is one. A convolution in groups keeps the
 * kernels that are quick at it, which do not pool. */
static int find(const ig_rewrite *rewrite, const ig_node *pool, const ig_node **servants)
{
    if (!ig_node_is(pool, "max_pool2d") || !is_two_by_two(pool) || !ig_match_only_reader(rewrite, pool->inputs[0]))
        return 0;
    const ig_node *front = ig_match_producer(rewrite, pool->inputs[0]);
    int count = 1;
    if (front && never_falls(front)) {
        servants[ACTIVATION] = front;
        front = ig_match_inner(rewrite, front->inputs[0], "conv2d");
        count++;
    }
    servants[CONV] = front;
    return ig_node_is(front, "conv2d") && ig_node_attr(front, "groups")->i == 1 && is_small(front) ? count : 0;
}

static ig_status write(ig_rewrite *rewriting, const ig_node *pool, const ig_node *const *servants, int count,
                       ig_error *error)
{
    const ig_node *conv = servants[CONV], *activation = count > ACTIVATION ? servants[ACTIVATION] : NULL;
    ig_attr attrs[IG_MAX_ATTRS];
    int value = rewriting->value[conv->inputs[0]];
    memcpy(attrs, conv->attrs, (size_t)conv->op->n_attrs * sizeof *attrs);
    ig_attr *pools = ig_rewrite_attr(conv->op, attrs, IG_MAX_POOL_ATTR);
    pools->i = 1;
    pools->given = true;
    ig_node_spec spec = ig_rewrite_spec(conv);
    spec.path = activation ? ig_rewrite_name(rewriting, pool->path, "pooled") : pool->path;
    spec.attrs = attrs;
    spec.inputs = &value;
    if (!spec.path)
        return ig_fail_memory(error, sizeof spec);
    ig_status status = ig_rewrite_add(rewriting, &spec, &value, error);
    if (status != IG_OK || !activation)
        return status;
    spec = ig_rewrite_spec(activation);
    spec.path = spec.scope = pool->path;
    spec.inputs = &value;
    return ig_rewrite_add(rewriting, &spec, &value, error);
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    static const ig_match_rule rule = {find, write};
    return ig_match_rewrite(&rule, in, keep, out, error);
}

extern const ig_pass ig_pass_fold_max_pool;
const ig_pass ig_pass_fold_max_pool = {
    .name = "fold_max_pool",
    .doc = "a maximum over two by two pixels ends the convolution in front of it",
    .run = run,
    .once = true,
};
