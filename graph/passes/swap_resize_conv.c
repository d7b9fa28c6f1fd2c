/* A 1x1 convolution goes in front of the resize before it, where the map is smaller; each resized part of a concat gets
 * its own columns of the weight.
 *
 *   before   x --------------+- concat -> conv2d "y" -> y
 *            z -> resize "r" -+
 *   after    x -> conv2d (columns of x) ------------+- add "y" -> y
 *            z -> conv2d (columns of z) -> resize --+
 *
 * Exact, as a resize treats all channels alike and its weights sum to 1, so that shifts pass through too. A part is
 * moved where that leaves less work. The tensors keep their names: the same checkpoint fits. */
#include "graph/branch_sum.h"

#include "base/error.h"
#include "base/shape.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOVED = 16,     /* operations that take as long as reading or writing one element, on devices small and large */
    PART_WORDS = 12 /* of one branch: conv 1 1 PATH columns FIRST TOTAL bias after PATH EPS */
};

/* Neighbouring inputs of the convolution, as channels. */
typedef struct part {
    int first, count;      /* among the sources */
    int64_t column, width; /* channels in front of it, and its own */
    const ig_node *resize; /* that moves behind the convolution; NULL: none */
} part;

typedef struct split {
    const ig_node *conv, *concat; /* concat may be NULL */
    const int *sources;           /* values: the concat's inputs or the convolution's */
    int n_parts;
    part parts[IG_MAX_INPUTS];
} split;

static const int64_t *extents(const ig_rewrite *rewrite, int value)
{
    return rewrite->in->values[value].shape.dim;
}

/* The node of that operator that computes the value for one reader alone, or NULL. */
static const ig_node *find_private(const ig_rewrite *rewrite, int value, const char *op)
{
    const int producer = rewrite->in->values[value].producer;
    bool fits = producer >= 0 && rewrite->uses[value] == 1 && !rewrite->keep[value] &&
                ig_node_is(&rewrite->in->nodes[producer], op);
    return fits ? &rewrite->in->nodes[producer] : NULL;
}

/* --- is it worth it, and may it be ----------------------------------------------------------------------------------
 */

static bool is_pair_of(const ig_node *node, const char *attr, int64_t wanted)
{
    const int64_t *pair = ig_node_attr(node, attr)->list;
    return pair[0] == wanted && pair[1] == wanted;
}

static bool is_pointwise(const ig_node *node)
{
    return ig_node_is(node, "conv2d") && is_pair_of(node, "kernel", 1) && is_pair_of(node, "stride", 1) &&
           is_pair_of(node, "pad", 0) && ig_node_attr(node, "groups")->i == 1 &&
           ig_node_attr(node, "act")->i == IG_ACT_NONE && ig_node_attr(node, "branches")->n_words == 0;
}

static int64_t count_work(const ig_op_context *call)
{
    ig_cost cost = {0};
    int64_t elems = ig_shape_elems(&call->output);
    call->op->cost(call, &cost);
    for (int i = 0; i < call->n_inputs; i++)
        elems += ig_shape_elems(&call->inputs[i]);
    return 2 * cost.macs + cost.adds + cost.other + MOVED * elems;
}

/* What `node` would cost over that input. */
static int64_t work_on(const ig_rewrite *rewrite, const ig_node *node, const ig_shape *input, ig_shape *output)
{
    ig_op_context call;
    ig_node_context(rewrite->in, node, &call);
    call.inputs[0] = *input;
    if (call.op->infer(&call, NULL) != IG_OK)
        return 0; /* fewer channels of a map it takes: never refused */
    *output = call.output;
    return count_work(&call);
}

static bool pays(const ig_rewrite *rewrite, const split *s, const part *p)
{
    const ig_shape *wide = &rewrite->in->values[s->conv->output].shape;
    ig_shape small = rewrite->in->values[p->resize->inputs[0]].shape, middle;
    small.dim[1] = p->width;
    int64_t before = work_on(rewrite, p->resize, &small, &middle);
    before += work_on(rewrite, s->conv, &middle, &middle);
    int64_t after = work_on(rewrite, s->conv, &small, &middle);
    after += work_on(rewrite, p->resize, &middle, &middle);
    if (s->n_parts > 1) {
        const ig_op *add = ig_op_find("add");
        after += count_work(&(ig_op_context){.op = add, .n_inputs = 2, .inputs = {*wide, *wide}, .output = *wide});
    }
    return after < before;
}

/* Both stand for no resize, or for the same one of maps of the same size. */
static bool are_alike(const ig_rewrite *rewrite, const ig_node *a, const ig_node *b)
{
    if (!a || !b)
        return a == b;
    const int64_t *x = extents(rewrite, a->inputs[0]), *y = extents(rewrite, b->inputs[0]);
    return x[2] == y[2] && x[3] == y[3] && ig_node_attr(a, "mode")->i == ig_node_attr(b, "mode")->i &&
           ig_node_attr(a, "align_corners")->i == ig_node_attr(b, "align_corners")->i;
}

static void append_part(const ig_rewrite *rewrite, split *s, const part *next)
{
    part *last = s->n_parts > 0 ? &s->parts[s->n_parts - 1] : NULL;
    if (last && are_alike(rewrite, last->resize, next->resize)) {
        last->count += next->count;
        last->width += next->width;
    } else {
        s->parts[s->n_parts++] = *next;
    }
}

static void find_parts(const ig_rewrite *rewrite, split *s, int n_sources)
{
    part next = {0};
    for (int i = 0; i < n_sources; i++) {
        next = (part){i, 1, next.column + next.width, extents(rewrite, s->sources[i])[1],
                      find_private(rewrite, s->sources[i], "resize")};
        append_part(rewrite, s, &next);
    }
    split all = *s;
    for (int i = 0; i < all.n_parts; i++)
        if (all.parts[i].resize && !pays(rewrite, &all, &all.parts[i]))
            all.parts[i].resize = NULL;
    s->n_parts = 0;
    for (int i = 0; i < all.n_parts; i++)
        append_part(rewrite, s, &all.parts[i]);
}

static bool legal(const ig_rewrite *rewrite, const ig_node *node, split *s)
{
    if (!is_pointwise(node))
        return false;
    *s = (split){.conv = node, .concat = find_private(rewrite, node->inputs[0], "concat"), .sources = node->inputs};
    if (s->concat && (ig_node_attr(s->concat, "axis")->i == 1 || ig_node_attr(s->concat, "axis")->i == -3))
        s->sources = s->concat->inputs;
    else
        s->concat = NULL;
    find_parts(rewrite, s, s->concat ? s->concat->n_inputs : 1);
    return s->n_parts > 1 || s->parts[0].resize;
}

/* --- writing it down ------------------------------------------------------------------------------------------------
 */

/* The words of a number, NULL when memory is out. */
static const char *word_of_int(const ig_rewrite *rewrite, int64_t value)
{
    return ig_arena_printf(rewrite->out->arena, "%lld", (long long)value);
}

static const char *word_of_double(const ig_rewrite *rewrite, double value)
{
    char text[IG_DOUBLE_TEXT];
    return ig_text_from_double(value, false, text) ? ig_arena_strdup(rewrite->out->arena, text) : NULL;
}

/* The part's columns of the weight as one branch. The sum is shifted once: by the part with the first column. */
static bool write_branch(const ig_rewrite *rewrite, const split *s, const part *p, const char **words, ig_attr *attrs)
{
    const ig_op *op = s->conv->op;
    const char *norm = ig_node_attr(s->conv, "norm")->s;
    int n = 0;
    words[n++] = "conv";
    words[n++] = "1";
    words[n++] = "1";
    words[n++] = s->conv->scope;
    words[n++] = "columns";
    words[n++] = word_of_int(rewrite, p->column);
    words[n++] = word_of_int(rewrite, extents(rewrite, s->conv->inputs[0])[1]);
    if (p->column == 0 && ig_node_attr(s->conv, "bias")->i)
        words[n++] = "bias";
    if (norm[0] != '\0') {
        words[n++] = p->column == 0 ? "after" : "scaled";
        words[n++] = norm;
        words[n++] = word_of_double(rewrite, ig_node_attr(s->conv, "norm_eps")->f);
    }
    ig_op_attr_defaults(op, attrs);
    *ig_rewrite_attr(op, attrs, "out") = *ig_node_attr(s->conv, "out");
    *ig_rewrite_attr(op, attrs, "kernel") = *ig_node_attr(s->conv, "kernel");
    *ig_rewrite_attr(op, attrs, "branches") = (ig_attr){.s = "", .words = words, .n_words = n, .given = true};
    for (int i = 0; i < n; i++)
        if (!words[i])
            return false;
    return true;
}

/* Appends a node like `model` under a path that says what it is to the convolution. */
static ig_status add(ig_rewrite *rewrite, ig_node_spec model, const char *path, const int *inputs, int n_inputs,
                     int *value, ig_error *error)
{
    model.path = path;
    model.inputs = inputs;
    model.n_inputs = n_inputs;
    return path ? ig_rewrite_add(rewrite, &model, value, error) : ig_fail_memory(error, sizeof model);
}

static ig_status add_conv(ig_rewrite *rewrite, const split *s, const part *p, int *value, ig_error *error)
{
    ig_node_spec model = ig_rewrite_spec(s->conv);
    ig_attr attrs[IG_MAX_ATTRS];
    const char *words[PART_WORDS];
    if (s->n_parts > 1) {
        model.attrs = attrs;
        if (!write_branch(rewrite, s, p, words, attrs))
            return ig_fail_memory(error, sizeof words);
    }
    const char *path = ig_rewrite_name(rewrite, s->conv->path, "part");
    return add(rewrite, model, path, value, 1, value, error);
}

/* The part's map, its convolution and, where it was resized, its resize. A lone part is the result. */
static ig_status add_part(ig_rewrite *rewrite, const split *s, const part *p, int *value, ig_error *error)
{
    int inputs[IG_MAX_INPUTS];
    const char *result = s->conv->path;
    ig_status status = IG_OK;
    for (int i = 0; i < p->count; i++) {
        const int source = s->sources[p->first + i];
        const ig_node *resize = p->resize ? find_private(rewrite, source, "resize") : NULL;
        inputs[i] = rewrite->value[resize ? resize->inputs[0] : source];
    }
    *value = inputs[0];
    if (p->count > 1)
        status = add(rewrite, ig_rewrite_spec(s->concat), ig_rewrite_name(rewrite, result, "joined"), inputs, p->count,
                     value, error);
    if (status == IG_OK)
        status = add_conv(rewrite, s, p, value, error);
    if (status == IG_OK && p->resize)
        status = add(rewrite, ig_rewrite_spec(p->resize),
                     s->n_parts > 1 ? ig_rewrite_name(rewrite, result, "resized") : result, value, 1, value, error);
    return status;
}

static ig_status rewrite(ig_rewrite *rewriting, const split *s, ig_error *error)
{
    const char *result = s->conv->path;
    int sum[2] = {-1, -1};
    ig_node_spec model = ig_rewrite_spec(s->conv);
    model.op = ig_op_find("add");
    ig_status status = add_part(rewriting, s, &s->parts[0], &sum[0], error);
    for (int k = 1; k < s->n_parts && status == IG_OK; k++) {
        status = add_part(rewriting, s, &s->parts[k], &sum[1], error);
        if (status == IG_OK)
            status = add(rewriting, model, k + 1 < s->n_parts ? ig_rewrite_name(rewriting, result, "sum") : result, sum,
                         2, &sum[0], error);
    }
    return status;
}

/* The result takes over what its private nodes did. */
static void mark_gone(const ig_rewrite *rewrite, const split *s, bool *gone)
{
    const ig_node *nodes = rewrite->in->nodes;
    if (s->concat)
        gone[s->concat - nodes] = true;
    for (int k = 0; k < s->n_parts; k++)
        for (int i = 0; i < s->parts[k].count && s->parts[k].resize; i++)
            gone[find_private(rewrite, s->sources[s->parts[k].first + i], "resize") - nodes] = true;
}

static ig_status run_split(ig_rewrite *rewriting, bool *gone, ig_error *error)
{
    const ig_graph *in = rewriting->in;
    ig_status status = IG_OK;
    split s;
    for (int i = 0; i < in->n_nodes; i++)
        if (legal(rewriting, &in->nodes[i], &s))
            mark_gone(rewriting, &s, gone);
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        if (legal(rewriting, &in->nodes[i], &s))
            status = rewrite(rewriting, &s, error);
        else if (!gone[i])
            status = ig_rewrite_copy(rewriting, &in->nodes[i], NULL, NULL, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    bool *gone = calloc((size_t)in->n_nodes + 1, sizeof *gone);
    if (status == IG_OK && !gone)
        status = ig_fail_memory(error, (size_t)in->n_nodes * sizeof *gone);
    if (status == IG_OK)
        status = run_split(&rewriting, gone, error);
    free(gone);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_swap_resize_conv;
const ig_pass ig_pass_swap_resize_conv = {
    .name = "swap_resize_conv",
    .doc = "a 1x1 convolution goes in front of the resize before it, where the map is smaller, alone or part by part",
    .run = run,
};
