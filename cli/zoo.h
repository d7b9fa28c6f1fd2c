/* The model descriptions that are at hand, and the one that a MODEL argument names. */
#ifndef INGOT_CLI_ZOO_H
#define INGOT_CLI_ZOO_H

#include "ingot/base.h"

enum { ZOO_PATH = 4096, ZOO_ROOTS = 3 };

/* Folders of model descriptions that exist, best first: $INGOT_MODELS, the installed one, the source tree's. */
typedef struct zoo {
    char roots[ZOO_ROOTS][ZOO_PATH];
    const char *include_dirs[ZOO_ROOTS];
    int n_roots;
} zoo;

void zoo_open(zoo *z);

/* One description, at <root>/<name>.yaml or <root>/<paper>/<name>.yaml. */
typedef struct zoo_model {
    char *path;        /* own, and with it the texts below; shorter than ZOO_PATH */
    const char *paper; /* the folder below the root; "" right in the root */
    const char *name;  /* what a MODEL argument says */
    int root;
} zoo_model;

typedef struct zoo_models {
    zoo_model *items;
    int count;
} zoo_models;

/* Every model that a name can stand for, by paper and name. Of several with one name the first root's counts, and in a
 * root the first path by spelling; files that this hides in their own root are named to `log` (NULL: nobody).
 * NO_MEMORY. Release with zoo_models_release() in any case. */
ig_status zoo_list(const zoo *z, const ig_log *log, zoo_models *out, ig_error *error) IG_MUST_USE;
void zoo_models_release(zoo_models *models);
/* The name most like `name`, or NULL. Borrowed from `models`. */
const char *zoo_nearest(const zoo_models *models, const char *name);

/* True for what is meant as a path: with '/', or ending in .yaml or .yml. */
bool zoo_is_path(const char *text);

/* A path is taken as it is; a name is looked up as zoo_list() has it.
 * NO_INPUT with the nearest name as a hint, NO_MEMORY. */
ig_status zoo_find(const zoo *z, const char *model, char path[ZOO_PATH], ig_error *error) IG_MUST_USE;

#endif
