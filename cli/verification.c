#include "cli/verification.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct comparison {
    engine *e;
    double tolerance;
    verification_report report;
    void *user;
    ig_verify_result *result;
    progress bar;
    int total;
} comparison;

static void add_item(comparison *c, const ig_verify_item *item)
{
    ig_verify_result *result = c->result;
    if (!item->passed && result->n_failed++ == 0)
        snprintf(result->first_bad, sizeof result->first_bad, "%s", item->path);
    result->n_compared++;
    result->max_relative_error = fmax(result->max_relative_error, item->relative_error);
    for (int i = 0; i < c->e->m->info.n_outputs; i++)
        if (strcmp(c->e->m->info.output_values[i], item->path) == 0)
            result->output_relative_error = fmax(result->output_relative_error, item->relative_error);
    if (c->report)
        c->report(c->user, item);
}

/* A value that is not finite on either side proves nothing, so it counts as an infinite error. */
static ig_verify_item compare(const ig_tensor *got, const ig_tensor *want, double tolerance)
{
    ig_verify_item item = {.path = want->name, .kernel = "reference"};
    double dot = 0, got_norm = 0, want_norm = 0;
    for (int64_t i = 0, n = ig_shape_elems(&want->shape); i < n; i++) {
        double x = (double)got->data[i], y = (double)want->data[i];
        item.max_abs_error = fmax(item.max_abs_error, isfinite(x) && isfinite(y) ? fabs(x - y) : INFINITY);
        item.max_abs_value = fmax(item.max_abs_value, fabs(y));
        dot += x * y;
        got_norm += x * x;
        want_norm += y * y;
    }
    double norms = sqrt(got_norm) * sqrt(want_norm);
    item.cosine = norms > 0 ? dot / norms : got_norm == want_norm;
    item.relative_error = item.max_abs_error;
    if (isfinite(item.max_abs_error) && item.max_abs_value > 0)
        item.relative_error /= item.max_abs_value;
    item.passed = item.relative_error <= tolerance;
    return item;
}

static const ig_tensor *find_kept(const engine *e, const char *name)
{
    for (int i = 0; i < e->n_kept; i++)
        if (strcmp(e->kept[i].name, name) == 0)
            return &e->kept[i];
    return NULL;
}

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    (void)error;
    comparison *c = user;
    const ig_tensor *kept = find_kept(c->e, value->name);
    progress_step(&c->bar, value->name, c->result->n_compared, c->total);
    if (kept && ig_shape_equal(&kept->shape, &value->shape)) {
        ig_verify_item item = compare(kept, value, c->tolerance);
        add_item(c, &item);
    }
    return IG_OK;
}

/* The optimised graph has run; its kept values are compared while the original runs. */
static ig_status compare_graphs(comparison *c, ig_error *error)
{
    engine *e = c->e;
    ig_status status = engine_run(e, &e->m->input, NULL, error);
    if (status)
        return status;
    ig_reference_params params = {
        .input = &e->m->input, .visit = visit, .user = c, .cancel = e->a->interrupted};
    status = ig_reference_run(e->m->graph, e->m->weights, &params, error);
    if (status || c->result->n_failed == 0)
        return status;
    cli_fail(error, IG_E_VERIFY, "%d of %d values differ from the reference by more than %g", c->result->n_failed,
             c->result->n_compared, c->tolerance);
    cli_found(error, "first bad value %s, largest relative error %.3g", c->result->first_bad,
              c->result->max_relative_error);
    return IG_E_VERIFY;
}

static void forward_item(void *user, const ig_verify_item *item)
{
    comparison *c = user;
    progress_step(&c->bar, item->path, ++c->result->n_compared, c->total);
    if (c->report)
        c->report(c->user, item);
}

static ig_status compare_device(comparison *c, ig_verify_result *result, ig_error *error)
{
    engine *e = c->e;
    ig_verify_params params = {
        .original = e->m->graph,
        .weights = e->m->weights,
        .input = &e->m->input,
        .tolerance = c->tolerance,
        .cancel = e->a->interrupted,
        .report = forward_item,
        .user = c,
    };
    return ig_session_verify(e->session, &params, result, error);
}

ig_status verification_run(engine *e, double tolerance, verification_report report, void *user,
                           ig_verify_result *result, ig_error *error)
{
    ig_verify_result counter = {0};
    ig_graph_info info;
    ig_graph_get_info(e->graph, &info);
    memset(result, 0, sizeof *result);
    comparison c = {.e = e, .report = report, .user = user, .result = e->b->reference ? result : &counter,
                    .tolerance = tolerance > 0 ? tolerance : IG_VERIFY_TOLERANCE, .total = info.n_layers};
    progress_begin(&c.bar, "verifying", e->a->quiet);
    ig_status status = e->b->reference ? compare_graphs(&c, error) : compare_device(&c, result, error);
    progress_end(&c.bar);
    return status;
}
