/* One line of progress on a terminal, for anything that takes over two seconds; silence in a pipe. */
#ifndef INGOT_CLI_PROGRESS_H
#define INGOT_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    const char *what;
    bool enabled, shown;
    int64_t started_ns, updated_ns;
} progress;

void progress_begin(progress *p, const char *what, bool quiet);
/* `total` 0: unknown. */
void progress_step(progress *p, const char *detail, int done, int total);
void progress_end(progress *p); /* wipes the line */

#endif
