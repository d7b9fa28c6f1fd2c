/* A model as a sub-command uses it: description, weights, input tensor. */
#ifndef INGOT_CLI_MODEL_H
#define INGOT_CLI_MODEL_H

#include "cli/app.h"
#include "cli/passes.h"
#include "cli/tuning.h"
#include "ingot/graph.h"
#include "ingot/plan.h"

typedef struct model {
    ig_graph *graph;
    ig_graph_info info;
    ig_weights *weights;
    ig_tensor input; /* own data */
    pass_choice passes;
    ig_layout layout;
    bool no_chains;
    tuning_mode tuning;
    const char *const *kernels; /* to be forced; the arguments' */
    int n_kernels;
} model;

typedef enum weights_default {
    WEIGHTS_SHIPPED,           /* the model's own, else an error that says what to give */
    WEIGHTS_SHIPPED_OR_SEEDED, /* the model's own when it has some */
    WEIGHTS_SEEDED
} weights_default;

/* Loads the description that `name` names, and reads --passes. `shape` (rank 0: the arguments' --shape) wins over the
 * model's own. Release with model_release() in any case. */
ig_status model_load(app *a, const common_args *args, const char *name, const ig_shape *shape, model *out,
                     ig_error *error) IG_MUST_USE;
ig_status model_load_weights(app *a, const common_args *args, weights_default missing, model *m,
                             ig_error *error) IG_MUST_USE;
/* Loads the model with the shape of the tensor in `tensor_path`, and that tensor; NULL: the model alone. */
ig_status model_load_graph(app *a, const common_args *args, const char *name, const char *tensor_path, model *out,
                           ig_error *error) IG_MUST_USE;
/* The same with weights; without a tensor the input is filled by the seeded rule. */
ig_status model_load_all(app *a, const common_args *args, const char *name, const char *tensor_path,
                         weights_default missing, model *out, ig_error *error) IG_MUST_USE;
/* Hash of the input's name, shape and numbers. */
uint64_t model_input_hash(const model *m);
void model_release(model *m);

/* Room for every output of the model, in its order. Own: tensors_release(). */
ig_status model_alloc_outputs(const model *m, ig_tensor **out, ig_error *error) IG_MUST_USE;
void tensors_release(ig_tensor **list, int count);

#endif
