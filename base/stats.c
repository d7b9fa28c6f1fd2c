#include "base/stats.h"

#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double ig_stats_rank(const double *sorted, int count, int percent)
{
    int index = (count * percent + 99) / 100 - 1;
    return sorted[index < 0 ? 0 : index];
}

void ig_stats_summarize(double *values, int count, ig_stats *out)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    out->runs = count;
    out->mean = sum / count;
    out->min = values[0];
    out->max = values[count - 1];
    out->median = count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
    out->p05 = ig_stats_rank(values, count, 5);
    out->p95 = ig_stats_rank(values, count, 95);
    out->spread = out->median > 0 ? (out->p95 - out->p05) / out->median : 0;
}
