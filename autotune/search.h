/* The search for the fastest candidate of one problem: which kernel, with which values of its tunables. It asks and is
 * told: it measures nothing itself, holds no clock and draws its random numbers from a counter, so the same answers
 * lead to the same questions.
 *
 * First come the candidates that are known: what planning takes now, then what every other kernel would take. Then
 * neighbours of the best ones and strangers, the most promising of a handful first: a candidate is as promising as the
 * tried ones near it were fast, and less so where its work-groups would leave compute units idle.
 */
#ifndef IG_AUTOTUNE_SEARCH_H
#define IG_AUTOTUNE_SEARCH_H

#include "autotune/db.h"

typedef struct ig_tune_candidate {
    int family;
    int64_t values[IG_KERNEL_MAX_TUNES];
} ig_tune_candidate;

typedef enum ig_trial_end {
    IG_TRIAL_OK,     /* right, and timed */
    IG_TRIAL_SLOW,   /* given up: it takes far longer than the best */
    IG_TRIAL_WRONG,  /* out of tolerance */
    IG_TRIAL_FAILED, /* the driver refused it */
    IG_TRIAL_LOST,   /* never ended, or took the process with it */
    IG_TRIAL_END_COUNT
} ig_trial_end;

typedef struct ig_trial {
    ig_tune_candidate candidate;
    ig_trial_end end;
    int64_t time_ns; /* OK; and SLOW, which took at least so long */
} ig_trial;

enum { IG_TUNE_MAX_FAMILIES = 16, IG_TUNE_MAX_SEEDS = IG_TUNE_MAX_FAMILIES };

typedef struct ig_tune_search {
    ig_arena *arena; /* the caller's */
    ig_tune_family families[IG_TUNE_MAX_FAMILIES];
    int n_families;
    ig_tune_candidate seeds[IG_TUNE_MAX_SEEDS]; /* worth trying first: what won before */
    int n_seeds;
    ig_kernel_bounds bounds;
    int64_t units; /* compute units of the device */
    uint32_t seed;
    int patience; /* ends after so many trials in turn without a gain of a fiftieth; 0: what is known, and no more */
    ig_trial *trials;
    int n_trials, cap_trials;
    int best, last_gain; /* index of the fastest, or -1; and of the last that was a gain */
    uint32_t draws;
} ig_tune_search;

/* Set arena, families, bounds, units, seed and patience before; the first family's first known choice is what planning
 * takes now. */
void ig_tune_search_begin(ig_tune_search *search);
/* The next candidate to try, none twice; false when the search is over. */
bool ig_tune_search_ask(ig_tune_search *search, ig_tune_candidate *out);
/* How it went. False when memory is out. */
bool ig_tune_search_tell(ig_tune_search *search, const ig_trial *trial);
/* The fastest right one so far; NULL: none. */
const ig_trial *ig_tune_search_best(const ig_tune_search *search);

bool ig_tune_candidate_is_legal(const ig_tune_search *search, const ig_tune_candidate *candidate,
                                ig_kernel_launches *launches);
/* "kernel{TM=8,TN=2}", as plans print it. */
void ig_tune_candidate_print(const ig_tune_search *search, const ig_tune_candidate *candidate, ig_text *out);

#endif
