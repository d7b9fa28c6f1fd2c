/* Tuning in a process of its own, so that a candidate that hangs in the driver, or takes the process with it, can be
 * got rid of. The journal is all that the next process needs to go on. */
#ifndef INGOT_CLI_TUNE_WATCH_H
#define INGOT_CLI_TUNE_WATCH_H

#include "cli/app.h"

/* Tunes; returns the exit code. Tells tune_watch_begin() of each trial. */
typedef int (*tune_work)(void *user, int watch_fd, double budget_s);

/* Runs `work` in a child, and again in another one after each trial that outlives its limit or kills the child. The
 * device must not be open yet. `budget_s` (0: none) is for all of them together. Returns the exit code. */
int tune_watch(app *a, tune_work work, void *user, double budget_s);

/* A trial begins that should not take longer than `limit_ns`, or has ended (0). */
void tune_watch_tell(int watch_fd, int64_t limit_ns);

#endif
