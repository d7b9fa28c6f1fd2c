/* Element-wise operators become the last steps of what computes their input.
 *
 *   before   x -> conv2d "a" -> add "b" -> relu "c" -> y      after   x -> conv2d "c" {then: [add, relu]} -> y
 *            z ------------------^                                   z ----^
 *
 * A chain computes its last result under that one's name; the first operator's tensors stay under its own. The first
 * moves to the place of the last, where every operand is known. */
#include "graph/rewrite.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { STEP_WORDS = 3, MAX_WORDS = IG_MAX_EPILOGUE * STEP_WORDS };

/* A node and the element-wise ones behind it that it takes over. */
typedef struct chain {
    int last; /* node; the chain's own first when it takes over nothing */
    int n_steps, n_operands;
} chain;

typedef struct fusing {
    ig_rewrite rewrite;
    chain *chains; /* by first node */
    int *first;    /* per node: of its chain */
    int *carried;  /* per node: the input that carries the chain; -1: it begins one */
} fusing;

/* --- what can be a step --- */

static bool is_binary(const ig_node *node)
{
    bool takes_operand;
    return ig_epilogue_has(node->op->name, &takes_operand) && takes_operand;
}

static bool is_element_wise(const ig_node *node)
{
    bool takes_operand;
    return ig_epilogue_has(node->op->name, &takes_operand) && !ig_node_has_epilogue(node);
}

static bool is_step_of(const ig_graph *graph, const ig_node *node, int value)
{
    const ig_shape *result = &graph->values[node->output].shape;
    ig_operand operand;
    if (!ig_shape_equal(&graph->values[value].shape, result))
        return false;
    for (int i = 0; i < node->n_inputs; i++)
        if (node->inputs[i] != value && !ig_operand_see(result, &graph->values[node->inputs[i]].shape, &operand))
            return false;
    return true;
}

static bool can_begin(const ig_graph *graph, const ig_node *node)
{
    ig_op_context call;
    ig_node_context(graph, node, &call);
    return ig_op_attr_index(node->op, IG_EPILOGUE_ATTR) >= 0 && !ig_op_call_is_view(&call);
}

/* Whether `node` can end the chain that computes its input `index`. */
static bool legal(const fusing *f, const ig_node *node, int index)
{
    const ig_rewrite *rewrite = &f->rewrite;
    const int value = node->inputs[index], producer = rewrite->in->values[value].producer;
    if (producer < 0 || rewrite->uses[value] != 1 || rewrite->keep[value])
        return false;
    const int first = f->first[producer];
    const chain *c = &f->chains[first];
    const int inputs = rewrite->in->nodes[first].n_inputs + c->n_operands + is_binary(node);
    return c->n_steps < IG_MAX_EPILOGUE && c->n_operands + is_binary(node) <= IG_MAX_OPERANDS &&
           inputs <= IG_MAX_INPUTS && can_begin(rewrite->in, &rewrite->in->nodes[first]) &&
           is_step_of(rewrite->in, node, value);
}

/* Steps that the first node came with. */
static chain begin_chain(const ig_graph *graph, int index)
{
    ig_op_context call;
    ig_node_context(graph, &graph->nodes[index], &call);
    return (chain){.last = index, .n_steps = call.then.count, .n_operands = call.then.n_operands};
}

/* Of two inputs that could carry on, the one computed last: its chain moves the least. */
static void find_chains(fusing *f)
{
    const ig_graph *in = f->rewrite.in;
    for (int i = 0; i < in->n_nodes; i++) {
        const ig_node *node = &in->nodes[i];
        int best = -1;
        for (int k = 0; is_element_wise(node) && k < node->n_inputs; k++)
            if (legal(f, node, k) &&
                (best < 0 || in->values[node->inputs[k]].producer > in->values[node->inputs[best]].producer))
                best = k;
        f->carried[i] = best;
        f->first[i] = best < 0 ? i : f->first[in->values[node->inputs[best]].producer];
        if (best < 0) {
            f->chains[i] = begin_chain(in, i);
            continue;
        }
        chain *c = &f->chains[f->first[i]];
        c->last = i;
        c->n_steps++;
        c->n_operands += is_binary(node);
    }
}

/* --- writing them down --- */

typedef struct words {
    const char *list[2 * MAX_WORDS]; /* room for what the first node came with, too */
    char numbers[2 * MAX_WORDS][IG_DOUBLE_TEXT];
    int count, n_numbers;
    bool failed;
} words;

static void add_word(words *w, const char *word)
{
    w->list[w->count++] = word;
}

static void add_number(words *w, double value)
{
    char *text = w->numbers[w->n_numbers++];
    w->failed |= !ig_text_from_double(value, false, text);
    add_word(w, text);
}

static void add_step(words *w, const ig_node *node, int carried)
{
    const bool swapped = ig_node_is(node, "sub") && carried == 1;
    add_word(w, swapped ? "rsub" : node->op->name);
    if (ig_node_is(node, "leaky_relu"))
        add_number(w, ig_node_attr(node, "slope")->f);
    if (ig_node_is(node, "scale")) {
        add_number(w, ig_node_attr(node, "factor")->f);
        add_number(w, ig_node_attr(node, "offset")->f);
    }
}

static ig_status rewrite_chain(fusing *f, int first, ig_error *error)
{
    const ig_graph *in = f->rewrite.in;
    const ig_node *node = &in->nodes[first], *last = &in->nodes[f->chains[first].last];
    const int index = ig_op_attr_index(node->op, IG_EPILOGUE_ATTR);
    ig_attr attrs[IG_MAX_ATTRS];
    int inputs[IG_MAX_INPUTS], n_inputs = node->n_inputs;
    words w = {.count = 0};
    memcpy(attrs, node->attrs, (size_t)node->op->n_attrs * sizeof *attrs);
    memcpy(inputs, node->inputs, (size_t)n_inputs * sizeof *inputs);
    for (int i = 0; i < attrs[index].n_words; i++)
        add_word(&w, attrs[index].words[i]);
    for (int i = first + 1; i <= f->chains[first].last; i++) {
        const ig_node *step = &in->nodes[i];
        if (f->first[i] != first)
            continue;
        add_step(&w, step, f->carried[i]);
        if (is_binary(step))
            inputs[n_inputs++] = step->inputs[1 - f->carried[i]];
    }
    if (w.failed)
        return ig_fail_memory(error, sizeof w);
    attrs[index].words = w.list;
    attrs[index].n_words = w.count;
    attrs[index].given = true;
    return ig_rewrite_put(&f->rewrite, node, last->path, attrs, inputs, n_inputs, error);
}

static ig_status rewrite(fusing *f, ig_error *error)
{
    const ig_graph *in = f->rewrite.in;
    ig_status status = IG_OK;
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        const int first = f->first[i];
        if (f->chains[first].last != i)
            continue; /* computed where its chain ends */
        status = first == i ? ig_rewrite_copy(&f->rewrite, &in->nodes[i], NULL, NULL, error)
                            : rewrite_chain(f, first, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    const size_t count = (size_t)in->n_nodes + 1;
    fusing f = {.chains = calloc(count, sizeof *f.chains),
                .first = calloc(count, sizeof *f.first),
                .carried = calloc(count, sizeof *f.carried)};
    ig_status status = ig_rewrite_begin(&f.rewrite, in, keep, error);
    if (status == IG_OK && (!f.chains || !f.first || !f.carried))
        status = ig_fail_memory(error, count * sizeof *f.chains);
    if (status == IG_OK) {
        find_chains(&f);
        status = rewrite(&f, error);
    }
    free(f.chains);
    free(f.first);
    free(f.carried);
    return ig_rewrite_end(&f.rewrite, status, out, error);
}

extern const ig_pass ig_pass_fuse_epilogue;
const ig_pass ig_pass_fuse_epilogue = {
    .name = "fuse_epilogue",
    .doc = "activations, scalings, sums and products become the last steps of what computes their input",
    .run = run,
    .once = true,
};
