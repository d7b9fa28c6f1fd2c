/* Activations that are written out in parts become the operator of their name.
 *
 *   before   x -> sigmoid "s" -+- mul "y" -> y              after   x -> silu "y" -> y
 *            x ----------------+
 *
 * The same for hard_sigmoid, relu6(x + 3) / 6, and for hard_swish, x times that, wherever the sixth is taken. Each
 * value is seen as a factor times a function of another value, its source; what is largest is joined. */
#include "graph/branch_sum.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* factor * function(source); no function: the source itself. */
typedef struct form {
    const char *function;
    double factor;
    int source;
} form;

typedef struct join {
    ig_rewrite *rewrite;
    form *forms; /* per value */
    bool *gone;  /* per node */
} join;

static const ig_node *producer(const join *j, int value)
{
    const int node = j->rewrite->in->values[value].producer;
    return node >= 0 ? &j->rewrite->in->nodes[node] : NULL;
}

/* Nobody else needs the value, so it may vanish into a larger form. */
static bool is_part(const join *j, int value)
{
    return j->rewrite->uses[value] == 1 && !j->rewrite->keep[value];
}

static form itself(int value)
{
    return (form){NULL, 1, value};
}

static form part_of(const join *j, int value)
{
    return is_part(j, value) ? j->forms[value] : itself(value);
}

/* --- what each operator makes of it ---------------------------------------------------------------------------------
 */

static form see_scale(const join *j, const ig_node *node)
{
    form f = part_of(j, node->inputs[0]);
    f.factor *= ig_node_attr(node, "factor")->f;
    return ig_node_attr(node, "offset")->f == 0 ? f : itself(node->output);
}

/* relu6(x + 3) */
static form see_relu6(const join *j, const ig_node *node)
{
    const ig_node *shift = producer(j, node->inputs[0]);
    if (!ig_node_is(shift, "scale") || !is_part(j, shift->output) || ig_node_attr(shift, "factor")->f != 1 ||
        ig_node_attr(shift, "offset")->f != 3)
        return itself(node->output);
    return (form){"hard_sigmoid", 6, shift->inputs[0]};
}

/* x times a gate of x */
static const struct {
    const char *gate, *product;
} products[] = {{"sigmoid", "silu"}, {"hard_sigmoid", "hard_swish"}};

static form see_product(const join *j, const ig_node *node)
{
    for (int side = 0; side < 2; side++) {
        const form gate = part_of(j, node->inputs[side]), x = part_of(j, node->inputs[1 - side]);
        for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
            if (gate.function && strcmp(gate.function, products[i].gate) == 0 && !x.function && x.source == gate.source)
                return (form){products[i].product, x.factor * gate.factor, x.source};
    }
    return itself(node->output);
}

static form see(const join *j, const ig_node *node)
{
    if (ig_node_is(node, "sigmoid") || ig_node_is(node, "hard_sigmoid"))
        return (form){node->op->name, 1, node->inputs[0]};
    if (ig_node_is(node, "scale"))
        return see_scale(j, node);
    if (ig_node_is(node, "relu6"))
        return see_relu6(j, node);
    return ig_node_is(node, "mul") ? see_product(j, node) : itself(node->output);
}

/* --- the largest forms ----------------------------------------------------------------------------------------------
 */

/* The sixth may have been rounded to single precision. */
static bool legal(const join *j, const ig_node *node)
{
    const form *f = &j->forms[node->output];
    return f->function && strcmp(f->function, node->op->name) != 0 && fabs(f->factor - 1) < 1e-7;
}

/* Marks the nodes between `node` and the source. */
static void absorb(join *j, const ig_node *node, int source)
{
    for (int i = 0; i < node->n_inputs; i++) {
        if (node->inputs[i] == source)
            continue;
        const ig_node *inner = producer(j, node->inputs[i]);
        j->gone[inner - j->rewrite->in->nodes] = true;
        absorb(j, inner, source);
    }
}

static ig_status rewrite(const join *j, const ig_node *node, ig_error *error)
{
    const form *f = &j->forms[node->output];
    ig_attr attrs[IG_MAX_ATTRS];
    ig_node joined = *node;
    joined.op = ig_op_find(f->function);
    ig_op_attr_defaults(joined.op, attrs);
    return ig_rewrite_put(j->rewrite, &joined, node->path, attrs, &f->source, 1, error);
}

static ig_status run_join(join *j, bool *root, ig_error *error)
{
    const ig_graph *in = j->rewrite->in;
    ig_status status = IG_OK;
    j->forms[in->input] = itself(in->input);
    for (int i = 0; i < in->n_nodes; i++)
        j->forms[in->nodes[i].output] = see(j, &in->nodes[i]);
    for (int i = in->n_nodes - 1; i >= 0; i--) {
        root[i] = !j->gone[i] && legal(j, &in->nodes[i]);
        if (root[i])
            absorb(j, &in->nodes[i], j->forms[in->nodes[i].output].source);
    }
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        if (root[i])
            status = rewrite(j, &in->nodes[i], error);
        else if (!j->gone[i])
            status = ig_rewrite_copy(j->rewrite, &in->nodes[i], NULL, NULL, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    bool *flags = calloc((size_t)in->n_nodes + 1, 2 * sizeof *flags);
    join j = {.rewrite = &rewriting, .forms = calloc((size_t)in->n_values, sizeof *j.forms), .gone = flags};
    if (status == IG_OK && (!j.forms || !flags))
        status = ig_fail_memory(error, (size_t)in->n_values * sizeof *j.forms);
    if (status == IG_OK)
        status = run_join(&j, flags + in->n_nodes, error);
    free(j.forms);
    free(flags);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_join_activation;
const ig_pass ig_pass_join_activation = {
    .name = "join_activation",
    .doc = "silu, hard_sigmoid and hard_swish written out in parts become those operators",
    .run = run,
};
