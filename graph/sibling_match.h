/* Convolutions of one map that can become one (graph/passes/merge_siblings.c). */
#ifndef IG_GRAPH_SIBLING_MATCH_H
#define IG_GRAPH_SIBLING_MATCH_H

#include "graph/match.h"

enum { IG_MAX_SIBLINGS = 4 }; /* a node has parameters for weight, bias and norm of each */

/* A convolution whose result can be a slice. */
typedef struct ig_sibling {
    const ig_node *node;
    const ig_node *concat; /* has the result at one end, or NULL */
    bool in_front;         /* of the concat's other inputs; else behind them */
    bool as_map;           /* a reader wants it as a map of channels */
    bool whole;            /* it fills blocks of channels */
} ig_sibling;

typedef struct ig_family {
    ig_sibling member[IG_MAX_SIBLINGS]; /* in the order of the merged channels */
    int count;
    const ig_node *concat; /* that of one member, or NULL; it must be rewritten, too */
    int64_t width;         /* channels of all together */
} ig_family;

/* The operator reads slices of channels where they lie: all its kernels begin anywhere in a buffer. */
bool ig_sibling_reads_slices(const ig_op *op);

/* The family whose first node is `index`; false: there is none. `family_of`, per node: the one it belongs to already,
 * or -1. */
bool ig_family_find(const ig_rewrite *rewrite, const int *family_of, int index, ig_family *out);

#endif
