/* The pieces of the HTML report: escaping, the axes of the plot, dots and roofs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/html.h"

static void test_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *escaped;
    } CASES[] = {
        {"", ""},
        {"plain", "plain"},
        {"<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"},
        {"tab\tline\n", "tab\tline\n"},
        {"\x01\x1f\x7f", "??\x7f"},
        {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xff \xc3 \xe2\x82", "? ? ??"},
        {"\xc0\x80 \xe0\x80\x80 \xf0\x80\x80\x80", "?? ??? ????"},
        {"\xed\xa0\x80 \xf4\x90\x80\x80 \xf5", "??? ???? ?"},
        {"\xef\xbf\xbd \xef\xbf\xbe", "\xef\xbf\xbd ???"},
        {"\xc3<", "?&lt;"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ig_text out = {0};
        ig_html_add(&out, CASES[i].text);
        assert_string_equal(ig_text_get(&out), CASES[i].escaped);
        ig_text_release(&out);
    }
}

static void check_place(const ig_log_axis *axis, double value, double place)
{
    assert_true(fabs(ig_log_axis_place(axis, value) - place) < 1e-9);
}

static void test_axes(void **state)
{
    (void)state;
    const ig_log_axis axis = ig_log_axis_over(0.2, 70, 100, 400);
    assert_true(fabs(axis.from / 0.1 - 1) < 1e-12 && fabs(axis.to / 100 - 1) < 1e-12);
    check_place(&axis, 0.1, 100);
    check_place(&axis, 1, 200);
    check_place(&axis, 10, 300);
    check_place(&axis, 100, 400);
    check_place(&axis, sqrt(10), 250);
    /* upwards, as GFLOP/s are drawn */
    const ig_log_axis up = ig_log_axis_over(1, 100, 430, 20);
    check_place(&up, 1, 430);
    check_place(&up, 10, 225);
    check_place(&up, 100, 20);
    /* a single value still has a decade */
    const ig_log_axis one = ig_log_axis_over(10, 10, 0, 1);
    assert_true(one.from == 10 && one.to == 100);
}

static const ig_measured_step steps[] = {
    {.path = "a<b", .op = "conv2d", .kernel = "k", .cost = {.macs = 5000000, .bytes = 1000000}, .ms = 1},
    {.path = "copy", .op = "concat", .kernel = "k", .cost = {.bytes = 1000}, .ms = 1},
    {.path = "w",
     .op = "conv2d",
     .kernel = "k",
     .cost = {.macs = 5000000, .bytes = 100000},
     .ms = 0.05,
     .reduced = true},
};
static const ig_report_network network = {.name = "net", .steps = steps, .n_steps = 3};
static const ig_device_roofs roofs = {.fma_gflops = {90, 100, 0},
                                      .copy_gbytes_per_s = {9, 10, 0},
                                      .cached_gbytes_per_s = {90, 100, 0},
                                      .launch_us = {1, 1, 0}};

static int count(const char *text, const char *part)
{
    int found = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        found++;
    return found;
}

static void test_plot(void **state)
{
    (void)state;
    const ig_report report = {.roofs = &roofs, .networks = &network, .n_networks = 1};
    ig_text out = {0};
    ig_roofline_svg(&report, &out);
    const char *svg = ig_text_get(&out);
    /* 1 to 100 operations a byte, 10 to 1000 GFLOP/s: the first step stands where memory's roof meets the border */
    assert_non_null(strstr(svg, "<circle cx=\"475.0\" cy=\"430.0\""));
    assert_non_null(strstr(svg, "<circle cx=\"880.0\" cy=\"163.3\""));
    assert_int_equal(count(svg, "<circle"), 2); /* the copy has no arithmetic */
    assert_int_equal(count(svg, "arithmetic reduced"), 1);
    assert_int_equal(count(svg, "net: a&lt;b, 1 ms, 10 GFLOP/s"), 1);
    assert_non_null(strstr(svg, "x1=\"70.0\" y1=\"430.0\" x2=\"475.0\" y2=\"225.0\"><title>memory: 10 GB/s"));
    assert_non_null(strstr(svg, "x1=\"70.0\" y1=\"225.0\" x2=\"880\" y2=\"225.0\"><title>arithmetic: 100 GFLOP/s"));
    ig_text_release(&out);
}

static void test_a_file_is_written_whole_or_not_at_all(void **state)
{
    (void)state;
    static const char *const titles[] = {"model"}, *const cells[] = {"a&b"};
    static const bool right[] = {false};
    const ig_report report = {.title = "t", .table = {titles, right, 1, cells, 1}, .note = ""};
    char folder[] = "/tmp/ingot-report-XXXXXX", path[64];
    ig_error error;
    char *text = NULL;
    size_t length;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/r.html", folder);
    assert_int_equal(ig_report_write(&report, path, &error), IG_OK);
    assert_int_equal(ig_file_read(path, 1 << 20, &text, &length, &error), IG_OK);
    assert_non_null(strstr(text, "<td>a&amp;b</td>"));
    assert_string_equal(text + length - strlen("</html>\n"), "</html>\n");
    assert_null(strstr(text, "<svg"));
    free(text);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    assert_int_not_equal(ig_report_write(&report, path, &error), IG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_plot),
        cmocka_unit_test(test_a_file_is_written_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
