#include "cli/progress.h"

#include "cli/clock.h"

#include <stdio.h>
#include <unistd.h>

#define PATIENCE_NS INT64_C(2000000000)
#define INTERVAL_NS INT64_C(100000000)

void progress_begin(progress *p, const char *what, bool quiet)
{
    p->what = what;
    p->enabled = !quiet && isatty(STDERR_FILENO);
    p->shown = false;
    p->started_ns = clock_ns();
    p->updated_ns = 0;
}

void progress_step(progress *p, const char *detail, int done, int total)
{
    int64_t now = p->enabled ? clock_ns() : 0;
    if (!p->enabled || now - p->started_ns < PATIENCE_NS || now - p->updated_ns < INTERVAL_NS)
        return;
    char count[32] = "";
    if (total > 0)
        snprintf(count, sizeof count, " %d/%d", done, total);
    fprintf(stderr, "\r\033[K%s%s %.48s", p->what, count, detail);
    fflush(stderr);
    p->shown = true;
    p->updated_ns = now;
}

void progress_end(progress *p)
{
    if (p->shown)
        fprintf(stderr, "\r\033[K");
    p->shown = false;
}
