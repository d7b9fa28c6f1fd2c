/* The journal of tuning: every trial is noted before it runs and when it has ended, so that after a kill, a reset or a
 * hang nothing is measured twice, and what did not end is never tried again. */
#ifndef IG_AUTOTUNE_JOURNAL_H
#define IG_AUTOTUNE_JOURNAL_H

#include "autotune/search.h"

typedef struct ig_tune_journal ig_tune_journal;

/* Opens and reads the file, or begins it; NULL: the journal is in memory only. One process at a time may have it open.
 * Lines that a kill or a full disk cut are passed over.
 * Error: IO (another process has it open, too), PERMISSION, NO_MEMORY. */
ig_status ig_tune_journal_open(const char *path, ig_tune_journal **out, ig_error *error) IG_MUST_USE;
void ig_tune_journal_close(ig_tune_journal **journal);

/* What is known of the trial; false: nothing. One that has begun and not ended is LOST. */
bool ig_tune_journal_find(const ig_tune_journal *journal, uint64_t key, ig_trial *trial);
/* On disk when it returns. `text` is for people. */
ig_status ig_tune_journal_begin(ig_tune_journal *journal, uint64_t key, const char *text, ig_error *error) IG_MUST_USE;
ig_status ig_tune_journal_end(ig_tune_journal *journal, uint64_t key, const ig_trial *trial,
                              ig_error *error) IG_MUST_USE;
/* Of what is known: how many trials, and how many of them are lost. */
void ig_tune_journal_count(const ig_tune_journal *journal, int *trials, int *lost);

/* Names a trial in the journal: the device, the kernel's source, the problem and the values. */
uint64_t ig_tune_trial_key(const ig_tune_search *search, const ig_device_limits *limits,
                           const ig_tune_candidate *candidate);

#endif
