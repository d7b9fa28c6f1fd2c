/* The kernels that a plan can choose from, and what tuning knows of each on the device. */
#include "plan/plan.h"

#include "base/error.h"

/* Above all others, among which they keep their order by name. */
enum { FORCED_PRIORITY = 1 << 30 };

ig_status ig_plan_load_kernels(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    ig_status status = ig_kernel_set_load(plan->arena, &plan->kernels, error);
    if (status)
        return status;
    char lender[IG_DEVICE_TEXT];
    status = ig_tune_find_lender(params->db, &plan->limits, lender, error);
    if (status)
        return status;
    plan->shelves = ig_arena_array(plan->arena, (size_t)plan->kernels.count, sizeof *plan->shelves);
    const bool ok = plan->shelves && ig_tune_shelve(plan->arena, params->db, &plan->limits, lender,
                                                    plan->kernels.kernels, plan->kernels.count, plan->shelves);
    for (int i = 0; i < plan->kernels.count && ok; i++)
        if (ig_plan_is_forced(params, &plan->kernels.kernels[i]))
            plan->shelves[i].priority = FORCED_PRIORITY;
    return ok ? ig_plan_check_forced(plan, params, error)
              : ig_fail_memory(error, (size_t)plan->kernels.count * sizeof *plan->shelves);
}
