/* How near a step comes to what the device can do. */
#ifndef INGOT_BENCH_ROOFLINE_H
#define INGOT_BENCH_ROOFLINE_H

#include "ingot/graph.h"
#include "ingot/probe.h"

/* What a step cannot be faster than: its multiply-adds, its bytes (the caches' bandwidth where they are no more than
 * IG_ROOF_CACHED_BYTES, else that of memory), or a launch. */
typedef enum ig_bound { IG_BOUND_COMPUTE, IG_BOUND_MEMORY, IG_BOUND_LAUNCH, IG_BOUND_COUNT } ig_bound;

const char *ig_bound_name(ig_bound bound);

typedef struct ig_roofline {
    ig_bound bound;       /* whichever takes longest */
    double roof_ms;       /* that long */
    double of_roof;       /* roof_ms / measured; above 1 where a kernel reduces arithmetic, or caches held the data */
    double could_save_ms; /* measured - roof_ms, at least 0 */
} ig_roofline;

/* The roofs' best figures count: a step is held against what the device does when it has nothing else to do. `launched`
 * is false for a step that shares a launch with others. */
void ig_roofline_of(const ig_device_roofs *roofs, const ig_cost *cost, bool launched, double measured_ms,
                    ig_roofline *out);

/* So long at least takes the arithmetic alone. */
double ig_roofline_macs_ms(const ig_device_roofs *roofs, int64_t macs);

/* Whole networks that seem faster than their arithmetic allows: 10 % are left to clocks that rise after the roofs were
 * measured. */
#define IG_ROOF_MARGIN 1.1

/* A step as it was measured. Strings are borrowed. */
typedef struct ig_measured_step {
    const char *path, *op, *kernel;
    ig_shape output;
    ig_cost cost;
    bool reduced; /* the kernel does less arithmetic than `cost` counts */
    double ms;
    ig_roofline roof; /* if roofs are known */
} ig_measured_step;

/* Indices of the `count` steps with the most to save, most first; returns how many have anything. */
int ig_roofline_top(const ig_measured_step *steps, int n_steps, int *top, int count);

/* 2 macs + adds + other. */
int64_t ig_cost_flops(const ig_cost *cost);

#endif
