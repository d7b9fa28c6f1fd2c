#include "cli/verify_passes.h"

#include "cli/report.h"
#include "cli/table.h"
#include "cli/verification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VARIANTS = MAX_PASSES + 2 };

/* One choice of passes. */
typedef struct variant {
    pass_choice passes;
    char label[IG_ERROR_TEXT];
    engine e;
    ig_verify_result result;
} variant;

typedef struct verify_state {
    app *a;
    const backend *b;
    const model *m;
    double tolerance;
    variant variants[MAX_VARIANTS];
    int n_variants;
    progress bar;
    int done;
} verify_state;

/* --- which choices there are -------------------------------------------------------------------------------------- */

static ig_status print_rewritten(const verify_state *s, const pass_choice *choice, char **text, ig_error *error)
{
    const ig_passes_params params = {
        .disable = choice->off, .n_disable = choice->n_off, .local_is_cache = backend_local_is_cache(s->b)};
    ig_graph *graph = NULL;
    ig_status status = ig_graph_optimize(s->m->graph, &params, &graph, error);
    if (!status)
        status = ig_graph_print(graph, text, error);
    ig_graph_destroy(&graph);
    return status;
}

static void add_variant(verify_state *s, const pass_choice *passes, const char *dash, const char *name)
{
    variant *v = &s->variants[s->n_variants++];
    v->passes = *passes;
    snprintf(v->label, sizeof v->label, "%s%s", dash, name);
}

/* Adds the choice without `name`, too, if the network comes out otherwise than as `whole`. */
static ig_status try_without(verify_state *s, const char *name, const char *whole, ig_error *error)
{
    pass_choice choice = s->m->passes;
    char *text = NULL;
    passes_leave_out(&choice, name);
    if (choice.n_off == s->m->passes.n_off)
        return IG_OK;
    ig_status status = print_rewritten(s, &choice, &text, error);
    if (!status && strcmp(text, whole) != 0)
        add_variant(s, &choice, "-", name);
    free(text);
    return status;
}

static ig_status find_variants(verify_state *s, ig_error *error)
{
    pass_choice none = s->m->passes;
    ig_pass_info pass;
    char *whole = NULL;
    ig_status status = print_rewritten(s, &s->m->passes, &whole, error);
    add_variant(s, &s->m->passes, "", s->m->passes.n_off ? "given" : "all");
    for (int i = 0; ig_passes_get(i, &pass); i++)
        passes_leave_out(&none, pass.name);
    add_variant(s, &none, "", "none");
    for (int i = 0; ig_passes_get(i, &pass) && !status; i++)
        status = try_without(s, pass.name, whole, error);
    free(whole);
    return status;
}

/* --- verifying ---------------------------------------------------------------------------------------------------- */

static void show_item(void *user, const ig_verify_item *item)
{
    verify_state *s = user;
    progress_step(&s->bar, item->path, ++s->done, s->m->info.n_layers * s->n_variants);
}

/* All sessions beside one run of the reference. */
static ig_status verify_together(verify_state *s, ig_error *error)
{
    ig_session *sessions[MAX_VARIANTS];
    ig_verify_result results[MAX_VARIANTS];
    const ig_verify_params params = {
        .original = s->m->graph,
        .weights = s->m->weights,
        .input = &s->m->input,
        .tolerance = s->tolerance,
        .cancel = s->a->interrupted,
        .report = show_item,
        .user = s,
    };
    for (int i = 0; i < s->n_variants; i++)
        sessions[i] = s->variants[i].e.session;
    progress_begin(&s->bar, "verifying", s->a->quiet);
    ig_status status = ig_sessions_verify(sessions, s->n_variants, &params, results, error);
    progress_end(&s->bar);
    for (int i = 0; i < s->n_variants; i++)
        s->variants[i].result = results[i];
    return status;
}

static ig_status verify_one_by_one(verify_state *s, ig_error *error)
{
    ig_status failed = IG_OK;
    for (int i = 0; i < s->n_variants; i++) {
        ig_error own;
        variant *v = &s->variants[i];
        ig_status status = verification_run(&v->e, s->tolerance, NULL, NULL, &v->result, &own);
        if (status && !failed)
            *error = own;
        failed = failed ? failed : status;
        if (status && status != IG_E_VERIFY)
            return status;
    }
    return failed;
}

static bool selects(const model *m)
{
    bool any = false;
    for (int i = 0; i < m->info.n_outputs; i++)
        any |= ig_graph_follows_selection(m->graph, m->info.output_values[i]);
    return any;
}

static ig_status verify(verify_state *s, ig_error *error)
{
    ig_status status = find_variants(s, error);
    for (int i = 0; i < s->n_variants && !status; i++) {
        const engine_params params = {.optimize = true, .passes = &s->variants[i].passes, .keep_all = true};
        status = engine_open(s->a, s->b, s->m, &params, &s->variants[i].e, error);
    }
    if (status)
        return status;
    return s->b->reference || selects(s->m) ? verify_one_by_one(s, error) : verify_together(s, error);
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static const column columns[] = {
    {"passes", "passes", 0},
    {"verified", "verified", 0},
    {"compared", "values", 0},
    {"failed", "out of tolerance", 0},
    {"max_relative_error", "largest relative error", 3},
    {"output_relative_error", "of outputs", 3},
    {"first_bad", "first bad value", 0},
};

static ig_status print_variants(const verify_state *s, output_format format, ig_error *error)
{
    table rows;
    table_init(&rows, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < s->n_variants; i++) {
        const ig_verify_result *r = &s->variants[i].result;
        table_text(&rows, s->variants[i].label);
        table_bool(&rows, r->n_compared > 0 && r->n_failed == 0);
        table_int(&rows, r->n_compared);
        table_int(&rows, r->n_failed);
        table_real(&rows, r->max_relative_error);
        table_real(&rows, r->output_relative_error);
        table_text(&rows, r->first_bad);
    }
    ig_status status = table_print(&rows, format, error);
    table_release(&rows);
    return status;
}

ig_status verify_each_pass(app *a, const backend *b, const model *m, double tolerance, output_format format,
                           ig_error *error)
{
    verify_state *s = calloc(1, sizeof *s);
    if (!s)
        return cli_fail_memory(error);
    *s = (verify_state){.a = a, .b = b, .m = m, .tolerance = tolerance};
    ig_status status = verify(s, error);
    ig_error print_error;
    ig_status printed = !status || status == IG_E_VERIFY ? print_variants(s, format, &print_error) : IG_OK;
    if (!status && printed)
        *error = print_error;
    for (int i = 0; i < s->n_variants; i++)
        engine_close(&s->variants[i].e);
    free(s);
    return status ? status : printed;
}
