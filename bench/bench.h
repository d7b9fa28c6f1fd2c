/* The bench driver: repeated timing, and remembered verdicts. Knows no network and no device. */
#ifndef INGOT_BENCH_BENCH_H
#define INGOT_BENCH_BENCH_H

#include "base/stats.h"
#include "ingot/base.h"

/* --- measuring ---------------------------------------------------------------------------------------------------- */

typedef struct ig_bench_params {
    ig_status (*run)(void *user, ig_error *error); /* what is timed; waits until its result is there */
    void *user;
    int warmup;                                      /* runs that do not count */
    int max_runs;                                    /* at least 1 */
    int min_runs;                                    /* taken even when `seconds` are over; at most max_runs */
    double seconds;                                  /* stop when this much time went by; 0: max_runs alone decides */
    const volatile bool *cancel;                     /* checked between runs; may be NULL */
    void (*report)(void *user, int done, int total); /* after each run; may be NULL */
    /* Where what is timed leaves the time that counts, when that is not all of its call (pauses, another process's
     * clock); NULL: the host's monotonic clock around the call. Unit: ms. */
    const double *taken_ms;
    double *rounds_ms[2]; /* gets the times of each round in their order, max_runs at most; NULL: not wanted */
} ig_bench_params;

/* Times `run`. Unit: ms in `out`.
 * Error: CANCELLED, NO_MEMORY, USAGE, or what `run` returned. */
ig_status ig_bench_measure(const ig_bench_params *params, ig_stats *out, ig_error *error) IG_MUST_USE;

/* --- comparing ---------------------------------------------------------------------------------------------------- */

/* Two things timed in turn, so that whatever slows the machine for a while slows both. Unit: ms. */
typedef struct ig_bench_pair {
    ig_stats first, second;
    ig_stats ratio; /* first / second, round by round */
} ig_bench_pair;

/* Times `run` and `other`, called with the same user; each begins every second round. Limits and warm-up are of rounds.
 * Error: as ig_bench_measure(). */
ig_status ig_bench_compare(const ig_bench_params *params, ig_status (*other)(void *user, ig_error *error),
                           ig_bench_pair *out, ig_error *error) IG_MUST_USE;

/* --- remembered verdicts ------------------------------------------------------------------------------------------ */

/* All that a verification's outcome depends on. Strings are borrowed. */
typedef struct ig_bench_key {
    uint64_t plan_hash; /* the printed plan and its kernel sources */
    uint64_t weights_hash, input_hash;
    const char *device, *driver, *version;
} ig_bench_key;

/* True when this very key was verified before; `*max_rel_error` is what was found then. A missing, damaged or foreign
 * file is no verdict. */
bool ig_bench_recall(const char *folder, const ig_bench_key *key, double *max_rel_error);
/* Remembers a passed verification in `folder`, which is created when missing. */
ig_status ig_bench_remember(const char *folder, const ig_bench_key *key, double max_rel_error,
                            ig_error *error) IG_MUST_USE;
/* Makes `folder` and every folder above it; one that cannot be made shows when a file is written there. */
void ig_bench_make_folder(const char *folder);

#endif
