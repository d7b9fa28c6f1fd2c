#include "cli/model.h"
#include "cli/paper_title.h"
#include "cli/zoo.h"

#include <stdio.h>
#include <string.h>

static const column columns[] = {
    {"name", "name", 0}, {"paper", NULL, 0},    {"task", "task", 0},       {"params", "params", 0},
    {"macs", "MACs", 0}, {"shape", "input", 0}, {"weights", "weights", 0}, {"doc", "what it is", 0},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

typedef struct listing {
    app *a;
    const common_args *args;
    zoo z;
    zoo_models models;
    table rows;
    paper_title title; /* Markdown: of the paper whose rows are collected */
    int n_papers;      /* Markdown: printed ones */
    int code;          /* of the first model that could not be loaded */
} listing;

static const char *text_or_null(const char *text)
{
    return text && text[0] ? text : NULL;
}

/* CSV has no sentences. */
static void begin_rows(listing *l)
{
    table_release(&l->rows);
    table_init(&l->rows, columns, l->args->format == FORMAT_CSV ? N_COLUMNS - 1 : N_COLUMNS);
    l->title = (paper_title){.begun = false};
}

static void add_row(listing *l, const zoo_model *found, const ig_graph_info *info)
{
    table *t = &l->rows;
    table_text(t, found->name);
    table_text(t, text_or_null(found->paper));
    table_text(t, text_or_null(info->task));
    table_int(t, info->totals.params);
    table_int(t, info->totals.cost.macs);
    table_shape(t, &info->input_shape);
    table_text(t, info->weights_file ? "shipped" : "seeded");
    if (l->args->format != FORMAT_CSV)
        table_text(t, text_or_null(info->doc));
    paper_title_add(&l->title, info->source);
}

/* A description that does not load is reported; the others are listed all the same. */
static void add_model(listing *l, const zoo_model *found)
{
    static const common_args as_described;
    ig_error error;
    model m;
    ig_status status = model_load(l->a, &as_described, found->path, &as_described.shape, &m, &error);
    if (!status)
        add_row(l, found, &m.info);
    model_release(&m);
    if (!status)
        return;
    int code = app_finish(status, &error);
    report_warning(&l->a->log, "%s is not listed: its description does not load", found->name);
    l->code = l->code ? l->code : code;
}

/* One part of the Markdown text: the folder, the paper's title, its networks. */
static ig_status print_paper(listing *l, const char *paper, ig_error *error)
{
    ig_status status = IG_OK;
    if (l->rows.n_cells > 0 || l->rows.failed) {
        printf("%s## %s\n\n", l->n_papers++ > 0 ? "\n" : "", paper[0] ? paper : "other");
        if (l->title.text[0])
            printf("%s\n\n", l->title.text);
        status = table_print(&l->rows, FORMAT_MD, error);
    }
    begin_rows(l);
    return status;
}

/* --- selection ---------------------------------------------------------------------------------------------------- */

/* `part` is looked for in the name, or with a '/' in paper/name. */
static bool matches(const zoo_model *m, const char *part)
{
    char full[ZOO_PATH];
    snprintf(full, sizeof full, "%s/%s", m->paper, m->name);
    return strstr(strchr(part, '/') ? full : m->name, part) != NULL;
}

static bool is_wanted(const listing *l, const zoo_model *m)
{
    const text_list *parts = &l->args->positional;
    bool wanted = parts->count == 0;
    for (int i = 0; i < parts->count && !wanted; i++)
        wanted = matches(m, parts->items[i]);
    return wanted;
}

static ig_status check_parts(const listing *l, ig_error *error)
{
    if (l->models.count == 0) {
        cli_fail(error, IG_E_NO_INPUT, "no folder of models was found");
        cli_hint(error, "$INGOT_MODELS names a folder of model descriptions");
        return IG_E_NO_INPUT;
    }
    const text_list *parts = &l->args->positional;
    for (int i = 0; i < parts->count; i++) {
        bool found = false;
        for (int k = 0; k < l->models.count && !found; k++)
            found = matches(&l->models.items[k], parts->items[i]);
        if (found)
            continue;
        cli_fail(error, IG_E_NO_INPUT, "no model has %s in its name", parts->items[i]);
        const char *nearest = zoo_nearest(&l->models, parts->items[i]);
        if (nearest)
            cli_hint(error, "did you mean %s?", nearest);
        else
            cli_hint(error, "`ingot models` lists all of them");
        return IG_E_NO_INPUT;
    }
    return IG_OK;
}

static ig_status list_models(listing *l, ig_error *error)
{
    ig_status status = IG_OK;
    bool grouped = l->args->format == FORMAT_MD;
    const char *paper = "";
    begin_rows(l);
    for (int i = 0; i < l->models.count && !status; i++) {
        const zoo_model *m = &l->models.items[i];
        if (!is_wanted(l, m))
            continue;
        if (grouped && strcmp(paper, m->paper) != 0)
            status = print_paper(l, paper, error);
        paper = m->paper;
        if (!status)
            status = app_check_interrupt(l->a, error);
        if (!status)
            add_model(l, m);
    }
    if (status)
        return status;
    return grouped ? print_paper(l, paper, error) : table_print(&l->rows, (output_format)l->args->format, error);
}

static int run_models(app *a, const void *args)
{
    listing l = {.a = a, .args = args};
    ig_error error;
    zoo_open(&l.z);
    ig_status status = zoo_list(&l.z, &a->log, &l.models, &error);
    if (!status)
        status = check_parts(&l, &error);
    if (!status)
        status = list_models(&l, &error);
    table_release(&l.rows);
    zoo_models_release(&l.models);
    int code = app_finish(status, &error);
    return l.code ? l.code : code;
}

const command cmd_models = {
    .name = "models",
    .arguments = "[NAME-PART...]",
    .brief = "Lists the networks that MODEL can name, with size, arithmetic and input",
    .details =
        "Parameters and multiply-accumulates are those of the description's own input shape. NAME-PART lists only\n"
        "names with this part in them; with a '/' it is looked for in paper/name. Weights `seeded`: none are\n"
        "shipped, give --weights FILE or --weights seeded.\n",
    .examples = "  ingot models\n"
                "  ingot models sarsn mobilenet\n"
                "  ingot models mobilesteelnet/ --format csv\n",
    .common = COMMON_FORMAT,
    .max_positional = -1,
    .args_size = sizeof(common_args),
    .run = run_models,
};
