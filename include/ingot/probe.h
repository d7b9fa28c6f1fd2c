/** @file probe.h
 *  What a device can do at most, measured: the roofs that every kernel's time is held against, and the shipped profile
 *  that an unknown device resembles.
 */
#ifndef INGOT_PROBE_H
#define INGOT_PROBE_H

#include "ingot/base.h"
#include "ingot/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One measured figure, over a handful of repeats. */
typedef struct ig_roof {
    double median;
    double best;   /**< highest rate, lowest cost, quotient of the highest rates: the device with nothing else to do */
    double spread; /**< (p95 - p05) / median */
} ig_roof;

/** What small kernels that each do one thing alone reach on a device. All of it is timed by the host's clock.
 *
 *  Source: S. Williams et al., Roofline, Communications of the ACM 52(4), 2009.
 */
typedef struct ig_device_roofs {
    ig_roof fma_gflops;          /**< fp32 multiply-adds, each counted as two, in the vectors that suit best */
    ig_roof copy_gbytes_per_s;   /**< read and written, far more than any cache holds */
    ig_roof cached_gbytes_per_s; /**< read and written, IG_ROOF_CACHED_BYTES in all, again and again */
    ig_roof launch_us;           /**< each of many launches in a row on the in-order queue */
    ig_roof wait_us;             /**< one launch and the wait for it */
    ig_roof local_gain;          /**< time of reading a tile from global memory over that from local memory */
    ig_roof fp16_gain;           /**< rate of multiply-adds of half precision over fp32's; 0: the device has none */
    int fma_width;               /**< floats of the vectors that suit best */
} ig_device_roofs;

/** Bytes that a map or two take, and that fit the last cache of whatever runs networks. */
#define IG_ROOF_CACHED_BYTES (INT64_C(2) << 20)

/** Measures the roofs of an open device: two to three seconds; ten at most, but for interpreters.
 *
 *  `cancel` is looked at between launches and may be NULL. Nothing is kept on the device.
 *  Error: DEVICE, NO_MEMORY, CANCELLED. Thread: the device's, and nothing else should run on it.
 */
ig_status ig_device_probe(ig_device *device, const volatile bool *cancel, ig_device_roofs *out,
                          ig_error *error) IG_MUST_USE;

/** The shipped profile a device resembles most. */
typedef struct ig_profile_match {
    char profile[IG_DEVICE_TEXT]; /**< its name, as ig_device_limits_shipped() takes it; "": it resembles none */
    char family[IG_DEVICE_TEXT];  /**< the family whose tuning records suit such a device */
    double confidence;            /**< 0 .. 1 */
} ig_profile_match;

/** Finds the shipped profile nearest to a device. Planning takes the records of that profile's family for a device of
 *  whose own family there are none (docs/tuning.md). Profiles of no family are not considered.
 *
 *  The confidence is the weighted mean of likenesses, each from 0 to 1: the family (weight 8; "generic" is like none),
 *  the type (4), the width of float vectors (2), whether local memory is cache (2), the largest work-group (1), the
 *  bytes of local memory (1), and, where `roofs` is given and the profile tells them, the bytes copied while a
 *  floating-point operation is done (1) and the gain of local memory (1). A number is like another by
 *  1 - |log2(their quotient)| / 3, and not at all beyond a factor of eight; anything else is alike or not. So a device
 *  of no known family gets 0.6 at most.
 *  `roofs` may be NULL. Error: NO_MEMORY. Thread: any.
 */
ig_status ig_device_nearest_profile(const ig_device_limits *limits, const ig_device_roofs *roofs, ig_profile_match *out,
                                    ig_error *error) IG_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
