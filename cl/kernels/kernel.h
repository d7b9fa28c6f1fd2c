/* Kernel headers: what a .cl file says about itself in its leading `//@` lines, parsed. Knows no OpenCL host API.
 *
 *   //@ kernel conv2d_direct             function name = file name; one kernel a file
 *   //@ op conv2d                        operators it implements (one or more names)
 *   //@ doc one sentence                 what and how
 *   //@ epilogue                         stores by FINISH (prelude.clh) and takes EPILOGUE_PARAMS behind its arguments
 *   //@ in_place                         the result may lie where input 0 does: each element of it is read before it is
 *                                       written, and by the same work-item
 *   //@ layout either blocked           memory layout of its rank-4 inputs, and of its result (see ig_kernel_layout);
 *                                       nchw nchw when missing
 *   //@ priority 10                      among legal kernels the highest wins until a tuning record says otherwise
 *   //@ tune TM 1..16 = 4 : doc          a tunable: range lo..hi, or a list {1,2,4,8}; safe default after '='
 *   //@ let TILES = ceil(OW, TW)         a derived integer, usable by later lines; never passed to the device
 *   //@ when G == 1 && KH <= 7           legality on the problem, the tunables and the lets above; several lines are
 *                                       and-ed, and where one does not hold nothing below it is computed
 *   //@ define KH KW SH SW TM            passed as -D macros (names are problem variables, tunables or lets)
 *   //@ arg buffer in 0 x                kernel arguments in order: input tensor 0, ...
 *   //@ arg buffer param 0 w             ... parameter slot 0 of the operator
 *   //@ arg buffer out y                 ... the result
 *   //@ arg buffer scratch s 16 * N      ... memory of so many bytes for this launch alone, holding anything at first
 *   //@ arg int H W OC                   ... int arguments (problem variables, tunables or lets), one each
 *   //@ arg float eps                    ... a float attribute of the operator
 *   //@ pack w oc_tile TM                how parameter argument `w` is laid out on the device (see ig_pack_kind)
 *   //@ local_mem expr                   bytes of __local memory used; 0 when the line is missing
 *   //@ local  LX, LY, 1                 work-group size in each dimension
 *   //@ groups ceil(OW, TW*LX), ceil(OC, TM*LY), N    number of work-groups in each dimension
 *
 * A kernel of several launches has stages: the three lines above then stand below the stage they belong to.
 *   //@ stage NAME                       a function of the file, of that name; or a call
 *   //@ if KH > 1                        the stage is left out where this is 0
 *   //@ take x C H W s                   the arguments of the function, by their names, in its order
 *   //@ call clblast_gemm w s y : OC, OH * OW, C, N, 1    a library's routine instead (see ig_routine): buffers, sizes
 *
 * The plan adds IN_BLOCK and BLOCK: channels side by side in rank-4 inputs and in the result, 1 in NCHW; and of the
 * first input, if that is of rank 4, IN_C and IN_PIXELS, its channels and the places of a map; UNITS, the device's
 * compute units; and LANES_LIKED, the floats of a vector it likes.
 *
 * Expressions are those of base/expr.h. Variables come from the operator's problem (graph/ops), e.g. N C H W OC OH OW.
 */
#ifndef IG_CL_KERNELS_KERNEL_H
#define IG_CL_KERNELS_KERNEL_H

#include "base/arena.h"
#include "base/expr.h"
#include "ingot/base.h"

enum {
    IG_KERNEL_MAX_TUNES = 12,
    IG_KERNEL_MAX_ARGS = 48,
    IG_KERNEL_MAX_LETS = 40,
    IG_KERNEL_MAX_VARS = 96,
    IG_KERNEL_MAX_STAGES = 8,
    IG_ROUTINE_MAX_BUFFERS = 3,
    IG_ROUTINE_MAX_SIZES = 5
};

typedef enum ig_karg_kind {
    IG_KARG_INPUT,
    IG_KARG_PARAM,
    IG_KARG_OUTPUT,
    IG_KARG_INT,
    IG_KARG_FLOAT,
    IG_KARG_SCRATCH
} ig_karg_kind;

/* Device layouts of a parameter. Packing happens once, at session start. */
typedef enum ig_pack_kind {
    IG_PACK_NONE,        /* as in the checkpoint, row-major */
    IG_PACK_OC_TILE,     /* `oc_tile`: [O,...] -> [ceil(O/T)][...][T], zero-filled: T output channels side by side */
    IG_PACK_OC_TILE_HIW, /* `oc_tile_hiw`: [O,I,KH,KW] -> [ceil(O/T)][KH][I][KW][T], zero-filled */
    IG_PACK_OC_TILE_BLOCKED, /* `oc_tile_blocked`: [O,I,KH,KW] -> [ceil(O/T)][ceil(I/B)][KH][KW][B][T], zero-filled; B
                                is IN_BLOCK */
    IG_PACK_SPECTRUM, /* `spectrum`: [O,I,KH,KW] -> [ceil(O/T)][I][FH][FW/2+1][2][T], zero-filled: the Fourier transform
                         of each kernel in a plane of [FH, FW], real and imaginary parts; KH, KW, FH, FW and the
                         dilations DH and DW are variables of the kernel */
    IG_PACK_WINOGRAD  /* `winograd`: [O,I,3,3] -> [ceil(O/T)][M+2][M+2][ceil(I/IB)][IB][T], zero-filled: the kernels'
                         values at the points 0, NEAR/4, -NEAR/4, if M is 4 FAR/4, -FAR/4, and infinity, scaled for
                         F(MxM, 3x3); M, IB, NEAR and FAR are lets or tunables of the kernel */
} ig_pack_kind;

/* Layouts of maps. Blocked is [N, ceil(C / BLOCK), H, W, BLOCK]: BLOCK channels of a pixel side by side, the last block
 * filled up with lanes that hold any finite number. */
typedef enum ig_kernel_layout {
    IG_KERNEL_NCHW,
    IG_KERNEL_BLOCKED,
    IG_KERNEL_EITHER, /* the kernel looks at IN_BLOCK or BLOCK */
    IG_KERNEL_ANY     /* it walks elements as they lie: both at once, in both layouts when channels fill the blocks */
} ig_kernel_layout;

typedef struct ig_karg {
    ig_karg_kind kind;
    int index;        /* INPUT: input number; PARAM: slot */
    const char *name; /* argument name, or the variable / attribute passed */
    ig_pack_kind pack;
    const char *pack_size; /* expression of T, or NULL */
    const char *bytes;     /* SCRATCH: expression of its size */
} ig_karg;

/* Routines of libraries that a stage may call (routine.c). */
typedef enum ig_routine {
    IG_ROUTINE_NONE,
    IG_ROUTINE_CLBLAST_GEMM,   /* A, B, C : M, N, K, COUNT, COUNT_A; COUNT products [M, N] = [M, K] [K, N], row-major,
                                  each behind the other; there are COUNT_A matrices A, taken in turn */
    IG_ROUTINE_CLFFT_FORWARD,  /* real, complex : H, W, COUNT; COUNT planes [H, W] to spectra [H, W / 2 + 1], the real
                                  part of each number before its imaginary one */
    IG_ROUTINE_CLFFT_BACKWARD, /* complex, real : H, W, COUNT; back again; scratch memory that it reads may change */
    IG_ROUTINE_COUNT
} ig_routine;

typedef struct ig_routine_spec {
    const char *name; /* in a header and in a plan's text */
    int n_buffers, n_sizes;
    bool scratch; /* it knows whole buffers only: scratch memory, never parts of larger tensors */
} ig_routine_spec;
extern const ig_routine_spec ig_routine_specs[IG_ROUTINE_COUNT];

/* One launch of a kernel. A header without `stage` lines has one stage, of the kernel's name, that takes every
 * argument. */
typedef struct ig_kstage {
    const char *name;
    const char *condition;                  /* expression, 0: the stage is left out; NULL: it never is */
    ig_routine routine;                     /* NONE: a function of the file */
    unsigned char args[IG_KERNEL_MAX_ARGS]; /* which of the kernel's: the function's, or the routine's buffers */
    int n_args;
    const char *sizes[IG_ROUTINE_MAX_SIZES]; /* expressions, for a routine */
    const char *local_mem;                   /* expressions, for a function; never NULL ("0", "1") */
    const char *local[3];
    const char *groups[3];
} ig_kstage;

typedef struct ig_ktune {
    const char *name, *doc;
    int64_t *values; /* every legal value, ascending */
    int n_values;
    int64_t fallback; /* the safe default */
} ig_ktune;

typedef struct ig_klet {
    const char *name, *expr;
    int n_when; /* `when` lines above it */
} ig_klet;

typedef struct ig_kernel_def {
    const char *name, *doc;
    const char *source;   /* whole text, prelude not included */
    uint64_t source_hash; /* of prelude and source */
    const char **ops;
    int n_ops;
    int priority;
    bool epilogue, in_place;
    ig_kernel_layout in, out;
    ig_ktune tunes[IG_KERNEL_MAX_TUNES];
    int n_tunes;
    ig_klet lets[IG_KERNEL_MAX_LETS];
    int n_lets;
    const char **when;
    int n_when;
    const char **defines;
    int n_defines;
    ig_karg args[IG_KERNEL_MAX_ARGS];
    int n_args;
    ig_kstage stages[IG_KERNEL_MAX_STAGES];
    int n_stages;
} ig_kernel_def;

/* Parses one kernel source. `file` names it in errors. Everything lives in `arena`. Unknown or repeated lines, a
 * tunable whose default is outside its range, names used before they are known, and syntax errors are DATA with
 * file:line:col. */
ig_status ig_kernel_parse(const char *source, size_t length, const char *file, ig_arena *arena, ig_kernel_def *out,
                          ig_error *error) IG_MUST_USE;

/* All built-in kernels, parsed, sorted by name. */
typedef struct ig_kernel_set {
    ig_kernel_def *kernels;
    int count;
} ig_kernel_set;
ig_status ig_kernel_set_load(ig_arena *arena, ig_kernel_set *out, ig_error *error) IG_MUST_USE;

/* What every kernel is built with. Some drivers print warnings, or their number, for whoever runs the command: clang's
 * say how vectors are passed without AVX-512. */
#define IG_KERNEL_OPTIONS "-cl-std=CL1.2 -w"
/* The text put in front of every kernel: activation functions, small helpers. */
const char *ig_kernel_prelude(void);
/* A text that stands beside the kernels, by the name of its file. */
const char *ig_kernel_header(const char *name);

/* Named integers: the problem's variables, then tunables, then lets, in one table for the evaluator. */
typedef struct ig_kernel_vars {
    const char *name[IG_KERNEL_MAX_VARS];
    int64_t value[IG_KERNEL_MAX_VARS];
    int count;
    const char *refused; /* the first `when` line that does not hold; NULL: all do, as far as was bound */
} ig_kernel_vars;
bool ig_kernel_vars_set(ig_kernel_vars *vars, const char *name, int64_t value); /* adds or replaces; false when full */
bool ig_kernel_vars_get(const ig_kernel_vars *vars, const char *name, int64_t *value);
ig_status ig_kernel_eval(const ig_kernel_def *kernel, const char *expr, const ig_kernel_vars *vars, int64_t *out,
                         ig_error *error) IG_MUST_USE;

/* Adds the tunables (`values[i]` for tunes[i], or the defaults when NULL) and then the lets to `vars`, up to the first
 * `when` line that does not hold, which `vars->refused` becomes. */
ig_status ig_kernel_bind(const ig_kernel_def *kernel, const int64_t *values, ig_kernel_vars *vars,
                         ig_error *error) IG_MUST_USE;

/* One stage of one binding. */
typedef struct ig_kernel_launch {
    const ig_kstage *stage; /* in the kernel's definition */
    int64_t local[3], groups[3];
    int64_t local_mem_bytes;
    int64_t sizes[IG_ROUTINE_MAX_SIZES];
} ig_kernel_launch;

/* All that are not left out, in order. */
typedef struct ig_kernel_launches {
    ig_kernel_launch at[IG_KERNEL_MAX_STAGES];
    int count;
} ig_kernel_launches;

/* Limits a launch must respect; kept apart from ig_device_limits so that this room knows no device. */
typedef struct ig_kernel_bounds {
    int64_t max_work_group, max_work_item[3], local_mem_bytes;
    int64_t max_alloc_bytes; /* 0: not known */
} ig_kernel_bounds;

/* Evaluates scratch memory and all stages under bound vars. `*legal` false with `why` filled when a `when` line
 * failed or a bound is exceeded; an ill-formed header is an error. */
ig_status ig_kernel_check(const ig_kernel_def *kernel, const ig_kernel_vars *vars, const ig_kernel_bounds *bounds,
                          bool *legal, ig_kernel_launches *launches, char *why, size_t why_size,
                          ig_error *error) IG_MUST_USE;

#endif
