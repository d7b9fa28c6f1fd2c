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
    IG_RUNG_DEFAULT, /**< the safe default of the kernel's header */
    IG_RUNG_COUNT
} ig_tune_rung;
/** "exact", "nearest", "family" or "default". Thread: any. */
const char *ig_tune_rung_name(ig_tune_rung rung);

/** Tuning records in memory. Immutable once loaded; threads may share it. */
typedef struct ig_tune_db ig_tune_db;

/** Loads the records shipped with the library. Own: destroy with ig_tune_db_destroy(). Error: DATA, NO_MEMORY. */
ig_status ig_tune_db_shipped(ig_tune_db **out, ig_error *error) IG_MUST_USE;

/** Adds the records of a file: all of them, or none when a line is bad. Format: docs/tuning.md.
 *  Error: NO_INPUT, DATA with file:line, NO_MEMORY. */
ig_status ig_tune_db_import(ig_tune_db *db, const char *path, ig_error *error) IG_MUST_USE;

/** Number of records. */
int ig_tune_db_count(const ig_tune_db *db);
void ig_tune_db_destroy(ig_tune_db **db);

#ifdef __cplusplus
}
#endif
#endif
