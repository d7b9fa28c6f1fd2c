#include "cli/report.h"
#include "cli/table.h"

#include <stdio.h>

cJSON *json_shape(const ig_shape *shape)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < shape->rank; i++)
        cJSON_AddItemToArray(list, cJSON_CreateNumber((double)shape->dim[i]));
    return list;
}

static cJSON *cell_json(const cell *c)
{
    switch (c->kind) {
    case CELL_TEXT: return cJSON_CreateString(c->text);
    case CELL_INT: return cJSON_CreateNumber((double)c->integer);
    case CELL_REAL: return cJSON_CreateNumber(c->real);
    case CELL_BOOL: return cJSON_CreateBool(c->integer != 0);
    case CELL_SHAPE: return json_shape(&c->shape);
    case CELL_LIST: return cJSON_CreateDoubleArray(c->list, (int)c->integer);
    case CELL_NONE: break;
    }
    return cJSON_CreateNull();
}

/* Adds a member and reports whether both exist: a failed allocation must not drop a member silently. */
static bool add_member(cJSON *object, const char *key, cJSON *value)
{
    if (value && cJSON_AddItemToObject(object, key, value))
        return true;
    cJSON_Delete(value);
    return false;
}

static cJSON *row_json(const table *t, int row)
{
    cJSON *object = cJSON_CreateObject();
    bool ok = object != NULL;
    for (int i = 0; i < t->n_columns && ok; i++)
        if (t->columns[i].key)
            ok = add_member(object, t->columns[i].key, cell_json(&t->cells[row * t->n_columns + i]));
    if (ok)
        return object;
    cJSON_Delete(object);
    return NULL;
}

cJSON *table_to_json(const table *t)
{
    cJSON *list = cJSON_CreateArray();
    bool ok = list && !t->failed;
    for (int row = 0; row < t->n_cells / t->n_columns && ok; row++) {
        cJSON *object = row_json(t, row);
        ok = object && cJSON_AddItemToArray(list, object);
    }
    if (ok)
        return list;
    cJSON_Delete(list);
    return NULL;
}

ig_status json_print(cJSON *value, ig_error *error)
{
    char *text = value ? cJSON_Print(value) : NULL;
    cJSON_Delete(value);
    if (!text)
        return cli_fail_memory(error);
    printf("%s\n", text);
    cJSON_free(text);
    return IG_OK;
}
