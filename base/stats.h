/* What a list of measurements comes to: the one home of medians, ranks and spreads. */
#ifndef IG_BASE_STATS_H
#define IG_BASE_STATS_H

/* Unit: that of the list. */
typedef struct ig_stats {
    int runs;
    double median, mean, min, max;
    double p05, p95; /* nearest rank */
    double spread;   /* (p95 - p05) / median */
} ig_stats;

/* Sorts `values` in place; `count` is at least 1. */
void ig_stats_summarize(double *values, int count, ig_stats *out);
/* Nearest rank: the smallest value of a sorted list with at least `percent` of the list at or below it. */
double ig_stats_rank(const double *sorted, int count, int percent);

#endif
