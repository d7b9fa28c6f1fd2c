/* A device's measured roofs: their names, and the file that remembers them. */
#ifndef INGOT_BENCH_ROOFS_H
#define INGOT_BENCH_ROOFS_H

#include "ingot/probe.h"

enum { IG_ROOF_FIGURES = 7 };

/* An ig_roof of ig_device_roofs. */
typedef struct ig_roof_figure {
    const char *key;  /* as in the struct */
    const char *unit; /* "": a ratio */
    const char *what;
    size_t offset;
} ig_roof_figure;

extern const ig_roof_figure ig_roof_figures[IG_ROOF_FIGURES];
const ig_roof *ig_roofs_get(const ig_device_roofs *roofs, const ig_roof_figure *figure);

/* True when the roofs of this device and driver were measured before, by this version. */
bool ig_roofs_recall(const char *folder, const char *device, const char *driver, ig_device_roofs *out);
/* Remembers them in `folder`, which is created when missing. */
ig_status ig_roofs_remember(const char *folder, const char *device, const char *driver, const ig_device_roofs *roofs,
                            ig_error *error) IG_MUST_USE;

/* The better one of each figure's two measurements: what the device can do shows when nothing else runs on it. */
void ig_roofs_merge(ig_device_roofs *roofs, const ig_device_roofs *again);

#endif
