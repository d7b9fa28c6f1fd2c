#include "cli/zoo.h"

#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
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

/* --- finding one ------------------------------------------------------------------------------------------------- */

static ig_status unknown_model(const zoo_models *models, const char *model, ig_error *error)
{
    cli_fail(error, IG_E_NO_INPUT, "there is no model named %s", model);
    if (models->count > 0)
        cli_expected(error, "one of the %d names that `ingot models` lists", models->count);
    else
        cli_expected(error, "a path: no folder of models was found");
    const char *nearest = zoo_nearest(models, model);
    if (nearest)
        cli_hint(error, "did you mean %s?", nearest);
    else
        cli_hint(error, "a path to a model description contains a '/' or ends in .yaml");
    return IG_E_NO_INPUT;
}

bool zoo_is_path(const char *text)
{
    size_t length = strlen(text);
    return strchr(text, '/') || (length > 5 && strcmp(text + length - 5, ".yaml") == 0) ||
           (length > 4 && strcmp(text + length - 4, ".yml") == 0);
}

ig_status zoo_find(const zoo *z, const char *model, char path[ZOO_PATH], ig_error *error)
{
    path[0] = '\0';
    if (zoo_is_path(model)) {
        if (strlen(model) >= ZOO_PATH)
            return cli_fail(error, IG_E_USAGE, "the path of the model is too long");
        strcpy(path, model);
        return IG_OK;
    }
    zoo_models models;
    ig_status status = zoo_list(z, NULL, &models, error);
    for (int i = 0; i < models.count && !path[0]; i++)
        if (strcmp(models.items[i].name, model) == 0)
            strcpy(path, models.items[i].path);
    if (!status && !path[0])
        status = unknown_model(&models, model, error);
    zoo_models_release(&models);
    return status;
}
