/* What computes: an OpenCL device, or the plain C reference. */
#ifndef INGOT_CLI_BACKEND_H
#define INGOT_CLI_BACKEND_H

#include "cli/app.h"
#include "cli/tuning.h"

#define REFERENCE_DEVICE "ref"

typedef struct backend {
    bool reference;
    ig_device *device;                 /* NULL for the reference */
    tuning_mode tuning;                /* the command's */
    ig_tune_db *records[TUNING_MODES]; /* from that mode on */
    char cache[CACHE_PATH];            /* "": none */
    char name[IG_DEVICE_TEXT], driver[IG_DEVICE_TEXT];
} backend;

/* --device, else $INGOT_DEVICE; NULL: the library's choice. */
const char *backend_selection(const common_args *args);
/* Opens what `select` names. NO_DEVICE, DEVICE. Release with backend_close() in any case. */
ig_status backend_open(app *a, const char *select, backend *b, ig_error *error) IG_MUST_USE;
void backend_close(backend *b);
/* What planning takes in that mode, or in the command's where that has less; NULL: none. */
const ig_tune_db *backend_records(const backend *b, tuning_mode mode);
/* As in ig_device_limits; false for the reference. */
bool backend_local_is_cache(const backend *b);

#endif
