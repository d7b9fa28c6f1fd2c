/** @file graph.h
 *  Networks without a device: loading a model description, shapes, cost, weights, and the plain C reference.
 */
#ifndef INGOT_GRAPH_H
#define INGOT_GRAPH_H

#include "ingot/base.h"
#include "ingot/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A network: a DAG of operators over values, all shapes known. Immutable once loaded; threads may share it. */
typedef struct ig_graph ig_graph;

/** One `--set key=value`. */
typedef struct ig_override {
    const char *key;
    const char *value; /**< an integer, or one of the parameter's choices */
} ig_override;

/** How to load a model; a zeroed struct means defaults. All pointers are borrowed for the call. */
typedef struct ig_graph_params {
    const ig_override *overrides;
    int n_overrides;
    ig_shape input_shape;            /**< rank 0: the shape the model states */
    const char *const *include_dirs; /**< searched for `include:` after the including file's own folder */
    int n_include_dirs;
    ig_log log;
} ig_graph_params;

/** Loads a YAML model description (docs/yaml-format.md) and infers every shape.
 *
 *  Own: destroy with ig_graph_destroy(). `params` may be NULL.
 *  Error: NO_INPUT, DATA with file:line:col, expected, found and hint, USAGE for an unknown override, NO_MEMORY.
 * Thread: any.
 */
ig_status ig_graph_load(const char *path, const ig_graph_params *params, ig_graph **out, ig_error *error) IG_MUST_USE;

/** As ig_graph_load() from memory; `file` names the text in errors and its folder is the base of `include:`. */
ig_status ig_graph_parse(const char *text, size_t length, const char *file, const ig_graph_params *params,
                         ig_graph **out, ig_error *error) IG_MUST_USE;
void ig_graph_destroy(ig_graph **graph);

/** Prints the graph as a model description without blocks or expressions that loads back to the same graph.
 *
 *  Own: `*text` is malloc'ed, the caller frees it. Error: NO_MEMORY. Thread: any.
 */
ig_status ig_graph_print(const ig_graph *graph, char **text, ig_error *error) IG_MUST_USE;

/** What a parameter tensor is, as `ingot summary` names it. */
typedef enum ig_param_kind {
    IG_PARAM_CONV_WEIGHT,
    IG_PARAM_CONV_BIAS,
    IG_PARAM_LINEAR_WEIGHT,
    IG_PARAM_LINEAR_BIAS,
    IG_PARAM_NORM_WEIGHT,
    IG_PARAM_NORM_BIAS,
    IG_PARAM_RUNNING_MEAN,
    IG_PARAM_RUNNING_VAR,
    IG_PARAM_OTHER,
    IG_PARAM_KIND_COUNT
} ig_param_kind;
const char *ig_param_kind_name(ig_param_kind kind); /**< "conv_weight", ... */

/** Arithmetic and traffic of one operator or of a whole network.
 *
 *  Unit: `macs` multiply-accumulates of convolution, linear and matmul; `adds` single additions, comparisons and
 *  subtractions; `other` single multiplications, divisions, exponentials and the like; FLOPs = 2 macs + adds + other.
 *  `bytes`: tensors read and written once each, weights included.
 */
typedef struct ig_cost {
    int64_t macs, adds, other, bytes;
} ig_cost;

/** Network totals. Unit: params = trainable scalars, buffers = running statistics; bytes of float32. */
typedef struct ig_graph_totals {
    int64_t params, buffers, weight_bytes;
    ig_cost cost;
    int64_t flops;
} ig_graph_totals;

/** Everything about the model as a whole. Own: strings and arrays are borrowed from the graph. */
typedef struct ig_graph_info {
    const char *name, *doc, *source;
    const char *task; /**< "classification", "detection", ...; "" when the description does not say */
    const char *input_name;
    ig_shape input_shape;
    ig_preprocess preprocess;
    bool has_preprocess; /**< the description says how an image becomes the input */
    int n_outputs;
    const char *const *output_names;
    const char *const *output_values; /**< names of the values that the outputs are */
    const ig_shape *output_shapes;
    const char *const *labels; /**< class names, or NULL */
    int n_labels;
    const char *weights_file; /**< path of the weights shipped with the model, or NULL */
    int n_layers, n_params;
    ig_graph_totals totals;
} ig_graph_info;
void ig_graph_get_info(const ig_graph *graph, ig_graph_info *out);

/** One operator of the graph, in execution order (0 .. n_layers-1). Own: strings are borrowed from the graph. */
typedef struct ig_layer_info {
    const char *path; /**< unique name of its result */
    const char *op;
    ig_shape output;
    int n_inputs;
    const char *inputs[IG_MAX_INPUTS];
    int64_t params; /**< trainable scalars this layer is the first to use */
    ig_cost cost;   /**< no bytes: a view or a constant, which computes nothing */
    int64_t flops;
} ig_layer_info;
/** Fills `out` with layer `index`; false when there is none. Thread: any. */
bool ig_graph_get_layer(const ig_graph *graph, int index, ig_layer_info *out);

/** One tensor a checkpoint holds (0 .. n_params-1), in order of first use. */
typedef struct ig_param_info {
    const char *name; /**< the reference's state_dict name */
    ig_shape shape;
    ig_param_kind kind;
} ig_param_info;
/** Fills `out` with parameter `index`; false when there is none. Thread: any. */
bool ig_graph_get_param(const ig_graph *graph, int index, ig_param_info *out);

/** Conventions by which a network's arithmetic is counted (docs/counting.md). */
typedef enum ig_count_rule {
    IG_COUNT_MACS,    /**< multiply-accumulates of convolution, linear and matmul */
    IG_COUNT_FLOPS,   /**< 2 x MACs + every other arithmetic operation */
    IG_COUNT_THOP,    /**< as thop 0.1.1 counts the reference's modules */
    IG_COUNT_FVCORE,  /**< as fvcore 0.1.5 counts the traced functions */
    IG_COUNT_PTFLOPS, /**< as ptflops 0.7.5 counts, its PyTorch backend */
    IG_COUNT_RULES
} ig_count_rule;
const char *ig_count_rule_name(ig_count_rule rule); /**< "macs", ... */
const char *ig_count_rule_doc(ig_count_rule rule);  /**< one line for people */

/** Counts one layer (0 .. n_layers-1); 0 when there is none. Unit: operations of the rule, for the whole batch.
 *  Thread: any. */
int64_t ig_graph_count_layer(const ig_graph *graph, int index, ig_count_rule rule);
/** Counts the whole graph as its description writes it. Unit: operations of the rule, for the whole batch. Thread: any.
 */
int64_t ig_graph_count_all(const ig_graph *graph, ig_count_rule rule);

/** Feature memory with nothing reused: what the results of all computing layers take together. Activations work in
 *  place, slices and concatenations are views, the input does not count; a norm's result counts unless `fold_norms`
 * puts it into the convolution or linear layer in front.
 *
 *  Unit: bytes of float32, for the whole batch. Thread: any. */
int64_t ig_graph_feature_bytes(const ig_graph *graph, bool fold_norms);

/** Resolves a value's name, or a module path (its last value), to the value's name; NULL when unknown.
 *  Own: borrowed from the graph. `nearest` (may be NULL) receives the nearest name for a hint. */
const char *ig_graph_find_value(const ig_graph *graph, const char *path, const char **nearest);

/** True when an operator that picks by comparing (nms) reads the value. A hair's difference there may change whole rows
 *  of what follows, so a comparison of two runs goes on from the same numbers. Thread: any. */
bool ig_graph_is_selected(const ig_graph *graph, const char *value);
/** True when the value depends on what such an operator picked: two runs that differ by a hair in front of it may give
 *  quite another one. Thread: any. */
bool ig_graph_follows_selection(const ig_graph *graph, const char *value);

/** What ig_graph_optimize() must keep, leave out and do; a zeroed struct means all passes and nothing to keep. */
typedef struct ig_passes_params {
    const char *const *keep; /**< values that must survive (taps) */
    int n_keep;
    const char *const *disable; /**< names of passes to leave out */
    int n_disable;
    const char *stop_after; /**< the last pass of the list that may run; NULL: all */
    /** As in ig_device_limits: also run the passes that keep in local memory what others would write and read. */
    bool local_is_cache;
} ig_passes_params;

/** One pass, as people choose it. Own: strings are static. */
typedef struct ig_pass_info {
    const char *name;
    const char *doc; /**< one line: what it rewrites */
} ig_pass_info;
/** Fills `out` with pass `index`, in the order they run; false when there is none. Thread: any. */
bool ig_passes_get(int index, ig_pass_info *out);

/** Checks the names of passes in `params` alone, as ig_graph_optimize() does first.
 *
 *  Error: USAGE for a name that is no pass, with the nearest one as hint, and for a pass both left out and stopped
 *  after. Thread: any.
 */
ig_status ig_passes_check(const ig_passes_params *params, ig_error *error) IG_MUST_USE;

/** Rewrites the graph for execution: folds norms and activations into convolutions and so on (graph/passes.def).
 *  What comes out prints as a model description (ig_graph_print()), also when it stopped after a pass.
 *
 *  Names of surviving values do not change, so any of them can be compared with the original's.
 *  Own: `*out` is a new graph; `params` may be NULL.
 *  Error: USAGE for an unknown pass or value, INTERNAL when the verifier objects. Thread: any.
 */
ig_status ig_graph_optimize(const ig_graph *graph, const ig_passes_params *params, ig_graph **out,
                            ig_error *error) IG_MUST_USE;

/* --- weights ------------------------------------------------------------------------------------------------- */

/** Parameter tensors by name, float32, in host memory. Immutable; threads may share it. */
typedef struct ig_weights ig_weights;

/** Loads a safetensors file for `graph`: every parameter must be there with its shape, as F32.
 *
 *  Tensors the graph does not know are left out with one note; names may be spelled as the model's `aliases:` allow.
 *  Error: NO_INPUT, DATA (bad header, overlapping or out-of-range offsets, missing or mis-shaped tensor, other dtype).
 *  Thread: any. Source: the safetensors format description.
 */
ig_status ig_weights_load(const ig_graph *graph, const char *path, const ig_log *log, ig_weights **out,
                          ig_error *error) IG_MUST_USE;

/** Fills every parameter from its name alone: the same numbers on every machine (docs/yaml-format.md, `seeded`).
 *  Source: rkd_sarsn specification, section 8. */
ig_status ig_weights_seeded(const ig_graph *graph, ig_weights **out, ig_error *error) IG_MUST_USE;

/** Writes the `elems` values of one parameter. */
typedef void (*ig_weights_rule)(void *user, const ig_param_info *param, float *data, int64_t elems);

/** Fills every parameter by a caller's rule. Own: destroy with ig_weights_destroy(). Error: NO_MEMORY. */
ig_status ig_weights_fill(const ig_graph *graph, ig_weights_rule rule, void *user, ig_weights **out,
                          ig_error *error) IG_MUST_USE;

/** Fills the tensor `name` with the seeded rule's input stream: 2u-1, row-major. */
void ig_fill_seeded_input(const char *name, float *data, int64_t elems);

/** Data of one tensor, or NULL. Own: borrowed. */
const float *ig_weights_get(const ig_weights *weights, const char *name);
/** Writes all tensors as safetensors, atomically. Error: IO, PERMISSION, NO_MEMORY. */
ig_status ig_weights_write(const ig_weights *weights, const char *path, ig_error *error) IG_MUST_USE;
/** Hash over names, shapes and bytes. */
uint64_t ig_weights_hash(const ig_weights *weights);
void ig_weights_destroy(ig_weights **weights);

/* --- the reference --------------------------------------------------------------------------------------------- */

/** Sees each value right after it was computed; its data lives only during the call. The operators behind read what the
 *  call leaves in it. A status other than OK stops the run. */
typedef ig_status (*ig_reference_visit)(void *user, const ig_tensor *value, ig_error *error);

typedef struct ig_reference_params {
    const ig_tensor *input; /**< shape must be the graph's */
    ig_reference_visit visit;
    void *user;
    const volatile bool *cancel; /**< set from a signal handler to stop between operators; may be NULL */
    int threads;                 /**< 0: one per processor, at most 8 */
} ig_reference_params;

/** Runs the graph with the plain C operators: double accumulation, no device.
 *
 *  Error: USAGE (shape), NO_MEMORY, CANCELLED, or what `visit` returned. Thread: any.
 */
ig_status ig_reference_run(const ig_graph *graph, const ig_weights *weights, const ig_reference_params *params,
                           ig_error *error) IG_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
