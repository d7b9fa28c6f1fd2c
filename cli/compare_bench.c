/* `ingot bench --compare`: a network against itself with passes left out, in turn, from the same input. */
#include "cli/bench_row.h"
#include "cli/target.h"
#include "cli/tuning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A value of --compare, and what it changes on the other side: a word of --passes beyond those of the command (NULL:
 * none), or the layout. */
static const struct {
    const char *name, *passes;
    ig_layout layout;
    bool no_chains;
    int tuning; /* TUNING_ALL: as the command has it */
} others[] = {{"passes-off", .passes = "none"},
              {"nchw", .layout = IG_LAYOUT_NCHW},
              {"blocked", .layout = IG_LAYOUT_BLOCKED},
              {"chains-off", .no_chains = true},
              {"tuning-shipped", .tuning = TUNING_SHIPPED},
              {"tuning-off", .tuning = TUNING_OFF}};
enum { N_OTHERS = sizeof others / sizeof *others };

const column compare_columns[COMPARE_COLUMNS] = {
    BENCH_ROW_COLUMNS,
    {"compared_with", NULL, 0},
    {"rounds", "rounds", 0},
    {"fps", "FPS", 4},
    {"fps_without", "FPS without", 4},
    {"speedup", "speed-up", 4},
    {"spread", "spread", 3},
    {"steps", "steps", 0},
    {"steps_without", "steps without", 0},
    {"step_ratio", NULL, 3},
    {"computing_layers", "layers", 0},
    {"steps_per_layer", "steps per layer", 3},
    {"max_rel_error", "max rel error", 3},
    {"of_roof", "of roof", 3},
    {"reduced", "reduced", 0},
};

/* The first row comes first: the bench's callbacks get all by one pointer. */
typedef struct compare_row {
    bench_row with, without;
    ig_bench_pair pair;
} compare_row;

/* --- the two sides ------------------------------------------------------------------------------------------------ */

/* Changes the command's own arguments into the other side's; false: no such comparison. A single pass to leave out
 * reads as it does behind --passes. `added` is set when memory was there for it. */
static bool change_side(const char *compare, common_args *common, bool *added)
{
    *added = true;
    for (int i = 0; i < N_OTHERS; i++) {
        if (strcmp(others[i].name, compare) != 0)
            continue;
        if (others[i].layout != IG_LAYOUT_AUTO)
            common->layout = (int)others[i].layout;
        common->chains_off |= others[i].no_chains;
        if (others[i].tuning != TUNING_ALL)
            common->tuning = others[i].tuning;
        *added = !others[i].passes || text_list_add(&common->passes, others[i].passes);
        return true;
    }
    if (compare[0] == '-')
        *added = text_list_add(&common->passes, compare);
    return compare[0] == '-';
}

ig_status compare_check(const bench_args *args, ig_error *error)
{
    common_args other = {0};
    pass_choice ignored;
    bool added;
    const bool known = change_side(args->compare, &other, &added);
    ig_status status = added ? IG_OK : cli_fail_memory(error);
    if (known && !status)
        status = passes_choose(&other.passes, &ignored, error);
    free(other.passes.items);
    if (known || status)
        return status;
    cli_fail(error, IG_E_USAGE, "--compare does not take this value");
    cli_expected(error, "--compare passes-off, nchw, blocked, chains-off, tuning-shipped, tuning-off or -NAME, a pass "
                        "of `ingot help passes`");
    cli_found(error, "%s", args->compare);
    return IG_E_USAGE;
}

static ig_status open_without(app *a, const bench_args *args, const char *name, const backend *b, bench_row *row,
                              ig_error *error)
{
    const text_list *given = &args->common.passes;
    common_args common = args->common;
    common.passes = (text_list){0};
    bool added = true, changed = true;
    for (int i = 0; i < given->count && added; i++)
        added = text_list_add(&common.passes, given->items[i]);
    if (added)
        (void)change_side(args->compare, &common, &changed);
    ig_status status =
        added && changed ? bench_row_open(a, args, &common, name, b, row, error) : cli_fail_memory(error);
    free(common.passes.items);
    return status;
}

/* --- a row -------------------------------------------------------------------------------------------------------- */

static ig_status run_with(void *user, ig_error *error)
{
    compare_row *c = user;
    return engine_run(&c->with.e, &c->with.m.input, c->with.outputs, error);
}

static ig_status run_without(void *user, ig_error *error)
{
    compare_row *c = user;
    return engine_run(&c->without.e, &c->without.m.input, c->without.outputs, error);
}

/* A verdict may be remembered from another day; that the two sides agree is seen in this very run. What follows a
 * selection need not: there the verification decides, which goes on from the same selection. */
static ig_status check_agreement(app *a, compare_row *c, ig_error *error)
{
    const model *m = &c->with.m;
    ig_status status = run_with(c, error);
    if (!status)
        status = run_without(c, error);
    for (int i = 0; i < m->info.n_outputs && !status; i++) {
        ig_verify_item item = {.path = c->with.outputs[i].name};
        ig_verify_compare(&c->with.outputs[i], &c->without.outputs[i], IG_VERIFY_TOLERANCE, &item);
        if (ig_graph_follows_selection(m->graph, m->info.output_values[i]))
            report_note(&a->log,
                        "%s: '%s' depends on which rows an operator picks, which rounding may change: between the two "
                        "sides it differs by %.3g of its largest value, and each was verified from the same rows",
                        m->info.name, item.path, item.relative_error);
        else if (!item.passed)
            status =
                cli_fail(error, IG_E_VERIFY, "with the passes left out '%s' is another, by %.3g of its largest value",
                         item.path, item.relative_error);
    }
    return status;
}

static ig_status time_rounds(app *a, const bench_args *args, const backend *b, compare_row *c, ig_error *error)
{
    ig_bench_params params = bench_row_params(a, args, b, &c->with);
    params.run = run_without;
    params.user = c;
    ig_status status = bench_row_time_pair(a, &c->with, &params, run_with, &c->pair, error);
    if (!status)
        status = bench_row_hold(a, b, &c->with, c->pair.second.median, error);
    return status ? status : bench_row_hold(a, b, &c->without, c->pair.first.median, error);
}

static ig_status measure(app *a, const bench_args *args, const char *name, const backend *b, compare_row *c,
                         ig_error *error)
{
    if (b->reference)
        return cli_fail(error, IG_E_USAGE, "the plain C reference runs a network as described: it has no passes");
    ig_status status = bench_row_open(a, args, &args->common, name, b, &c->with, error);
    if (!status)
        status = open_without(a, args, name, b, &c->without, error);
    if (!status)
        status = check_agreement(a, c, error);
    return status ? status : time_rounds(a, args, b, c, error);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* Nothing out of nothing is all that was there. */
static double quotient(int part, int whole)
{
    return whole > 0 ? (double)part / whole : 1;
}

static void add_figures(table *t, const compare_row *c)
{
    const double images = (double)c->with.m.input.shape.dim[0];
    const int layers = count_computing_layers(c->with.m.graph);
    ig_plan_totals with, without;
    ig_plan_get_totals(c->with.e.plan, &with);
    ig_plan_get_totals(c->without.e.plan, &without);
    table_int(t, c->pair.ratio.runs);
    table_real(t, images * 1e3 / c->pair.second.median);
    table_real(t, images * 1e3 / c->pair.first.median);
    table_real(t, c->pair.ratio.median);
    table_real(t, c->pair.ratio.spread);
    table_int(t, with.n_steps);
    table_int(t, without.n_steps);
    table_real(t, quotient(with.n_steps, without.n_steps));
    table_int(t, layers);
    table_real(t, quotient(with.n_steps, layers));
    table_real(t, fmax(c->with.max_rel_error, c->without.max_rel_error));
}

static void add_row(table *t, const bench_args *args, const char *name, const backend *b, const compare_row *c, bool ok)
{
    bench_row_begin_line(t, name, &c->with, b, ok);
    table_text(t, args->compare);
    if (ok)
        add_figures(t, c);
    for (int i = 0; !ok && i < 11; i++) /* rounds .. max_rel_error */
        table_none(t);
    bench_row_add_roof(t, &c->with);
}

int bench_compare(bench_run *r, const char *name)
{
    ig_error error;
    compare_row c = {.with = {.roofs = r->roofs}, .without = {.roofs = r->roofs}};
    ig_status status = measure(r->a, r->args, name, r->b, &c, &error);
    if (!status)
        status = bench_row_report(r, name, &c.with, &error);
    int code = app_finish(status, &error);
    if (status != IG_E_CANCELLED)
        add_row(&r->t, r->args, name, r->b, &c, status == IG_OK);
    bench_row_close(&c.with);
    bench_row_close(&c.without);
    return code;
}
