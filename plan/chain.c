/* Chains: neighbouring steps in one launch.
 *
 * To launch a kernel on a CPU is to wake its threads, which takes as long as a small step does. So steps whose
 * work-groups are single work-items become functions of one kernel that calls them in order (runtime/chain.c). Steps
 * that are not so, and devices that are not CPUs, are launched one by one. */
#include "plan/plan.h"

#include "base/error.h"

/* What a worker has on its stack for a work-group's local memory; threads have 2 MB where nobody said otherwise. */
#define MAX_LOCAL_BYTES (INT64_C(1) << 20)

int64_t ig_plan_param_offset(const ig_plan *plan, int index)
{
    const int64_t align = plan->limits.base_align_bytes;
    int64_t offset = 0;
    for (int i = 0; i < index; i++)
        offset += (plan->params[i].pack_elems * (int64_t)sizeof(float) + align - 1) / align * align;
    return offset;
}

/* Steps of a chain find their memory in a few large buffers. */
static bool device_chains(const ig_plan *plan)
{
    return plan->limits.local_is_cache && !plan->limits.whole_buffers &&
           ig_plan_param_offset(plan, plan->n_params) <= plan->limits.max_alloc_bytes;
}

static bool can_be_called(const ig_step *step)
{
    const ig_kernel_launch *launch = &step->launches.at[0];
    return step->launches.count == 1 && launch->stage->routine == IG_ROUTINE_NONE &&
           launch->local[0] * launch->local[1] * launch->local[2] == 1 && launch->local_mem_bytes <= MAX_LOCAL_BYTES;
}

int ig_plan_find_chain(const ig_plan *plan, int step)
{
    int index = 0;
    while (plan->chains[index].first + plan->chains[index].count <= step)
        index++;
    return index;
}

bool ig_plan_has_chain(const ig_plan *plan)
{
    bool has = false;
    for (int i = 0; i < plan->n_chains; i++)
        has = has || plan->chains[i].linked;
    return has;
}

ig_status ig_plan_cut_chains(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    plan->chains = ig_arena_array(plan->arena, (size_t)plan->n_steps + 1, sizeof *plan->chains);
    if (!plan->chains)
        return ig_fail_memory(error, ((size_t)plan->n_steps + 1) * sizeof *plan->chains);
    const bool chains = !params->no_chains && device_chains(plan);
    bool open = false;
    for (int i = 0; i < plan->n_steps; i++) {
        const bool callable = chains && can_be_called(&plan->steps[i]);
        if (open && callable)
            plan->chains[plan->n_chains - 1].count++;
        else
            plan->chains[plan->n_chains++] = (ig_chain){i, 1, false};
        open = callable;
        /* A step that is tried out is timed as a frame would call it. */
        plan->chains[plan->n_chains - 1].linked = callable && (plan->chains[plan->n_chains - 1].count > 1 || plan->pin);
    }
    return IG_OK;
}
