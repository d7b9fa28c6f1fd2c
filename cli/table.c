#include "cli/table.h"

#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_WIDTH = 3, NUMBER_TEXT = 24 };

void table_init(table *t, const column *columns, int n_columns)
{
    memset(t, 0, sizeof *t);
    t->columns = columns;
    t->n_columns = n_columns;
}

static void release_cell(cell *c)
{
    free(c->text);
    free(c->list);
}

void table_release(table *t)
{
    for (int i = 0; i < t->n_cells; i++)
        release_cell(&t->cells[i]);
    free(t->cells);
    memset(t, 0, sizeof *t);
}

static void add_cell(table *t, cell value)
{
    if (t->n_cells == t->capacity && !t->failed) {
        int capacity = t->capacity ? 2 * t->capacity : 64;
        cell *cells = realloc(t->cells, (size_t)capacity * sizeof *cells);
        if (cells) {
            t->cells = cells;
            t->capacity = capacity;
        } else {
            t->failed = true;
        }
    }
    if (t->failed)
        release_cell(&value);
    else
        t->cells[t->n_cells++] = value;
}

void table_none(table *t)
{
    add_cell(t, (cell){.kind = CELL_NONE});
}

void table_text(table *t, const char *text)
{
    if (!text) {
        table_none(t);
        return;
    }
    cell value = {.kind = CELL_TEXT, .text = malloc(strlen(text) + 1)};
    if (value.text)
        memcpy(value.text, text, strlen(text) + 1);
    else
        t->failed = true;
    add_cell(t, value);
}

void table_int(table *t, int64_t value)
{
    add_cell(t, (cell){.kind = CELL_INT, .integer = value});
}

void table_real(table *t, double value)
{
    add_cell(t, (cell){.kind = CELL_REAL, .real = value});
}

void table_bool(table *t, bool value)
{
    add_cell(t, (cell){.kind = CELL_BOOL, .integer = value});
}

void table_shape(table *t, const ig_shape *shape)
{
    add_cell(t, (cell){.kind = CELL_SHAPE, .shape = *shape});
}

void table_list(table *t, const double *values, int count)
{
    if (!values) {
        table_none(t);
        return;
    }
    cell value = {.kind = CELL_LIST, .integer = count};
    value.list = calloc((size_t)count + 1, sizeof *value.list);
    value.text = calloc((size_t)count + 1, NUMBER_TEXT);
    t->failed = t->failed || !value.list || !value.text;
    char *at = value.text;
    for (int i = 0; i < count && !t->failed; i++) {
        value.list[i] = values[i];
        at += snprintf(at, NUMBER_TEXT, i > 0 ? " %.6g" : "%.6g", values[i]);
    }
    add_cell(t, value);
}

/* --- text ------------------------------------------------------------------------------------------------------- */

static const char *cell_text(const cell *c, const column *col, output_format format, char *buffer, size_t size)
{
    static const char *const truth[2][2] = {{"no", "yes"}, {"false", "true"}};
    buffer[0] = '\0';
    if (c->kind == CELL_TEXT || c->kind == CELL_LIST)
        return c->text;
    if (c->kind == CELL_INT)
        snprintf(buffer, size, "%lld", (long long)c->integer);
    if (c->kind == CELL_REAL)
        snprintf(buffer, size, "%.*g", col->digits > 0 ? col->digits : 4, c->real);
    if (c->kind == CELL_BOOL)
        return truth[format == FORMAT_CSV][c->integer != 0];
    return c->kind == CELL_SHAPE ? ig_shape_text(&c->shape, buffer, size) : buffer;
}

const char *table_cell_text(const table *t, int index, char buffer[CELL_TEXT_SIZE])
{
    return cell_text(&t->cells[index], &t->columns[index % t->n_columns], FORMAT_MD, buffer, CELL_TEXT_SIZE);
}

static bool is_number(const cell *c)
{
    return c->kind == CELL_INT || c->kind == CELL_REAL;
}

static int column_width(const table *t, int index)
{
    char buffer[CELL_TEXT_SIZE];
    size_t width = strlen(t->columns[index].title);
    for (int i = index; i < t->n_cells; i += t->n_columns) {
        size_t length = strlen(table_cell_text(t, i, buffer));
        width = length > width ? length : width;
    }
    return width < MIN_WIDTH ? MIN_WIDTH : (int)width;
}

/* Numbers stand right, as their header does; a column counts as numbers when its first row does. */
bool table_column_right(const table *t, int index)
{
    return index < t->n_cells && is_number(&t->cells[index]);
}

static void print_md_rule(const table *t, const int *widths)
{
    for (int i = 0; i < t->n_columns; i++) {
        if (!t->columns[i].title)
            continue;
        printf("|%s", table_column_right(t, i) ? "-" : ":");
        for (int k = 0; k < widths[i]; k++)
            putchar('-');
        printf("%s", table_column_right(t, i) ? ":" : "-");
    }
    printf("|\n");
}

static void print_md_cell(const char *text, int width, bool right)
{
    /* A bar inside a cell would end it. */
    printf("| ");
    int pad = width - (int)strlen(text);
    printf("%*s", right && pad > 0 ? pad : 0, "");
    for (; *text; text++)
        putchar(*text == '|' ? '/' : *text);
    printf("%*s ", !right && pad > 0 ? pad : 0, "");
}

static ig_status print_md(const table *t, ig_error *error)
{
    char buffer[CELL_TEXT_SIZE];
    int *widths = calloc((size_t)t->n_columns, sizeof *widths);
    if (!widths)
        return cli_fail_memory(error);
    for (int i = 0; i < t->n_columns; i++)
        if (t->columns[i].title) {
            widths[i] = column_width(t, i);
            print_md_cell(t->columns[i].title, widths[i], table_column_right(t, i));
        }
    printf("|\n");
    print_md_rule(t, widths);
    for (int i = 0; i < t->n_cells; i++) {
        const column *col = &t->columns[i % t->n_columns];
        if (col->title)
            print_md_cell(table_cell_text(t, i, buffer), widths[i % t->n_columns],
                          table_column_right(t, i % t->n_columns));
        if ((i + 1) % t->n_columns == 0)
            printf("|\n");
    }
    free(widths);
    return IG_OK;
}

/* RFC 4180: quotes doubled, a field with a separator quoted. */
static void print_csv_field(const char *text, bool first)
{
    if (!first)
        putchar(',');
    bool quote = strpbrk(text, ",\"\r\n") != NULL;
    if (quote)
        putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    if (quote)
        putchar('"');
}

static void print_csv(const table *t)
{
    char buffer[CELL_TEXT_SIZE];
    bool first = true;
    for (int i = 0; i < t->n_columns; i++)
        if (t->columns[i].key) {
            print_csv_field(t->columns[i].key, first);
            first = false;
        }
    for (int i = 0; i < t->n_cells; i++) {
        if (i % t->n_columns == 0) {
            printf("\n");
            first = true;
        }
        const column *col = &t->columns[i % t->n_columns];
        if (col->key) {
            print_csv_field(cell_text(&t->cells[i], col, FORMAT_CSV, buffer, sizeof buffer), first);
            first = false;
        }
    }
    printf("\n");
}

ig_status table_print(const table *t, output_format format, ig_error *error)
{
    if (t->failed)
        return cli_fail_memory(error);
    if (format == FORMAT_MD)
        return print_md(t, error);
    if (format == FORMAT_JSON)
        return json_print(table_to_json(t), error);
    print_csv(t);
    return IG_OK;
}
