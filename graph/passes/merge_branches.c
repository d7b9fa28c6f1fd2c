/* Sums of convolutions, norms and the identity over one input become one convolution (re-parameterisation).
 *
 *   before   x -> conv2d -> batch_norm -+                  after   x -> conv2d "y" {branches: ...} -> y
 *            x -> conv2d -> batch_norm -+- add "y" -> y
 *            x -------------------------+
 *
 * The same for linear layers, for differences, for factors (`scale`) and for a learned factor for each channel (`mul`
 * by a `parameter`). Each value is seen as a sum of linear maps of another value, its source; what is largest is
 * merged. The tensors of all branches keep their names, so the same checkpoint fits. */
#include "graph/rewrite.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TERMS = 8, TERM_WORDS = 16 };

/* One linear map: nodes of the input graph, NULL where there is none. */
typedef struct term {
    const ig_node *map;            /* conv2d or linear; NULL: the identity */
    const ig_node *before, *after; /* batch norms */
    const ig_node *times;          /* parameter */
    double factor;
} term;

/* A value as a sum of maps of `source`. No terms: it is only itself. */
typedef struct sum {
    int source, count;
    term terms[MAX_TERMS];
} sum;

typedef struct merge {
    const ig_graph *in;
    ig_rewrite *rewrite;
    sum *sums; /* per value */
} merge;

static bool is(const ig_node *node, const char *op)
{
    return node && strcmp(node->op->name, op) == 0;
}

static const ig_attr *attr_of(const ig_node *node, const char *name)
{
    return ig_rewrite_attr(node->op, node->attrs, name);
}

static const ig_node *producer(const merge *m, int value)
{
    return m->in->values[value].producer >= 0 ? &m->in->nodes[m->in->values[value].producer] : NULL;
}

/* The value's sum, if the value may vanish into a larger one; else the value itself as the identity. */
static sum part_of(const merge *m, int value)
{
    const sum *own = &m->sums[value];
    if (own->count > 0 && m->rewrite->uses[value] == 1 && !m->rewrite->keep[value])
        return *own;
    return (sum){.source = value, .count = 1, .terms = {{.factor = 1}}};
}

static bool has_map(const sum *s)
{
    for (int i = 0; i < s->count; i++)
        if (s->terms[i].map)
            return true;
    return false;
}

/* --- what each operator makes of it ------------------------------------------------------------------------------- */

/* The kernel's middle stands over the source's pixel, so that narrower kernels and the identity fit into it. */
static bool is_centred(const ig_node *node)
{
    const ig_attr *kernel = attr_of(node, "kernel"), *pad = attr_of(node, "pad"), *dilation = attr_of(node, "dilation");
    for (int axis = 0; axis < 2; axis++)
        if (kernel->list[axis] % 2 == 0 || pad->list[axis] != kernel->list[axis] / 2 || dilation->list[axis] != 1)
            return false;
    return true;
}

static bool is_plain_map(const ig_node *node)
{
    if (!is(node, "conv2d") && !is(node, "linear"))
        return false;
    return attr_of(node, "norm")->s[0] == '\0' && attr_of(node, "act")->i == IG_ACT_NONE &&
           attr_of(node, "branches")->n_words == 0 && (is(node, "linear") || is_centred(node));
}

static void see_map(const merge *m, const ig_node *node, sum *out)
{
    const sum front = part_of(m, node->inputs[0]);
    const term *first = &front.terms[0];
    if (!is_plain_map(node))
        return;
    *out = (sum){.source = node->inputs[0], .count = 1, .terms = {{.map = node, .factor = 1}}};
    if (is(node, "linear") && front.count == 1 && !first->map && first->after && !first->times && first->factor == 1 &&
        m->in->values[node->output].shape.rank == 2) {
        out->source = front.source;
        out->terms[0].before = first->after;
    }
}

static void see_norm(const merge *m, const ig_node *node, sum *out)
{
    const int rank = m->in->values[node->output].shape.rank;
    sum s = part_of(m, node->inputs[0]);
    const term *first = &s.terms[0];
    bool joins = s.count == 1 && !first->after && !first->times && first->factor == 1 && (rank == 2 || rank == 4);
    if (joins) {
        s.terms[0].after = node;
        *out = s;
    }
}

static bool join(sum *to, const sum *other, double factor)
{
    if (to->source != other->source || to->count + other->count > MAX_TERMS)
        return false;
    for (int i = 0; i < other->count; i++) {
        to->terms[to->count] = other->terms[i];
        to->terms[to->count++].factor *= factor;
    }
    return true;
}

/* A sum may stand beside its own source: x + f(x). Then the other side counts as the identity, whatever it is itself.
 */
static void see_sum(const merge *m, const ig_node *node, double factor, sum *out)
{
    const int a = node->inputs[0], b = node->inputs[1];
    sum left = part_of(m, a), right = part_of(m, b);
    if (!ig_shape_equal(&m->in->values[a].shape, &m->in->values[b].shape))
        return;
    if (right.source == a)
        left = (sum){.source = a, .count = 1, .terms = {{.factor = 1}}};
    else if (left.source == b)
        right = (sum){.source = b, .count = 1, .terms = {{.factor = 1}}};
    if (join(&left, &right, factor))
        *out = left;
}

static void see_product(const merge *m, const ig_node *node, sum *out)
{
    const ig_shape *shape = &m->in->values[node->output].shape;
    for (int side = 0; side < 2; side++) {
        const ig_node *factor = producer(m, node->inputs[side]);
        const ig_shape *extents = &m->in->values[node->inputs[side]].shape;
        bool fits = is(factor, "parameter") && extents->rank == 3 && shape->rank == 4 &&
                    extents->dim[0] == shape->dim[1] && extents->dim[1] == 1 && extents->dim[2] == 1;
        sum s = part_of(m, node->inputs[1 - side]);
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

static void see_scale(const merge *m, const ig_node *node, sum *out)
{
    sum s = part_of(m, node->inputs[0]);
    for (int i = 0; i < s.count; i++)
        s.terms[i].factor *= attr_of(node, "factor")->f;
    if (attr_of(node, "offset")->f == 0)
        *out = s;
}

static void see(const merge *m, const ig_node *node, sum *out)
{
    *out = (sum){.source = node->output};
    if (is(node, "batch_norm"))
        see_norm(m, node, out);
    else if (is(node, "add") || is(node, "sub"))
        see_sum(m, node, is(node, "add") ? 1 : -1, out);
    else if (is(node, "mul"))
        see_product(m, node, out);
    else if (is(node, "scale"))
        see_scale(m, node, out);
    else
        see_map(m, node, out);
}

/* --- is it worth it, and may it be ------------------------------------------------------------------------------- */

static bool same_pair(const ig_node *a, const ig_node *b, const char *name)
{
    const ig_attr *x = attr_of(a, name), *y = attr_of(b, name);
    return x->list[0] == y->list[0] && x->list[1] == y->list[1];
}

static bool agree(const merge *m, const ig_node *base, const term *t)
{
    const ig_shape *in = &m->in->values[base->inputs[0]].shape, *out = &m->in->values[base->output].shape;
    if (!t->map) { /* passes its own channels on, pixel by pixel */
        bool steps =
            is(base, "conv2d") && (attr_of(base, "stride")->list[0] != 1 || attr_of(base, "stride")->list[1] != 1);
        return !steps && in->dim[1] == out->dim[1];
    }
    if (t->map->op != base->op || attr_of(t->map, "out")->i != attr_of(base, "out")->i)
        return false;
    return is(base, "linear") ||
           (same_pair(t->map, base, "stride") && attr_of(t->map, "groups")->i == attr_of(base, "groups")->i);
}

/* The map whose kernel covers all the others', or NULL. */
static const ig_node *widest(const sum *s)
{
    const ig_node *base = NULL;
    for (int i = 0; i < s->count; i++) {
        const ig_node *map = s->terms[i].map;
        if (map && (!base || !is(map, "conv2d") || !is(base, "conv2d") ||
                    attr_of(map, "kernel")->list[0] > attr_of(base, "kernel")->list[0] ||
                    attr_of(map, "kernel")->list[1] > attr_of(base, "kernel")->list[1]))
            base = map;
    }
    for (int i = 0; base && is(base, "conv2d") && i < s->count; i++)
        for (int axis = 0; axis < 2; axis++)
            if (is(s->terms[i].map, "conv2d") &&
                attr_of(s->terms[i].map, "kernel")->list[axis] > attr_of(base, "kernel")->list[axis])
                return NULL;
    return base;
}

/* A map alone, or with the norm that another pass folds, gains nothing. */
static bool legal(const merge *m, const sum *s)
{
    const term *first = &s->terms[0];
    const ig_node *base = s->count > 0 ? widest(s) : NULL;
    if (!base || !has_map(s) || (s->count == 1 && !first->times && !first->before && first->factor == 1))
        return false;
    for (int i = 0; i < s->count; i++)
        if (!agree(m, base, &s->terms[i]))
            return false;
    return true;
}

/* --- writing it down ---------------------------------------------------------------------------------------------- */

typedef struct text {
    const char *words[MAX_TERMS * TERM_WORDS];
    char numbers[MAX_TERMS * TERM_WORDS][IG_DOUBLE_TEXT];
    int count, n_numbers;
    bool failed;
} text;

static void put(text *t, const char *word)
{
    t->words[t->count++] = word;
}

static void put_number(text *t, double value)
{
    char *number = t->numbers[t->n_numbers++];
    t->failed = !ig_text_from_double(value, false, number) || t->failed;
    put(t, number);
}

static void put_norm(text *t, const char *place, const ig_node *norm)
{
    if (!norm)
        return;
    put(t, place);
    put(t, norm->scope);
    put_number(t, attr_of(norm, "eps")->f);
}

static void put_term(text *t, const term *from)
{
    if (from->map) {
        put(t, is(from->map, "conv2d") ? "conv" : "linear");
        for (int axis = 0; axis < 2 && is(from->map, "conv2d"); axis++)
            put_number(t, (double)attr_of(from->map, "kernel")->list[axis]);
        put(t, from->map->scope);
    } else {
        put(t, "identity");
    }
    if (from->map && attr_of(from->map, "bias")->i)
        put(t, "bias");
    put_norm(t, "before", from->before);
    put_norm(t, "after", from->after);
    if (from->times) {
        put(t, "times");
        put(t, from->times->path);
    }
    if (from->factor != 1) {
        put(t, "factor");
        put_number(t, from->factor);
    }
}

static ig_status rewrite(merge *m, const ig_node *node, const sum *s, ig_error *error)
{
    const ig_node *base = widest(s);
    ig_attr attrs[IG_MAX_ATTRS];
    text *t = calloc(1, sizeof *t);
    if (!t)
        return ig_fail_memory(error, sizeof *t);
    for (int i = 0; i < s->count; i++)
        put_term(t, &s->terms[i]);
    memcpy(attrs, base->attrs, (size_t)base->op->n_attrs * sizeof *attrs);
    ig_attr *branches = ig_rewrite_attr(base->op, attrs, "branches"), *bias = ig_rewrite_attr(base->op, attrs, "bias");
    branches->words = t->words;
    branches->n_words = t->count;
    branches->given = true;
    bias->i = 0; /* every branch says for itself */
    bias->given = base->op->attrs[ig_op_attr_index(base->op, "bias")].fallback != 0;
    int input = m->rewrite->value[s->source], value = -1;
    const ig_node_spec spec = {.op = base->op,
                               .path = node->path,
                               .scope = node->path,
                               .inputs = &input,
                               .n_inputs = 1,
                               .attrs = attrs,
                               .file = node->file,
                               .line = node->line,
                               .column = node->column};
    ig_status status =
        t->failed ? ig_fail_memory(error, sizeof *t) : ig_graph_add_node(m->rewrite->out, &spec, &value, error);
    m->rewrite->value[node->output] = value;
    free(t);
    return status;
}

/* The nodes between the sum and its source vanish with it. */
static void absorb(const merge *m, const ig_node *node, int source, bool *gone)
{
    for (int k = 0; k < node->n_inputs; k++) {
        const int value = node->inputs[k];
        if (value == source || m->sums[value].count == 0 || m->rewrite->uses[value] != 1 || m->rewrite->keep[value])
            continue;
        gone[m->in->values[value].producer] = true;
        absorb(m, producer(m, value), source, gone);
    }
}

/* From the end, so that the largest sums come first. */
static void choose(const merge *m, bool *gone, bool *root)
{
    for (int i = m->in->n_nodes - 1; i >= 0; i--) {
        const ig_node *node = &m->in->nodes[i];
        const sum *s = &m->sums[node->output];
        root[i] = !gone[i] && legal(m, s);
        if (root[i])
            absorb(m, node, s->source, gone);
    }
}

static ig_status run_merge(merge *m, bool *gone, bool *root, ig_error *error)
{
    ig_status status = IG_OK;
    m->sums[m->in->input] = (sum){.source = m->in->input};
    for (int i = 0; i < m->in->n_nodes; i++)
        see(m, &m->in->nodes[i], &m->sums[m->in->nodes[i].output]);
    choose(m, gone, root);
    for (int i = 0; i < m->in->n_nodes && status == IG_OK; i++) {
        const ig_node *node = &m->in->nodes[i];
        if (root[i])
            status = rewrite(m, node, &m->sums[node->output], error);
        else if (!gone[i])
            status = ig_rewrite_copy(m->rewrite, node, NULL, NULL, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    merge m = {.in = in, .rewrite = &rewriting, .sums = calloc((size_t)in->n_values, sizeof(sum))};
    bool *flags = calloc((size_t)in->n_nodes + 1, 2 * sizeof *flags);
    if (status == IG_OK && (!m.sums || !flags))
        status = ig_fail_memory(error, (size_t)in->n_values * sizeof(sum));
    if (status == IG_OK)
        status = run_merge(&m, flags, flags + in->n_nodes, error);
    free(m.sums);
    free(flags);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_merge_branches;
const ig_pass ig_pass_merge_branches = {
    .name = "merge_branches",
    .doc = "sums of convolutions, norms and the identity over one input become one convolution; linear layers likewise",
    .run = run,
};
