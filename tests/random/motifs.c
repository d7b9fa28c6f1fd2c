#include "tests/random/motifs.h"

typedef struct motif {
    void (*add)(draft *d);
    int weight;
} motif;

#define MOTIF(name, weight) {motif_##name, weight},
static const motif MOTIFS[] = {
#include "tests/random/motifs.def"
};
#undef MOTIF
enum { N_MOTIFS = (int)(sizeof MOTIFS / sizeof MOTIFS[0]), ATTEMPTS = 60 };

static const motif *draw_motif(draft *d)
{
    int total = 0;
    for (int i = 0; i < N_MOTIFS; i++)
        total += MOTIFS[i].weight;
    int left = draw(d, total), chosen = 0;
    while (left >= MOTIFS[chosen].weight)
        left -= MOTIFS[chosen++].weight;
    return &MOTIFS[chosen];
}

void motifs_compose(draft *d, uint32_t seed, int steps)
{
    draft_begin(d, seed);
    const int wanted = draw_between(d, MOTIFS_LEAST, steps);
    for (int i = 0; i < ATTEMPTS && d->count <= wanted; i++)
        draw_motif(d)->add(d);
}
