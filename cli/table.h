/* Rows of typed cells, written as Markdown, CSV or JSON objects: every listing of the command is one of these. */
#ifndef INGOT_CLI_TABLE_H
#define INGOT_CLI_TABLE_H

#include "ingot/base.h"

#include <cJSON.h>

typedef enum output_format { FORMAT_MD, FORMAT_JSON, FORMAT_CSV } output_format;

typedef struct column {
    const char *key;   /* CSV header and JSON member; NULL: Markdown only */
    const char *title; /* Markdown header; NULL: left out there */
    int digits;        /* significant digits of a real number in Markdown and CSV */
} column;

typedef enum cell_kind { CELL_NONE, CELL_TEXT, CELL_INT, CELL_REAL, CELL_BOOL, CELL_SHAPE, CELL_LIST } cell_kind;

typedef struct cell {
    cell_kind kind;
    char *text;
    int64_t integer;
    double real;
    ig_shape shape;
    double *list; /* `integer` numbers; `text` has them as text */
} cell;

typedef struct table {
    const column *columns;
    int n_columns;
    cell *cells; /* row after row */
    int n_cells, capacity;
    bool failed; /* memory ran out */
} table;

void table_init(table *t, const column *columns, int n_columns);
void table_release(table *t);

/* Each appends the next cell, left to right and row after row. */
void table_none(table *t);
void table_text(table *t, const char *text); /* copied; NULL is no value */
void table_int(table *t, int64_t value);
void table_real(table *t, double value);
void table_bool(table *t, bool value);
void table_shape(table *t, const ig_shape *shape);
void table_list(table *t, const double *values, int count); /* copied; NULL is no value */

/* A cell as Markdown shows it, in `buffer` or borrowed from the table; and whether a column is one of numbers. */
enum { CELL_TEXT_SIZE = 96 };
const char *table_cell_text(const table *t, int index, char buffer[CELL_TEXT_SIZE]);
bool table_column_right(const table *t, int index);

/* Writes to stdout. JSON: a list of objects. */
ig_status table_print(const table *t, output_format format, ig_error *error) IG_MUST_USE;
/* The rows as a list of JSON objects; NULL when memory ran out. Own: the caller's. */
cJSON *table_to_json(const table *t);

/* A shape as a list of numbers. */
cJSON *json_shape(const ig_shape *shape);
/* Prints and deletes `value`; NULL means that memory ran out while building it. */
ig_status json_print(cJSON *value, ig_error *error) IG_MUST_USE;

#endif
