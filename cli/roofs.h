/* What the device at hand can do at most: remembered in the cache folder, or measured when first asked for. */
#ifndef INGOT_CLI_ROOFS_H
#define INGOT_CLI_ROOFS_H

#include "bench/roofs.h"
#include "cli/backend.h"

/* Those that were remembered for the backend's device and driver, unless `again`; else measures and remembers them, and
 * a note says so. `*remembered` tells which; may be NULL. The reference has none: USAGE. */
ig_status roofs_get(app *a, const backend *b, bool again, ig_device_roofs *out, bool *remembered,
                    ig_error *error) IG_MUST_USE;
/* The same for a command that can do without: false on the reference and, with a warning, where measuring fails. */
bool roofs_try(app *a, const backend *b, ig_device_roofs *out);
/* Measures once more and keeps the better of each figure: the device may have been busy before. */
ig_status roofs_improve(app *a, const backend *b, ig_device_roofs *roofs, ig_error *error) IG_MUST_USE;

#endif
