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
    assert_string_equal(k.local_mem, "TM * VW * 4");
    assert_string_equal(k.local[1], "min(TM, 2)");
    assert_string_equal(k.local[2], "1");
    assert_string_equal(k.groups[2], "N");
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
    {"local 16", "local 1, 1, 1, 1", 11, 20, "three dimensions"},
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

static bool error_says(const ig_error *error, const char *text)
{
    return strstr(error->message, text) || strstr(error->expected, text) || strstr(error->found, text) ||
           strstr(error->hint, text);
}

static void test_mistakes_are_placed(void **state)
{
    (void)state;
    ig_kernel_def k;
    ig_error error;
    assert_int_equal(ig_kernel_parse(BASE, strlen(BASE), "k.cl", arena, &k, &error), IG_OK);
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        const mistake *m = &MISTAKES[i];
        const char *at = strstr(BASE, m->old);
        assert_non_null(at);
        char text[2048];
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - BASE), BASE, m->new, at + strlen(m->old));
        ig_status status = ig_kernel_parse(text, strlen(text), "k.cl", arena, &k, &error);
        if (status != IG_E_DATA || error.line != m->line || error.column != m->column || !error_says(&error, m->says))
            fail_msg("'%s': status %d, %d:%d %s; expected %s; found %s; hint %s (wanted %d:%d %s)", m->new, status,
                     error.line, error.column, error.message, error.expected, error.found, error.hint, m->line,
                     m->column, m->says);
        assert_string_equal(error.file, "k.cl");
        assert_int_equal(ig_kernel_parse(text, strlen(text), "k.cl", arena, &k, NULL), IG_E_DATA);
    }
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
        {"//@ let L# = 1\n", IG_KERNEL_MAX_LETS, "at most 32 lets"},
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
        cmocka_unit_test(test_good_header),
        cmocka_unit_test(test_mistakes_are_placed),
        cmocka_unit_test(test_limits_hold),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
