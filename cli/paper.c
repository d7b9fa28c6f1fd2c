/* `ingot bench --paper`: what a paper prints, what we count or measure, by which rule, and why they differ. */
#include "bench/paper.h"
#include "cli/bench_row.h"
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const column columns[] = {
    {"table", "table", 0},       {"row", "row", 0},         {"quantity", "what", 0},
    {"paper", "paper", 0},       {"unit", NULL, 0},         {"paper_device", NULL, 0},
    {"model", "model", 0},       {"ours", "ours", 6},       {"device", "on", 0},
    {"exact", "exact count", 0}, {"rule", "counted by", 0}, {"difference", "difference %", 3},
    {"same_digits", "same", 0},  {"why", "remark", 0},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns, RULE_TEXT = 128 };

typedef struct paper_run {
    app *a;
    const bench_args *args;
    const ig_paper *paper;
    backend b; /* open when speed is measured */
    bench_roofs roofs;
    table t;
    int broken; /* figures that do not hold */
} paper_run;

/* Weights of convolution and linear layers take one byte, every other number four. */
static int64_t int8_bytes(const ig_graph *graph)
{
    int64_t bytes = 0;
    ig_param_info param;
    for (int i = 0; ig_graph_get_param(graph, i, &param); i++) {
        bool small = param.kind == IG_PARAM_CONV_WEIGHT || param.kind == IG_PARAM_LINEAR_WEIGHT;
        bytes += ig_shape_elems(&param.shape) * (small ? 1 : (int64_t)sizeof(float));
    }
    return bytes;
}

static int64_t count(const ig_paper_figure *f, const ig_graph *graph)
{
    ig_graph_info info;
    ig_graph_get_info(graph, &info);
    switch (f->count) {
    case IG_PAPER_COUNT_PARAMS: return info.totals.params;
    case IG_PAPER_COUNT_FEATURES: return ig_graph_feature_bytes(graph, false);
    case IG_PAPER_COUNT_FEATURES_FOLDED: return ig_graph_feature_bytes(graph, true);
    case IG_PAPER_COUNT_INT8: return int8_bytes(graph);
    default: return f->images * ig_graph_count_all(graph, (ig_count_rule)f->count);
    }
}

/* The arguments under which the figure's model is loaded: the figure's own parameters, then the command's. */
static ig_status figure_args(const paper_run *r, const ig_paper_figure *f, common_args *out, char **texts,
                             ig_error *error)
{
    const common_args *given = &r->args->common;
    size_t room = 0;
    *out = *given;
    out->set = (text_list){0};
    out->shape = f->shape;
    out->batch = 0;
    for (int i = 0; i < f->n_set; i++)
        room += strlen(f->set[i].key) + strlen(f->set[i].value) + 2;
    char *at = *texts = malloc(room + 1);
    bool done = at != NULL;
    for (int i = 0; i < f->n_set && done; i++) {
        int length = sprintf(at, "%s=%s", f->set[i].key, f->set[i].value);
        done = text_list_add(&out->set, at);
        at += length + 1;
    }
    for (int i = 0; i < given->set.count && done; i++)
        done = text_list_add(&out->set, given->set.items[i]);
    return done ? IG_OK : cli_fail_memory(error);
}

static const char *rule_text(const ig_paper_figure *f, char out[RULE_TEXT])
{
    if (!f->model)
        return NULL;
    if (ig_paper_is_speed(f->quantity))
        return "median of verified runs, batch 1";
    if (f->images > 1)
        snprintf(out, RULE_TEXT, "%s, %lld images", ig_paper_count_name(f->count), (long long)f->images);
    else
        snprintf(out, RULE_TEXT, "%s", ig_paper_count_name(f->count));
    return out;
}

static void add_head(paper_run *r, const ig_paper_figure *f)
{
    char printed[RULE_TEXT];
    bool json = r->args->common.format == FORMAT_JSON;
    snprintf(printed, sizeof printed, "%s%s%s", f->printed, json || !f->unit[0] ? "" : " ", json ? "" : f->unit);
    if (ig_paper_is_speed(f->quantity) && !json && r->paper->device[0])
        snprintf(printed, sizeof printed, "%s %s on %s", f->printed, f->unit, r->paper->device);
    table_text(&r->t, f->table);
    table_text(&r->t, f->row);
    table_text(&r->t, ig_paper_quantity_name(f->quantity));
    table_text(&r->t, printed);
    table_text(&r->t, f->unit);
    table_text(&r->t, ig_paper_is_speed(f->quantity) ? r->paper->device : NULL);
    table_text(&r->t, f->model);
}

static void add_nothing(paper_run *r, const ig_paper_figure *f)
{
    char rule[RULE_TEXT];
    table_none(&r->t);
    table_none(&r->t);
    table_none(&r->t);
    table_text(&r->t, rule_text(f, rule));
    table_none(&r->t);
    table_none(&r->t);
    table_text(&r->t, f->why);
}

static void add_speed(paper_run *r, const ig_paper_figure *f, double median_ms)
{
    char rule[RULE_TEXT];
    table_real(&r->t, f->quantity == IG_PAPER_FPS ? 1e3 / median_ms : median_ms / f->unit_value);
    table_text(&r->t, r->b.name);
    table_none(&r->t);
    table_text(&r->t, rule_text(f, rule));
    table_none(&r->t); /* two devices are not compared */
    table_none(&r->t);
    table_text(&r->t, f->why);
}

/* A claim of the data that does not hold is an error of ours, and said so. */
static void check_claims(paper_run *r, const ig_paper_figure *f, int64_t exact, bool same)
{
    bool right = f->exact < 0 || f->exact == exact;
    if (!right)
        report_warning(&r->a->log, "%s, %s, %s: %lld, stated is %lld", f->table, f->row,
                       ig_paper_quantity_name(f->quantity), (long long)exact, (long long)f->exact);
    if (same != f->reproduced)
        report_warning(&r->a->log, "%s, %s, %s: the paper's %s is %sreproduced, the data says otherwise", f->table,
                       f->row, ig_paper_quantity_name(f->quantity), f->printed, same ? "" : "not ");
    r->broken += !right || same != f->reproduced;
}

static void add_count(paper_run *r, const ig_paper_figure *f, const ig_graph *graph)
{
    char rule[RULE_TEXT];
    const int64_t exact = count(f, graph);
    const double ours = (double)exact / f->unit_value;
    double printed = 0;
    bool number = ig_paper_printed_value(f, &printed) && printed != 0, same = ig_paper_prints_same(f, ours);
    table_real(&r->t, ours);
    table_none(&r->t);
    table_int(&r->t, exact);
    table_text(&r->t, rule_text(f, rule));
    if (number)
        table_real(&r->t, 100 * (ours / printed - 1));
    else
        table_none(&r->t);
    table_bool(&r->t, same);
    table_text(&r->t, f->why);
    check_claims(r, f, exact, same);
}

static ig_status add_figure(paper_run *r, const ig_paper_figure *f, ig_error *error)
{
    common_args args;
    char *texts = NULL;
    bool speed = ig_paper_is_speed(f->quantity);
    add_head(r, f);
    if (!f->model || (speed && !r->args->measure)) {
        add_nothing(r, f);
        return IG_OK;
    }
    bench_row row = {.roofs = &r->roofs};
    ig_status status = figure_args(r, f, &args, &texts, error);
    if (!status && speed)
        status = bench_row_run(r->a, r->args, &args, f->model, &r->b, &row, error);
    else if (!status)
        status = model_load(r->a, &args, f->model, &args.shape, &row.m, error);
    if (!status && speed)
        add_speed(r, f, row.stats.median);
    else if (!status)
        add_count(r, f, row.m.graph);
    bench_row_close(&row);
    free(args.set.items);
    free(texts);
    return status;
}

static bool is_wanted(const paper_run *r, const ig_paper_figure *f)
{
    const text_list *named = &r->args->common.positional;
    for (int i = 0; i < named->count; i++)
        if (f->model && strcmp(f->model, named->items[i]) == 0)
            return true;
    return named->count == 0;
}

static ig_status print_figures(paper_run *r, ig_error *error)
{
    ig_status status = IG_OK;
    table_init(&r->t, columns, N_COLUMNS);
    for (int i = 0; i < r->paper->n_figures && !status; i++) {
        if (*r->a->interrupted)
            status = cli_fail(error, IG_E_CANCELLED, "interrupted");
        else if (is_wanted(r, &r->paper->figures[i]))
            status = add_figure(r, &r->paper->figures[i], error);
    }
    if (!status && r->args->common.format == FORMAT_MD)
        printf("# %s\n\n%s. Source: %s.\n\n", r->paper->name, r->paper->title, r->paper->source);
    if (!status)
        status = table_print(&r->t, (output_format)r->args->common.format, error);
    table_release(&r->t);
    if (!status && r->broken > 0)
        status = cli_fail(error, IG_E_VERIFY, "%d figures are not what the paper's data states", r->broken);
    return status;
}

static int list_papers(void)
{
    for (int i = 0; i < ig_paper_count_all(); i++) {
        const char *file = ig_paper_name(i);
        printf("%.*s\n", (int)(strlen(file) - strlen(".yaml")), file);
    }
    return 0;
}

int run_paper(app *a, const bench_args *args)
{
    ig_error error;
    ig_paper *paper = NULL;
    paper_run r = {.a = a, .args = args};
    if (strcmp(args->paper, "list") == 0)
        return list_papers();
    ig_status status = ig_paper_load(args->paper, &paper, &error);
    if (!status && args->measure)
        status = backend_open(a, backend_selection(&args->common), &r.b, &error);
    r.paper = paper;
    if (!status)
        status = print_figures(&r, &error);
    backend_close(&r.b);
    ig_paper_destroy(&paper);
    return app_finish(status, &error);
}
