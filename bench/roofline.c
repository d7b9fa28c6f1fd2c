#include "bench/roofline.h"

const char *ig_bound_name(ig_bound bound)
{
    static const char *const names[IG_BOUND_COUNT] = {"compute", "memory", "launch"};
    return names[bound];
}

int64_t ig_cost_flops(const ig_cost *cost)
{
    return 2 * cost->macs + cost->adds + cost->other;
}

double ig_roofline_macs_ms(const ig_device_roofs *roofs, int64_t macs)
{
    return 2 * (double)macs / roofs->fma_gflops.best / 1e6;
}

static double bytes_ms(const ig_device_roofs *roofs, int64_t bytes)
{
    const ig_roof *roof = bytes <= IG_ROOF_CACHED_BYTES ? &roofs->cached_gbytes_per_s : &roofs->copy_gbytes_per_s;
    return (double)bytes / roof->best / 1e6;
}

void ig_roofline_of(const ig_device_roofs *roofs, const ig_cost *cost, bool launched, double measured_ms,
                    ig_roofline *out)
{
    const double bounds[IG_BOUND_COUNT] = {[IG_BOUND_COMPUTE] = ig_roofline_macs_ms(roofs, cost->macs),
                                           [IG_BOUND_MEMORY] = bytes_ms(roofs, cost->bytes),
                                           [IG_BOUND_LAUNCH] = launched ? roofs->launch_us.best / 1e3 : 0};
    out->bound = IG_BOUND_COMPUTE;
    for (int i = 0; i < IG_BOUND_COUNT; i++)
        if (bounds[i] > bounds[out->bound])
            out->bound = (ig_bound)i;
    out->roof_ms = bounds[out->bound];
    out->of_roof = measured_ms > 0 ? out->roof_ms / measured_ms : 0;
    out->could_save_ms = measured_ms > out->roof_ms ? measured_ms - out->roof_ms : 0;
}

int ig_roofline_top(const ig_measured_step *steps, int n_steps, int *top, int count)
{
    int found = 0;
    for (int i = 0; i < n_steps; i++) {
        const double saved = steps[i].roof.could_save_ms;
        int at = found;
        while (at > 0 && steps[top[at - 1]].roof.could_save_ms < saved)
            at--;
        if (!(saved > 0) || at == count)
            continue;
        found += found < count;
        for (int k = found - 1; k > at; k--)
            top[k] = top[k - 1];
        top[at] = i;
    }
    return found;
}
