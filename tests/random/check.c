#include "tests/random/check.h"

#include "base/hash.h"
#include "graph/ir.h"
#include "tests/support/programs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct trial {
    const check_options *options;
    check_result *result;
    ig_graph *graph; /* as written */
    ig_weights *weights, *spoilt;
    ig_tensor input;
    outcome wanted; /* the outputs, and with `keep` one value more */
} trial;

static bool complain(trial *t, const char *format, ...) IG_PRINTF(2, 3);
static bool complain(trial *t, const char *format, ...)
{
    va_list list;
    t->result->verdict = CHECK_FAILED;
    va_start(list, format);
    vsnprintf(t->result->why, sizeof t->result->why, format, list);
    va_end(list);
    return false;
}

static bool complain_error(trial *t, const char *what, const ig_error *error)
{
    char text[1024];
    ig_error_format(error, text, sizeof text);
    return complain(t, "%s: %s", what, text);
}

/* --- what is checked of each graph -------------------------------------------------------------------------------- */

static bool same_outcome(trial *t, const ig_graph *graph, const char *what)
{
    outcome found;
    ig_error error = {0};
    ig_verify_item item;
    bool good = true;
    outcome_copy_names(&found, &t->wanted);
    const ig_weights *weights = t->options->inject ? t->spoilt : t->weights;
    if (outcome_run(&found, &t->options->place, graph, weights, &t->input, &error))
        good = complain_error(t, what, &error);
    else if (outcome_differs(&found, &t->wanted, &item, &t->result->worst) >= 0)
        good = complain(t, "%s: '%s' differs by %.3g, its largest element being %.3g", what, item.path,
                        item.max_abs_error, item.max_abs_value);
    outcome_release(&found);
    return good;
}

/* The graph prints as `text`; else the two are shown from where they part. */
static bool same_text(trial *t, const char *text, const ig_graph *graph, const char *what)
{
    char *printed = NULL;
    ig_error error = {0};
    if (ig_graph_print(graph, &printed, &error))
        return complain_error(t, what, &error);
    size_t line = 0;
    for (size_t i = 0; text[i] != '\0' && text[i] == printed[i]; i++)
        if (text[i] == '\n')
            line = i + 1;
    const bool good = strcmp(text, printed) == 0 || complain(t, "%s changes the graph: from\n%.800s\n     to\n%.800s",
                                                             what, text + line, printed + line);
    free(printed);
    return good;
}

static bool reads_back(trial *t, const char *text)
{
    ig_graph *again = NULL;
    ig_error error = {0};
    if (ig_graph_parse(text, strlen(text), "printed.yaml", NULL, &again, &error))
        return complain_error(t, "reading back", &error);
    const bool good = same_text(t, text, again, "printing and reading back");
    ig_graph_destroy(&again);
    return good;
}

static bool is_settled(trial *t, const ig_graph *optimized, const ig_passes_params *params, const char *text)
{
    ig_graph *again = NULL;
    ig_error error = {0};
    if (ig_graph_optimize(optimized, params, &again, &error))
        return complain_error(t, "optimising twice", &error);
    const bool good = same_text(t, text, again, "optimising twice");
    ig_graph_destroy(&again);
    return good;
}

/* `*text` is what the optimised graph prints as; the caller frees it. */
static bool check_optimized(trial *t, const ig_passes_params *params, const char *what, char **text)
{
    ig_graph *optimized = NULL;
    ig_error error = {0};
    if (ig_graph_optimize(t->graph, params, &optimized, &error) || ig_graph_print(optimized, text, &error)) {
        ig_graph_destroy(&optimized);
        return complain_error(t, what, &error);
    }
    const bool good =
        same_outcome(t, optimized, what) && reads_back(t, *text) && is_settled(t, optimized, params, *text);
    ig_graph_destroy(&optimized);
    return good;
}

static bool check_without(trial *t, int pass, const char *all)
{
    char what[128], *text = NULL;
    const ig_passes_params params = {.keep = t->wanted.names,
                                     .n_keep = t->wanted.count,
                                     .disable = &ig_pass_table[pass]->name,
                                     .n_disable = 1,
                                     .local_is_cache = true};
    snprintf(what, sizeof what, "all passes but %.80s", ig_pass_table[pass]->name);
    programs_build_quickly(true);
    const bool good = check_optimized(t, &params, what, &text);
    programs_build_quickly(false);
    if (good && strcmp(text, all) != 0)
        t->result->had_a_part |= UINT32_C(1) << pass;
    free(text);
    return good;
}

static void check_all(trial *t)
{
    const ig_passes_params params = {.keep = t->wanted.names, .n_keep = t->wanted.count, .local_is_cache = true};
    char *text = NULL;
    bool good = check_optimized(t, &params, "all passes", &text);
    for (int i = 0; i < ig_pass_count && good && t->options->each; i++)
        good = check_without(t, i, text);
    free(text);
}

/* --- preparing ---------------------------------------------------------------------------------------------------- */

static void choose_watched(trial *t, const ig_graph_info *info)
{
    for (int i = 0; i < info->n_outputs; i++)
        outcome_watch(&t->wanted, info->output_values[i]);
    const int node = (int)(ig_hash_uniform(t->options->seed, 0) * t->graph->n_nodes);
    if (t->options->keep)
        outcome_watch(&t->wanted, t->graph->nodes[node].path);
}

typedef struct spoiling {
    const ig_weights *weights;
    const char *name;
} spoiling;

/* All tensors as they are, the one of that name half as large again. */
static void fill_spoilt(void *user, const ig_param_info *param, float *data, int64_t elems)
{
    const spoiling *s = user;
    const float factor = strcmp(param->name, s->name) == 0 ? 1.5F : 1.0F,
                *from = ig_weights_get(s->weights, param->name);
    for (int64_t i = 0; i < elems; i++)
        data[i] = from[i] * factor;
}

/* Spoils a tensor that an output depends on; false when there is none. */
static bool spoil(trial *t)
{
    ig_graph *live = NULL;
    ig_error error = {0};
    if (ig_graph_optimize(t->graph, NULL, &live, &error))
        return complain_error(t, "all passes", &error);
    const int chosen = (int)(ig_hash_uniform(t->options->seed, 1) * live->n_params);
    spoiling s = {t->weights, live->n_params > 0 ? live->params[chosen].name : NULL};
    bool good = s.name != NULL;
    if (!s.name)
        t->result->verdict = CHECK_DULL;
    else if (ig_weights_fill(t->graph, fill_spoilt, &s, &t->spoilt, &error))
        good = complain_error(t, "spoiling a tensor", &error);
    ig_graph_destroy(&live);
    return good;
}

static bool load(trial *t, const ig_text *model)
{
    ig_error error = {0};
    ig_graph_info info;
    if (ig_graph_parse(ig_text_get(model), model->length, "random.yaml", NULL, &t->graph, &error) ||
        ig_weights_seeded(t->graph, &t->weights, &error)) {
        complain_error(t, "loading", &error);
        t->result->verdict = CHECK_NO_MODEL;
        return false;
    }
    ig_graph_get_info(t->graph, &info);
    const int64_t elems = ig_shape_elems(&info.input_shape);
    t->input = (ig_tensor){info.input_name, info.input_shape, malloc((size_t)elems * sizeof(float))};
    if (!t->input.data)
        return complain(t, "no memory");
    ig_fill_seeded_input(info.name, t->input.data, elems);
    choose_watched(t, &info);
    return true;
}

static bool prepare(trial *t, const ig_text *model)
{
    static const outcome_place REFERENCE;
    ig_error error = {0};
    if (!load(t, model))
        return false;
    if (outcome_run(&t->wanted, &REFERENCE, t->graph, t->weights, &t->input, &error))
        return complain_error(t, "the graph as written", &error);
    t->result->verdict = CHECK_DULL;
    for (int i = 0; i < t->wanted.count; i++)
        if (outcome_varies(&t->wanted, i))
            t->result->verdict = CHECK_SAME;
    return !t->options->inject || spoil(t);
}

void check_model(const ig_text *model, const check_options *options, check_result *out)
{
    trial t = {.options = options, .result = out};
    *out = (check_result){.verdict = CHECK_SAME};
    if (prepare(&t, model))
        check_all(&t);
    ig_tensor_release(&t.input);
    outcome_release(&t.wanted);
    ig_weights_destroy(&t.spoilt);
    ig_weights_destroy(&t.weights);
    ig_graph_destroy(&t.graph);
}
