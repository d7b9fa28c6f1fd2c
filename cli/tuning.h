/* Where the user's tuning records lie, and which records count. */
#ifndef INGOT_CLI_TUNING_H
#define INGOT_CLI_TUNING_H

#include "cli/cache_dir.h"
#include "ingot/device.h"
#include "ingot/tune.h"

/* --tuning, each with less than the one before */
typedef enum tuning_mode {
    TUNING_ALL,     /* the shipped records, and the user's before them */
    TUNING_SHIPPED, /* the shipped ones alone */
    TUNING_OFF,     /* none: the safe defaults of the kernels */
    TUNING_MODES
} tuning_mode;
extern const char *const tuning_mode_names[];

typedef struct tuning_paths {
    char records[CACHE_PATH], journal[CACHE_PATH];
} tuning_paths;

/* Below $INGOT_DATA_DIR, else $XDG_DATA_HOME/ingot, else ~/.local/share/ingot; made with `create`. One pair of files
 * for each device of a name. USAGE when none of the variables is set. */
ig_status tuning_find(const ig_device_limits *limits, bool create, tuning_paths *out, ig_error *error) IG_MUST_USE;

/* Loads what `mode` says; `*out` is NULL for TUNING_OFF. DATA with file:line when the user's records are malformed.
 * Own: ig_tune_db_destroy(). */
ig_status tuning_load(const ig_device_limits *limits, tuning_mode mode, ig_tune_db **out, ig_error *error) IG_MUST_USE;

#endif
