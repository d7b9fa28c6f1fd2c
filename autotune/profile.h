/* Reading device profiles, from a file or from what the library carries. */
#ifndef IG_AUTOTUNE_PROFILE_H
#define IG_AUTOTUNE_PROFILE_H

#include "ingot/device.h"

/* What a profile tells. The ratios are those of ingot/probe.h, 0 where nobody measured such a device. */
typedef struct ig_profile {
    ig_device_limits limits;
    double bytes_per_flop; /* copy_gbytes_per_s / fma_gflops */
    double local_gain;
} ig_profile;

/* Fills `out` from the text of one profile; `file` names it in errors. DATA with file:line:col, NO_MEMORY. */
ig_status ig_autotune_parse_profile(const char *text, size_t length, const char *file, ig_profile *out,
                                    ig_error *error) IG_MUST_USE;

/* The shipped profile `index`, ordered by name; there are ig_profile_text_count. */
ig_status ig_autotune_shipped_profile(int index, ig_profile *out, ig_error *error) IG_MUST_USE;

#endif
