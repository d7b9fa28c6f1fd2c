#include "cli/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void phase_add(phase_times *times, phase which, int64_t since_ns)
{
    times->ns[which] += clock_ns() - since_ns;
}

void phase_print(const phase_times *times)
{
    static const char *const names[PHASE_COUNT] = {
        [PHASE_LOAD] = "load", [PHASE_WEIGHTS] = "weights",    [PHASE_PASSES] = "passes",
        [PHASE_PLAN] = "plan", [PHASE_DEVICE] = "device open", [PHASE_BUILD] = "build",
        [PHASE_PACK] = "pack", [PHASE_UPLOAD] = "upload",      [PHASE_FIRST_RUN] = "first run",
    };
    int64_t total = times->total_ns ? times->total_ns : clock_ns() - times->started_ns;
    for (int i = 0; i < PHASE_COUNT; i++)
        fprintf(stderr, "timing: %-12s %10.3f ms\n", names[i], (double)times->ns[i] / 1e6);
    fprintf(stderr, "timing: %-12s %10.3f ms\n", "total", (double)total / 1e6);
}
