#include "cli/verification.h"

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
    bool output = false;
    for (int i = 0; i < c->e->m->info.n_outputs; i++)
        output |= strcmp(c->e->m->info.output_values[i], item->path) == 0;
    ig_verify_count(c->result, item, output);
    if (c->report)
        c->report(c->user, item);
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
    if (kept) {
        ig_verify_item item = {.path = value->name, .kernel = "reference"};
        ig_verify_compare(kept, value, c->tolerance, &item);
        add_item(c, &item);
        if (ig_graph_is_selected(c->e->m->graph, value->name))
            memcpy(value->data, kept->data, (size_t)ig_shape_elems(&value->shape) * sizeof *value->data);
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
    ig_reference_params params = {.input = &e->m->input, .visit = visit, .user = c, .cancel = e->a->interrupted};
    status = ig_reference_run(e->m->graph, e->m->weights, &params, error);
    return status ? status : ig_verify_conclude(c->result, c->tolerance, error);
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
    comparison c = {.e = e,
                    .report = report,
                    .user = user,
                    .result = e->b->reference ? result : &counter,
                    .tolerance = tolerance > 0 ? tolerance : IG_VERIFY_TOLERANCE,
                    .total = info.n_layers};
    progress_begin(&c.bar, "verifying", e->a->quiet);
    ig_status status = e->b->reference ? compare_graphs(&c, error) : compare_device(&c, result, error);
    progress_end(&c.bar);
    return status;
}
