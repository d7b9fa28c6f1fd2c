#include "bench/bench.h"

#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nearest rank: the smallest element with at least `percent` of the list at or below it. */
static double rank(const double *sorted, int count, int percent)
{
    int index = (count * percent + 99) / 100 - 1;
    return sorted[index < 0 ? 0 : index];
}

void ig_bench_summarize(double *times, int count, ig_bench_stats *out)
{
    qsort(times, (size_t)count, sizeof *times, compare_doubles);
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += times[i];
    out->runs = count;
    out->mean = sum / count;
    out->min = times[0];
    out->max = times[count - 1];
    out->median = count % 2 ? times[count / 2] : (times[count / 2 - 1] + times[count / 2]) / 2;
    out->p05 = rank(times, count, 5);
    out->p95 = rank(times, count, 95);
    out->spread = out->median > 0 ? (out->p95 - out->p05) / out->median : 0;
}
