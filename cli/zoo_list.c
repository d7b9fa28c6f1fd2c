#include "cli/report.h"
#include "cli/zoo.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MODEL_SUFFIX ".yaml"
#define BLOCKS_FOLDER "blocks" /* parts of models, not models */

/* --- collecting --------------------------------------------------------------------------------------------------- */

typedef struct collection {
    zoo_models *models;
    int root;
    bool failed; /* memory ran out */
} collection;

static char *copy_text(char **at, const char *text, size_t length)
{
    char *copy = memcpy(*at, text, length);
    copy[length] = '\0';
    *at += length + 1;
    return copy;
}

static void add_model(collection *c, const char *path, const char *paper, const char *file)
{
    zoo_models *models = c->models;
    size_t lengths[] = {strlen(path), strlen(paper), strlen(file) - strlen(MODEL_SUFFIX)};
    zoo_model *items = realloc(models->items, ((size_t)models->count + 1) * sizeof *items);
    if (items)
        models->items = items;
    char *at = malloc(lengths[0] + lengths[1] + lengths[2] + 3);
    if (!items || !at) {
        free(at);
        c->failed = true;
        return;
    }
    zoo_model *added = &models->items[models->count++];
    added->path = copy_text(&at, path, lengths[0]);
    added->paper = copy_text(&at, paper, lengths[1]);
    added->name = copy_text(&at, file, lengths[2]);
    added->root = c->root;
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

/* Models of one folder, and, one level deep (`paper` is NULL), of the folders in it. */
static void collect_folder(collection *c, const char *folder, const char *paper)
{
    DIR *dir = opendir(folder);
    char path[ZOO_PATH];
    for (struct dirent *entry; dir && !c->failed && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        struct stat info;
        int length = snprintf(path, sizeof path, "%s/%s", folder, name);
        if (name[0] == '.' || length < 0 || length >= ZOO_PATH || stat(path, &info) != 0)
            continue;
        if (!S_ISDIR(info.st_mode) && has_suffix(name, MODEL_SUFFIX))
            add_model(c, path, paper ? paper : "", name);
        else if (S_ISDIR(info.st_mode) && !paper && strcmp(name, BLOCKS_FOLDER) != 0)
            collect_folder(c, path, name);
    }
    if (dir)
        closedir(dir);
}

/* --- order -------------------------------------------------------------------------------------------------------- */

/* The first of each name is the one that the name stands for. */
static int compare_precedence(const void *a, const void *b)
{
    const zoo_model *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (!order)
        order = (x->root > y->root) - (x->root < y->root);
    return order ? order : strcmp(x->path, y->path);
}

static int compare_paper(const void *a, const void *b)
{
    const zoo_model *x = a, *y = b;
    int order = strcmp(x->paper, y->paper);
    return order ? order : strcmp(x->name, y->name);
}

/* Leaves one model of each name. */
static void drop_hidden(zoo_models *models, const ig_log *log)
{
    int kept = 0;
    for (int i = 0; i < models->count; i++) {
        zoo_model *m = &models->items[i], *first = kept > 0 ? &models->items[kept - 1] : NULL;
        if (!first || strcmp(first->name, m->name) != 0) {
            models->items[kept++] = *m;
            continue;
        }
        if (log && first->root == m->root)
            report_warning(log, "%s cannot be named: %s stands for %s", m->path, m->name, first->path);
        free(m->path);
    }
    models->count = kept;
}

ig_status zoo_list(const zoo *z, const ig_log *log, zoo_models *out, ig_error *error)
{
    memset(out, 0, sizeof *out);
    collection c = {.models = out};
    for (c.root = 0; c.root < z->n_roots && !c.failed; c.root++)
        collect_folder(&c, z->roots[c.root], NULL);
    if (c.failed)
        return cli_fail_memory(error);
    if (out->count > 0) {
        qsort(out->items, (size_t)out->count, sizeof *out->items, compare_precedence);
        drop_hidden(out, log);
        qsort(out->items, (size_t)out->count, sizeof *out->items, compare_paper);
    }
    return IG_OK;
}

void zoo_models_release(zoo_models *models)
{
    for (int i = 0; i < models->count; i++)
        free(models->items[i].path);
    free(models->items);
    memset(models, 0, sizeof *models);
}

const char *zoo_nearest(const zoo_models *models, const char *name)
{
    const char **names = calloc((size_t)models->count + 1, sizeof *names);
    for (int i = 0; names && i < models->count; i++)
        names[i] = models->items[i].name;
    const char *nearest = names ? ig_text_nearest(name, names, models->count) : NULL;
    free(names);
    return nearest;
}
