/* What the operator mlp and the passes that make it agree on. */
#ifndef IG_GRAPH_MLP_H
#define IG_GRAPH_MLP_H

enum { IG_MLP_MAX_LAYERS = 3 };

/* What makes its vectors of a map: attribute `pool`. */
enum { IG_MLP_NO_POOL, IG_MLP_MEAN, IG_MLP_MAX, IG_MLP_MEAN_MAX, IG_MLP_POOLS };

#endif
