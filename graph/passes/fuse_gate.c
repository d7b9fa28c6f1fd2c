/* Two or three small dense layers on a vector for each image become one node: gates of channels and small heads.
 *
 *   before   x -> linear "a" -> relu -> linear "b" -> y       after   x -> mlp "b" {dense: [linear, .., a, linear, ..,
 * b]} -> y
 *
 * A 1x1 convolution of a single pixel is a dense layer too. Where the same layers see two vectors and their results are
 * added, as those of mean and maximum are in channel gates, the sum becomes part of the node:
 *
 *   before   x -> "a" -> relu -> "b" -+                       after   x -+- mlp "y" -> y
 *            z -> "a" -> relu -> "b" -+- add "y" -> y                 z -+
 *
 * What follows is left to the passes behind this one. */
#include "base/error.h"
#include "base/shape.h"
#include "base/text.h"
#include "graph/conv_parts.h"
#include "graph/match.h"
#include "graph/mlp.h"
#include "graph/ops/common.h"

#include <string.h>

enum {
    MAX_WEIGHTS = 1 << 18, /* one work-group reads them all: with more, a launch a layer is quicker */
    MAX_WORDS = (2 + IG_LAYER_WORDS) * IG_MLP_MAX_LAYERS /* linear OUT and the layer's own */
};

/* Dense layers, the last one first. */
typedef struct chain {
    const ig_node *node[IG_MLP_MAX_LAYERS];
    int count;
} chain;

/* A linear layer mixes the last axis: of pixels that is no vector. */
static bool is_dense(const ig_graph *graph, const ig_node *node)
{
    const ig_shape *shape = &graph->values[node->inputs[0]].shape;
    if (ig_node_is(node, "linear"))
        return shape->rank == 2 && ig_node_attr(node, "branches")->n_words == 0;
    return ig_is_pointwise(node) && shape->dim[2] == 1 && shape->dim[3] == 1;
}

/* The dense layer whose relu the layer `node` reads, and nobody else; or NULL. */
static const ig_node *layer_before(const ig_rewrite *rewrite, const ig_node *node)
{
    const ig_node *relu = ig_match_inner(rewrite, node->inputs[0], "relu");
    if (!relu || !ig_match_only_reader(rewrite, relu->inputs[0]))
        return NULL;
    const ig_node *before = ig_match_producer(rewrite, relu->inputs[0]);
    return before && is_dense(rewrite->in, before) ? before : NULL;
}

static int64_t weights_of(const ig_graph *graph, const ig_node *node)
{
    return ig_shape_elems(&graph->params[node->params[IG_TAIL_WEIGHT]].shape);
}

static chain find_chain(const ig_rewrite *rewrite, const ig_node *last)
{
    chain out = {.count = 0};
    int64_t weights = 0;
    for (const ig_node *node = last; node && out.count < IG_MLP_MAX_LAYERS; node = layer_before(rewrite, node)) {
        if (!is_dense(rewrite->in, node))
            break;
        weights += weights_of(rewrite->in, node);
        if (weights > MAX_WEIGHTS)
            break;
        out.node[out.count++] = node;
    }
    return out;
}

static bool same_layer(const ig_node *a, const ig_node *b)
{
    return a->op == b->op && memcmp(a->params, b->params, sizeof a->params) == 0 &&
           ig_node_attr(a, "norm_eps")->f == ig_node_attr(b, "norm_eps")->f;
}

/* --- writing it down ---------------------------------------------------------------------------------------------- */

static ig_status put_layer(const ig_rewrite *rewrite, const ig_node *node, const char **words, int *count,
                           ig_error *error)
{
    words[(*count)++] = ig_node_is(node, "conv2d") ? "conv" : "linear";
    words[*count] = ig_arena_printf(rewrite->out->arena, "%d", (int)ig_node_attr(node, "out")->i);
    const bool done = words[(*count)++] && ig_match_put_layer(rewrite, node, words, count);
    return done ? IG_OK : ig_fail_memory(error, IG_DOUBLE_TEXT);
}

/* `x` are the vectors that go through the layers. */
static ig_status rewrite_chain(const ig_rewrite *rewrite, const chain *c, const int *x, int n_inputs,
                               ig_replacement *out, ig_error *error)
{
    const char **words = ig_arena_array(rewrite->out->arena, MAX_WORDS, sizeof *words);
    int count = 0;
    if (!words)
        return ig_fail_memory(error, MAX_WORDS * sizeof *words);
    for (int i = c->count - 1; i >= 0; i--) {
        ig_status status = put_layer(rewrite, c->node[i], words, &count, error);
        if (status != IG_OK)
            return status;
    }
    out->op = &ig_op_mlp;
    ig_op_attr_defaults(out->op, out->attrs);
    ig_attr *layers = ig_match_set(out, "dense");
    layers->words = words;
    layers->n_words = count;
    for (int k = 0; k < n_inputs; k++)
        out->inputs[k] = x[k];
    out->n_inputs = n_inputs;
    return IG_OK;
}

/* --- finding it --------------------------------------------------------------------------------------------------- */

/* Vectors too long for local memory are refused by the operator. */
static bool legal(const ig_rewrite *rewrite, const ig_replacement *out)
{
    ig_op_context call;
    ig_shape shapes[IG_MAX_INPUTS];
    for (int k = 0; k < out->n_inputs; k++)
        shapes[k] = rewrite->in->values[out->inputs[k]].shape;
    return ig_op_call(&call, out->op, out->attrs, shapes, out->n_inputs, NULL) == IG_OK;
}

/* What the layers of `c` take. */
static int input_of(const chain *c)
{
    return c->node[c->count - 1]->inputs[0];
}

/* The chains on both sides of an addition, if they are the same layers; as long as both are. */
static bool find_twins(const ig_rewrite *rewrite, const ig_node *add, chain twins[2])
{
    for (int side = 0; side < 2; side++) {
        const bool inner = ig_match_only_reader(rewrite, add->inputs[side]) != NULL;
        const ig_node *last = inner ? ig_match_producer(rewrite, add->inputs[side]) : NULL;
        if (!last || !is_dense(rewrite->in, last))
            return false;
        twins[side] = find_chain(rewrite, last);
    }
    int count = 0;
    while (count < twins[0].count && count < twins[1].count && same_layer(twins[0].node[count], twins[1].node[count]))
        count++;
    twins[0].count = twins[1].count = count;
    return count >= 2;
}

static ig_status find(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out, ig_error *error)
{
    chain c[2] = {{.count = 0}};
    const bool add = ig_node_is(node, "add");
    if (add ? !find_twins(rewrite, node, c) : !is_dense(rewrite->in, node))
        return IG_OK;
    if (!add)
        c[0] = find_chain(rewrite, node);
    if (c[0].count < 2)
        return IG_OK;
    const int x[2] = {input_of(&c[0]), add ? input_of(&c[1]) : -1};
    ig_status status = rewrite_chain(rewrite, &c[0], x, add ? 2 : 1, out, error);
    if (status == IG_OK && legal(rewrite, out))
        out->last = node;
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    return ig_match_replace(find, in, keep, out, error);
}

extern const ig_pass ig_pass_fuse_gate;
const ig_pass ig_pass_fuse_gate = {
    .name = "fuse_gate",
    .doc = "two or three small dense layers on a vector become one step, also on two vectors whose results are added",
    .run = run,
};
