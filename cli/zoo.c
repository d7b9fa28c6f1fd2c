#include "cli/zoo.h"

#include "cli/option.h"
#include "cli/report.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODEL_SUFFIX ".yaml"
#define BLOCKS_FOLDER "blocks" /* parts of models, not models */

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

static bool join(char out[ZOO_PATH], const char *folder, const char *name, const char *suffix)
{
    int length = snprintf(out, ZOO_PATH, "%s/%s%s", folder, name, suffix);
    return length > 0 && length < ZOO_PATH;
}

static void add_root(zoo *z, const char *path)
{
    if (z->n_roots < ZOO_ROOTS && is_folder(path) && strlen(path) < ZOO_PATH) {
        strcpy(z->roots[z->n_roots], path);
        z->include_dirs[z->n_roots] = z->roots[z->n_roots];
        z->n_roots++;
    }
}

void zoo_open(zoo *z)
{
    z->n_roots = 0;
    const char *named = getenv("INGOT_MODELS");
    if (named && named[0])
        add_root(z, named);
    char exe[ZOO_PATH], installed[ZOO_PATH];
    ssize_t length = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (length > 0) {
        exe[length] = '\0';
        char *slash = strrchr(exe, '/');
        if (slash)
            *slash = '\0';
        if (join(installed, exe, "../share/ingot/models", ""))
            add_root(z, installed);
    }
    add_root(z, INGOT_SOURCE_MODELS);
}

/* --- visiting every model ----------------------------------------------------------------------------------------- */

typedef bool (*model_visit)(void *user, const char *folder, const char *file); /* false stops */

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

/* Models of one folder, and, one level deep, of the folders in it. */
static bool visit_folder(const char *folder, bool deeper, model_visit visit, void *user)
{
    DIR *dir = opendir(folder);
    bool going = true;
    char path[ZOO_PATH];
    for (struct dirent *entry; dir && going && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        if (name[0] == '.' || !join(path, folder, name, ""))
            continue;
        if (has_suffix(name, MODEL_SUFFIX) && is_file(path))
            going = visit(user, folder, name);
        else if (deeper && strcmp(name, BLOCKS_FOLDER) != 0 && is_folder(path))
            going = visit_folder(path, false, visit, user);
    }
    if (dir)
        closedir(dir);
    return going;
}

typedef struct search {
    const char *name;
    char *path; /* of ZOO_PATH; "" until found */
} search;

/* Folders come in no fixed order: the first path by spelling wins, so that the answer is always the same. */
static bool match_name(void *user, const char *folder, const char *file)
{
    search *s = user;
    char path[ZOO_PATH];
    size_t length = strlen(file) - strlen(MODEL_SUFFIX);
    if (strlen(s->name) == length && strncmp(s->name, file, length) == 0 && join(path, folder, file, ""))
        if (!s->path[0] || strcmp(path, s->path) < 0)
            strcpy(s->path, path);
    return true;
}

static bool collect_name(void *user, const char *folder, const char *file)
{
    (void)folder;
    char *name = malloc(strlen(file) + 1);
    if (!name)
        return false;
    strcpy(name, file);
    name[strlen(file) - strlen(MODEL_SUFFIX)] = '\0';
    if (text_list_add(user, name))
        return true;
    free(name);
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static ig_status unknown_model(const zoo *z, const char *model, ig_error *error)
{
    text_list names = {NULL, 0};
    for (int i = 0; i < z->n_roots; i++)
        visit_folder(z->roots[i], true, collect_name, &names);
    if (names.count > 0)
        qsort(names.items, (size_t)names.count, sizeof *names.items, compare_names);
    cli_fail(error, IG_E_NO_INPUT, "there is no model named %s", model);
    char list[IG_ERROR_TEXT / 2] = "";
    for (int i = 0; i < names.count; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", names.items[i]);
    }
    cli_expected(error, "%s%s", list[0] ? "one of " : "a path: no folder of models was found", list);
    const char *nearest = ig_text_nearest(model, names.items, names.count);
    if (nearest)
        cli_hint(error, "did you mean %s?", nearest);
    else
        cli_hint(error, "a path to a model description contains a '/' or ends in .yaml");
    for (int i = 0; i < names.count; i++)
        free((void *)(uintptr_t)names.items[i]);
    free(names.items);
    return IG_E_NO_INPUT;
}

ig_status zoo_find(const zoo *z, const char *model, char path[ZOO_PATH], ig_error *error)
{
    path[0] = '\0';
    if (strchr(model, '/') || has_suffix(model, MODEL_SUFFIX) || has_suffix(model, ".yml")) {
        if (strlen(model) >= ZOO_PATH)
            return cli_fail(error, IG_E_USAGE, "the path of the model is too long");
        strcpy(path, model);
        return IG_OK;
    }
    search s = {model, path};
    for (int i = 0; i < z->n_roots && !path[0]; i++)
        visit_folder(z->roots[i], true, match_name, &s);
    return path[0] ? IG_OK : unknown_model(z, model, error);
}
