#include "cli/html_report.h"

#include "cli/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The reference takes seconds where a device takes milliseconds. */
enum { STEP_RUNS = 5, REFERENCE_STEP_RUNS = 1, FACT_TEXT = 2048, MAX_FACTS = 16 };

/* --- networks ----------------------------------------------------------------------------------------------------- */

static void release_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

static void release_network(ig_report_network *network)
{
    ig_measured_step *steps = (ig_measured_step *)(uintptr_t)network->steps;
    for (int i = 0; i < network->n_steps; i++) {
        release_text(steps[i].path);
        release_text(steps[i].op);
        release_text(steps[i].kernel);
    }
    free(steps);
    release_text(network->name);
}

/* The engine that the profile borrows its texts from goes with its row. False when memory is out. */
static bool copy_network(const char *name, const profile *p, ig_report_network *out)
{
    ig_measured_step *steps = calloc((size_t)p->n_steps + 1, sizeof *steps);
    *out = (ig_report_network){.name = strdup(name), .steps = steps, .n_steps = steps ? p->n_steps : 0};
    bool done = steps && out->name;
    for (int i = 0; i < out->n_steps; i++) {
        steps[i] = p->steps[i];
        steps[i].path = strdup(p->steps[i].path);
        steps[i].op = strdup(p->steps[i].op);
        steps[i].kernel = strdup(p->steps[i].kernel);
        done = done && steps[i].path && steps[i].op && steps[i].kernel;
    }
    if (!done)
        release_network(out);
    return done;
}

static ig_status add_network(html_report *report, const char *name, const profile *p, ig_error *error)
{
    ig_report_network *networks = realloc(report->networks, ((size_t)report->n_networks + 1) * sizeof *networks);
    if (!networks)
        return cli_fail_memory(error);
    report->networks = networks;
    if (!copy_network(name, p, &networks[report->n_networks]))
        return cli_fail_memory(error);
    report->n_networks++;
    return IG_OK;
}

ig_status bench_row_report(bench_run *r, const char *name, bench_row *row, ig_error *error)
{
    profile p;
    if (!r->report)
        return IG_OK;
    ig_status status = profile_run(&row->e, r->roofs->known ? &r->roofs->roofs : NULL,
                                   r->b->reference ? REFERENCE_STEP_RUNS : STEP_RUNS, &p, error);
    if (!status)
        status = add_network(r->report, name, &p, error);
    profile_release(&p);
    return status;
}

void html_report_release(html_report *report)
{
    for (int i = 0; i < report->n_networks; i++)
        release_network(&report->networks[i]);
    free(report->networks);
    memset(report, 0, sizeof *report);
}

/* --- facts -------------------------------------------------------------------------------------------------------- */

typedef struct fact_list {
    ig_report_fact facts[MAX_FACTS];
    char texts[MAX_FACTS][FACT_TEXT];
    int count;
} fact_list;

/* The place for the next fact's text. */
static char *add_fact(fact_list *list, const char *name)
{
    char *text = list->texts[list->count];
    text[0] = '\0';
    list->facts[list->count++] = (ig_report_fact){name, text};
    return text;
}

/* Words that a shell would read as more than a word stand in quotes; what is too long is cut. */
static void add_command(fact_list *list, const app *a)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,=+-@%";
    char *text = add_fact(list, "command");
    size_t length = 0;
    for (int i = 0; i < a->n_words && length < FACT_TEXT; i++) {
        const char *word = i == 0 ? "ingot" : a->words[i];
        const char *quote = word[0] && !word[strspn(word, PLAIN)] ? "" : "'";
        length += (size_t)snprintf(text + length, FACT_TEXT - length, "%s%s%s%s", i ? " " : "", quote, word, quote);
    }
}

static void add_machine(fact_list *list)
{
    struct utsname system;
    char *text = add_fact(list, "machine");
    if (uname(&system) == 0)
        snprintf(text, FACT_TEXT, "%s %s, %s, %ld processors", system.sysname, system.release, system.machine,
                 sysconf(_SC_NPROCESSORS_ONLN));
}

static void add_device(fact_list *list, const backend *b)
{
    snprintf(add_fact(list, "device"), FACT_TEXT, "%s", b->name);
    snprintf(add_fact(list, "driver"), FACT_TEXT, "%s", b->driver);
    if (b->reference)
        return;
    const ig_device_limits *l = &ig_device_get_info(b->device)->limits;
    snprintf(add_fact(list, "platform"), FACT_TEXT, "%s, OpenCL %d.%d, family %s, %d compute units", l->platform,
             l->opencl_major, l->opencl_minor, l->family, l->compute_units);
}

static void add_roofs(fact_list *list, const ig_device_roofs *roofs)
{
    char *text = add_fact(list, "roofs");
    int length = 0;
    for (int i = 0; i < IG_ROOF_FIGURES; i++) {
        const ig_roof_figure *figure = &ig_roof_figures[i];
        length += snprintf(text + length, FACT_TEXT - (size_t)length, "%s%s %.4g%s%s", i ? ", " : "", figure->key,
                           ig_roofs_get(roofs, figure)->best, figure->unit[0] ? " " : "", figure->unit);
    }
}

static void gather_facts(fact_list *list, const bench_run *r)
{
    const time_t now = time(NULL);
    struct tm utc;
    list->count = 0;
    char *date = add_fact(list, "date");
    if (gmtime_r(&now, &utc))
        strftime(date, FACT_TEXT, "%Y-%m-%d %H:%M:%S UTC", &utc);
    add_command(list, r->a);
    add_machine(list);
    add_device(list, r->b);
    snprintf(add_fact(list, "ingot"), FACT_TEXT, "%s", ig_version());
    if (r->roofs->known)
        add_roofs(list, &r->roofs->roofs);
}

/* --- the rows ----------------------------------------------------------------------------------------------------- */

/* The columns that Markdown shows, as texts. */
typedef struct text_table {
    const char **titles;
    bool *right;
    const char **cells;
    char (*buffers)[CELL_TEXT_SIZE];
} text_table;

static void release_texts(text_table *texts)
{
    free(texts->titles);
    free(texts->right);
    free(texts->cells);
    free(texts->buffers);
}

static bool make_texts(const table *t, text_table *texts, ig_report_table *out)
{
    const size_t n_cells = (size_t)t->n_cells + 1;
    *texts = (text_table){.titles = calloc((size_t)t->n_columns, sizeof *texts->titles),
                          .right = calloc((size_t)t->n_columns, sizeof *texts->right),
                          .cells = calloc(n_cells, sizeof *texts->cells),
                          .buffers = calloc(n_cells, sizeof *texts->buffers)};
    *out = (ig_report_table){.titles = texts->titles, .right = texts->right, .cells = texts->cells};
    if (t->failed || !texts->titles || !texts->right || !texts->cells || !texts->buffers)
        return false;
    for (int i = 0; i < t->n_columns; i++)
        if (t->columns[i].title) {
            texts->right[out->n_columns] = table_column_right(t, i);
            texts->titles[out->n_columns++] = t->columns[i].title;
        }
    for (int i = 0; i < t->n_cells; i++)
        if (t->columns[i % t->n_columns].title)
            texts->cells[out->n_cells++] = table_cell_text(t, i, texts->buffers[i]);
    return true;
}

ig_status html_report_write(const html_report *report, const bench_run *r, const char *note, ig_error *error)
{
    text_table texts;
    fact_list *facts = calloc(1, sizeof *facts);
    ig_report page = {.title = "ingot bench",
                      .note = note,
                      .roofs = r->roofs->known ? &r->roofs->roofs : NULL,
                      .networks = report->networks,
                      .n_networks = report->n_networks};
    const bool made = make_texts(&r->t, &texts, &page.table) && facts;
    if (made) {
        gather_facts(facts, r);
        page.facts = facts->facts;
        page.n_facts = facts->count;
    }
    ig_status status = made ? ig_report_write(&page, r->args->report, error) : cli_fail_memory(error);
    release_texts(&texts);
    free(facts);
    return status;
}
