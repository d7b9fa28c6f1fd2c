/* Helpers that several operators share. Nothing here knows a particular operator. */
#ifndef IG_GRAPH_OPS_COMMON_H
#define IG_GRAPH_OPS_COMMON_H

#include "base/error.h"
#include "base/shape.h"
#include "base/text.h"
#include "graph/op.h"

#define IG_OP(name) extern const ig_op ig_op_##name;
#include "graph/ops.def"
#undef IG_OP

#define IG_COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum {
    IG_MAX_WINDOW = 4096, /* kernel, stride, padding and dilation of a sliding window */
    IG_TILE = 128         /* accumulators held on the stack: a few cache lines, long enough to vectorise */
};

static inline int64_t ig_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t ig_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t ig_ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* --- checking (common.c) --- */

/* DATA with "<op>: " in front of the message. */
ig_status ig_op_refuse(const ig_op_context *call, ig_error *error, const char *format, ...) IG_PRINTF(3, 4);
/* Number of inputs, their extents, and every attribute against its schema: what each infer() starts with. */
ig_status ig_op_check(const ig_op_context *call, ig_error *error) IG_MUST_USE;
ig_status ig_op_need_rank(const ig_op_context *call, int input, int min, int max, ig_error *error) IG_MUST_USE;
ig_status ig_op_need_axis(const ig_op_context *call, int64_t axis, int *out, ig_error *error) IG_MUST_USE;
/* Extents and their product within what kernels can index; `what` names the tensor in the error. */
ig_status ig_op_need_limits(const ig_op_context *call, const char *what, const ig_shape *shape,
                            ig_error *error) IG_MUST_USE;
/* Sets call->output, within the limits. */
ig_status ig_op_set_output(ig_op_context *call, ig_shape shape, ig_error *error) IG_MUST_USE;
void ig_op_declare(ig_op_context *call, int slot, const char *suffix, ig_shape shape, ig_param_kind kind);

/* The attribute of operators that networks write either as torch's module or as a plain function; changes no result. */
#define IG_MODULE_ATTR                                                                                                 \
    {                                                                                                                  \
        .name = "module", .type = IG_ATTR_BOOL, .fallback = 1,                                                         \
        .doc = "the reference calls torch's module; the thop counting rule sees only those"                            \
    }

/* The attribute of operators that can have an epilogue. */
#define IG_THEN_ATTR                                                                                                   \
    {                                                                                                                  \
        .name = IG_EPILOGUE_ATTR, .type = IG_ATTR_WORDS, .internal = true,                                             \
        .doc = "element-wise steps on the result before it is stored; their operands are the last inputs"              \
    }
extern const ig_attr_spec ig_then_attrs[1]; /* of operators with no other attribute */

/* --- shapes --- */

#define IG_SHAPE(...)                                                                                                  \
    ig_shape_make((int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]){__VA_ARGS__})

int64_t ig_op_span(const ig_shape *shape, int begin, int end); /* product of the extents of axes begin..end-1 */
int64_t ig_op_elems(const ig_op_context *call);                /* of the output */

/* A tensor seen as [outer][length][inner] around its axes begin..end-1. */
typedef struct ig_axes {
    int64_t outer, length, inner;
} ig_axes;
ig_axes ig_op_axes(const ig_shape *shape, int begin, int end);

/* --- attributes that are lists of words (common_words.c) --- */

/* Reads them one after another; `failed` once a word is missing or is not what it should be. */
typedef struct ig_words {
    const ig_attr *list;
    int at;
    bool failed;
} ig_words;
const char *ig_words_take(ig_words *w);
bool ig_words_take_if(ig_words *w, const char *word); /* only if it is this one */
int64_t ig_words_take_int(ig_words *w, int64_t least, int64_t most);
double ig_words_take_double(ig_words *w);

/* --- problems --- */

typedef struct ig_op_var {
    const char *name;
    int64_t value;
} ig_op_var;
void ig_op_emit_vars(ig_op_emit emit, void *user, const ig_op_var *vars, int count);

/* --- batch norms --- */

/* y = scale * x + shift */
typedef struct ig_affine {
    double scale, shift;
} ig_affine;
/* The affine map of channel `c`; `norm` points at weight, bias, running_mean and running_var. */
ig_affine ig_norm_affine(const float *const *norm, double eps, int64_t c);
enum { IG_NORM_PARAMS = 4 };
void ig_norm_declare(ig_op_context *call, int first_slot, const char *prefix, int64_t channels);

/* --- norms by their own input's moments --- */

/* What gives `n` elements a mean of 0 and a variance of 1. */
ig_affine ig_moments_affine(const float *x, int64_t n, double eps);

/* --- sliding windows (common_window.c): convolutions and pools --- */

typedef struct ig_window {
    int64_t in, out, kernel, stride, pad, dilation;
    bool ceil_mode; /* a last window may stick out of the padded input */
} ig_window;
/* The window along height (0) or width (1) of an NCHW input, from the attributes of those names; a stride of 0 means
 * the kernel's extent. */
ig_window ig_op_window(const ig_op_context *call, int axis);
/* These problem variables: the first input and windows over it. */
#define IG_WINDOWS_PROBLEM_DOC "N C H W OH OW KH KW SH SW PH PW DH DW"
void ig_op_emit_windows(const ig_op_context *call, ig_op_emit emit, void *user);
ig_status ig_op_need_window(const ig_op_context *call, const ig_window window[2], ig_error *error) IG_MUST_USE;
/* Output positions at which kernel tap `tap` falls inside the input. */
ig_op_range ig_window_span(const ig_window *window, int64_t tap);
/* Input position of an output position under a tap; may lie outside. */
int64_t ig_window_source(const ig_window *window, int64_t out, int64_t tap);

/* What stands around a map. */
enum { IG_PAD_ZERO, IG_PAD_REFLECT, IG_PAD_REPLICATE, IG_PAD_MODES };
extern const char *const ig_pad_modes[IG_PAD_MODES];
#define IG_PAD_MODE_ATTR(attr_name)                                                                                    \
    {                                                                                                                  \
        .name = attr_name, .type = IG_ATTR_ENUM, .fallback = IG_PAD_ZERO, .choices = ig_pad_modes,                     \
        .n_choices = IG_PAD_MODES, .doc = "what stands in the padding"                                                 \
    }
/* A reflection holds no more than the map without its edge. */
ig_status ig_pad_check(const ig_op_context *call, int64_t mode, int64_t pad, int64_t extent,
                       ig_error *error) IG_MUST_USE;
/* The input position that stands at `i`, which may lie outside; -1 for a zero. */
int64_t ig_pad_source(int64_t i, int64_t extent, int64_t mode);

/* What max_pool2d and avg_pool2d share: their first attributes, and planes as units. */
enum { IG_POOL_KERNEL, IG_POOL_STRIDE, IG_POOL_PAD, IG_POOL_CEIL_MODE };
#define IG_POOL_ATTRS(pad_doc)                                                                                         \
    {.name = "kernel",                                                                                                 \
     .type = IG_ATTR_PAIR,                                                                                             \
     .required = true,                                                                                                 \
     .min = 1,                                                                                                         \
     .max = IG_MAX_WINDOW,                                                                                             \
     .doc = "window extents"},                                                                                         \
        {.name = "stride",                                                                                             \
         .type = IG_ATTR_PAIR,                                                                                         \
         .min = 0,                                                                                                     \
         .max = IG_MAX_WINDOW,                                                                                         \
         .doc = "steps between windows; 0 stands for the kernel's extent"},                                            \
        {.name = "pad",                                                                                                \
         .type = IG_ATTR_PAIR,                                                                                         \
         .min = 0,                                                                                                     \
         .max = IG_MAX_WINDOW,                                                                                         \
         .doc = pad_doc " around each side; at most half the kernel"},                                                 \
    {                                                                                                                  \
        .name = "ceil_mode", .type = IG_ATTR_BOOL,                                                                     \
        .doc = "keep a last window that sticks out, if it begins inside the input or its leading padding"              \
    }
ig_status ig_pool_infer(ig_op_context *call, ig_error *error);
void ig_pool_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user);
#define IG_POOL_PROBLEM_DOC "N C H W OH OW KH KW SH SW PH PW"
int64_t ig_pool_units(const ig_op_context *call);

/* --- what conv2d and linear end with (common_tail.c): bias, a folded norm, an epilogue --- */

enum { IG_TAIL_WEIGHT, IG_TAIL_BIAS, IG_TAIL_NORM }; /* parameter slots; the norm takes four */
#define IG_TAIL_PARAMS_DOC(weight, channels)                                                                           \
    "0 `weight` " weight "; 1 `bias` " channels " with `bias`; 2 `weight`, 3 `bias`, 4 `running_mean`, 5 "             \
    "`running_var` " channels " of the folded norm, under its path, with `norm`"
#define IG_TAIL_COST_DOC "bias: 1 add; folded norm: 1 add and 1 other (each per output element)"
#define IG_TAIL_ATTRS                                                                                                  \
    {.name = "norm", .type = IG_ATTR_TEXT, .internal = true, .doc = "path of the batch_norm folded behind it"},        \
        {.name = "norm_eps",                                                                                           \
         .type = IG_ATTR_FLOAT,                                                                                        \
         .internal = true,                                                                                             \
         .fmin = 0,                                                                                                    \
         .fmax = 1e6,                                                                                                  \
         .ffallback = 1e-5,                                                                                            \
         .doc = "eps of the folded norm"},                                                                             \
        IG_THEN_ATTR

/* Declares weight, bias and norm as the attributes ask. */
ig_status ig_tail_declare(ig_op_context *call, ig_shape weight, ig_param_kind weight_kind, ig_param_kind bias_kind,
                          ig_error *error) IG_MUST_USE;
bool ig_tail_has_bias(const ig_op_context *call); /* the device adds a bias: a bias, a norm's shift, or both */
void ig_tail_cost(const ig_op_context *call, ig_cost *out);                                   /* adds to `out` */
ig_affine ig_tail_affine(const ig_op_context *call, const ig_op_data *data, int64_t channel); /* of a plain call */
/* What is computed, as a sum of linear maps: a plain call is one. */
typedef struct ig_branches ig_branches;
void ig_tail_branches(const ig_op_context *call, ig_branches *out);
int64_t ig_tail_device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out);

/* --- layers of an operator that holds several (common_layer.c): mlp, separable_conv2d ... ---
 */

enum { IG_GROUP_ROOM = 3072 }; /* floats that a work-group keeps where local memory is small: vectors of an image */
enum { IG_LAYER_SLOTS = IG_TAIL_NORM + IG_NORM_PARAMS }; /* parameter slots of a layer: weight, bias and norm */
typedef struct ig_layer {
    const char *path, *norm; /* norm: NULL when there is none */
    double eps;
    bool bias;
} ig_layer;
void ig_layer_read(ig_words *w, ig_layer *out); /* PATH [bias] [norm PATH EPS] */
void ig_layer_declare(ig_op_context *call, int slot, const ig_layer *layer, ig_shape weight, ig_param_kind weight_kind,
                      ig_param_kind bias_kind);
void ig_layer_cost(const ig_layer *layer, int64_t elems, ig_cost *out); /* adds what bias and norm cost */
/* What bias and norm make of the sum for output `o`; `params` are the layer's. */
ig_affine ig_layer_affine(const ig_layer *layer, const float *const *params, int64_t o);
/* As device_param of ig_op: the weight with the norm folded in, or the shift (zeros when there is none). */
int64_t ig_layer_device_param(const ig_layer *layer, const float *const *params, int part, int64_t outputs,
                              int64_t columns, float *out);
/* Convolutions behind each other, each with IG_LAYER_SLOTS slots: what the words say, false unless they are `count`
 * layers and nothing else; their parameters; and those of them as the device sees them. */
bool ig_convs_read(const ig_attr *words, ig_layer *out, int count);
ig_status ig_convs_declare(ig_op_context *call, const ig_layer *convs, const ig_shape *weights, int count,
                           ig_error *error);
int64_t ig_convs_device_param(const ig_layer *convs, const ig_shape *weights, int count, const ig_op_data *data,
                              int slot, float *out);

/* --- linear maps side by side (common_branches.c): what conv2d and linear compute when a pass merged a sum of them ---
 */

enum { IG_MAX_BRANCHES = 8 };
/* A 1x1 convolution in front of another, with its norm. */
typedef struct ig_inner {
    const char *scope, *norm; /* paths, or NULL */
    int64_t out;
    bool bias;
    double norm_eps;
    int weight_slot, bias_slot, norm_slot;
} ig_inner;

/* factor * times[o] * after(bias[o] + weight * before(x)), or x in the place of the product. Slots are -1 where there
 * is none. */
typedef struct ig_branch {
    const char *scope; /* of weight and bias; NULL: the identity */
    int64_t kernel[2];
    int64_t row, rows;    /* its output channels are `rows` from `row` on; 0: all there are */
    int64_t first, total; /* its input channels are those from `first` of the weight's `total`; 0: all there are */
    bool bias;
    const char *before, *after; /* paths of norms, or NULL */
    bool unshifted;             /* of `after`, the factor alone */
    ig_inner inner;             /* x is what this makes of the input; no scope: there is none */
    double before_eps, after_eps;
    const char *times; /* path of a parameter [OC,1,1], or NULL */
    double factor;
    int weight_slot, bias_slot, times_slot, before_slot, after_slot;
} ig_branch;
struct ig_branches {
    ig_branch item[IG_MAX_BRANCHES];
    int count;
};
#define IG_BRANCHES_ATTR                                                                                               \
    {                                                                                                                  \
        .name = "branches", .type = IG_ATTR_WORDS, .internal = true,                                                   \
        .doc = "sum of parallel maps instead of one: `conv H W PATH`, `linear PATH` or `identity`, each with `bias`, " \
               "`before PATH EPS`, `after PATH EPS` (`scaled PATH EPS`: without its shift), `times PATH`, "            \
               "`factor F`; behind the path of a `conv`, `rows FIRST COUNT` says which output channels it makes, "     \
               "`columns FIRST TOTAL` picks input channels of a wider weight, and `through PATH OUT`, with "           \
               "`inner_bias` and `inner_norm PATH EPS`, puts a 1x1 convolution in front"                               \
    }
/* False: not a list of branches, or none fills the kernel, or too many parameters. */
bool ig_branches_read(const ig_attr *attr, const int64_t kernel[2], ig_branches *out);
/* The columns that branches ask for lie within their weights, and their rows within `weight`, the merged one's shape.
 */
bool ig_branches_fit(const ig_branches *list, const ig_shape *weight);
void ig_branches_declare(ig_op_context *call, const ig_branches *list, ig_shape weight, ig_param_kind weight_kind,
                         ig_param_kind bias_kind);
/* Those that make output channel `channel`; the others add nothing to it. */
void ig_branches_pick(const ig_branches *list, int64_t channel, ig_branches *out);
ig_affine ig_branch_affine(const ig_branch *branch, const ig_op_data *data, int64_t channel);
ig_affine ig_branch_before(const ig_branch *branch, const ig_op_data *data, int64_t channel); /* of an input channel */
/* Row `o` of the merged weight, times `factor`, when there is this branch alone and its kernel is the merged one. */
void ig_branch_write_row(const ig_branch *branch, const ig_op_data *data, const ig_shape *weight, int64_t o,
                         double factor, float *out);
/* Where the weights of output channel `o` begin; the call has `channels` input channels per group. */
const float *ig_branch_row(const ig_branch *branch, const ig_op_data *data, int64_t channels, int64_t o);
int64_t ig_branch_columns(const ig_branch *branch, int64_t channels); /* input channels of its own weight */
/* The branch's weight at [o, i, y, x] of the merged weight, whose shape is `weight`. */
double ig_branch_tap(const ig_branch *branch, const ig_op_data *data, const ig_shape *weight, const int64_t at[4]);

/* --- what convolutions share (common_conv.c): attributes, the check of groups, the loops of conv2d's reference --- */

#define IG_CONV_OUT                                                                                                    \
    {                                                                                                                  \
        .name = "out", .type = IG_ATTR_INT, .required = true, .min = 1, .max = IG_MAX_EXTENT, .doc = "output channels" \
    }
#define IG_CONV_KERNEL                                                                                                 \
    {                                                                                                                  \
        .name = "kernel", .type = IG_ATTR_PAIR, .required = true, .min = 1, .max = IG_MAX_WINDOW,                      \
        .doc = "kernel extents"                                                                                        \
    }
#define IG_CONV_PAIR(attr_name, least, preset, attr_doc)                                                               \
    {                                                                                                                  \
        .name = attr_name, .type = IG_ATTR_PAIR, .min = least, .max = IG_MAX_WINDOW, .fallback = preset,               \
        .doc = attr_doc                                                                                                \
    }
#define IG_CONV_GROUPS                                                                                                 \
    {                                                                                                                  \
        .name = "groups", .type = IG_ATTR_INT, .min = 1, .max = IG_MAX_EXTENT, .fallback = 1,                          \
        .doc = "channel groups; both channel counts are multiples"                                                     \
    }
/* Attribute `groups` divides the input's channels and attribute `out`. */
ig_status ig_conv_check_groups(const ig_op_context *call, ig_error *error) IG_MUST_USE;

int64_t ig_conv_units(const ig_op_context *call);
void ig_conv_reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range);

/* --- element-wise functions of one input (common_unary.c), named as the activation --- */

ig_status ig_unary_infer(ig_op_context *call, ig_error *error);
void ig_unary_cost(const ig_op_context *call, ig_cost *out);
void ig_unary_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user);
int64_t ig_unary_units(const ig_op_context *call);
void ig_unary_reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range);
#define IG_UNARY_OP(op_name, op_doc, op_source, op_cost)                                                               \
    const ig_op ig_op_##op_name = {.name = #op_name,                                                                   \
                                   .doc = op_doc,                                                                      \
                                   .source = op_source,                                                                \
                                   .cost_doc = op_cost,                                                                \
                                   .problem_doc = "ELEMS ACT",                                                         \
                                   .attrs = ig_then_attrs,                                                             \
                                   .n_attrs = 1,                                                                       \
                                   .min_inputs = 1,                                                                    \
                                   .max_inputs = 1,                                                                    \
                                   .infer = ig_unary_infer,                                                            \
                                   .cost = ig_unary_cost,                                                              \
                                   .problem = ig_unary_problem,                                                        \
                                   .units = ig_unary_units,                                                            \
                                   .reference = ig_unary_reference}

/* --- element-wise functions of broadcast inputs (common_broadcast.c) --- */

enum { IG_BROADCAST_AXES = 4, IG_BROADCAST_INPUTS = 3, IG_BLOCK = 4096 /* output elements of one unit */ };
/* The output's axes, merged where every input runs through them evenly, and the inputs' strides along them. */
typedef struct ig_broadcast {
    int64_t dim[IG_BROADCAST_AXES];
    int64_t stride[IG_BROADCAST_INPUTS][IG_BROADCAST_AXES]; /* 0 along broadcast axes */
} ig_broadcast;
bool ig_broadcast_merge(const ig_op_context *call, ig_broadcast *out); /* false: too many axes are left */
ig_status ig_broadcast_infer(ig_op_context *call, ig_error *error);
void ig_broadcast_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user);
int64_t ig_broadcast_units(const ig_op_context *call);
#define IG_BROADCAST_PROBLEM_DOC "ELEMS FLAT D0 D1 D2 D3 A0 A1 A2 A3 B0 B1 B2 B3"
/* Computes `n` neighbouring output elements; input k advances by step[k]. */
typedef void (*ig_broadcast_row)(const float *const *in, const int64_t *step, float *out, int64_t n);
void ig_broadcast_run(const ig_op_context *call, const ig_op_data *data, ig_op_range range, ig_broadcast_row row);

/* --- the two-input ones among them (common_binary.c), by name --- */

void ig_binary_cost(const ig_op_context *call, ig_cost *out);
void ig_binary_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user);
void ig_binary_reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range);
#define IG_BINARY_OP(op_name, op_doc, op_source, op_cost)                                                              \
    const ig_op ig_op_##op_name = {.name = #op_name,                                                                   \
                                   .doc = op_doc,                                                                      \
                                   .source = op_source,                                                                \
                                   .cost_doc = op_cost,                                                                \
                                   .problem_doc = IG_BROADCAST_PROBLEM_DOC " FN",                                      \
                                   .attrs = ig_then_attrs,                                                             \
                                   .n_attrs = 1,                                                                       \
                                   .min_inputs = 2,                                                                    \
                                   .max_inputs = 2,                                                                    \
                                   .infer = ig_broadcast_infer,                                                        \
                                   .cost = ig_binary_cost,                                                             \
                                   .problem = ig_binary_problem,                                                       \
                                   .units = ig_broadcast_units,                                                        \
                                   .reference = ig_binary_reference}

/* --- reductions (common_reduce.c) --- */

enum { IG_REDUCE_ATTRS = 4 };
extern const ig_attr_spec ig_reduce_attrs[IG_REDUCE_ATTRS];
ig_status ig_reduce_infer(ig_op_context *call, ig_error *error);
ig_axes ig_reduce_axes(const ig_op_context *call);
void ig_reduce_cost(const ig_op_context *call, ig_cost *out); /* adds of the reduction, and of `of` */
void ig_reduce_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user);
void ig_axes_problem(ig_axes axes, ig_op_emit emit, void *user); /* OUTER RED INNER */
int64_t ig_reduce_units(const ig_op_context *call);
/* acc[i] becomes fold(acc[i], x[i]); the result is acc / divisor. */
typedef struct ig_fold {
    double start, divisor;
    void (*row)(double *restrict acc, const float *restrict x, int64_t n);
} ig_fold;
void ig_reduce_run(const ig_op_context *call, const ig_op_data *data, ig_op_range range, ig_fold fold);
/* Of `n` elements side by side. */
double ig_run_mean(const float *x, int64_t n);
double ig_run_max(const float *x, int64_t n); /* a NaN stays */

/* --- bins that share out a map (common_adaptive.c): the adaptive pools --- */

enum { IG_ADAPTIVE_SIZE }; /* attribute 0 of these operators */
#define IG_ADAPTIVE_SIZE_ATTR                                                                                          \
    {                                                                                                                  \
        .name = "size", .type = IG_ATTR_PAIR, .required = true, .min = 1, .max = IG_MAX_EXTENT,                        \
        .doc = "bins along height and width"                                                                           \
    }
ig_status ig_adaptive_infer(ig_op_context *call, ig_error *error);
int64_t ig_adaptive_reads(const ig_op_context *call); /* elements of all bins together */
#define IG_ADAPTIVE_PROBLEM_DOC "N C H W OH OW OUTER RED INNER OF"
/* RED, the length of a mean over whole maps, is 0 where there is more than one bin. */
void ig_adaptive_problem(const ig_op_context *call, ig_op_emit emit, void *user);
int64_t ig_adaptive_units(const ig_op_context *call);
/* One output element from `bin`: the rows at x, `row` elements apart, of `height` times `width` elements. */
typedef double (*ig_bin_fold)(const float *x, int64_t row, int64_t height, int64_t width);
void ig_adaptive_run(const ig_op_context *call, const ig_op_data *data, ig_op_range range, ig_bin_fold fold);

/* --- along one axis, attribute `axis` (common_axis.c): softmax, layer_norm, l2_normalize --- */

ig_status ig_axis_infer(ig_op_context *call, ig_error *error); /* the result has the input's shape */
ig_axes ig_axis_axes(const ig_op_context *call);
void ig_axis_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user); /* OUTER RED INNER */
int64_t ig_axis_units(const ig_op_context *call);                                        /* lines along the axis */

/* --- copies of runs (common_copy.c): concat and slice --- */

/* out[o*out_row + out_off + r] = in[o*in_row + in_off + r] for o < outer, r < len. The rows run along `axis`, whose
 * steps are `inner` elements each. */
typedef struct ig_copy {
    int64_t outer, len, in_row, in_off, out_row, out_off, axis, inner;
} ig_copy;
#define IG_COPY_PROBLEM_DOC "OUTER LEN IN_ROW IN_OFF OUT_ROW OUT_OFF AXIS INNER"
void ig_copy_problem(const ig_copy *copy, ig_op_emit emit, void *user);
void ig_copy_run(const ig_copy *copy, const float *in, float *out, ig_op_range rows);

#endif
