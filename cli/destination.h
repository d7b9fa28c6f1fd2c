/* Where `run` writes outputs and taps: NAME=file.npy arguments. */
#ifndef INGOT_CLI_DESTINATION_H
#define INGOT_CLI_DESTINATION_H

#include "cli/engine.h"

typedef struct destination {
    const char *path;
    int output;        /* index of the model's output; -1 for a tap */
    const char *value; /* the tapped value's name, borrowed from the graph */
} destination;

typedef struct destination_list {
    destination *items;
    int count;
    const char **taps; /* values of the taps */
    int n_taps;
} destination_list;

/* Resolves --output and --tap arguments and checks that every file can be created. USAGE with the nearest name as a
 * hint, CLI_E_CANNOT_CREATE, PERMISSION, NO_MEMORY. Release with destinations_release() in any case. */
ig_status destinations_parse(const model *m, const text_list *outputs, const text_list *taps, destination_list *out,
                             ig_error *error) IG_MUST_USE;
void destinations_release(destination_list *list);

/* Writes every file from the last run of `e`, whose outputs are `outputs`. */
ig_status destinations_write(const destination_list *list, engine *e, const ig_tensor *outputs,
                             ig_error *error) IG_MUST_USE;

/* CLI_E_CANNOT_CREATE or PERMISSION when no file can be written at `path`. */
ig_status check_can_create(const char *path, ig_error *error) IG_MUST_USE;

#endif
