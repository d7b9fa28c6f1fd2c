/* The passes, in the order of passes.def, with the verifier behind each. */
#include "base/error.h"
#include "base/text.h"
#include "graph/rewrite.h"

#include <stdlib.h>
#include <string.h>

#define IG_PASS(name) extern const ig_pass ig_pass_##name;
#include "graph/passes.def"
#undef IG_PASS

#define IG_PASS(name) &ig_pass_##name,
const ig_pass *const ig_pass_table[] = {
#include "graph/passes.def"
};
#undef IG_PASS
const int ig_pass_count = (int)(sizeof ig_pass_table / sizeof ig_pass_table[0]);

static bool is_listed(const char *const *list, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

bool ig_passes_get(int index, ig_pass_info *out)
{
    if (index < 0 || index >= ig_pass_count)
        return false;
    *out = (ig_pass_info){ig_pass_table[index]->name, ig_pass_table[index]->doc};
    return true;
}

static ig_status check_name(const char *name, ig_error *error)
{
    const char *names[sizeof ig_pass_table / sizeof ig_pass_table[0]];
    for (int i = 0; i < ig_pass_count; i++)
        names[i] = ig_pass_table[i]->name;
    if (is_listed(names, ig_pass_count, name))
        return IG_OK;
    ig_fail(error, IG_E_USAGE, "there is no pass '%.100s'", name);
    const char *nearest = ig_text_nearest(name, names, ig_pass_count);
    if (nearest)
        ig_error_hint(error, "did you mean '%s'?", nearest);
    return IG_E_USAGE;
}

ig_status ig_passes_check(const ig_passes_params *params, ig_error *error)
{
    ig_status status = params->stop_after ? check_name(params->stop_after, error) : IG_OK;
    for (int i = 0; i < params->n_disable && status == IG_OK; i++)
        status = check_name(params->disable[i], error);
    if (status == IG_OK && params->stop_after && is_listed(params->disable, params->n_disable, params->stop_after))
        status = ig_fail(error, IG_E_USAGE, "the pass '%s' is to be left out, so nothing can stop after it",
                         params->stop_after);
    return status;
}

static ig_status check_kept(const ig_graph *graph, const ig_passes_params *params, ig_error *error)
{
    for (int i = 0; i < params->n_keep; i++) {
        const char *nearest = NULL;
        if (ig_graph_find_value(graph, params->keep[i], &nearest))
            continue;
        ig_fail(error, IG_E_USAGE, "the model has no result '%.100s'", params->keep[i]);
        if (nearest)
            ig_error_hint(error, "did you mean '%s'?", nearest);
        return IG_E_USAGE;
    }
    return IG_OK;
}

/* Kept values by id of this very graph: `keep` is in the original's names, which survive. */
static ig_status run_pass(const ig_pass *pass, const ig_graph *original, const ig_graph *in,
                          const ig_passes_params *params, ig_graph **out, ig_error *error)
{
    bool *keep = calloc((size_t)in->n_values, sizeof *keep);
    if (!keep)
        return ig_fail_memory(error, (size_t)in->n_values);
    for (int i = 0; i < params->n_keep; i++) {
        int value = ig_graph_find_value_id(in, ig_graph_find_value(original, params->keep[i], NULL));
        if (value >= 0)
            keep[value] = true;
    }
    ig_status status = pass->run(in, keep, out, error);
    free(keep);
    return status;
}

/* See ig_pass. */
static bool same_nodes(const ig_graph *a, const ig_graph *b)
{
    bool same = a->n_nodes == b->n_nodes;
    for (int i = 0; same && i < a->n_nodes; i++)
        same = a->nodes[i].op == b->nodes[i].op && strcmp(a->nodes[i].path, b->nodes[i].path) == 0;
    return same;
}

/* Runs pass `index` on `*now`, which may be NULL for the original. `*now` stays what it was where nothing changes. */
static ig_status run_wanted(int index, const ig_graph *original, const ig_passes_params *params, ig_graph **now,
                            bool *changed, ig_error *error)
{
    const ig_pass *pass = ig_pass_table[index];
    const ig_graph *before = *now ? *now : original;
    ig_graph *next = NULL;
    *changed = false;
    if (is_listed(params->disable, params->n_disable, pass->name) || (pass->wants_cache && !params->local_is_cache))
        return IG_OK;
    ig_status status = run_pass(pass, original, before, params, &next, error);
    if (status == IG_OK && !same_nodes(before, next)) {
        status = ig_graph_verify(next, error);
        *changed = status == IG_OK;
    }
    if (*changed) {
        ig_graph_destroy(now);
        *now = next;
    } else {
        ig_graph_destroy(&next);
    }
    return status;
}

/* Passes up to and with the last wanted one. */
static int count_wanted(const ig_passes_params *params)
{
    for (int i = 0; i < ig_pass_count && params->stop_after; i++)
        if (strcmp(params->stop_after, ig_pass_table[i]->name) == 0)
            return i + 1;
    return ig_pass_count;
}

static ig_status run_all(const ig_graph *graph, const ig_passes_params *params, ig_graph **now, ig_error *error)
{
    enum { MAX_TURNS = 16 }; /* each turn shortens some chain of layers by one */
    const int count = count_wanted(params);
    int once = 0;
    bool changed;
    ig_status status = IG_OK;
    while (once < count && !ig_pass_table[once]->once)
        once++;
    for (int ran = 0, idle = 0; idle < once && ran < MAX_TURNS * once && status == IG_OK; ran++) {
        status = run_wanted(ran % once, graph, params, now, &changed, error);
        idle = changed ? 0 : idle + 1;
    }
    for (int i = once; i < count && status == IG_OK; i++)
        status = run_wanted(i, graph, params, now, &changed, error);
    return status;
}

ig_status ig_graph_optimize(const ig_graph *graph, const ig_passes_params *params, ig_graph **out, ig_error *error)
{
    static const ig_passes_params DEFAULTS;
    const ig_passes_params *wanted = params ? params : &DEFAULTS;
    ig_graph *now = NULL;
    *out = NULL;
    ig_status status = ig_passes_check(wanted, error);
    if (status == IG_OK)
        status = check_kept(graph, wanted, error);
    if (status == IG_OK)
        status = run_all(graph, wanted, &now, error);
    if (status == IG_OK && !now)
        status = ig_rewrite_nothing(graph, &now, error);
    if (status == IG_OK && !ig_graph_seal(now))
        status = ig_fail_memory(error, sizeof *now);
    if (status == IG_OK)
        *out = now;
    else
        ig_graph_destroy(&now);
    return status;
}
