/* Tuning records as planning sees them: for one kernel and problem, the parameter sets worth trying, best known first.
 */
#ifndef IG_AUTOTUNE_DB_H
#define IG_AUTOTUNE_DB_H

#include "base/arena.h"
#include "base/text.h"
#include "cl/kernels/kernel.h"
#include "ingot/device.h"
#include "ingot/tune.h"

/* Whose records a section of a file holds. Texts are never NULL. */
typedef struct ig_tune_device {
    const char *family;
    const char *name, *driver;                  /* both empty: any device of the family */
    const char *vendor, *opencl, *ingot, *date; /* where and when it was measured; may be empty */
} ig_tune_device;

typedef struct ig_tune_record {
    const ig_tune_device *device;
    const char *kernel;
    uint64_t kernel_hash;   /* 0: any; else the record is stale when the kernel's source differs */
    ig_kernel_vars problem; /* count 0: any problem */
    ig_kernel_vars params;
    int64_t rate;     /* multiply-adds while a byte moves; 0: not said */
    int64_t priority; /* instead of the header's; 0: not said */
    ig_tune_evidence evidence;
    const char *note; /* or NULL */
    uint64_t key;     /* of device, kernel and problem: two of one key are about the same */
    int line;         /* in the file it came from; 0: none */
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
    int64_t rate;    /* of the record, or else of the next rung that says one; 0: none does */
    int64_t time_ns; /* measured; 0: not */
} ig_tune_choice;

/* A record on a shelf: the numbers of its problem, whose names are those of a form. */
typedef struct ig_tune_entry {
    const ig_tune_record *record;
    int form;
    int64_t *values;
    double size; /* of its problem: see ig_tune_problem_size() */
} ig_tune_entry;

/* The records that count for one kernel on one device, in the database's order. */
typedef struct ig_tune_shelf {
    const ig_kernel_def *kernel;
    const ig_device_limits *limits;
    ig_tune_entry *entries;
    int count, capacity, n_measured;
    const ig_tune_entry **by_problem; /* sorted by form and numbers, then by place */
    const ig_tune_entry **by_size;    /* sorted by form and size */
    const ig_kernel_vars **forms;     /* problems that name other variables, or in another order: one or two */
    int n_forms, cap_forms;
    int64_t priority; /* the header's, unless a record for any problem says otherwise */
} ig_tune_shelf;

/* Writes the family whose records a device may borrow, as `db` (NULL: no records) has none of its own for any problem:
 * the nearest profile's, where it is as certain as it can be of a device of another family; else "". */
ig_status ig_tune_find_lender(const ig_tune_db *db, const ig_device_limits *limits, char lender[IG_DEVICE_TEXT],
                              ig_error *error) IG_MUST_USE;

/* Fills a shelf for each of `n_kernels` kernels, which are sorted by name, from `db`, and with what the lender has for
 * any problem. A record whose parameters the kernel no longer has, or whose values it no longer allows, is passed over.
 * False when memory is out. */
bool ig_tune_shelve(ig_arena *arena, const ig_tune_db *db, const ig_device_limits *limits, const char *lender,
                    const ig_kernel_def *kernels, int n_kernels, ig_tune_shelf *shelves);

/* Below 0, 0 or above it, as numbers of a problem of form `form` sort before, beside or behind those of an entry. */
int ig_tune_compare_problem(int form, const int64_t *values, const ig_tune_entry *entry);
/* The logarithm of how large a problem is: two problems are at least as far apart as their sizes. */
double ig_tune_problem_size(const int64_t *values, int count);
/* What was measured for exactly this problem on this device; false: nothing. */
bool ig_tune_find_measured(const ig_tune_shelf *shelf, const ig_kernel_vars *problem, ig_tune_choice *out);

/* At most one choice per rung, best rung first, the header's default last; of equally near records the last one. */
int ig_tune_lookup(const ig_tune_shelf *shelf, const ig_kernel_vars *problem, ig_tune_choice choices[IG_RUNG_COUNT]);

/* A kernel that could compute a call: the problem as this kernel sees it, and what is known of it, best rung first. */
typedef struct ig_tune_family {
    const ig_kernel_def *kernel;
    ig_kernel_vars problem;
    ig_tune_choice known[IG_RUNG_COUNT];
    int n_known;
} ig_tune_family;

/* What a launch must respect on the device. */
ig_kernel_bounds ig_tune_bounds(const ig_device_limits *limits);

/* Parses the text of one file into `db`: all records or none. */
ig_status ig_tune_db_parse(ig_tune_db *db, const char *text, size_t length, const char *file,
                           ig_error *error) IG_MUST_USE;

/* Values for the kernel's tunables: the record's where it has one, else the default. False when the record has a
 * parameter, or a value of one, that the kernel has not. */
bool ig_tune_record_values(const ig_kernel_def *kernel, const ig_tune_record *record, int64_t *values);
/* The record was measured on a device of this name, whatever its driver, for the family's kernel as it is and its
 * problem. */
bool ig_tune_record_is_about(const ig_tune_record *record, const ig_device_limits *limits,
                             const ig_tune_family *family);
/* Adds a copy of a record, or puts it in the place of one about the same. */
ig_status ig_tune_db_put(ig_tune_db *db, const ig_tune_record *record, ig_error *error) IG_MUST_USE;
/* The text that reads back to these records, sorted; with a line that closes it when any of them was measured. */
void ig_tune_db_print(const ig_tune_db *db, ig_text *out);
/* "A:1,B:2", or "*" for none. */
void ig_tune_vars_print(const ig_kernel_vars *vars, ig_text *out);
uint64_t ig_tune_record_key(const ig_tune_record *record);
/* Levels of tuning as records spell them. */
extern const char *const ig_tune_level_names[IG_TUNE_LEVEL_COUNT];

#endif
