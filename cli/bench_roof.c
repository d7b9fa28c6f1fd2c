/* No time may stand that the device cannot reach: then something was not computed, or the clock is wrong. */
#include "cli/bench_row.h"

/* Steps that do less arithmetic than is counted take no part in it: they may be faster than what is counted allows. */
static void find_least(bench_row *row, const ig_device_roofs *roofs, double ms)
{
    ig_step_info step;
    int64_t macs = 0;
    row->n_reduced = 0;
    for (int i = 0; ig_plan_get_step(row->e.plan, i, &step); i++) {
        row->n_reduced += step.reduced;
        macs += step.reduced ? 0 : step.cost.macs;
    }
    row->least_ms = ig_roofline_macs_ms(roofs, macs);
    row->of_roof = ms > 0 ? row->least_ms / ms : 0;
    row->held = true;
}

ig_status bench_row_hold(app *a, const backend *b, bench_row *row, double ms, ig_error *error)
{
    bench_roofs *roofs = row->roofs;
    if (!roofs->asked)
        roofs->known = roofs_try(a, b, &roofs->roofs);
    roofs->asked = true;
    if (!roofs->known)
        return IG_OK;
    find_least(row, &roofs->roofs, ms);
    if (row->least_ms <= IG_ROOF_MARGIN * ms)
        return IG_OK;
    ig_status status = roofs_improve(a, b, &roofs->roofs, error);
    if (status)
        return status;
    find_least(row, &roofs->roofs, ms);
    if (row->least_ms <= IG_ROOF_MARGIN * ms)
        return IG_OK;
    status =
        cli_fail(error, IG_E_VERIFY, "%s takes less time than its arithmetic can on this device", row->m.info.name);
    cli_expected(error, "at least %.4g ms, at %.4g GFLOP/s (`ingot probe`)", row->least_ms,
                 roofs->roofs.fma_gflops.best);
    cli_found(error, "%.4g ms", ms);
    cli_hint(error, "either the device did not compute everything, or the clock is wrong: the time is not reported");
    return status;
}

void bench_row_add_roof(table *t, const bench_row *row)
{
    if (row->held) {
        table_real(t, row->of_roof);
        table_int(t, row->n_reduced);
    } else {
        table_none(t);
        table_none(t);
    }
}
