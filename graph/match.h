/* What passes that replace a whole subgraph by one node share: finding its nodes, and leaving out what only served it.
 */
#ifndef IG_GRAPH_MATCH_H
#define IG_GRAPH_MATCH_H

#include "graph/rewrite.h"

/* The node that computes `value`; NULL for the network's input. */
const ig_node *ig_match_producer(const ig_rewrite *rewrite, int value);
/* The same, if it is an `op` and nobody but one reader needs the value: it may vanish into its reader. Else NULL. */
const ig_node *ig_match_inner(const ig_rewrite *rewrite, int value, const char *op);
/* The one node that reads `value`, if nobody else needs it; else NULL. */
const ig_node *ig_match_only_reader(const ig_rewrite *rewrite, int value);
/* What `value` is one view of, or several, that move nothing and that nobody else reads; itself, if it is none. */
int ig_match_before_view(const ig_rewrite *rewrite, int value);
/* The conv2d whose result, behind one activation at most, is `node`'s first input and serves nobody else; or NULL. It
 * may have the activation in its epilogue, and nothing else. */
const ig_node *ig_match_conv_before(const ig_rewrite *rewrite, const ig_node *node, ig_activation *between);

/* The node that stands for a subgraph, in the place and under the name of the subgraph's last node. */
typedef struct ig_replacement {
    const ig_node *last; /* NULL: nothing is replaced */
    const ig_op *op;
    ig_attr attrs[IG_MAX_ATTRS]; /* texts live in the arena of rewrite->out */
    int inputs[IG_MAX_INPUTS];   /* values of rewrite->in */
    int n_inputs;
} ig_replacement;
/* Sets `last` and what goes with it when `node` is the one that gives the subgraph away. */
typedef ig_status (*ig_match_find)(const ig_rewrite *rewrite, const ig_node *node, ig_replacement *out,
                                   ig_error *error);
/* Gives every node to `find`, the last one first. */
ig_status ig_match_replace(ig_match_find find, const ig_graph *in, const bool *keep, ig_graph **out,
                           ig_error *error) IG_MUST_USE;
/* Replaces single nodes, each with those in front that only serve it, by several. */
enum { IG_MAX_SERVANTS = 2 };
typedef struct ig_match_rule {
    /* How many nodes in front give way with `node`, and which; 0: it stays. */
    int (*find)(const ig_rewrite *rewrite, const ig_node *node, const ig_node *servants[IG_MAX_SERVANTS]);
    /* Appends what stands for them; the last node bears `node`'s name. */
    ig_status (*write)(ig_rewrite *rewrite, const ig_node *node, const ig_node *const *servants, int count,
                       ig_error *error);
} ig_match_rule;
ig_status ig_match_rewrite(const ig_match_rule *rule, const ig_graph *in, const bool *keep, ig_graph **out,
                           ig_error *error) IG_MUST_USE;

/* Attribute `name` of what `out` will be: marked as given, ready to be set. */
ig_attr *ig_match_set(ig_replacement *out, const char *name);

enum { IG_LAYER_WORDS = 5 };
/* Appends the words that say where the parameters of a conv2d or linear node are, as ig_layer_read() takes them: PATH,
 * `bias`, `norm PATH EPS`. False: out of memory. */
bool ig_match_put_layer(const ig_rewrite *rewrite, const ig_node *node, const char **words, int *count);

#endif
