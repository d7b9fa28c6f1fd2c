#include "cli/app.h"
#include "cli/plan_diff.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef struct diff_args {
    common_args common;
    bool memory;
} diff_args;

static const option options[] = {
    {"memory", NULL, "list where steps lie in memory, too", OPTION_FLAG, offsetof(diff_args, memory)},
};

static const column change_columns[] = {
    {"change", "change", 0}, {"path", "path", 0}, {"step_a", "step_a", 0}, {"step_b", "step_b", 0},
    {"field", "field", 0},   {"a", "a", 0},       {"b", "b", 0},
};
static const column total_columns[] = {{"name", "name", 0}, {"a", "a", 0}, {"b", "b", 0}};

typedef struct diff_report {
    const diff_args *args;
    plan_text a, b;
    plan_diff steps;
    bool equal;
} diff_report;

/* The total called `name`, or NULL. */
static const char *find_total(const plan_text *p, const char *name)
{
    for (int i = 0; i < p->n_totals; i++)
        if (strcmp(p->totals[i].name, name) == 0)
            return p->totals[i].value;
    return NULL;
}

/* Totals that only one of two versions prints are no difference between the plans. */
static bool total_differs(const diff_report *r, int index, const char **a, const char **b)
{
    *a = r->a.totals[index].value;
    *b = find_total(&r->b, r->a.totals[index].name);
    return *b && strcmp(*a, *b) != 0;
}

static bool plans_equal(const diff_report *r)
{
    const char *a, *b;
    if (strcmp(r->a.head, r->b.head) != 0 || r->steps.counts[CHANGE_SAME] != r->steps.n_changes)
        return false;
    for (int i = 0; i < r->a.n_totals; i++)
        if (total_differs(r, i, &a, &b))
            return false;
    return true;
}

static const plan_step *step_of(const plan_text *p, int index)
{
    return index >= 0 ? &p->steps[index] : NULL;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static void print_whole_step(char sign, const plan_step *s)
{
    printf("%c %s %s %s groups=%s local=%s %s\n", sign, s->field[FIELD_PATH], s->field[FIELD_KERNEL],
           s->field[FIELD_RUNG], s->field[FIELD_GROUPS], s->field[FIELD_LOCAL], s->field[FIELD_MEMORY]);
}

/* On one line what fits there. */
static void print_field(const char *name, const char *a, const char *b)
{
    enum { ONE_LINE = 90 };
    const char *between = strlen(a) + strlen(b) > ONE_LINE ? "\n        -> " : " -> ";
    printf("    %-6s %s%s%s\n", name, a, between, b);
}

static void print_change(const diff_report *r, const plan_change *c)
{
    const plan_step *a = step_of(&r->a, c->a), *b = step_of(&r->b, c->b);
    if (!a || !b) {
        print_whole_step(a ? '-' : '+', a ? a : b);
        return;
    }
    if (c->kind == CHANGE_SAME || (c->kind == CHANGE_PLACED && !r->args->memory))
        return;
    printf("~ %s", b->field[FIELD_PATH]);
    if (c->kind == CHANGE_MOVED)
        printf(" is step %d instead of %d", c->b, c->a);
    printf("\n");
    for (int i = FIELD_KERNEL; i < N_FIELDS; i++)
        if (strcmp(a->field[i], b->field[i]) != 0 && (i != FIELD_MEMORY || r->args->memory))
            print_field(plan_field_names[i], a->field[i], b->field[i]);
}

static void print_totals(const diff_report *r)
{
    const char *a, *b;
    double x, y;
    for (int i = 0; i < r->a.n_totals; i++) {
        if (!total_differs(r, i, &a, &b))
            continue;
        printf("%s %s -> %s", r->a.totals[i].name, a, b);
        if (ig_text_to_double(a, &x) && ig_text_to_double(b, &y) && x != 0)
            printf(" (%+.1f %%)", 100 * (y / x - 1));
        printf("\n");
    }
}

static void print_text(const diff_report *r)
{
    const int *n = r->steps.counts;
    if (r->equal) {
        printf("the plans are equal: %d steps\n", r->a.n_steps);
        return;
    }
    printf("--- %s\n+++ %s\n", r->a.head, r->b.head);
    for (int i = 0; i < r->steps.n_changes; i++)
        print_change(r, &r->steps.changes[i]);
    printf("\n%d steps removed, %d added, %d changed, %d moved, %d only elsewhere in memory, %d the same\n",
           n[CHANGE_REMOVED], n[CHANGE_ADDED], n[CHANGE_CHANGED], n[CHANGE_MOVED], n[CHANGE_PLACED], n[CHANGE_SAME]);
    print_totals(r);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void add_change(table *t, const diff_report *r, const plan_change *c, int field)
{
    const plan_step *a = step_of(&r->a, c->a), *b = step_of(&r->b, c->b);
    table_text(t, change_names[c->kind]);
    table_text(t, (a ? a : b)->field[FIELD_PATH]);
    if (a)
        table_int(t, c->a);
    else
        table_none(t);
    if (b)
        table_int(t, c->b);
    else
        table_none(t);
    table_text(t, plan_field_names[field]);
    table_text(t, a ? a->field[field] : NULL);
    table_text(t, b ? b->field[field] : NULL);
}

/* A row for each field that differs; all fields of a step that only one plan has; of one that only moved, its path. */
static void list_changes(table *t, const diff_report *r)
{
    table_init(t, change_columns, sizeof change_columns / sizeof *change_columns);
    for (int i = 0; i < r->steps.n_changes; i++) {
        const plan_change *c = &r->steps.changes[i];
        const plan_step *a = step_of(&r->a, c->a), *b = step_of(&r->b, c->b);
        if (c->kind == CHANGE_MOVED)
            add_change(t, r, c, FIELD_PATH);
        for (int k = FIELD_KERNEL; k < N_FIELDS; k++)
            if (!a || !b || strcmp(a->field[k], b->field[k]) != 0)
                add_change(t, r, c, k);
    }
}

static cJSON *totals_json(const diff_report *r)
{
    const char *a, *b;
    table t;
    table_init(&t, total_columns, sizeof total_columns / sizeof *total_columns);
    for (int i = 0; i < r->a.n_totals; i++) {
        if (!total_differs(r, i, &a, &b))
            continue;
        table_text(&t, r->a.totals[i].name);
        table_text(&t, a);
        table_text(&t, b);
    }
    cJSON *rows = table_to_json(&t);
    table_release(&t);
    return rows;
}

static ig_status print_json(const diff_report *r, const table *changes, ig_error *error)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddBoolToObject(object, "equal", r->equal);
    cJSON_AddStringToObject(object, "a", r->a.head);
    cJSON_AddStringToObject(object, "b", r->b.head);
    for (int i = 0; i < CHANGE_KINDS; i++)
        cJSON_AddNumberToObject(object, change_names[i], r->steps.counts[i]);
    cJSON *totals = totals_json(r), *rows = table_to_json(changes);
    bool complete = totals && rows;
    cJSON_AddItemToObject(object, "totals", totals);
    cJSON_AddItemToObject(object, "changes", rows);
    if (complete)
        return json_print(object, error);
    cJSON_Delete(object);
    return cli_fail_memory(error);
}

static ig_status print_diff(const diff_report *r, output_format format, ig_error *error)
{
    table changes;
    if (format == FORMAT_MD) {
        print_text(r);
        return IG_OK;
    }
    list_changes(&changes, r);
    ig_status status = format == FORMAT_JSON ? print_json(r, &changes, error) : table_print(&changes, format, error);
    table_release(&changes);
    return status;
}

/* --- the command -------------------------------------------------------------------------------------------------- */

static int run_diff(app *a, const void *args_pointer)
{
    const diff_args *args = args_pointer;
    const char *const *paths = args->common.positional.items;
    diff_report r = {.args = args};
    ig_error error;
    (void)a;
    ig_status status = IG_OK;
    if (strcmp(paths[0], "-") == 0 && strcmp(paths[1], "-") == 0)
        status = cli_fail(&error, IG_E_USAGE, "only one of the plans can come from standard input");
    if (!status)
        status = plan_text_read(paths[0], &r.a, &error);
    if (!status)
        status = plan_text_read(paths[1], &r.b, &error);
    if (!status)
        status = plan_diff_make(&r.a, &r.b, &r.steps, &error);
    if (!status) {
        r.equal = plans_equal(&r);
        status = print_diff(&r, (output_format)args->common.format, &error);
    }
    int code = app_finish(status, &error);
    if (!status && !r.equal)
        code = exit_code_of(CLI_E_DIFFERENT);
    plan_diff_release(&r.steps);
    plan_text_release(&r.a);
    plan_text_release(&r.b);
    return code;
}

const command cmd_diff = {
    .name = "diff",
    .arguments = "A B",
    .brief = "Compares two plans that `ingot plan` printed into files",
    .details =
        "Steps pair up by path. - is a step that only A has, + one that only B has, ~ one with another kernel or\n"
        "launch. A or B may be - for standard input. Exit code 1 when the plans differ.\n",
    .examples = "  ingot plan resnet18 --profile mali > before.plan\n"
                "  ingot plan resnet18 --profile mali --passes -fold_batch_norm | ingot diff before.plan -\n"
                "  ingot diff before.plan after.plan --memory\n",
    .common = COMMON_FORMAT,
    .min_positional = 2,
    .max_positional = 2,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(diff_args),
    .run = run_diff,
};
