/* What an operator is: one const struct in graph/ops/<op>.c, listed once in graph/ops.def. */
#ifndef IG_GRAPH_OP_H
#define IG_GRAPH_OP_H

#include "ingot/graph.h"

enum {
    IG_MAX_PARAMS = 32,
    IG_MAX_ATTRS = 16,
    IG_MAX_COMPOSED = 1024 /* input channels of a 1x1 convolution that another takes in: its rows lie on the stack */
};

typedef enum ig_attr_type {
    IG_ATTR_INT,
    IG_ATTR_BOOL,
    IG_ATTR_FLOAT,
    IG_ATTR_PAIR, /* one integer, or [height, width] */
    IG_ATTR_INTS, /* a list of up to IG_MAX_RANK integers */
    IG_ATTR_ENUM, /* stored as index into `choices` */
    IG_ATTR_TEXT,
    IG_ATTR_WORDS /* a list of texts */
} ig_attr_type;

/* A value of any type: INT, BOOL and ENUM use i; PAIR and INTS use list; FLOAT f; TEXT s ("" = none); WORDS words. */
typedef struct ig_attr {
    int64_t i;
    double f;
    const char *s;
    int64_t list[IG_MAX_RANK];
    int n_list;
    const char *const *words;
    int n_words;
    bool given; /* written in the description, not a default */
} ig_attr;

typedef struct ig_attr_spec {
    const char *name;
    ig_attr_type type;
    bool required;
    bool internal;    /* set by passes only (still printed and read back) */
    int64_t min, max; /* INT, and each item of PAIR and INTS */
    int64_t fallback; /* default of INT, BOOL, ENUM and both items of PAIR; INTS default to the empty list */
    double fmin, fmax, ffallback;
    const char *const *choices;
    int n_choices;
    const char *doc;
} ig_attr_spec;

typedef struct ig_param_decl {
    const char *suffix; /* state_dict leaf: "weight", "running_mean"; NULL: slot not used by this node */
    const char *prefix; /* NULL: the node's scope; else the parameter lives under this path (a folded norm's) */
    ig_shape shape;
    ig_param_kind kind;
    int64_t rows; /* extent along the first axis of the tensor a device sees; 0: that of `shape` */
} ig_param_decl;

/* Activations: the one list of element-wise functions that other operators can end with. */
typedef enum ig_activation {
    IG_ACT_NONE,
    IG_ACT_RELU,
    IG_ACT_RELU6,
    IG_ACT_SIGMOID,
    IG_ACT_ABS,
    IG_ACT_SILU,
    IG_ACT_HARD_SIGMOID,
    IG_ACT_HARD_SWISH,
    IG_ACT_GELU,
    IG_ACT_TANH,
    IG_ACT_COUNT
} ig_activation;
extern const char *const ig_activation_names[IG_ACT_COUNT];
double ig_activation_apply(ig_activation activation, double x);
ig_cost ig_activation_cost(ig_activation activation, int64_t elems); /* adds and other */
ig_activation ig_activation_find(const char *name);                  /* IG_ACT_NONE when there is none */

/* The epilogue of a call: element-wise steps done to its result before that is stored. Operators that can have one bear
 * the attribute `then`; its words are the steps, and their operands are inputs behind the operator's own, in order:
 *
 *   relu, silu ...       an activation           add, mul      with the next operand
 *   leaky_relu SLOPE                              sub, rsub     result - operand, operand - result
 *   scale FACTOR OFFSET
 *
 * An operand has the result's extents along the first axis or 1 there, and of the other axes it has all, or only
 * leading ones, or only trailing ones (1 elsewhere). */
enum { IG_MAX_EPILOGUE = 8, IG_MAX_OPERANDS = 3 };
#define IG_EPILOGUE_ATTR "then"
/* In front of the epilogue a convolution may normalise each plane of its result, or pool it; and it may multiply each
 * channel of its input by a number of a second input (passes only). */
#define IG_GATE_ATTR "gate"
#define IG_PLANE_NORM_ATTR "plane_norm"
#define IG_MAX_POOL_ATTR "max_pool"
typedef enum ig_epilogue_kind {
    IG_EPILOGUE_ACTIVATION,
    IG_EPILOGUE_LEAKY_RELU,
    IG_EPILOGUE_SCALE,
    IG_EPILOGUE_ADD,
    IG_EPILOGUE_SUB,
    IG_EPILOGUE_RSUB,
    IG_EPILOGUE_MUL
} ig_epilogue_kind;
typedef struct ig_epilogue_step {
    ig_epilogue_kind kind;
    const char *name; /* its first word */
    ig_activation activation;
    double number[2]; /* slope; or factor and offset */
    int operand;      /* among the operands; -1: none */
} ig_epilogue_step;
typedef struct ig_epilogue {
    ig_epilogue_step steps[IG_MAX_EPILOGUE];
    int count, n_operands;
    ig_shape operands[IG_MAX_OPERANDS];
} ig_epilogue;

/* True when the word of `then` is a step; `*takes_operand` tells about it. An element-wise operator of that name
 * computes the same. */
bool ig_epilogue_has(const char *word, bool *takes_operand);

/* Where the operand of result element `r` of image `i` (along the first axis) lies: at i * image + r, r / run or
 * r % run. */
typedef enum ig_operand_form { IG_OPERAND_SAME, IG_OPERAND_LEADING, IG_OPERAND_TRAILING } ig_operand_form;
typedef struct ig_operand {
    ig_operand_form form;
    int64_t image, run;
} ig_operand;
bool ig_operand_see(const ig_shape *result, const ig_shape *operand, ig_operand *out); /* false: not of these forms */

/* One operator call. ig_op_call() fills it: `output` and `params` by infer(), `then` from the attribute. */
typedef struct ig_op ig_op;
typedef struct ig_op_context {
    const ig_op *op;
    const ig_attr *attrs;
    int n_inputs; /* the operator's own */
    ig_shape inputs[IG_MAX_INPUTS];
    ig_epilogue then;
    ig_shape output;
    ig_param_decl params[IG_MAX_PARAMS];
} ig_op_context;

/* Data for the reference and for folding: raw checkpoint tensors by slot (NULL where not used). */
typedef struct ig_op_data {
    const float *inputs[IG_MAX_INPUTS]; /* operands of the epilogue behind the operator's own */
    const float *params[IG_MAX_PARAMS];
    float *output;
} ig_op_data;

/* A share of the reference's work, so that plain loops can use several threads: outermost units begin..end of `units`.
 */
typedef struct ig_op_range {
    int64_t begin, end;
} ig_op_range;

typedef void (*ig_op_emit)(void *user, const char *name, int64_t value);

struct ig_op {
    const char *name; /* as in model descriptions */
    const char *doc;  /* what it computes, as a formula */
    const char *source;
    /* For docs/operators.md: parameters by slot, operations counted, and the names problem() emits, in their order
     * (tests compare them with what is emitted). */
    const char *params_doc, *cost_doc, *problem_doc;
    const ig_attr_spec *attrs;
    int n_attrs;
    int min_inputs, max_inputs;
    bool is_view;     /* same elements in the same order under another shape: needs no kernel */
    bool is_constant; /* its value is its parameter 0 as a device sees it: needs no kernel and no input */
    bool selects;     /* picks by comparing: a hair's difference in its inputs may change whole rows of its result */
    /* Checks inputs and attributes; fills output and params. The error needs no place: the caller adds it. */
    ig_status (*infer)(ig_op_context *call, ig_error *error);
    void (*cost)(const ig_op_context *call, ig_cost *out); /* without epilogue and bytes: see ig_op_call_cost() */
    /* Named integers kernels are written against (N, C, H, W, ...), for one piece of the call (see pieces). */
    void (*problem)(const ig_op_context *call, int piece, ig_op_emit emit, void *user);
    /* Launches that make up one call: concat copies each input on its own, and piece k reads input k as `in 0`.
     * NULL: 1. */
    int (*pieces)(const ig_op_context *call);
    /* Independent outermost units of work, e.g. N*OC planes; NULL: 1. */
    int64_t (*units)(const ig_op_context *call);
    /* Plainest C, double accumulation, computes the given units; the epilogue is the caller's business. */
    void (*reference)(const ig_op_context *call, const ig_op_data *data, ig_op_range range);
    /* The tensor a device sees for parameter slot `slot`, e.g. weights with the norm folded in. Returns its number of
     * elements; with `out` NULL only that. NULL callback: the checkpoint's tensor as it is. */
    int64_t (*device_param)(const ig_op_context *call, const ig_op_data *data, int slot, float *out);
    /* For a view op decided by shape only (e.g. permute of extents 1): true when this call moves nothing. NULL:
     * is_view. */
    bool (*is_view_call)(const ig_op_context *call);
};

extern const ig_op *const ig_op_table[]; /* sorted by name */
extern const int ig_op_count;
const ig_op *ig_op_find(const char *name);
int ig_op_attr_index(const ig_op *op, const char *name);                /* -1 when unknown */
int64_t ig_op_param_rows(const ig_param_decl *param);                   /* as a device sees it, along the first axis */
const ig_attr *ig_op_attr(const ig_op_context *call, const char *name); /* by name; must exist */
bool ig_op_call_is_view(const ig_op_context *call);
void ig_op_attr_defaults(const ig_op *op, ig_attr *attrs); /* fills op->n_attrs with the schema's defaults */

/* Makes the call of `op` on inputs of these shapes, the epilogue's operands last. */
ig_status ig_op_call(ig_op_context *call, const ig_op *op, const ig_attr *attrs, const ig_shape *inputs, int n_inputs,
                     ig_error *error) IG_MUST_USE;
/* How many of a call's inputs are operands of its epilogue; -1 when the attribute is ill-formed. */
int ig_op_operands(const ig_op *op, const ig_attr *attrs);
void ig_op_call_cost(const ig_op_context *call, ig_cost *out); /* without bytes */
/* The epilogue in plain C, in place, for elements begin..end-1 of the result. */
void ig_epilogue_apply(const ig_op_context *call, const ig_op_data *data, ig_op_range range);

#endif
