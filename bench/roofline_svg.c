/* The roofline plot: Williams et al., Communications of the ACM 52(4), 2009. */
#include "bench/html.h"

#include <math.h>

enum { WIDTH = 900, HEIGHT = 480, LEFT = 70, RIGHT = 20, TOP = 20, BOTTOM = 50 };

/* --- axes --------------------------------------------------------------------------------------------------------- */

ig_log_axis ig_log_axis_over(double least, double most, double begin, double end)
{
    ig_log_axis axis = {pow(10, floor(log10(least))), pow(10, ceil(log10(most))), begin, end};
    if (axis.to <= axis.from)
        axis.to = 10 * axis.from;
    return axis;
}

double ig_log_axis_place(const ig_log_axis *axis, double value)
{
    return axis->begin + (axis->end - axis->begin) * log(value / axis->from) / log(axis->to / axis->from);
}

typedef struct plot {
    const ig_report *report;
    ig_log_axis x, y; /* operations for each byte, GFLOP/s */
    ig_text *out;
} plot;

/* False for a step that has no place in the plot. */
static bool place_of(const ig_measured_step *step, double *intensity, double *gflops)
{
    const double flops = (double)ig_cost_flops(&step->cost);
    if (!(flops > 0) || step->cost.bytes < 1 || !(step->ms > 0))
        return false;
    *intensity = flops / (double)step->cost.bytes;
    *gflops = flops / step->ms / 1e6;
    return true;
}

static void find_axes(plot *p)
{
    const ig_device_roofs *roofs = p->report->roofs;
    const double peak = roofs->fma_gflops.best;
    double x[2] = {peak / roofs->cached_gbytes_per_s.best, peak / roofs->copy_gbytes_per_s.best}, y[2] = {peak, peak};
    for (int i = 0; i < p->report->n_networks; i++) {
        const ig_report_network *network = &p->report->networks[i];
        double intensity, gflops;
        for (int k = 0; k < network->n_steps; k++) {
            if (!place_of(&network->steps[k], &intensity, &gflops))
                continue;
            x[0] = fmin(x[0], intensity);
            x[1] = fmax(x[1], intensity);
            y[0] = fmin(y[0], gflops);
            y[1] = fmax(y[1], gflops);
        }
    }
    p->x = ig_log_axis_over(fmin(x[0], x[1]), fmax(x[0], x[1]), LEFT, WIDTH - RIGHT);
    p->y = ig_log_axis_over(y[0], y[1], HEIGHT - BOTTOM, TOP);
}

static void add_grid(const plot *p)
{
    for (double value = p->x.from; value < p->x.to * 1.5; value *= 10) {
        const double at = ig_log_axis_place(&p->x, value);
        ig_text_add(p->out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", at, TOP, at,
                    HEIGHT - BOTTOM);
        ig_text_add(p->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n", at, HEIGHT - BOTTOM + 18,
                    value);
    }
    for (double value = p->y.from; value < p->y.to * 1.5; value *= 10) {
        const double at = ig_log_axis_place(&p->y, value);
        ig_text_add(p->out, "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", LEFT, at,
                    WIDTH - RIGHT, at);
        ig_text_add(p->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", LEFT - 6, at + 4, value);
    }
    ig_text_add(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">operations for each byte</text>\n", WIDTH / 2,
                HEIGHT - 10);
    ig_text_add(p->out, "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">GFLOP/s</text>\n",
                HEIGHT / 2);
}

/* --- roofs and dots ----------------------------------------------------------------------------------------------- */

/* From the lower or left border up to where the arithmetic is what binds. */
static void add_slope(const plot *p, double gbytes_per_s, const char *what)
{
    const double peak = p->report->roofs->fma_gflops.best, ridge = peak / gbytes_per_s;
    const double begin = fmax(p->x.from, p->y.from / gbytes_per_s);
    if (begin >= ridge)
        return;
    ig_text_add(
        p->out,
        "<line class=\"roof\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"><title>%s: %.4g GB/s</title></line>\n",
        ig_log_axis_place(&p->x, begin), ig_log_axis_place(&p->y, begin * gbytes_per_s),
        ig_log_axis_place(&p->x, ridge), ig_log_axis_place(&p->y, peak), what, gbytes_per_s);
}

static void add_roofs(const plot *p)
{
    const ig_device_roofs *roofs = p->report->roofs;
    const double peak = roofs->fma_gflops.best;
    const double ridge = peak / fmax(roofs->cached_gbytes_per_s.best, roofs->copy_gbytes_per_s.best);
    const double at = ig_log_axis_place(&p->y, peak);
    add_slope(p, roofs->copy_gbytes_per_s.best, "memory");
    add_slope(p, roofs->cached_gbytes_per_s.best, "caches");
    ig_text_add(p->out,
                "<line class=\"roof\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"><title>arithmetic: %.4g "
                "GFLOP/s</title></line>\n",
                ig_log_axis_place(&p->x, ridge), at, WIDTH - RIGHT, at, peak);
}

static void add_dot(const plot *p, const ig_report_network *network, const ig_measured_step *step, const char *colour)
{
    double intensity, gflops;
    if (!place_of(step, &intensity, &gflops))
        return;
    ig_text_add(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"><title>",
                ig_log_axis_place(&p->x, intensity), ig_log_axis_place(&p->y, gflops), colour);
    ig_html_add(p->out, network->name);
    ig_text_add(p->out, ": ");
    ig_html_add(p->out, step->path);
    ig_text_add(p->out, ", %.4g ms, %.4g GFLOP/s%s</title></circle>\n", step->ms, gflops,
                step->reduced ? ", arithmetic reduced" : "");
}

void ig_roofline_svg(const ig_report *report, ig_text *out)
{
    plot p = {.report = report, .out = out};
    find_axes(&p);
    ig_text_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, HEIGHT);
    add_grid(&p);
    add_roofs(&p);
    for (int i = 0; i < report->n_networks; i++)
        for (int k = 0; k < report->networks[i].n_steps; k++)
            add_dot(&p, &report->networks[i], &report->networks[i].steps[k], ig_report_colour(i));
    ig_text_add(out, "</svg>\n");
}
