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
/* Copies scopes and outputs, seals and hands the graph over, unless `status` says that the rewrite failed. */
ig_status ig_rewrite_end(ig_rewrite *rewrite, ig_status status, ig_graph **out, ig_error *error) IG_MUST_USE;

/* A plain copy. */
ig_status ig_rewrite_nothing(const ig_graph *in, ig_graph **out, ig_error *error) IG_MUST_USE;

/* A rewrite that lets a node take over the node behind it: one call does both, under the name of the second. */
typedef struct ig_fusion {
    /* `second` reads only `first`, and nothing else needs the first's result. */
    bool (*legal)(const ig_graph *graph, const ig_node *first, const ig_node *second);
    /* Changes the first's attributes so that it also does what the second does. */
    void (*rewrite)(const ig_node *first, const ig_node *second, ig_attr *attrs);
} ig_fusion;
ig_status ig_rewrite_fuse(const ig_fusion *fusion, const ig_graph *in, const bool *keep, ig_graph **out,
                          ig_error *error) IG_MUST_USE;

/* The attribute of `op` called `name` among `attrs`, or NULL. */
ig_attr *ig_rewrite_attr(const ig_op *op, ig_attr *attrs, const char *name);
const ig_attr *ig_node_attr(const ig_node *node, const char *name);
bool ig_node_is(const ig_node *node, const char *op); /* false for NULL */

#endif
