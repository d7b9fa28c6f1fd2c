/* The graph in memory. Nodes stand in execution order and each computes one value. */
#ifndef IG_GRAPH_IR_H
#define IG_GRAPH_IR_H

#include "base/arena.h"
#include "graph/index.h"
#include "graph/op.h"
#include "ingot/graph.h"

typedef struct ig_value {
    const char *name; /* unique; a node's path or the input's name */
    ig_shape shape;
    int producer;           /* node index; -1 for the network's input */
    bool follows_selection; /* see ig_graph_follows_selection() */
} ig_value;

typedef struct ig_param {
    const char *name;
    ig_shape shape;
    ig_param_kind kind;
    int first_user; /* node index: who counts its scalars */
} ig_param;

typedef struct ig_node {
    const ig_op *op;
    const char *path;  /* == values[output].name */
    const char *scope; /* parameter prefix: parameter "weight" is "<scope>.weight"; differs from path when shared */
    int n_inputs;
    int inputs[IG_MAX_INPUTS]; /* value ids; operands of the epilogue last */
    int output;                /* value id */
    ig_attr *attrs;            /* op->n_attrs of them, in schema order */
    int params[IG_MAX_PARAMS]; /* param ids by slot; -1: this node has none there */
    const char *file;          /* where the description asked for it */
    int line, column;
} ig_node;

/* A module path that is no value itself, and the value it stands for. */
typedef struct ig_scope {
    const char *path;
    int value;
} ig_scope;

typedef struct ig_output {
    const char *name;
    int value;
} ig_output;

/* What a network is for; a model's `task:` is one of these words. */
enum { IG_TASK_COUNT = 6 };
extern const char *const ig_task_names[IG_TASK_COUNT];

/* Under `seeded`, weights of norms whose path ends with the components `suffix` are base + span * u. */
typedef struct ig_seeded_norm {
    const char *suffix;
    double base, span;
} ig_seeded_norm;

/* Checkpoint spellings: a run of path components `from` may also appear as `to`. */
typedef struct ig_alias {
    const char *from, *to;
} ig_alias;

struct ig_graph {
    ig_arena *arena;
    const char *name, *doc, *source, *weights_file;
    const char *task;         /* a word of ig_task_names, or NULL */
    const char *weights_name; /* as the description writes it: relative to its own folder */
    ig_value *values;
    int n_values, cap_values;
    ig_node *nodes;
    int n_nodes, cap_nodes;
    ig_param *params;
    int n_params, cap_params;
    ig_scope *scopes;
    int n_scopes, cap_scopes;
    ig_output *outputs;
    int n_outputs, cap_outputs;
    ig_alias *aliases;
    int n_aliases, cap_aliases;
    int input; /* value id */
    bool has_preprocess;
    ig_preprocess preprocess;
    const char **labels;
    int n_labels;
    double seeded_norm_base, seeded_norm_span; /* norm weights under `seeded`: base + span * u */
    double seeded_gain;                        /* ... and the reach of convolution and linear weights is times this */
    ig_seeded_norm *seeded_norms;              /* ... and of particular norms; the last that fits counts */
    int n_seeded_norms;
    ig_index values_by_name, params_by_name, scopes_by_path;
    /* for ig_graph_get_info, filled by ig_graph_seal */
    ig_graph_totals totals;
    const char **output_names, **output_values;
    ig_shape *output_shapes;
};

/* Building: used by the loader and by passes. Strings are copied into the graph's arena. */
ig_graph *ig_graph_create(void);
/* Adds a value; -1 when memory is out. */
int ig_graph_add_value(ig_graph *graph, const char *name, const ig_shape *shape, int producer);
int ig_graph_find_value_id(const ig_graph *graph, const char *name); /* exact; -1 */
/* What a new node is made of; attrs are copied (strings and lists too). */
typedef struct ig_node_spec {
    const ig_op *op;
    const char *path, *scope;
    const int *inputs;
    int n_inputs;
    const ig_attr *attrs; /* op->n_attrs */
    const char *file;
    int line, column;
} ig_node_spec;
/* Infers the shape, declares parameters (checking that shared ones agree) and appends node and value.
 * `*value` is the new value's id. Errors carry the spec's place. */
ig_status ig_graph_add_node(ig_graph *graph, const ig_node_spec *spec, int *value, ig_error *error) IG_MUST_USE;
bool ig_graph_add_scope(ig_graph *graph, const char *path, int value);
bool ig_graph_add_output(ig_graph *graph, const char *name, int value);
/* Fills what ig_graph_get_info() shows: outputs and totals. Call once at the end. */
bool ig_graph_seal(ig_graph *graph);
void ig_graph_count(const ig_graph *graph, ig_graph_totals *out);
/* Copies everything but nodes, values, params, scopes and outputs (name, labels, preprocessing, aliases ...). */
bool ig_graph_copy_header(ig_graph *to, const ig_graph *from);

/* The operator call that node `index` is, with shapes and attributes resolved. */
void ig_node_context(const ig_graph *graph, const ig_node *node, ig_op_context *out);
/* The same for a node that may not fit. */
ig_status ig_node_call(const ig_graph *graph, const ig_node *node, ig_op_context *out, ig_error *error) IG_MUST_USE;
/* How many inputs are the operator's own; the others are operands of its epilogue. */
int ig_node_own_inputs(const ig_node *node);

/* Structural check: indices in range, topological order, unique names, shapes that infer again to the same. */
ig_status ig_graph_verify(const ig_graph *graph, ig_error *error) IG_MUST_USE;

/* One rewrite; graph/passes.def orders them. Returns the rewritten graph in `*out`. What it changes shows in which
 * nodes there are, by operator and name: a graph with the same nodes is thrown away. */
typedef struct ig_pass {
    const char *name, *doc;
    ig_status (*run)(const ig_graph *in, const bool *keep, ig_graph **out,
                     ig_error *error); /* keep: per value of `in` */
    bool once;        /* stands behind the others, which run in turns until none of them changes anything */
    bool wants_cache; /* runs for devices whose local memory is cache (ig_passes_params) alone */
} ig_pass;
extern const ig_pass *const ig_pass_table[];
extern const int ig_pass_count;

#endif
