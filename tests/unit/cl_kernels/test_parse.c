/* The kernel header: what a good one says, and where a bad one is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/error.h"
#include "cl/kernels/parser.h"

static const char GOOD[] =
    "// A plain comment may stand anywhere in the head.\r\n"
    "//@ kernel conv2d_demo\r\n"
    "  //@ op conv2d  linear\n"
    "\n"
    "//@ doc One sentence: with a colon.\n"
    "//@\tpriority\t-3\n"
    "//@ tune TM 1..4 = 2 : output channels per work-item\n"
    "//@ tune VW { 1, 2,8 }=8\n"
    "//@ let P = OH * OW\n"
    "//@ let TILES = ceil(P, TM * VW)\n"
    "//@ when G == 1 && (KH <= 7 || F1.h > 2)\n"
    "//@ when TM <= OC\n"
    "//@ define KH KW TM VW P\n"
    "//@ arg buffer in 1 x\n"
    "//@ arg buffer param 0 w\n"
    "//@ arg buffer out y\n"
    "//@ arg int C OC TILES\n"
    "//@ arg float eps\n"
    "//@ arg buffer scratch s  4 * OC\n"
    "//@ pack w oc_tile max(TM, 4)\n"
    "//@ local_mem TM * VW * 4\n"
    "//@ local 8, min(TM, 2)\n"
    "//@ groups ceil(TILES, 8), max(OC, 1), N\n"
    "/* a comment with __kernel void other(int) in it */\n"
    "#if VW > 1\n"
    "__kernel\n"
    "__attribute__((reqd_work_group_size(8, 2, 1)))\n"
    "void conv2d_demo(__global const float *x, __global const float *w, // two, of course\n"
    "                 __global float *y, int C, int OC, int TILES, float eps, __global int *s)\n"
    "{\n"
    "}\n"
    "#else\n"
    "kernel void __attribute__((vec_type_hint(float)))\n"
    "conv2d_demo(__global const float *x, __global const float *w,\n"
    "            __global float *y /* , */, int C, int OC, int TILES, float eps, __global int *s) {}\n"
    "#endif\n";

static ig_arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = ig_arena_create();
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    ig_arena_destroy(&arena);
    return 0;
}

static void test_good_header(void **state)
{
    (void)state;
    ig_kernel_def k;
    ig_error error;
    if (ig_kernel_parse(GOOD, strlen(GOOD), "some/folder/conv2d_demo.cl", arena, &k, &error) != IG_OK)
        fail_msg("%d:%d %s", error.line, error.column, error.message);
    assert_string_equal(k.name, "conv2d_demo");
    assert_int_equal(k.n_ops, 2);
    assert_string_equal(k.ops[1], "linear");
    assert_string_equal(k.doc, "One sentence: with a colon.");
    assert_int_equal(k.priority, -3);
    assert_int_equal(k.n_tunes, 2);
    assert_string_equal(k.tunes[0].doc, "output channels per work-item");
    assert_int_equal(k.tunes[0].n_values, 4);
    assert_int_equal(k.tunes[0].values[3], 4);
    assert_int_equal(k.tunes[0].fallback, 2);
    assert_string_equal(k.tunes[1].doc, "");
    assert_int_equal(k.tunes[1].n_values, 3);
    assert_int_equal(k.tunes[1].values[2], 8);
    assert_int_equal(k.n_lets, 2);
    assert_string_equal(k.lets[1].expr, "ceil(P, TM * VW)");
    assert_int_equal(k.n_when, 2);
    assert_int_equal(k.n_defines, 5);
    assert_int_equal(k.n_args, 8);
    assert_int_equal(k.args[0].kind, IG_KARG_INPUT);
    assert_int_equal(k.args[0].index, 1);
    assert_int_equal(k.args[1].kind, IG_KARG_PARAM);
    assert_int_equal(k.args[1].pack, IG_PACK_OC_TILE);
    assert_string_equal(k.args[1].pack_size, "max(TM, 4)");
    assert_int_equal(k.args[2].kind, IG_KARG_OUTPUT);
    assert_int_equal(k.args[5].kind, IG_KARG_INT);
    assert_string_equal(k.args[6].name, "eps");
    assert_int_equal(k.args[6].kind, IG_KARG_FLOAT);
    assert_int_equal(k.args[7].kind, IG_KARG_SCRATCH);
    assert_string_equal(k.args[7].bytes, "4 * OC");
    assert_string_equal(k.stages[0].local_mem, "TM * VW * 4");
    assert_string_equal(k.stages[0].local[1], "min(TM, 2)");
    assert_string_equal(k.stages[0].local[2], "1");
    assert_string_equal(k.stages[0].groups[2], "N");
    assert_string_equal(k.source, GOOD);
    uint64_t hash = k.source_hash;
    assert_int_equal(ig_kernel_parse(GOOD, strlen(GOOD) - 1, "conv2d_demo.cl", arena, &k, &error), IG_OK);
    assert_true(hash != k.source_hash);
}

/* A correct header in which one line is replaced (or, for "", dropped) or added. */
typedef struct mistake {
    const char *old, *new;
    int line, column;
    const char *says; /* in message, expected, found or hint */
} mistake;

static const char BASE[] = "//@ kernel k\n"             /* 1 */
                           "//@ op relu\n"              /* 2 */
                           "//@ doc d\n"                /* 3 */
                           "//@ tune TM 1..8 = 4\n"     /* 4 */
                           "//@ let Q = ceil(N, TM)\n"  /* 5 */
                           "//@ define TM\n"            /* 6 */
                           "//@ arg buffer in 0 x\n"    /* 7 */
                           "//@ arg buffer param 1 w\n" /* 8 */
                           "//@ arg buffer out y\n"     /* 9 */
                           "//@ arg int N\n"            /* 10 */
                           "//@ local 16\n"             /* 11 */
                           "//@ groups Q, 1, 1\n"       /* 12 */
                           "__kernel void k(__global float *x, __global float *w, __global float *y, int N) {}\n";

static const mistake MISTAKES[] = {
    {"kernel k", "kernel kk", 1, 12, "not named as its file"},
    {"kernel k", "kernel", 1, 11, "the kernel's name"},
    {"kernel k", "kernel k k", 1, 14, "end of the line"},
    {"//@ kernel k\n", "", 1, 1, "no line 'kernel'"},
    {"//@ op relu\n", "", 1, 1, "no line 'op'"},
    {"//@ doc d\n", "", 1, 1, "no line 'doc'"},
    {"//@ local 16\n", "", 1, 1, "no line 'local'"},
    {"//@ groups Q, 1, 1\n", "", 1, 1, "no line 'groups'"},
    {"//@ arg buffer out y\n", "", 1, 1, "0 lines 'arg buffer out'"},
    {"arg int N", "arg buffer out z", 1, 1, "2 lines 'arg buffer out'"},
    {"doc d", "doc", 3, 8, "a sentence"},
    {"doc d", "op abs", 3, 5, "appears twice"},
    {"doc d", "priority 1\n//@ priority 2", 4, 5, "appears twice"},
    {"doc d", "priority high", 3, 14, "a number"},
    {"doc d", "priority 5000", 3, 14, "-1000 to 1000"},
    {"doc d", "prioriti 5", 3, 5, "did you mean 'priority'?"},
    {"doc d", "", 3, 5, "a word such as"},
    {"op relu", "op relu relu", 2, 13, "named twice"},
    {"op relu", "op relu,abs", 2, 12, "the name of an operator"},
    {"1..8 = 4", "1..8 = 9", 4, 20, "not one of its values"},
    {"1..8 = 4", "1..8", 4, 17, "no '=' and default"},
    {"1..8 = 4", "8..1 = 4", 4, 13, "is empty"},
    {"1..8 = 4", "1..2000 = 4", 4, 13, "more than 1024"},
    {"1..8 = 4", "1-8 = 4", 4, 14, "'..' is missing"},
    {"1..8 = 4", "-1..8 = 4", 4, 13, "0 to 2147483647"},
    {"1..8 = 4", "1..99999999999999999999 = 4", 4, 16, "out of range"},
    {"1..8 = 4", "{1,4,2} = 4", 4, 18, "must ascend"},
    {"1..8 = 4", "{1,1} = 1", 4, 16, "must ascend"},
    {"1..8 = 4", "{} = 1", 4, 14, "a value"},
    {"1..8 = 4", "{1,2 = 1", 4, 18, "not closed"},
    {"1..8 = 4", "{1,2} = 4", 4, 21, "not one of its values"},
    {"1..8 = 4", "1..8 = 4 doc", 4, 22, "end of the line"},
    {"1..8 = 4", "1..8 = 4 :", 4, 23, "what it does"},
    {"tune TM", "tune T.M", 4, 11, "letters, digits"},
    {"tune TM", "tune 3M", 4, 10, "the name of a tunable"},
    {"tune TM", "tune min", 4, 10, "a function of expressions"},
    {"let Q = ceil(N, TM)", "let Q = ceil(N TM)", 5, 20, "malformed"},
    {"let Q = ceil(N, TM)", "let Q = ciel(N, TM)", 5, 13, "did you mean 'ceil'?"},
    {"let Q = ceil(N, TM)", "let Q = ", 5, 13, "an expression"},
    {"let Q = ceil(N, TM)", "let Q", 5, 10, "no '='"},
    {"let Q = ceil(N, TM)", "let Q = Q + 1", 5, 9, "is used in line 5, before"},
    {"let Q = ceil(N, TM)", "let TM = 1", 5, 9, "already declared in line 4"},
    {"let Q = ceil(N, TM)", "let Q = R\n//@ let R = 2", 6, 9, "is used in line 5, before"},
    {"let Q = ceil(N, TM)", "let Q = N + tm", 5, 17, "'tm' is not known"},
    {"let Q = ceil(N, TM)", "when (N", 5, 12, "the expression is malformed"},
    {"define TM", "define TM tm", 6, 15, "not known"},
    {"define TM", "define TM TM", 6, 15, "named twice"},
    {"define TM", "define F1.h", 6, 14, "letters, digits"},
    {"define TM", "define TM N", 10, 13, "both a macro and an argument"},
    {"arg buffer in 0 x", "arg buffer in 16 x", 7, 19, "0 to 15"},
    {"arg buffer in 0 x", "arg buffer in x", 7, 19, "its number"},
    {"arg buffer in 0 x", "arg buffer in 0", 7, 20, "the argument's name"},
    {"arg buffer in 0 x", "arg buffer inn 0 x", 7, 16, "in, param, out or scratch"},
    {"arg int N", "arg buffer scratch s", 10, 25, "an expression"},
    {"arg int N", "arg buffer scratch s 4 *", 10, 29, "a number"},
    {"arg buffer in 0 x", "arg bufer in 0 x", 7, 9, "buffer, int or float"},
    {"arg buffer in 0 x", "arg", 7, 8, "buffer, int or float"},
    {"arg buffer in 0 x", "arg buffer in 0 x y", 7, 23, "end of the line"},
    {"arg buffer param 1 w", "arg buffer param 1 x", 8, 24, "named twice"},
    {"arg int N", "arg int", 10, 12, "a variable"},
    {"arg int N", "arg int n", 10, 13, "not known"},
    {"arg int N", "arg int N\n//@ define N", 11, 12, "both a macro and an argument"},
    {"arg int N", "arg int N\n//@ pack x oc_tile 4", 11, 10, "not a parameter argument"},
    {"arg int N", "arg int N\n//@ pack v oc_tile 4", 11, 10, "not a parameter argument"},
    {"arg int N", "arg int N\n//@ pack w oc_tyle 4", 11, 12, "did you mean 'oc_tile'?"},
    {"arg int N", "arg int N\n//@ pack w none 4", 11, 12, "unknown layout"},
    {"arg int N", "arg int N\n//@ pack w oc_tile", 11, 19, "an expression"},
    {"arg int N", "arg int N\n//@ pack w oc_tile 4\n//@ pack w oc_tile 4", 12, 10, "packed twice"},
    {"local 16", "local 16, , 1", 11, 15, "an expression"},
    {"local 16", "local 1, 1, 1, 1", 11, 20, "at most 3"},
    {"local 16", "local", 11, 10, "an expression"},
    {"groups Q, 1, 1", "groups (Q, 1", 12, 14, "malformed"},
    {"arg int N", "arg int N M", 13, 16, "disagree on the arguments"},
    {"void k(", "void kk(", 13, 15, "a kernel of another name"},
    {"__kernel void k(", "__kernel int k(", 13, 10, "must return void"},
    {"__kernel void", "void", 1, 1, "no function '__kernel void k('"},
    {"int N) {}", "int N {}", 13, 16, "not closed"},
    {"{}\n", "{}\n//@ doc late\n", 14, 1, "below the start of the code"},
    {"{}\n", "{}\n__kernel void second(int N) {}\n", 14, 15, "a kernel of another name"},
    {"{}\n", "{}\n__kernel void k(void) {}\n", 14, 16, "disagree"},
};

/* The same with stages. */
static const char STAGED[] = "//@ kernel k\n"                                        /* 1 */
                             "//@ op relu\n"                                         /* 2 */
                             "//@ doc d\n"                                           /* 3 */
                             "//@ epilogue\n"                                        /* 4 */
                             "//@ arg buffer in 0 x\n"                               /* 5 */
                             "//@ arg buffer param 0 w\n"                            /* 6 */
                             "//@ arg buffer out y\n"                                /* 7 */
                             "//@ arg buffer scratch s 4 * N\n"                      /* 8 */
                             "//@ arg int N M\n"                                     /* 9 */
                             "//@ stage k_copy\n"                                    /* 10 */
                             "//@ if N > 1\n"                                        /* 11 */
                             "//@ take x s N\n"                                      /* 12 */
                             "//@ local_mem 64\n"                                    /* 13 */
                             "//@ local 16\n"                                        /* 14 */
                             "//@ groups N\n"                                        /* 15 */
                             "//@ stage product\n"                                   /* 16 */
                             "//@ call clblast_gemm w s y : M, N, min(M, N), 4, 2\n" /* 17 */
                             "//@ stage k_end\n"                                     /* 18 */
                             "//@ take M y x\n"                                      /* 19 */
                             "//@ local 8\n"                                         /* 20 */
                             "//@ groups M, 2\n"                                     /* 21 */
                             "__kernel void k_copy(const __global float *x, __global float *s, int N EPILOGUE_PARAMS)\n"
                             "{ BEGIN; }\n"
                             "__kernel void k_end(int M, __global float *y, __global float *x EPILOGUE_PARAMS)\n"
                             "{ BEGIN; }\n";

static const mistake STAGE_MISTAKES[] = {
    {"stage k_copy", "stage", 10, 10, "the name of a stage"},
    {"stage k_copy", "stage k_copy x", 10, 18, "end of the line"},
    {"stage product", "stage k_copy", 16, 11, "named twice"},
    {"arg int N M", "arg int N M\n//@ local 4", 11, 11, "a line above belongs to a stage"},
    {"arg int N M", "arg int N M\n//@ take x", 10, 5, "below a line 'stage'"},
    {"arg int N M", "arg int N M\n//@ if N", 10, 5, "below a line 'stage'"},
    {"arg int N M", "arg int N M\n//@ call clblast_gemm w s y : 1, 1, 1, 1, 1", 10, 5, "below a line 'stage'"},
    {"if N > 1", "if n > 1", 11, 8, "'n' is not known"},
    {"if N > 1", "if N\n//@ if N", 12, 5, "appears twice"},
    {"take x s N", "take x s n", 12, 14, "'n' is not an argument"},
    {"take x s N", "take x s x", 12, 14, "'x' twice"},
    {"take x s N", "take", 12, 9, "the name of an argument"},
    {"take x s N", "take x s N M", 22, 21, "disagree on the arguments"},
    {"take x s N", "take s N", 1, 1, "'k_copy' not 'x'"},
    {"take x s N", "call clblast_gemm w s y : 1, 1, 1, 1, 1", 16, 1, "calls a library and has a line 'local_mem'"},
    {"//@ take x s N\n", "", 15, 1, "'k_copy' has no line 'take'"},
    {"//@ local 16\n", "", 15, 1, "'k_copy' has no line 'local'"},
    {"//@ groups N\n", "", 15, 1, "'k_copy' has no line 'groups'"},
    {"//@ groups M, 2\n", "", 1, 1, "'k_end' has no line 'groups'"},
    {"//@ call clblast_gemm w s y : M, N, min(M, N), 4, 2\n", "", 17, 1, "'product' has no line 'take'"},
    {"clblast_gemm", "clblast_gem", 17, 10, "did you mean 'clblast_gemm'?"},
    {"clblast_gemm", "", 17, 11, "unknown routine 'w'"},
    {"clblast_gemm w s y : M, N, min(M, N), 4, 2", "clfft_forward s w : 8, 8, 1", 17, 26, "scratch memory alone"},
    {"w s y :", "w s :", 17, 27, "the name of an argument"},
    {"w s y :", "w s M :", 17, 27, "'M' is not a buffer"},
    {"w s y :", "w s y", 17, 29, "3 buffers, then ':' and 5 sizes"},
    {"4, 2\n", "4\n", 17, 49, "5 sizes, not 4"},
    {"4, 2\n", "4, 2, 1\n", 17, 54, "at most 5 expressions"},
    {"4, 2\n", "4, 2\n//@ groups 1\n", 19, 1, "calls a library and has a line 'groups'"},
    {"arg int N M", "arg int N M K", 1, 1, "no stage takes the argument 'K'"},
    {"void k_end", "void k_and", 24, 15, "the name of a stage"},
    {"void k_end", "void product", 24, 15, "the name of a stage"},
    {"__kernel void k_end", "void k_end", 1, 1, "no function '__kernel void k_end('"},
    {"int N EPILOGUE_PARAMS", "int N", 22, 21, "EPILOGUE_PARAMS must end"},
};

static bool error_says(const ig_error *error, const char *text)
{
    return strstr(error->message, text) || strstr(error->expected, text) || strstr(error->found, text) ||
           strstr(error->hint, text);
}

static void check_mistake(const char *base, const mistake *m)
{
    ig_kernel_def k;
    ig_error error;
    const char *at = strstr(base, m->old);
    assert_non_null(at);
    char text[2048];
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - base), base, m->new, at + strlen(m->old));
    ig_status status = ig_kernel_parse(text, strlen(text), "k.cl", arena, &k, &error);
    if (status != IG_E_DATA || error.line != m->line || error.column != m->column || !error_says(&error, m->says))
        fail_msg("'%s': status %d, %d:%d %s; expected %s; found %s; hint %s (wanted %d:%d %s)", m->new, status,
                 error.line, error.column, error.message, error.expected, error.found, error.hint, m->line, m->column,
                 m->says);
    assert_string_equal(error.file, "k.cl");
    assert_int_equal(ig_kernel_parse(text, strlen(text), "k.cl", arena, &k, NULL), IG_E_DATA);
}

static void test_mistakes_are_placed(void **state)
{
    (void)state;
    ig_kernel_def k;
    ig_error error;
    assert_int_equal(ig_kernel_parse(BASE, strlen(BASE), "k.cl", arena, &k, &error), IG_OK);
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++)
        check_mistake(BASE, &MISTAKES[i]);
    for (size_t i = 0; i < sizeof STAGE_MISTAKES / sizeof STAGE_MISTAKES[0]; i++)
        check_mistake(STAGED, &STAGE_MISTAKES[i]);
}

static void test_stages(void **state)
{
    (void)state;
    ig_kernel_def k;
    ig_error error;
    if (ig_kernel_parse(STAGED, strlen(STAGED), "k.cl", arena, &k, &error) != IG_OK)
        fail_msg("%d:%d %s", error.line, error.column, error.message);
    assert_int_equal(k.n_stages, 3);
    assert_string_equal(k.stages[0].name, "k_copy");
    assert_string_equal(k.stages[0].condition, "N > 1");
    assert_int_equal(k.stages[0].n_args, 3);
    assert_int_equal(k.stages[0].args[1], 3);
    assert_string_equal(k.stages[0].local_mem, "64");
    assert_int_equal(k.stages[1].routine, IG_ROUTINE_CLBLAST_GEMM);
    assert_null(k.stages[1].condition);
    assert_int_equal(k.stages[1].n_args, 3);
    assert_int_equal(k.stages[1].args[2], 2);
    assert_string_equal(k.stages[1].sizes[2], "min(M, N)");
    assert_int_equal(k.stages[2].routine, IG_ROUTINE_NONE);
    assert_int_equal(k.stages[2].args[0], 5);
    assert_string_equal(k.stages[2].local_mem, "0");
    assert_string_equal(k.stages[2].groups[1], "2");
    /* Without such lines a kernel has one stage, of its name, that takes everything. */
    assert_int_equal(ig_kernel_parse(BASE, strlen(BASE), "k.cl", arena, &k, &error), IG_OK);
    assert_int_equal(k.n_stages, 1);
    assert_string_equal(k.stages[0].name, "k");
    assert_int_equal(k.stages[0].n_args, 4);
    assert_int_equal(k.stages[0].args[3], 3);
}

/* Launches of STAGED for N and M, `alloc` being the largest buffer. */
static ig_kernel_launches launch(int64_t n, int64_t m, int64_t alloc, const char *why_not)
{
    ig_kernel_def *k = ig_arena_array(arena, 1, sizeof *k); /* launches point into it */
    ig_kernel_vars vars = {.count = 0};
    ig_kernel_launches launches;
    const ig_kernel_bounds bounds = {64, {64, 64, 64}, 1024, alloc};
    bool legal;
    char why[128];
    ig_error error;
    assert_non_null(k);
    assert_int_equal(ig_kernel_parse(STAGED, strlen(STAGED), "k.cl", arena, k, &error), IG_OK);
    assert_true(ig_kernel_vars_set(&vars, "N", n) && ig_kernel_vars_set(&vars, "M", m));
    assert_int_equal(ig_kernel_check(k, &vars, &bounds, &legal, &launches, why, sizeof why, &error), IG_OK);
    assert_int_equal(legal, why_not == NULL);
    if (why_not && !strstr(why, why_not))
        fail_msg("'%s' instead of '%s'", why, why_not);
    return launches;
}

static void test_launches(void **state)
{
    (void)state;
    ig_kernel_launches all = launch(5, 3, 0, NULL);
    assert_int_equal(all.count, 3);
    assert_int_equal(all.at[0].groups[0], 5);
    assert_int_equal(all.at[0].local_mem_bytes, 64);
    assert_int_equal(all.at[1].sizes[0], 3);
    assert_int_equal(all.at[1].sizes[2], 3);
    assert_int_equal(all.at[2].groups[0], 3);
    ig_kernel_launches less = launch(1, 3, 0, NULL);
    assert_int_equal(less.count, 2);
    assert_string_equal(less.at[0].stage->name, "product");
    launch(0, 3, 0, "size 1 of clblast_gemm is 0");
    launch(5, 0, 0, "size 0 of clblast_gemm is 0");
    launch(5, 3, 20, NULL);
    launch(5, 3, 19, "20 bytes of 's', at most 19");
}

static void test_limits_hold(void **state)
{
    (void)state;
    static char text[IG_KERNEL_MAX_BYTES + 2];
    ig_kernel_def k;
    ig_error error;
    memset(text, ' ', sizeof text);
    assert_int_equal(ig_kernel_parse(text, IG_KERNEL_MAX_BYTES + 1, "k.cl", arena, &k, &error), IG_E_DATA);
    assert_int_equal(ig_kernel_parse("//@ op\0x", 8, "k.cl", arena, &k, &error), IG_E_DATA);
    assert_int_equal(ig_kernel_parse("", 0, "k.cl", arena, &k, &error), IG_E_DATA);
    static const struct {
        const char *line; /* '#' stands for a number */
        int count;
        const char *says;
    } FLOODS[] = {
        {"//@ tune T# 1..2 = 1\n", IG_KERNEL_MAX_TUNES, "at most 12 tunables"},
        {"//@ let L# = 1\n", IG_KERNEL_MAX_LETS, "at most 40 lets"},
        {"//@ arg int A#\n", IG_KERNEL_MAX_ARGS, "at most 48 arguments"},
        {"//@ when # < 3\n", IG_KERNEL_MAX_LIST, "more than 64"},
        {"//@ local_mem N\n//@ op o#\n", 1, "appears twice"},
        {"//@ when N# + M# + P# + Q# + R# < 3\n", 51, "more than 256 names"},
    };
    for (size_t i = 0; i < sizeof FLOODS / sizeof FLOODS[0]; i++) {
        size_t length = 0;
        for (int n = 0; n <= FLOODS[i].count; n++) {
            for (const char *c = FLOODS[i].line; *c; c++)
                length += (size_t)snprintf(text + length, 16, *c == '#' ? "%d" : "%c", *c == '#' ? n : *c);
        }
        assert_int_equal(ig_kernel_parse(text, length, "k.cl", arena, &k, &error), IG_E_DATA);
        if (!strstr(error.message, FLOODS[i].says))
            fail_msg("%s instead of %s", error.message, FLOODS[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_header), cmocka_unit_test(test_mistakes_are_placed), cmocka_unit_test(test_stages),
        cmocka_unit_test(test_launches),    cmocka_unit_test(test_limits_hold),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
