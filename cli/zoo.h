/* Finding the model description that a MODEL argument names. */
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

/* A path (with '/' or ending in .yaml or .yml) is taken as it is; a name is looked up as <root>/<name>.yaml and
 * <root>/<folder>/<name>.yaml. NO_INPUT with the nearest names as a hint. */
ig_status zoo_find(const zoo *z, const char *model, char path[ZOO_PATH], ig_error *error) IG_MUST_USE;

#endif
