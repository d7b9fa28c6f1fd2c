/* tests/models/goldens.yaml and parity.yaml: whole networks on tensors made from names, for the reference and for every
 * device. */
#ifndef IG_TESTS_GOLDEN_H
#define IG_TESTS_GOLDEN_H

#include "base/arena.h"
#include "ingot/graph.h"

typedef struct golden_tap {
    const char *path;
    ig_shape shape;
    double mean, absmean, first, last;
} golden_tap;

/* What a large output must hold: numbers over all of it, one of which notices places that are exchanged, and some of
 * its elements. */
enum { GOLDEN_MAX_PROBES = 16 };
typedef struct golden_digest {
    const char *output;
    ig_shape shape;
    double mean, absmean, absmax, dot;
    int64_t place[GOLDEN_MAX_PROBES];
    double probe[GOLDEN_MAX_PROBES];
    int n_probes;
} golden_digest;

typedef struct golden {
    const char *model; /* relative to models/ */
    ig_shape shape;    /* of the input; rank 0: what the model states */
    ig_override *overrides;
    int n_overrides;
    int fill;          /* index into golden_fills */
    bool large;        /* minutes in plain C */
    double *outputs;   /* of the first output; none when there are digests */
    int n_outputs;
    golden_digest *digests;
    int n_digests;
    golden_tap *taps;
    int n_taps;
} golden;

typedef struct golden_list {
    golden *items;
    int count;
} golden_list;

/* Everything lives in `arena`. */
ig_status golden_load(const char *path, ig_arena *arena, golden_list *out, ig_error *error) IG_MUST_USE;
ig_status golden_weights(const golden *g, const ig_graph *graph, ig_weights **out, ig_error *error) IG_MUST_USE;
void golden_input(const golden *g, const char *name, float *data, int64_t elems);
/* Relative to the largest magnitude that is expected. False: `why` says where they differ. */
bool golden_check_tap(const golden_tap *tap, const ig_tensor *value, double tolerance, char *why, size_t why_size);
bool golden_check_digest(const golden_digest *digest, const ig_tensor *value, double tolerance, char *why,
                         size_t why_size);
bool golden_check_outputs(const golden *g, const ig_tensor *value, double tolerance, char *why, size_t why_size);

#endif
