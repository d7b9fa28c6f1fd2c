#ifndef IG_GRAPH_WEIGHTS_H
#define IG_GRAPH_WEIGHTS_H

#include "graph/ir.h"

struct ig_weights {
    ig_arena *arena; /* everything but the numbers, this struct included */
    ig_tensor *tensors;
    int n_tensors;
    ig_index by_name;
    float *data; /* all tensors one after another */
};

/* Room for every parameter of the graph, zeroed. */
ig_status ig_weights_create(const ig_graph *graph, ig_weights **out, ig_error *error) IG_MUST_USE;

#endif
