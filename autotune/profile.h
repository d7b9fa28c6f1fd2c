/* Reading device profiles, from a file or from what the library carries. */
#ifndef IG_AUTOTUNE_PROFILE_H
#define IG_AUTOTUNE_PROFILE_H

#include "ingot/device.h"

/* Fills `out` from the text of one profile; `file` names it in errors. DATA with file:line:col, NO_MEMORY. */
ig_status ig_autotune_parse_profile(const char *text, size_t length, const char *file, ig_device_limits *out,
                                    ig_error *error) IG_MUST_USE;

#endif
