/** @file tune.h
 *  The tuning database: which parameters a kernel runs best with, and how well that is known.
 */
#ifndef INGOT_TUNE_H
#define INGOT_TUNE_H

#include "ingot/base.h"
#include "ingot/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How near a record is to the question, best first. Every plan prints the rung of each step. */
typedef enum ig_tune_rung {
    IG_RUNG_EXACT,   /**< this device and driver, this problem */
    IG_RUNG_NEAREST, /**< this device family, the problem nearest in size */
    IG_RUNG_FAMILY,  /**< this device family, any problem */
    IG_RUNG_PROFILE, /**< no record of this family at all: that of the nearest device profile, any problem */
    IG_RUNG_DEFAULT, /**< the safe default of the kernel's header */
    IG_RUNG_COUNT
} ig_tune_rung;
/** "exact", "nearest", "family", "profile" or "default". Thread: any. */
const char *ig_tune_rung_name(ig_tune_rung rung);

/** How thoroughly was searched. */
typedef enum ig_tune_level {
    IG_TUNE_NONE,  /**< not at all: written by hand */
    IG_TUNE_QUICK, /**< until nothing better turned up for a while */
    IG_TUNE_FULL,  /**< the same with much more patience */
    IG_TUNE_LEVEL_COUNT
} ig_tune_level;

/** What a measured record rests on. All zero: the record was written by hand. */
typedef struct ig_tune_evidence {
    int64_t time_ns; /**< Unit: ns, median of one launch with the record's parameters */
    int64_t base_ns; /**< the same for what planning would take without the record, interleaved in one run */
    double spread;   /**< of time_ns: (95th - 5th percentile) / median */
    int64_t runs;    /**< launches behind time_ns */
    ig_tune_level level;
} ig_tune_evidence;

/** Tuning records in memory. Threads may share it while none changes it. */
typedef struct ig_tune_db ig_tune_db;

/** A database without records. Own: destroy with ig_tune_db_destroy(). Error: NO_MEMORY. */
ig_status ig_tune_db_create(ig_tune_db **out, ig_error *error) IG_MUST_USE;

/** Loads the records shipped with the library. Own: destroy with ig_tune_db_destroy(). Error: DATA, NO_MEMORY. */
ig_status ig_tune_db_shipped(ig_tune_db **out, ig_error *error) IG_MUST_USE;

/** Adds the records of a file: all of them, or none when a line is bad. Format: docs/tuning.md.
 *  Later records win over earlier ones that are about the same.
 *  Error: NO_INPUT, DATA with file:line, NO_MEMORY. */
ig_status ig_tune_db_import(ig_tune_db *db, const char *path, ig_error *error) IG_MUST_USE;

/** As ig_tune_db_import(), but a file of another device, or with a record that cannot be true of this one, is refused:
 *  `limits` must be those of the device that the file names, and the parameters of every record that is not stale must
 *  be legal for its problem there. Error: also DATA with file:line. */
ig_status ig_tune_db_import_for(ig_tune_db *db, const char *path, const ig_device_limits *limits,
                                ig_error *error) IG_MUST_USE;

/** Adds the records of `from`; of two about the same device, kernel and problem the faster one stays.
 *  Error: NO_MEMORY. */
ig_status ig_tune_db_merge(ig_tune_db *db, const ig_tune_db *from, ig_error *error) IG_MUST_USE;

/** Writes all records, sorted, as one file, at once or not at all. Error: IO, PERMISSION, NO_MEMORY. */
ig_status ig_tune_db_save(const ig_tune_db *db, const char *path, ig_error *error) IG_MUST_USE;

/** Number of records. */
int ig_tune_db_count(const ig_tune_db *db);

/** One record as text. Own: borrowed from the database, but `problem` and `params`, which are the caller's to free().
 */
typedef struct ig_tune_record_info {
    const char *family, *device, *driver; /**< the latter two empty: any device of the family */
    const char *kernel;
    uint64_t kernel_hash; /**< of the source it was measured with; 0: any */
    char *problem;        /**< "C:64,H:56,..." or "*" */
    char *params;         /**< "TM:4,..." */
    ig_tune_evidence evidence;
} ig_tune_record_info;
/** Fills `out` with record `index`. Error: USAGE when there is none, NO_MEMORY. */
ig_status ig_tune_db_get(const ig_tune_db *db, int index, ig_tune_record_info *out, ig_error *error) IG_MUST_USE;

void ig_tune_db_destroy(ig_tune_db **db);

#ifdef __cplusplus
}
#endif
#endif
