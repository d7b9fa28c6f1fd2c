/* What passes share: copying a graph node by node into a new one. */
#ifndef IG_GRAPH_REWRITE_H
#define IG_GRAPH_REWRITE_H

#include "graph/ir.h"

typedef struct ig_rewrite {
    const ig_graph *in;
    const bool *keep; /* per value of `in`: it must survive */
    ig_graph *out;
    int *value;  /* per value of `in`: its id in `out`; -1: gone */
    int *uses;   /* per value of `in`: readers and outputs */
    int *reader; /* per value of `in`: the last node that reads it; -1: none */
} ig_rewrite;

/* Starts an output graph that has the input's header and network input. End it in any case. */
ig_status ig_rewrite_begin(ig_rewrite *rewrite, const ig_graph *in, const bool *keep, ig_error *error) IG_MUST_USE;
/* Appends a copy of `node`, as `path` when that is not NULL and with `attrs` when those are not NULL. */
ig_status ig_rewrite_copy(ig_rewrite *rewrite, const ig_node *node, const char *path, const ig_attr *attrs,
                          ig_error *error) IG_MUST_USE;
/* Appends what `node` computes, as `path`, with other attributes and inputs (values of `in`). */
ig_status ig_rewrite_put(ig_rewrite *rewrite, const ig_node *node, const char *path, const ig_attr *attrs,
                         const int *inputs, int n_inputs, ig_error *error) IG_MUST_USE;
/* Appends a node whose inputs are ids in `out`. Who reads the result of that path in `in` reads this one's from now on.
 */
ig_status ig_rewrite_add(ig_rewrite *rewrite, const ig_node_spec *spec, int *value, ig_error *error) IG_MUST_USE;
/* What makes another node like this one; the inputs are ids in the node's own graph. */
ig_node_spec ig_rewrite_spec(const ig_node *node);
/* "<stem>.<word><n>", a name that no value and no module has; lives as long as `out`. NULL: out of memory. */
const char *ig_rewrite_name(const ig_rewrite *rewrite, const char *stem, const char *word);
/* True for outputs and kept values: who asks for them does so by their name. */
bool ig_rewrite_is_asked_for(const ig_rewrite *rewrite, int value);
/* Copies scopes and outputs and hands the graph over, still to be sealed, unless `status` says that the rewrite
 * failed. */
ig_status ig_rewrite_end(ig_rewrite *rewrite, ig_status status, ig_graph **out, ig_error *error) IG_MUST_USE;

/* A plain copy, still to be sealed. */
ig_status ig_rewrite_nothing(const ig_graph *in, ig_graph **out, ig_error *error) IG_MUST_USE;

/* A rewrite that joins a node and the node behind it: one call does both, under the name of the second. */
typedef struct ig_fusion {
    /* `second` reads only `first`, and nothing else needs the first's result. */
    bool (*legal)(const ig_graph *graph, const ig_node *first, const ig_node *second);
    /* Changes the attributes of the one that stays so that it also does what the other does. */
    void (*rewrite)(const ig_node *first, const ig_node *second, ig_attr *attrs);
    bool second_stays; /* else the first does */
} ig_fusion;
ig_status ig_rewrite_fuse(const ig_fusion *fusion, const ig_graph *in, const bool *keep, ig_graph **out,
                          ig_error *error) IG_MUST_USE;

/* The attribute of `op` called `name` among `attrs`, or NULL. */
ig_attr *ig_rewrite_attr(const ig_op *op, ig_attr *attrs, const char *name);
/* Something is done to the operator's own result before it is stored. */
bool ig_node_has_epilogue(const ig_node *node);
/* That operator and nothing else: false for NULL, and with a gate or an epilogue, which would get lost where passes
 * rewrite. */
bool ig_node_is(const ig_node *node, const char *op);
/* The node's attribute, or NULL. */
const ig_attr *ig_node_attr(const ig_node *node, const char *name);

#endif
