/* Sums of convolutions, norms and the identity over one input become one convolution (re-parameterisation).
 *
 *   before   x -> conv2d -> batch_norm -+                  after   x -> conv2d "y" {branches: ...} -> y
 *            x -> conv2d -> batch_norm -+- add "y" -> y
 *            x -------------------------+
 *
 * The same for linear layers, for differences, for factors (`scale`) and for a learned factor for each channel (`mul`
 * by a `parameter`). Each value is seen as a sum of linear maps of another value, its source; what is largest is
 * merged. The tensors of all branches keep their names, so the same checkpoint fits. */
#include "graph/branch_sum.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { TERM_WORDS = 16 };

typedef struct merge {
    const ig_graph *in;
    ig_rewrite *rewrite;
    ig_sum *sums; /* per value */
} merge;

static bool has_map(const ig_sum *s)
{
    for (int i = 0; i < s->count; i++)
        if (s->terms[i].map)
            return true;
    return false;
}

/* --- is it worth it, and may it be ------------------------------------------------------------------------------- */

static bool same_pair(const ig_node *a, const ig_node *b, const char *name)
{
    const ig_attr *x = ig_node_attr(a, name), *y = ig_node_attr(b, name);
    return x->list[0] == y->list[0] && x->list[1] == y->list[1];
}

static bool agree(const merge *m, const ig_node *base, const ig_term *t)
{
    const ig_shape *in = &m->in->values[base->inputs[0]].shape, *out = &m->in->values[base->output].shape;
    if (!t->map) { /* passes its own channels on, pixel by pixel */
        bool steps = ig_node_is(base, "conv2d") &&
                     (ig_node_attr(base, "stride")->list[0] != 1 || ig_node_attr(base, "stride")->list[1] != 1);
        const int axis = ig_node_is(base, "linear") ? in->rank - 1 : 1;
        return !steps && in->dim[axis] == out->dim[axis];
    }
    if (t->map->op != base->op || ig_node_attr(t->map, "out")->i != ig_node_attr(base, "out")->i)
        return false;
    return ig_node_is(base, "linear") ||
           (same_pair(t->map, base, "stride") && ig_node_attr(t->map, "groups")->i == ig_node_attr(base, "groups")->i);
}

/* Norms and factors work along axis 1; a linear layer's outputs stand there only when its result is a matrix. */
static bool scales_outputs(const merge *m, const ig_node *base, const ig_term *t)
{
    return ig_node_is(base, "conv2d") || m->in->values[base->output].shape.rank == 2 || (!t->after && !t->times);
}

/* The map whose kernel covers all the others', or NULL. */
static const ig_node *widest(const ig_sum *s)
{
    const ig_node *base = NULL;
    for (int i = 0; i < s->count; i++) {
        const ig_node *map = s->terms[i].map;
        if (map && (!base || !ig_node_is(map, "conv2d") || !ig_node_is(base, "conv2d") ||
                    ig_node_attr(map, "kernel")->list[0] > ig_node_attr(base, "kernel")->list[0] ||
                    ig_node_attr(map, "kernel")->list[1] > ig_node_attr(base, "kernel")->list[1]))
            base = map;
    }
    for (int i = 0; base && ig_node_is(base, "conv2d") && i < s->count; i++)
        for (int axis = 0; axis < 2; axis++)
            if (ig_node_is(s->terms[i].map, "conv2d") &&
                ig_node_attr(s->terms[i].map, "kernel")->list[axis] > ig_node_attr(base, "kernel")->list[axis])
                return NULL;
    return base;
}

/* A map alone, or with the norm that another pass folds, gains nothing. */
static bool legal(const merge *m, const ig_sum *s)
{
    const ig_term *first = &s->terms[0];
    const ig_node *base = s->count > 0 ? widest(s) : NULL;
    if (!base || !has_map(s) || (s->count == 1 && !first->times && !first->before && first->factor == 1))
        return false;
    for (int i = 0; i < s->count; i++)
        if (!agree(m, base, &s->terms[i]) || !scales_outputs(m, base, &s->terms[i]))
            return false;
    return true;
}

/* --- writing it down ---------------------------------------------------------------------------------------------- */

typedef struct text {
    const char *words[IG_MAX_TERMS * TERM_WORDS];
    char numbers[IG_MAX_TERMS * TERM_WORDS][IG_DOUBLE_TEXT];
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
    put_number(t, ig_node_attr(norm, "eps")->f);
}

static void put_term(text *t, const ig_term *from)
{
    if (from->map) {
        put(t, ig_node_is(from->map, "conv2d") ? "conv" : "linear");
        for (int axis = 0; axis < 2 && ig_node_is(from->map, "conv2d"); axis++)
            put_number(t, (double)ig_node_attr(from->map, "kernel")->list[axis]);
        put(t, from->map->scope);
    } else {
        put(t, "identity");
    }
    if (from->map && ig_node_attr(from->map, "bias")->i)
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

static ig_status rewrite(merge *m, const ig_node *node, const ig_sum *s, ig_error *error)
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

/* A factor that nobody else reads: the merged map holds its tensor by name. */
static bool is_own_factor(const merge *m, int value)
{
    const int producer = m->in->values[value].producer;
    return producer >= 0 && m->in->nodes[producer].op->is_constant && m->rewrite->uses[value] == 1 &&
           !m->rewrite->keep[value];
}

/* The nodes between the sum and its source vanish with it. */
static void absorb(const merge *m, const ig_node *node, int source, bool *gone)
{
    for (int k = 0; k < node->n_inputs; k++) {
        const int value = node->inputs[k], producer = m->in->values[value].producer;
        if (value == source || (!is_own_factor(m, value) && !ig_sum_is_part(m->rewrite, m->sums, value)))
            continue;
        gone[producer] = true;
        absorb(m, &m->in->nodes[producer], source, gone);
    }
}

/* From the end, so that the largest sums come first. */
static void choose(const merge *m, bool *gone, bool *root)
{
    for (int i = m->in->n_nodes - 1; i >= 0; i--) {
        const ig_node *node = &m->in->nodes[i];
        const ig_sum *s = &m->sums[node->output];
        root[i] = !gone[i] && legal(m, s);
        if (root[i])
            absorb(m, node, s->source, gone);
    }
}

static ig_status run_merge(merge *m, bool *gone, bool *root, ig_error *error)
{
    ig_status status = IG_OK;
    m->sums[m->in->input] = (ig_sum){.source = m->in->input};
    for (int i = 0; i < m->in->n_nodes; i++)
        ig_sum_see(m->rewrite, m->sums, &m->in->nodes[i], &m->sums[m->in->nodes[i].output]);
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
    merge m = {.in = in, .rewrite = &rewriting, .sums = calloc((size_t)in->n_values, sizeof(ig_sum))};
    bool *flags = calloc((size_t)in->n_nodes + 1, 2 * sizeof *flags);
    if (status == IG_OK && (!m.sums || !flags))
        status = ig_fail_memory(error, (size_t)in->n_values * sizeof(ig_sum));
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
