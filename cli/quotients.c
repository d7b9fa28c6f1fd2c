#include "cli/quotients.h"

#include <math.h>
#include <string.h>

int table_column(const table *t, const char *key)
{
    int index = 0;
    while (!t->columns[index].key || strcmp(t->columns[index].key, key) != 0)
        index++;
    return index;
}

quotients quotients_of(const table *t, const char *key, const char *where, const char *name)
{
    quotients q = {.least = INFINITY};
    const int index = table_column(t, key), other = where ? table_column(t, where) : 0;
    double sum = 0;
    for (int row = 0; row < t->n_cells; row += t->n_columns) {
        const cell *value = &t->cells[row + index];
        if (value->kind != CELL_REAL || (where && strcmp(t->cells[row + other].text, name) != 0))
            continue;
        sum += log(value->real);
        q.least = fmin(q.least, value->real);
        q.count++;
    }
    q.geometric_mean = q.count > 0 ? exp(sum / q.count) : 0;
    return q;
}
