/** @file plan.h
 *  A plan: which kernel runs each step with which parameters, and where every value lies in memory.
 *
 *  Planning is a pure function of graph, device limits and tuning database: it needs no device and prints as text.
 */
#ifndef INGOT_PLAN_H
#define INGOT_PLAN_H

#include "ingot/base.h"
#include "ingot/device.h"
#include "ingot/graph.h"
#include "ingot/tune.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Immutable once made; threads may share it. */
typedef struct ig_plan ig_plan;

/** How maps may lie in memory. Source: docs/architecture.md */
typedef enum ig_layout {
    IG_LAYOUT_AUTO,   /**< whichever costs less, value by value */
    IG_LAYOUT_NCHW,   /**< as the network's input and outputs always are */
    IG_LAYOUT_BLOCKED /**< [N, C / B, H, W, B] wherever a kernel can: B channels side by side, 4, 8 or 16 by device */
} ig_layout;

typedef struct ig_plan_params {
    const ig_device_limits *limits; /**< NULL: ig_device_limits_generic() */
    const ig_tune_db *db;           /**< NULL: kernel defaults only */
    bool keep_all;                  /**< no memory is reused, so that every value can be read after a run */
    const char *const *keep;        /**< values that must stay readable; may be NULL */
    int n_keep;
    const char *const *avoid_kernels; /**< names of kernels not to use, e.g. one a driver miscompiles; may be NULL */
    int n_avoid_kernels;
    const char *const
        *force_kernels; /**< names of kernels to take before all others where they are legal; may be NULL */
    int n_force_kernels;
    ig_layout layout;
    bool no_chains; /**< each step is a launch, also where a chain of steps could be one */
} ig_plan_params;

/** Plans `graph` (usually what ig_graph_optimize() returned).
 *
 *  Own: destroy with ig_plan_destroy(); the graph must outlive the plan. `params` may be NULL.
 *  Error: UNSUPPORTED when no kernel is legal for a step on these limits (with every reason) or a forced kernel is
 * legal for none, USAGE when there is no kernel of a forced name, NO_MEMORY. Thread: any.
 */
ig_status ig_plan_create(const ig_graph *graph, const ig_plan_params *params, ig_plan **out,
                         ig_error *error) IG_MUST_USE;
void ig_plan_destroy(ig_plan **plan);

/** Limits every OpenCL 1.2 device of practice meets; also the profile autotune/devices/min-1.2.yaml. */
void ig_device_limits_generic(ig_device_limits *out);

/** One line a step: index, path, kernel word, rung, work-groups, memory.
 *  Own: `*text` is malloc'ed, the caller frees it. */
ig_status ig_plan_print(const ig_plan *plan, char **text, ig_error *error) IG_MUST_USE;

/** One step: a launch, or several of a kernel that has stages. Own: strings are borrowed from the plan. */
typedef struct ig_step_info {
    const char *path; /**< the value it computes */
    const char *op;
    const char *kernel; /**< the kernel word, e.g. conv2d_direct<f32,bias,relu6>{TM=8,TN=2} */
    ig_tune_rung rung;
    ig_shape output;
    ig_cost cost;  /**< of the whole node; a node of several steps counts on its last */
    bool complete; /**< its value is complete after this step */
    bool reduced;  /**< its kernel does less arithmetic than `cost` counts, as Winograd's does */
} ig_step_info;
/** Fills `out` with step `index`; false when there is none. Thread: any. */
bool ig_plan_get_step(const ig_plan *plan, int index, ig_step_info *out);

typedef struct ig_plan_totals {
    int n_steps;
    int n_launches;                    /**< of a frame: a chain of steps is one, a call of a library too */
    int64_t feature_bytes;             /**< arena: peak memory of values */
    int64_t feature_bytes_lower_bound; /**< largest sum of values alive at one step: no plan can use less */
    int64_t weight_bytes;              /**< parameters as packed for the device */
    uint64_t hash;                     /**< of the printed plan and of all kernel sources in it */
} ig_plan_totals;
void ig_plan_get_totals(const ig_plan *plan, ig_plan_totals *out);

#ifdef __cplusplus
}
#endif
#endif
