/* The loader's parts: one description is read top to bottom, its steps run like a small program that adds nodes. */
#ifndef IG_GRAPH_LOADER_H
#define IG_GRAPH_LOADER_H

#include "base/error.h"
#include "graph/ir.h"
#include "yaml/yaml.h"

/* Bounds on what a description may ask for: a small file must not be able to take the machine down. */
enum {
    IG_LIMIT_NODES = 20000,
    IG_LIMIT_STEPS = 200000, /* steps run, skipped ones included */
    IG_LIMIT_REPEAT = 1000,
    IG_LIMIT_DEPTH = 32, /* bodies inside bodies */
    IG_LIMIT_NAME = 200, /* bytes of a full path */
    IG_LIMIT_VARS = 256, /* parameters and choices of a model or block */
    IG_LIMIT_FILES = 64  /* included files */
};

/* A parameter that a model or block declares. */
typedef struct ig_arg {
    const char *name;
    const ig_yaml *node;     /* where it was declared */
    const ig_yaml *fallback; /* NULL: must be given */
    int64_t min, max;
    const char **choices; /* NULL: an integer */
    int n_choices;
} ig_arg;

typedef struct ig_arg_list {
    ig_arg *items;
    int count;
} ig_arg_list;

typedef struct ig_block {
    const char *name;
    const ig_yaml *node, *layers;
    ig_arg_list args;
    const char **inputs;
    int n_inputs;
} ig_block;

/* A named integer that expressions see. */
typedef struct ig_var {
    const char *name;
    int64_t value;
} ig_var;

/* A list of steps that is being run: the model's, a block's or a group's. */
typedef struct ig_body ig_body;
struct ig_body {
    ig_body *parent;          /* who runs it; NULL: the model */
    const ig_block *block;    /* set: the body is closed, it sees nothing of its parent */
    const char *path, *scope; /* what goes in front of result and parameter names; "" at the top */
    const ig_yaml *layers;
    ig_var *vars; /* parameters and choices; model and blocks only */
    int n_vars, cap_vars;
    bool has_i; /* a repeated group: expressions see `i` */
    int64_t i;
    const char **input_names; /* model and blocks only */
    int *inputs;
    int n_inputs;
    int prev; /* value of the step before */
};

/* What a reference can name: a result, or a group's or block's last result. */
typedef struct ig_binding {
    const char *path;
    const ig_body *body; /* where it came to be: visible there and around, up to the block's boundary */
    int value;
    bool weak; /* a skipped step's name: a later step may take it */
} ig_binding;

typedef struct ig_loader {
    ig_arena *arena; /* documents and everything that dies with the loader */
    ig_graph *graph;
    const ig_graph_params *params;
    ig_error *error; /* never NULL */
    const char *file;
    ig_body *top;
    ig_arg_list args;
    ig_block *blocks;
    int n_blocks, cap_blocks;
    ig_index blocks_by_name;
    ig_index files; /* included so far */
    int n_files;
    ig_binding *bindings;
    int n_bindings, cap_bindings;
    ig_index bindings_by_path;
    ig_index next_numbers; /* of unnamed steps: relu, relu_1, ... */
    ig_index prefixes;     /* every path under which a parameter lives */
    int steps;
    bool printed; /* written by ig_graph_print(): first uses of shared parameters may have been optimised away */
} ig_loader;

/* What one step's expressions see. */
typedef struct ig_env {
    ig_loader *loader;
    const ig_body *body;
    bool has_i;
    int64_t i;
    int prev; /* the step's first input; -1: none */
} ig_env;

/* One step while it runs. */
typedef struct ig_step {
    const ig_yaml *node;
    ig_env env;
    const char *name; /* expanded; NULL: unnamed */
    int inputs[IG_MAX_INPUTS];
    int n_inputs;
} ig_step;

/* params.c */
ig_status ig_loader_read_args(ig_loader *loader, const ig_yaml *node, ig_arg_list *out) IG_MUST_USE;
ig_status ig_loader_read_choice(ig_loader *loader, const ig_env *env, const ig_arg *arg, const ig_yaml *node,
                                int64_t *out) IG_MUST_USE;
ig_status ig_loader_add_var(ig_loader *loader, ig_body *body, const ig_arg *arg, int64_t value) IG_MUST_USE;
ig_status ig_loader_set_model_params(ig_loader *loader) IG_MUST_USE;

/* include.c */
ig_status ig_loader_read_blocks(ig_loader *loader, const ig_yaml *document) IG_MUST_USE;
ig_status ig_loader_read_version(ig_loader *loader, const ig_yaml *document) IG_MUST_USE;
/* A path inside the model's tree: relative, without '..'. */
ig_status ig_loader_check_path(ig_loader *loader, const ig_yaml *node, const char *path) IG_MUST_USE;
/* `name` beside `file`. NULL when memory is out. */
char *ig_loader_beside(ig_loader *loader, const char *file, const char *name);

/* header.c, input.c */
ig_status ig_loader_read_seeded(ig_loader *loader, const ig_yaml *node) IG_MUST_USE;
ig_status ig_loader_read_header(ig_loader *loader, const ig_yaml *document) IG_MUST_USE;
ig_status ig_loader_read_input(ig_loader *loader, const ig_yaml *node) IG_MUST_USE;

/* names.c */
ig_status ig_loader_join(ig_loader *loader, const ig_yaml *node, const char *prefix, const char *name,
                         const char **out) IG_MUST_USE;
/* Replaces each ${expression}; checks the spelling. */
ig_status ig_loader_expand_name(const ig_env *env, const ig_yaml *node, const char **out) IG_MUST_USE;
bool ig_loader_is_template(const char *name);
ig_status ig_loader_check_name(ig_loader *loader, const ig_yaml *node, const char *name) IG_MUST_USE;
ig_status ig_loader_bind(ig_loader *loader, const ig_yaml *node, const ig_binding *binding) IG_MUST_USE;
/* As ig_loader_bind() for a body's last result, which the graph learns as a scope; a result of that very name wins. */
ig_status ig_loader_bind_scope(ig_loader *loader, const ig_yaml *node, const ig_binding *binding) IG_MUST_USE;
/* A free name `<path>.<op>`, `<path>.<op>_1`, ... */
ig_status ig_loader_free_name(ig_loader *loader, const ig_yaml *node, const char *path, const char *op,
                              const char **out) IG_MUST_USE;

/* refs.c */
int ig_loader_find(const ig_loader *loader, const ig_body *body, const char *name); /* -1 */
ig_status ig_loader_resolve(ig_loader *loader, const ig_body *body, const ig_yaml *node, int *value) IG_MUST_USE;
/* The reference nearest to `name` that a step of `body` could have written, or NULL. */
const char *ig_loader_nearest(ig_loader *loader, const ig_body *body, const char *name);

/* expr.c */
ig_status ig_loader_int(const ig_env *env, const ig_yaml *node, const char *what, int64_t min, int64_t max,
                        int64_t *out) IG_MUST_USE;
ig_status ig_loader_eval(const ig_env *env, const ig_yaml *node, const char *text, int offset,
                         int64_t *out) IG_MUST_USE;

/* attrs.c */
ig_status ig_loader_read_attrs(const ig_env *env, const ig_op *op, const ig_yaml *step, ig_attr *attrs) IG_MUST_USE;

/* steps.c */
ig_status ig_loader_run_body(ig_loader *loader, ig_body *body) IG_MUST_USE;
bool ig_loader_is_step_key(const char *key);

/* inner.c */
ig_status ig_loader_run_inner(ig_loader *loader, ig_body *body, ig_step *step, ig_body *inner, int *value) IG_MUST_USE;

/* kinds.c */
ig_status ig_loader_step_scope(const ig_step *step, const ig_body *body, const char *name,
                               const char **scope) IG_MUST_USE;
/* What each kind of step does */
typedef struct ig_step_kind {
    const char *key; /* the one of op, block and layers that the step has */
    ig_status (*run)(ig_loader *loader, ig_body *body, ig_step *step, int *value);
    /* The key's own keys (attributes, arguments): `*names` is in the loader's arena. */
    ig_status (*own_keys)(ig_loader *loader, const ig_yaml *step, const char ***names, int *count);
} ig_step_kind;
extern const ig_step_kind ig_step_kinds[];
extern const int ig_step_kind_count;
/* False for operators without inputs. */
bool ig_loader_takes_input(const ig_yaml *step);

#endif
