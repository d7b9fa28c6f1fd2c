/* The papers' figures: reading them, refusing what is wrong, and comparing digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/paper.h"

#define HEAD "paper: p\ntitle: t\nsource: s\nfigures:\n"

static ig_paper *parse(const char *text)
{
    ig_paper *paper = NULL;
    ig_error error = {0};
    if (ig_paper_parse(text, strlen(text), "p.yaml", &paper, &error))
        fail_msg("%d: %s", error.line, error.message);
    return paper;
}

static void reads_a_figure(void **state)
{
    (void)state;
    ig_paper *paper =
        parse(HEAD "  - {table: Table 3, row: ILCS, quantity: flops, printed: \"4.26\", unit: G, model: ilcs,\n"
                   "     set: {single_fc: 0}, shape: [1, 3, 300, 300], count: fvcore, images: 8,\n"
                   "     exact: 4256578128, why: a batch of 8}\n"
                   "  - {table: Table 3, row: ILCS, quantity: fps, printed: \"20\", unit: fps, model: ilcs}\n");
    const ig_paper_figure *f = &paper->figures[0];
    assert_int_equal(paper->n_figures, 2);
    assert_string_equal(f->row, "ILCS");
    assert_int_equal(f->quantity, IG_PAPER_FLOPS);
    assert_int_equal(f->count, IG_COUNT_FVCORE);
    assert_int_equal(f->images, 8);
    assert_true(f->exact == 4256578128 && f->reproduced && f->unit_value == 1e9);
    assert_string_equal(f->set[0].key, "single_fc");
    assert_int_equal(f->shape.dim[3], 300);
    assert_true(ig_paper_prints_same(f, 4.2566));
    assert_false(ig_paper_prints_same(f, 4.2549));
    assert_false(paper->figures[1].reproduced);
    ig_paper_destroy(&paper);
    assert_null(paper);
    ig_paper_destroy(&paper);
}

static void compares_digits(void **state)
{
    (void)state;
    assert_true(ig_paper_prints_same(&(ig_paper_figure){.printed = "6,306,214"}, 6306214));
    double value = 0;
    assert_true(ig_paper_printed_value(&(ig_paper_figure){.printed = "6,306,214"}, &value) && value == 6306214);
    assert_false(ig_paper_printed_value(&(ig_paper_figure){.printed = "-"}, &value));
    assert_true(ig_paper_prints_same(&(ig_paper_figure){.printed = "8"}, 7.8));
    assert_false(ig_paper_prints_same(&(ig_paper_figure){.printed = "7.8"}, 7.86));
    assert_true(ig_paper_prints_same(&(ig_paper_figure){.printed = "0.30"}, 0.2995));
}

static void refuse(const char *text, const char *words)
{
    ig_paper *paper = NULL;
    ig_error error = {0};
    assert_int_equal(ig_paper_parse(text, strlen(text), "p.yaml", &paper, &error), IG_E_DATA);
    assert_null(paper);
    assert_true(error.line > 0);
    if (!strstr(error.message, words))
        fail_msg("expected '%s', got '%s'", words, error.message);
}

static void refuses_what_is_wrong(void **state)
{
    (void)state;
    refuse("paper: p\ntitle: t\nsource: s\n", "figures");
    refuse(HEAD "  - {row: a, quantity: params, printed: \"1\"}\n", "table");
    refuse(HEAD "  - {table: a, row: a, printed: \"1\"}\n", "quantity");
    refuse(HEAD "  - {table: a, row: a, quantity: params, printed: \"1\", why: x, speed: 1}\n", "speed");
    refuse(HEAD "  - {table: a, row: a, quantity: params, printed: \"1\", model: m, reproduced: false}\n", "why");
    refuse(HEAD "  - {table: a, row: a, quantity: params, printed: \"1\", model: m, images: 0}\n", "images");
    refuse(HEAD "  - {table: a, row: a, quantity: params, printed: \"1\", model: m, unit: GB}\n", "unit");
    refuse("- 1\n", "paper");
}

static void knows_its_papers(void **state)
{
    ig_paper *paper = NULL;
    ig_error error = {0};
    (void)state;
    assert_true(ig_paper_count_all() >= 1);
    assert_int_equal(ig_paper_load("rkd_sarsm", &paper, &error), IG_E_USAGE);
    assert_non_null(strstr(error.hint, "rkd_sarsn"));
    assert_int_equal(ig_paper_load("rkd_sarsn", &paper, &error), IG_OK);
    ig_paper_destroy(&paper);
    assert_null(ig_paper_name(-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_a_figure), cmocka_unit_test(compares_digits),
                                       cmocka_unit_test(refuses_what_is_wrong), cmocka_unit_test(knows_its_papers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
