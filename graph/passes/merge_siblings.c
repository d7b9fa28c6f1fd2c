/* Convolutions of one map that only differ in their weights become one, and who read them reads slices of its result.
 *
 *   before   x -> conv2d "a" -> a      after   x -> conv2d "a.siblings0" {branches: ..} -+- slice "a" -> a
 *            x -> conv2d "b" -> b                                                        +- slice "b" -> b
 *
 * Channels of a single image are one run of memory: where all readers can begin anywhere, such a slice is no step. A
 * concat wants its inputs where its result lies. Where it has one of the siblings at one end, the others come to lie
 * beside its result, which becomes a slice, too:
 *
 *   before   x -> conv2d "a" -> a      after   x -> conv2d "a.siblings0" -+- slice "a" -> a
 *            x -> conv2d "b" -+                                           |
 *                             +- concat "y" -> y                          +- concat "y.wide0" -> slice "y" -> y
 *            z ---------------+                z -------------------------+
 *
 * The tensors keep their names: the same checkpoint fits. */
#include "base/error.h"
#include "graph/branch_words.h"
#include "graph/ops/common.h"
#include "graph/sibling_match.h"

#include <stdlib.h>

enum { BRANCH_WORDS = 11 }; /* conv H W PATH rows FIRST COUNT bias after PATH EPS */

typedef struct merging {
    ig_rewrite *rewrite;
    ig_family *families;
    int count;
    int *merged; /* per family: the map that it makes, once that is there; else -1 */
    int *of;     /* per node, siblings and concats: its family, or -1 */
} merging;

static int64_t channels(const merging *m, const ig_node *node)
{
    return m->rewrite->in->values[node->output].shape.dim[1];
}

/* --- writing it down ---------------------------------------------------------------------------------------------- */

static void put_branch(ig_branch_words *w, const ig_node *conv, int64_t row)
{
    const ig_attr *kernel = ig_node_attr(conv, "kernel"), *out = ig_node_attr(conv, "out");
    ig_branch_put(w, "conv");
    for (int axis = 0; axis < 2; axis++)
        ig_branch_put_int(w, kernel->list[axis]);
    ig_branch_put(w, conv->scope);
    ig_branch_put(w, "rows");
    ig_branch_put_int(w, row);
    ig_branch_put_int(w, out->i);
    if (ig_node_attr(conv, "bias")->i)
        ig_branch_put(w, "bias");
    ig_branch_put_norm(w, "after", conv);
}

static ig_status add_named(merging *m, ig_node_spec spec, const char *path, const int *inputs, int *value,
                           ig_error *error)
{
    spec.path = spec.scope = path;
    spec.inputs = inputs;
    return path ? ig_rewrite_add(m->rewrite, &spec, value, error) : ig_fail_memory(error, sizeof spec);
}

static ig_status add_merged(merging *m, const ig_family *f, const ig_node *first, int *value, ig_error *error)
{
    static const char *const KEPT[] = {"kernel",   "stride",         "pad",           "dilation",
                                       "pad_mode", IG_MAX_POOL_ATTR, IG_EPILOGUE_ATTR};
    const char *list[IG_MAX_SIBLINGS * BRANCH_WORDS];
    ig_branch_words words = {.arena = m->rewrite->out->arena, .list = list};
    ig_attr attrs[IG_MAX_ATTRS];
    ig_node_spec spec = ig_rewrite_spec(first);
    for (int64_t i = 0, row = 0; i < f->count; row += channels(m, f->member[i++].node))
        put_branch(&words, f->member[i].node, row);
    ig_op_attr_defaults(spec.op, attrs);
    for (int i = 0; i < IG_COUNT(KEPT); i++)
        *ig_rewrite_attr(spec.op, attrs, KEPT[i]) = *ig_node_attr(first, KEPT[i]);
    *ig_rewrite_attr(spec.op, attrs, "out") = (ig_attr){.i = f->width, .s = "", .given = true};
    if (!ig_branch_words_set(&words, ig_rewrite_attr(spec.op, attrs, "branches")))
        return ig_fail_memory(error, sizeof words);
    spec.attrs = attrs;
    const int input = m->rewrite->value[first->inputs[0]];
    return add_named(m, spec, ig_rewrite_name(m->rewrite, first->path, "siblings"), &input, value, error);
}

/* Channels `start` .. of `from`, as many as `node` makes and under its name. */
static ig_status add_slice(merging *m, const ig_node *node, int from, int64_t start, ig_error *error)
{
    ig_attr attrs[IG_MAX_ATTRS];
    ig_node_spec spec = ig_rewrite_spec(node);
    int value;
    spec.op = &ig_op_slice;
    spec.attrs = attrs;
    spec.n_inputs = 1;
    ig_op_attr_defaults(spec.op, attrs);
    *ig_rewrite_attr(spec.op, attrs, "axis") = (ig_attr){.i = 1, .s = "", .given = true};
    *ig_rewrite_attr(spec.op, attrs, "start") = (ig_attr){.i = start, .s = "", .given = true};
    *ig_rewrite_attr(spec.op, attrs, "end") = (ig_attr){.i = start + channels(m, node), .s = "", .given = true};
    return add_named(m, spec, node->path, &from, &value, error);
}

static ig_status add_family(merging *m, const ig_family *f, const ig_node *first, int *value, ig_error *error)
{
    ig_status status = add_merged(m, f, first, value, error);
    int64_t start = 0;
    for (int i = 0; i < f->count && status == IG_OK; i++) {
        const ig_sibling *member = &f->member[i];
        if (!member->concat || m->rewrite->uses[member->node->output] > 1)
            status = add_slice(m, member->node, *value, start, error);
        start += channels(m, member->node);
    }
    return status;
}

static ig_status add_concat(merging *m, const ig_family *f, int merged, ig_error *error)
{
    const ig_node *concat = f->concat;
    const ig_sibling *read = f->member[0].concat ? &f->member[0] : &f->member[f->count - 1];
    const int64_t start = read->in_front ? f->width - channels(m, read->node) : 0;
    int inputs[IG_MAX_INPUTS], value = -1;
    for (int k = 0; k < concat->n_inputs; k++)
        inputs[k] = concat->inputs[k] == read->node->output ? merged : m->rewrite->value[concat->inputs[k]];
    ig_status status =
        add_named(m, ig_rewrite_spec(concat), ig_rewrite_name(m->rewrite, concat->path, "wide"), inputs, &value, error);
    return status == IG_OK ? add_slice(m, concat, value, start, error) : status;
}

static void find_families(merging *m)
{
    const ig_graph *in = m->rewrite->in;
    for (int i = 0; i < in->n_nodes; i++)
        m->of[i] = m->merged[i] = -1;
    for (int i = 0; i < in->n_nodes; i++) {
        const ig_family *f = &m->families[m->count];
        if (!ig_family_find(m->rewrite, m->of, i, &m->families[m->count]))
            continue;
        for (int k = 0; k < f->count; k++)
            m->of[f->member[k].node - in->nodes] = m->count;
        if (f->concat)
            m->of[f->concat - in->nodes] = m->count;
        m->count++;
    }
}

static ig_status rewrite_nodes(merging *m, ig_error *error)
{
    const ig_graph *in = m->rewrite->in;
    ig_status status = IG_OK;
    find_families(m);
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        const ig_node *node = &in->nodes[i];
        const ig_family *f = m->of[i] >= 0 ? &m->families[m->of[i]] : NULL;
        int *const merged = f ? &m->merged[m->of[i]] : NULL;
        if (!f)
            status = ig_rewrite_copy(m->rewrite, node, NULL, NULL, error);
        else if (f->concat == node)
            status = add_concat(m, f, *merged, error);
        else if (*merged < 0)
            status = add_family(m, f, node, merged, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    const size_t count = (size_t)in->n_nodes + 1;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    int *numbers = calloc(count, 2 * sizeof *numbers);
    merging m = {.rewrite = &rewriting, .families = calloc(count, sizeof *m.families), .of = numbers};
    if (status == IG_OK && (!m.families || !numbers))
        status = ig_fail_memory(error, count * sizeof *m.families);
    if (status == IG_OK) {
        m.merged = numbers + in->n_nodes;
        status = rewrite_nodes(&m, error);
    }
    free(m.families);
    free(numbers);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_merge_siblings;
const ig_pass ig_pass_merge_siblings = {
    .name = "merge_siblings",
    .doc = "convolutions of one map that only differ in their weights become one, of whose result their readers read "
           "parts",
    .run = run,
    .once = true,
};
