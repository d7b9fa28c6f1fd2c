/* Host time, and where a start-up spends it (--timing). */
#ifndef INGOT_CLI_CLOCK_H
#define INGOT_CLI_CLOCK_H

#include <stdint.h>

typedef enum phase {
    PHASE_LOAD,
    PHASE_WEIGHTS,
    PHASE_PASSES,
    PHASE_PLAN,
    PHASE_DEVICE,
    PHASE_BUILD,
    PHASE_PACK,
    PHASE_UPLOAD,
    PHASE_FIRST_RUN,
    PHASE_COUNT
} phase;

typedef struct phase_times {
    int64_t started_ns; /* when the process began */
    int64_t total_ns;   /* from there to the first result */
    int64_t ns[PHASE_COUNT];
} phase_times;

int64_t clock_ns(void); /* monotonic */
void phase_add(phase_times *times, phase which, int64_t since_ns);
/* Lines on stderr, so that results on stdout stay readable for programs. */
void phase_print(const phase_times *times);

#endif
