/* What the operator mlp and the pass that makes it agree on. */
#ifndef IG_GRAPH_MLP_H
#define IG_GRAPH_MLP_H

enum { IG_MLP_MAX_LAYERS = 3 };

#endif
