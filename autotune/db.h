/* Tuning records as planning sees them: for one kernel and problem, the parameter sets worth trying, best known first.
 */
#ifndef IG_AUTOTUNE_DB_H
#define IG_AUTOTUNE_DB_H

#include "base/arena.h"
#include "cl/kernels/kernel.h"
#include "ingot/tune.h"

typedef struct ig_tune_record {
    const char *family, *device, *driver; /* device and driver empty: any of the family */
    const char *kernel;
    uint64_t kernel_hash;   /* 0: any; else the record is stale when the kernel's source differs */
    ig_kernel_vars problem; /* count 0: any problem */
    ig_kernel_vars params;
    int64_t rate;     /* multiply-adds while a byte moves; 0: not said */
    int64_t priority; /* instead of the header's; 0: not said */
} ig_tune_record;

struct ig_tune_db {
    ig_arena *arena;
    ig_tune_record *records;
    int count, capacity;
};

/* One parameter set for kernel->tunes, in their order, and how near it is. */
typedef struct ig_tune_choice {
    ig_tune_rung rung;
    int64_t values[IG_KERNEL_MAX_TUNES];
    int64_t rate; /* of the record; 0 for the default */
} ig_tune_choice;

/* At most one choice per rung, best rung first, the header's default last. A record whose parameters the kernel no
 * longer has, or whose values it no longer allows, is passed over. */
int ig_tune_lookup(const ig_tune_db *db, const ig_device_limits *limits, const ig_kernel_def *kernel,
                   const ig_kernel_vars *problem, ig_tune_choice choices[IG_RUNG_COUNT]);

/* The kernel's priority on this device: the header's, unless a record for any problem says otherwise. */
int64_t ig_tune_priority(const ig_tune_db *db, const ig_device_limits *limits, const ig_kernel_def *kernel);

/* Parses the text of one file into `db`: all records or none. */
ig_status ig_tune_db_parse(ig_tune_db *db, const char *text, size_t length, const char *file,
                           ig_error *error) IG_MUST_USE;

#endif
