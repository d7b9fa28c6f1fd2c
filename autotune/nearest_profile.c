/* Which shipped profile an unknown device resembles: a weighted mean of likenesses, told in ingot/probe.h. */
#include "autotune/profile.h"

#include "base/embed.h"
#include "ingot/probe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Two devices, each as a profile tells it. */
typedef double (*likeness)(const ig_profile *a, const ig_profile *b);

static const double UNKNOWN = -1; /* a likeness of something that one of them does not tell */

/* Three doublings apart is unlike, as in the ladder of tuning records. */
static double like_number(double a, double b)
{
    if (!(a > 0) || !(b > 0))
        return UNKNOWN;
    return fmax(0, 1 - fabs(log2(a / b)) / 3);
}

static bool has_family(const ig_profile *p)
{
    return strcmp(p->limits.family, "generic") != 0;
}

static double like_family(const ig_profile *a, const ig_profile *b)
{
    return has_family(a) && strcmp(a->limits.family, b->limits.family) == 0;
}

static double like_type(const ig_profile *a, const ig_profile *b)
{
    return a->limits.type == b->limits.type;
}

static double like_vectors(const ig_profile *a, const ig_profile *b)
{
    return like_number(a->limits.native_vector_float, b->limits.native_vector_float);
}

static double like_cache(const ig_profile *a, const ig_profile *b)
{
    return a->limits.local_is_cache == b->limits.local_is_cache;
}

static double like_group(const ig_profile *a, const ig_profile *b)
{
    return like_number((double)a->limits.max_work_group, (double)b->limits.max_work_group);
}

static double like_local(const ig_profile *a, const ig_profile *b)
{
    return like_number((double)a->limits.local_mem_bytes, (double)b->limits.local_mem_bytes);
}

static double like_balance(const ig_profile *a, const ig_profile *b)
{
    return like_number(a->bytes_per_flop, b->bytes_per_flop);
}

static double like_gain(const ig_profile *a, const ig_profile *b)
{
    return like_number(a->local_gain, b->local_gain);
}

static const struct {
    double weight;
    likeness like;
} LIKENESSES[] = {{8, like_family}, {4, like_type},  {2, like_vectors}, {2, like_cache},
                  {1, like_group},  {1, like_local}, {1, like_balance}, {1, like_gain}};
enum { N_LIKENESSES = (int)(sizeof LIKENESSES / sizeof LIKENESSES[0]) };

static double confidence(const ig_profile *a, const ig_profile *b)
{
    double sum = 0, weights = 0;
    for (int i = 0; i < N_LIKENESSES; i++) {
        const double like = LIKENESSES[i].like(a, b);
        if (like < 0)
            continue;
        sum += LIKENESSES[i].weight * like;
        weights += LIKENESSES[i].weight;
    }
    return sum / weights;
}

ig_status ig_device_nearest_profile(const ig_device_limits *limits, const ig_device_roofs *roofs, ig_profile_match *out,
                                    ig_error *error)
{
    ig_profile device = {.limits = *limits}, shipped;
    memset(out, 0, sizeof *out);
    if (roofs) {
        device.bytes_per_flop = roofs->copy_gbytes_per_s.best / roofs->fma_gflops.best;
        device.local_gain = roofs->local_gain.median;
    }
    for (int i = 0; i < ig_profile_text_count; i++) {
        ig_status status = ig_autotune_shipped_profile(i, &shipped, error);
        if (status)
            return status;
        const double like = confidence(&device, &shipped);
        if (!has_family(&shipped) || like <= out->confidence)
            continue;
        out->confidence = like;
        snprintf(out->family, sizeof out->family, "%s", shipped.limits.family);
        (void)ig_device_profile_name(i, out->profile);
    }
    return IG_OK;
}
