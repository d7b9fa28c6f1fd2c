#include "bench/report.h"

#include "base/error.h"
#include "bench/html.h"

#include <math.h>

static const char STYLE[] =
    "body { font: 14px sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em; color: #222; }\n"
    "table { border-collapse: collapse; margin: 0.5em 0; }\n"
    "th, td { padding: 2px 8px; text-align: left; border-bottom: 1px solid #ddd; }\n"
    ".right { text-align: right; }\n"
    "svg { max-width: 900px; font: 12px sans-serif; }\n"
    ".grid { stroke: #ddd; }\n"
    ".roof { stroke: #222; stroke-width: 1.5; }\n"
    "circle { fill-opacity: 0.6; }\n"
    ".bar { width: 300px; background: #eee; }\n"
    ".bar div { background: #9cc5e8; height: 12px; }\n"
    ".bar div div { background: #1f77b4; }\n";

/* --- tables ------------------------------------------------------------------------------------------------------- */

static void add_cell(ig_text *out, const char *tag, bool right, const char *text)
{
    ig_text_add(out, "<%s%s>", tag, right ? " class=\"right\"" : "");
    ig_html_add(out, text);
    ig_text_add(out, "</%s>", tag);
}

static void add_number(ig_text *out, double value)
{
    ig_text_add(out, "<td class=\"right\">%.4g</td>", value);
}

static void add_facts(const ig_report *report, ig_text *out)
{
    ig_text_add(out, "<table id=\"facts\">\n");
    for (int i = 0; i < report->n_facts; i++) {
        ig_text_add(out, "<tr>");
        add_cell(out, "th", false, report->facts[i].name);
        add_cell(out, "td", false, report->facts[i].text);
        ig_text_add(out, "</tr>\n");
    }
    ig_text_add(out, "</table>\n");
}

static void add_rows(const ig_report_table *table, ig_text *out)
{
    ig_text_add(out, "<table id=\"rows\">\n<tr>");
    for (int i = 0; i < table->n_columns; i++)
        add_cell(out, "th", table->right[i], table->titles[i]);
    for (int i = 0; i < table->n_cells; i++) {
        if (i % table->n_columns == 0)
            ig_text_add(out, "</tr>\n<tr>");
        add_cell(out, "td", table->right[i % table->n_columns], table->cells[i]);
    }
    ig_text_add(out, "</tr>\n</table>\n");
}

/* --- networks ----------------------------------------------------------------------------------------------------- */

/* The bar is the step's time beside the longest one's; its dark part is what the roof says it must take. */
static void add_step(const ig_measured_step *step, bool has_roofs, double longest_ms, ig_text *out)
{
    const double length = longest_ms > 0 ? 100 * step->ms / longest_ms : 0;
    ig_text_add(out, "<tr>");
    add_cell(out, "td", false, step->path);
    ig_text_add(out, "<td title=\"");
    ig_html_add(out, step->kernel);
    ig_text_add(out, "\">");
    ig_html_add(out, step->op);
    ig_text_add(out, "</td><td><div class=\"bar\"><div style=\"width: %.2f%%\">", length);
    ig_text_add(out, "<div style=\"width: %.2f%%\"></div></div></div></td>",
                has_roofs ? 100 * fmin(1, step->roof.of_roof) : 0);
    add_number(out, step->ms);
    add_number(out, step->ms > 0 ? (double)ig_cost_flops(&step->cost) / step->ms / 1e6 : 0);
    if (has_roofs) {
        add_cell(out, "td", false, ig_bound_name(step->roof.bound));
        ig_text_add(out, "<td class=\"right\">%.3g%s</td>", step->roof.of_roof, step->reduced ? ", reduced" : "");
        add_number(out, step->roof.could_save_ms);
    }
    ig_text_add(out, "</tr>\n");
}

static void add_network(const ig_report *report, int index, ig_text *out)
{
    const ig_report_network *network = &report->networks[index];
    double longest_ms = 0, sum_ms = 0;
    for (int i = 0; i < network->n_steps; i++) {
        longest_ms = fmax(longest_ms, network->steps[i].ms);
        sum_ms += network->steps[i].ms;
    }
    ig_text_add(out, "<details%s><summary><span style=\"color: %s\">&#9679;</span> ",
                report->n_networks == 1 ? " open=\"open\"" : "", ig_report_colour(index));
    ig_html_add(out, network->name);
    ig_text_add(out, ": %d steps, %.4g ms one by one</summary>\n<table class=\"steps\">\n", network->n_steps, sum_ms);
    ig_text_add(out, "<tr><th>step</th><th>operator</th><th></th><th>ms</th><th>GFLOP/s</th>%s</tr>\n",
                report->roofs ? "<th>bound</th><th>of roof</th><th>could save ms</th>" : "");
    for (int i = 0; i < network->n_steps; i++)
        add_step(&network->steps[i], report->roofs != NULL, longest_ms, out);
    ig_text_add(out, "</table>\n</details>\n");
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static void add_page(const ig_report *report, ig_text *out)
{
    ig_text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>");
    ig_html_add(out, report->title);
    ig_text_add(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", STYLE);
    ig_html_add(out, report->title);
    ig_text_add(out, "</h1>\n");
    add_facts(report, out);
    add_rows(&report->table, out);
    if (report->note[0]) {
        ig_text_add(out, "<p>");
        ig_html_add(out, report->note);
        ig_text_add(out, "</p>\n");
    }
    if (report->roofs && report->n_networks > 0) {
        ig_text_add(out,
                    "<h2>Roofline</h2>\n<p>Every step a dot, in its network's colour; what a dot is shows when it is "
                    "pointed at. Lines: arithmetic, memory and, above it, caches.</p>\n");
        ig_roofline_svg(report, out);
    }
    if (report->n_networks > 0)
        ig_text_add(out, "<h2>Steps</h2>\n%s",
                    report->roofs ? "<p>The dark part of a bar is the time that the roof says it must take.</p>\n"
                                  : "");
    for (int i = 0; i < report->n_networks; i++)
        add_network(report, i, out);
    ig_text_add(out, "</body>\n</html>\n");
}

ig_status ig_report_write(const ig_report *report, const char *path, ig_error *error)
{
    ig_text out = {0};
    add_page(report, &out);
    ig_status status =
        out.failed ? ig_fail_memory(error, out.length) : ig_file_write(path, out.data, out.length, error);
    ig_text_release(&out);
    return status;
}
