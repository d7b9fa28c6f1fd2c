/* Text files compiled into the library (cmake/EmbedText.cmake writes the definitions). */
#ifndef IG_BASE_EMBED_H
#define IG_BASE_EMBED_H

#include <stddef.h>

typedef struct ig_embedded {
    const char *name; /* file name without folder */
    const char *text;
    size_t length;
} ig_embedded;

extern const ig_embedded ig_kernel_text[]; /* cl/kernels: *.cl and the prelude, *.clh */
extern const int ig_kernel_text_count;
extern const ig_embedded ig_tuning_text[]; /* autotune/db: *.tune */
extern const int ig_tuning_text_count;
extern const ig_embedded ig_profile_text[]; /* autotune/devices: *.yaml */
extern const int ig_profile_text_count;
extern const ig_embedded ig_probe_text[]; /* autotune: probe.cl */
extern const ig_embedded ig_paper_text[]; /* bench/papers: *.yaml */
extern const int ig_paper_text_count;

#endif
