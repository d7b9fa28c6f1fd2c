/* The sentences of the grammar; motifs.def lists them. Each adds some steps to the draft, or none where nothing fits.
 */
#ifndef IG_TESTS_RANDOM_MOTIFS_H
#define IG_TESTS_RANDOM_MOTIFS_H

#include "tests/random/draft.h"

#define MOTIF(name, weight) void motif_##name(draft *d);
#include "tests/random/motifs.def"
#undef MOTIF

enum { MOTIFS_LEAST = 4 };

/* A whole description from a seed: MOTIFS_LEAST to `steps` steps, or some more to end the last sentence. */
void motifs_compose(draft *d, uint32_t seed, int steps);

#endif
