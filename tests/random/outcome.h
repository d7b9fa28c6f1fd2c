/* What a run computes of the values that are watched, and whether two runs agree. */
#ifndef IG_TESTS_RANDOM_OUTCOME_H
#define IG_TESTS_RANDOM_OUTCOME_H

#include "ingot/ingot.h"

enum { OUTCOME_MOST = 8 };

typedef struct outcome {
    const char *names[OUTCOME_MOST]; /* borrowed */
    ig_tensor values[OUTCOME_MOST];
    int count;
} outcome;

/* Watches one more value, unless it is watched or there is no room. */
void outcome_watch(outcome *o, const char *name);
/* The same names without values. */
void outcome_copy_names(outcome *to, const outcome *from);
/* Frees the values; the names stay. */
void outcome_release(outcome *o);

/* Where a graph runs. */
typedef struct outcome_place {
    ig_device *device; /* NULL: the plain C reference */
    const ig_tune_db *db;
    bool chains;
} outcome_place;
ig_status outcome_run(outcome *o, const outcome_place *place, const ig_graph *graph, const ig_weights *weights,
                      const ig_tensor *input, ig_error *error) IG_MUST_USE;

/* Not all elements are the same. */
bool outcome_varies(const outcome *o, int index);
/* The index of the first value that is not as wanted, or -1; `*worst` grows to the largest relative error seen. */
int outcome_differs(const outcome *found, const outcome *wanted, ig_verify_item *item, double *worst);

#endif
