/* A plan in memory. Made once by ig_plan_create, then only read. */
#ifndef IG_PLAN_PLAN_H
#define IG_PLAN_PLAN_H

#include "autotune/db.h"
#include "base/arena.h"
#include "base/text.h"
#include "cl/kernels/kernel.h"
#include "graph/ir.h"
#include "ingot/plan.h"

/* Memory of one or several values: those that view another, or are a part of one, share its storage. */
typedef struct ig_storage {
    int64_t bytes;
    int slab; /* which arena buffer; -1: a constant, see `param` */
    int64_t offset_bytes;
    int first_step, last_step; /* inclusive life; -1 is before the first step, n_steps after the last */
    bool kept;                 /* readable after a run */
    int param;                 /* constants: index into params */
} ig_storage;

/* F(m x m, 3x3), its points in quarters; see IG_PACK_WINOGRAD. */
typedef struct ig_winograd {
    int64_t m, near, far;
} ig_winograd;

/* Kernels with gaps between their weights in planes of [fh, fw]; see IG_PACK_SPECTRUM. */
typedef struct ig_spectrum {
    int64_t kh, kw, dh, dw, fh, fw;
} ig_spectrum;

/* One parameter tensor as the device wants it; shared by every step that asks for the same. */
typedef struct ig_plan_param {
    int node, slot; /* of plan->graph: the first asker */
    ig_pack_kind pack;
    int64_t tile, block;  /* T and B of the packing */
    ig_winograd winograd; /* of that packing */
    ig_spectrum spectrum; /* of that packing */
    int64_t elems;        /* before packing; 0: the kernel gets a dummy */
    int64_t pack_elems;   /* after packing, at least 1 */
} ig_plan_param;

/* Where a value lies: `at` elements behind the beginning of its storage. */
typedef struct ig_place {
    int storage;
    int64_t at;
} ig_place;

/* Layouts a call reads its rank-4 inputs in and writes its result and reads the operands of its epilogue in: true for
 * blocks of channels. A neutral map, one pixel of whole blocks, is the same in both. */
typedef struct ig_call_layout {
    bool in, out;
} ig_call_layout;

typedef struct ig_plan_arg {
    ig_karg_kind kind;
    int index;  /* INPUT, OUTPUT, SCRATCH: storage; PARAM: plan param */
    int64_t at; /* INPUT, OUTPUT: where in it */
    bool spare; /* INPUT: the call does not have it; some other buffer, not to be read */
    int32_t i;
    float f;
} ig_plan_arg;

/* A choice made from outside for every call of one operator: what the tuner tries. */
typedef struct ig_plan_pin {
    const char *op;
    ig_call_layout layout;
    const char *kernel; /* by name: every plan reads its own kernels */
    int64_t values[IG_KERNEL_MAX_TUNES];
} ig_plan_pin;

typedef struct ig_step {
    int node, piece;
    bool complete;
    const ig_kernel_def *kernel;
    int64_t values[IG_KERNEL_MAX_TUNES];
    ig_tune_rung rung;
    int64_t rate;        /* multiply-adds while a byte moves, as the tuning record says; 0: it does not */
    ig_kernel_vars vars; /* problem, tunables and lets */
    ig_kernel_launches launches;
    const char *options;  /* of the program build */
    const char *epilogue; /* macros in front of the prelude; NULL: none */
    const char *word;     /* kernel<f32,...>{...} */
    ig_plan_arg *args;    /* the kernel's, then the epilogue's */
    int n_args;
} ig_step;

/* Steps `first` .. `first + count - 1`, one launch when they are functions of one kernel; else a single step. */
typedef struct ig_chain {
    int first, count;
    bool linked;
} ig_chain;

struct ig_plan {
    ig_arena *arena;
    const ig_plan_pin *pin;  /* NULL: none */
    const ig_graph *graph;   /* with reorders */
    ig_graph *own_graph;     /* NULL when the caller's needs none */
    int block;               /* channels of a block on this device */
    ig_call_layout *layouts; /* per node */
    bool *blocked;           /* per value */
    ig_device_limits limits;
    ig_kernel_set kernels;
    ig_tune_shelf *shelves; /* per kernel */
    ig_step *steps;
    int n_steps, cap_steps;
    ig_storage *storages;
    int n_storages, cap_storages;
    ig_place *places;  /* per value of the graph */
    bool *overwritten; /* per value: by the end of a run another lies in its place */
    ig_plan_param *params;
    int n_params, cap_params;
    int64_t *slab_bytes;
    int n_slabs;
    ig_chain *chains; /* of all steps; most have one */
    int n_chains;
    ig_plan_totals totals;
};

/* As ig_plan_create(), with the choice that `pin` makes; UNSUPPORTED where that is not legal. The pin must outlive the
 * plan. */
ig_status ig_plan_create_pinned(const ig_graph *graph, const ig_plan_params *params, const ig_plan_pin *pin,
                                ig_plan **out, ig_error *error) IG_MUST_USE;
/* True when `pin` makes the choice for calls of `op`. */
bool ig_plan_is_pinned(const ig_plan *plan, const ig_op *op);

typedef ig_status (*ig_plan_see_family)(void *user, const ig_tune_family *family, ig_error *error);
/* Shows every such kernel for a step of a finished plan, in the order that planning tries them. */
ig_status ig_plan_each_family(const ig_plan *plan, const ig_plan_params *params, const ig_step *step,
                              ig_plan_see_family see, void *user, ig_error *error) IG_MUST_USE;

/* The stages of planning, in order. */
ig_status ig_plan_load_kernels(ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
ig_status ig_plan_assign_layouts(ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
ig_status ig_plan_choose_layouts(ig_plan *plan, const ig_plan_params *params, ig_call_layout *layouts,
                                 ig_error *error) IG_MUST_USE;
ig_status ig_plan_reorder(ig_plan *plan, const ig_call_layout *layouts, ig_error *error) IG_MUST_USE;
/* One pixel whose channels fill their blocks, with or without a batch: it lies the same either way. */
bool ig_plan_is_neutral(const ig_plan *plan, const ig_shape *shape);
/* A map of several channels. All else lies as it does in NCHW, beside maps in blocks too. */
bool ig_plan_can_be_blocked(const ig_shape *shape);
/* A map that is never blocked: as an operand it is the same for every lane. */
bool ig_plan_is_one_channel(const ig_shape *shape);
/* Elements of the map as it lies, with the lanes that fill up its last block. */
int64_t ig_plan_elems(const ig_plan *plan, const ig_shape *shape, bool blocked);
ig_status ig_plan_find_parts(ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
ig_status ig_plan_assign_storage(ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
/* The value is there after a run. */
bool ig_plan_is_readable(const ig_plan *plan, int value);
/* The piece would copy onto itself: ig_plan_find_parts() has put the part where it is wanted. */
bool ig_plan_is_there(const ig_plan *plan, const ig_node *node, const ig_op_context *call, int piece);
ig_status ig_plan_add_storage(ig_plan *plan, int64_t bytes, int *index, ig_error *error) IG_MUST_USE; /* scratch */
/* The index of a parameter that is the same, or of a new one. */
ig_status ig_plan_add_param(ig_plan *plan, const ig_plan_param *param, int *index, ig_error *error) IG_MUST_USE;
ig_status ig_plan_lower_param(ig_plan *plan, const ig_op_context *call, const ig_step *step, const ig_karg *karg,
                              ig_plan_arg *arg, ig_error *error) IG_MUST_USE;
ig_status ig_plan_lower(ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
bool ig_plan_is_forced(const ig_plan_params *params, const ig_kernel_def *kernel);
ig_status ig_plan_check_forced(const ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
ig_status ig_plan_check_used(const ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
/* Fills kernel, values, rung, vars and launches; leaves the kernel NULL when there is none for these layouts. */
ig_status ig_plan_find_kernel(const ig_plan *plan, const ig_plan_params *params, const ig_op_context *call,
                              ig_call_layout layout, ig_step *step, ig_error *error) IG_MUST_USE;
/* The same, but it is an error when there is none. */
ig_status ig_plan_choose_kernel(const ig_plan *plan, const ig_plan_params *params, const ig_op_context *call,
                                ig_step *step, ig_error *error) IG_MUST_USE;
/* The step ends with element-wise functions, or reads or writes a part of a storage. */
bool ig_plan_needs_epilogue(const ig_plan *plan, const ig_op_context *call, const ig_step *step);
int ig_plan_epilogue_args(const ig_op_context *call); /* at most so many */
ig_status ig_plan_lower_epilogue(ig_plan *plan, const ig_op_context *call, ig_step *step, ig_error *error) IG_MUST_USE;
ig_status ig_plan_layout_memory(ig_plan *plan, ig_error *error) IG_MUST_USE;
/* Where a parameter lies when one buffer holds them all. Unit: bytes; `index` may be n_params, for all of them. */
int64_t ig_plan_param_offset(const ig_plan *plan, int index);
/* The chain that a step belongs to. */
int ig_plan_find_chain(const ig_plan *plan, int step);
/* Some of its chains are linked. */
bool ig_plan_has_chain(const ig_plan *plan);
ig_status ig_plan_cut_chains(ig_plan *plan, const ig_plan_params *params, ig_error *error) IG_MUST_USE;
const char *ig_plan_kernel_word(ig_plan *plan, const ig_op_context *call, const ig_step *step);

/* Text of the `step`-th line, appended. */
void ig_plan_print_step(const ig_plan *plan, int step, ig_text *out);

#endif
