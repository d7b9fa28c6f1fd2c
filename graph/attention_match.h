/* Attention in a graph of matrix products: where its matrices come from, and where its result ends. */
#ifndef IG_GRAPH_ATTENTION_MATCH_H
#define IG_GRAPH_ATTENTION_MATCH_H

#include "graph/attention.h"
#include "graph/match.h"
#include "graph/view.h"

enum { IG_ATTENTION_BACK = 8 };

typedef struct ig_attention_match {
    const ig_rewrite *rewrite;
    const ig_node *mixed;             /* the product with the values */
    int matrix[IG_ATTENTION_PARTS];   /* what is multiplied: values */
    bool upright[IG_ATTENTION_PARTS]; /* a row of the matrix is a channel, not a token; the result is as its values */
    int64_t size;                     /* channels of a head */
    ig_view back[IG_ATTENTION_PARTS][IG_ATTENTION_BACK]; /* what stands so many nodes in front of each matrix */
    int n_back[IG_ATTENTION_PARTS];
} ig_attention_match;

/* The softmax along the last axis that is the first factor of the product `mixed` and nothing else; or NULL. */
const ig_node *ig_attention_softmax(const ig_rewrite *rewrite, const ig_node *mixed);
/* Fills `back` from `matrix`. */
void ig_attention_look_back(ig_attention_match *match);
/* Sets the attributes of `out` but for `heads`, and adds inputs behind queries, keys and values; false: these views
 * will not do. */
typedef bool (*ig_attention_fill)(const ig_attention_match *match, const ig_view *const view[IG_ATTENTION_PARTS],
                                  const void *user, ig_replacement *out);
/* Looks for tensors, as far in front of the matrices as can be, from which out->op computes the match in this layout.
 * out->last stays NULL when there are none. */
void ig_attention_find(const ig_attention_match *match, ig_attention_layout layout, ig_attention_fill fill,
                       const void *user, ig_replacement *out);

#endif
