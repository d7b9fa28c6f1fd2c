/* A 1x1 convolution as a sum over parts of its input's channels, for passes that move a part's producer. */
#ifndef IG_GRAPH_CONV_PARTS_H
#define IG_GRAPH_CONV_PARTS_H

#include "graph/branch_sum.h"

/* Neighbouring inputs of the convolution, as channels. */
typedef struct ig_part {
    int first, count;      /* among the sources */
    int64_t column, width; /* channels in front of it, and its own */
    const ig_node *moved;  /* what computes it for this part alone and gives way; NULL: it stays as it is */
} ig_part;

typedef struct ig_parts {
    const ig_node *conv, *concat; /* concat may be NULL */
    const int *sources;           /* values: the concat's inputs or the convolution's */
    int n_sources, n_parts;
    ig_part parts[IG_MAX_INPUTS];
} ig_parts;

typedef struct ig_part_rule {
    const char *moves; /* operator of the nodes that give way */
    /* Behind these two, neighbours can be one part. */
    bool (*alike)(const ig_graph *graph, const ig_node *a, const ig_node *b);
    /* The part may be computed anew without its `moved`, and that is less work. */
    bool (*pays)(const ig_graph *graph, const ig_parts *parts, const ig_part *part);
    /* Appends the part's share. `value` is the part's map without the moved nodes; then its share of the sum. */
    ig_status (*write)(ig_rewrite *rewrite, const ig_parts *parts, const ig_part *part, int *value, ig_error *error);
} ig_part_rule;

/* Applies the rule to every 1x1 convolution. Where no part pays, nothing changes. */
ig_status ig_parts_rewrite(const ig_part_rule *rule, const ig_graph *in, const bool *keep, ig_graph **out,
                           ig_error *error) IG_MUST_USE;

/* The node of that operator that computes the value for one reader alone, or NULL. */
const ig_node *ig_find_private(const ig_rewrite *rewrite, int value, const char *op);
/* A 1x1 convolution of every pixel, with bias and norm at most. */
bool ig_is_pointwise(const ig_node *node);
/* Operations of `node` over an input of that shape, moved elements counted in, and what it makes of it. */
int64_t ig_parts_work(const ig_graph *graph, const ig_node *node, const ig_shape *input, ig_shape *output);
/* What adding a part's share to the others costs. */
int64_t ig_parts_sum_work(const ig_graph *graph, const ig_parts *parts);

/* --- appending a part's nodes (conv_parts_write.c) --- */

/* Name for a part's node: the convolution's own one for the last node of a lone part. */
const char *ig_parts_name(const ig_rewrite *rewrite, const ig_parts *parts, const char *word, bool last);
/* Appends a node like `model`; a NULL path means that memory is out. */
ig_status ig_parts_add(ig_rewrite *rewrite, ig_node_spec model, const char *path, const int *inputs, int n_inputs,
                       int *value, ig_error *error) IG_MUST_USE;
/* Appends the convolution's share of the part, over `*value`; `inner`, when not NULL, is a 1x1 convolution that it
 * takes in. The sum is shifted by bias and norm once: by the part with the first column. */
ig_status ig_parts_add_conv(ig_rewrite *rewrite, const ig_parts *parts, const ig_part *part, const ig_node *inner,
                            const char *path, int *value, ig_error *error) IG_MUST_USE;

#endif
