/* Kernels that the caller wants to be taken wherever they are legal. */
#include "plan/plan.h"

#include "base/error.h"

#include <string.h>

bool ig_plan_is_forced(const ig_plan_params *params, const ig_kernel_def *kernel)
{
    bool forced = false;
    for (int i = 0; i < params->n_force_kernels; i++)
        forced = forced || strcmp(params->force_kernels[i], kernel->name) == 0;
    return forced;
}

static const ig_kernel_def *find_kernel(const ig_plan *plan, const char *name)
{
    for (int i = 0; i < plan->kernels.count; i++)
        if (strcmp(plan->kernels.kernels[i].name, name) == 0)
            return &plan->kernels.kernels[i];
    return NULL;
}

static ig_status fail_unknown(const ig_plan *plan, const char *name, ig_error *error)
{
    const int count = plan->kernels.count;
    const char **names = ig_arena_array(plan->arena, (size_t)count, sizeof *names);
    if (!names)
        return ig_fail_memory(error, (size_t)count * sizeof *names);
    for (int i = 0; i < count; i++)
        names[i] = plan->kernels.kernels[i].name;
    ig_fail(error, IG_E_USAGE, "there is no kernel '%s'", name);
    ig_error_expected(error, "the name of a kernel, as `ingot plan` prints it, e.g. conv2d_direct");
    const char *nearest = ig_text_nearest(name, names, count);
    if (nearest)
        ig_error_hint(error, "did you mean '%s'?", nearest);
    return IG_E_USAGE;
}

ig_status ig_plan_check_forced(const ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    for (int i = 0; i < params->n_force_kernels; i++)
        if (!find_kernel(plan, params->force_kernels[i]))
            return fail_unknown(plan, params->force_kernels[i], error);
    return IG_OK;
}

/* The operators it serves, and what it asks of a call. */
static void describe(const ig_kernel_def *kernel, ig_text *out)
{
    for (int i = 0; i < kernel->n_ops; i++)
        ig_text_add(out, "%s%s", i ? " or " : "a step of ", kernel->ops[i]);
    for (int i = 0; i < kernel->n_when; i++)
        ig_text_add(out, "%s%s", i ? " && " : " with ", kernel->when[i]);
}

static ig_status fail_unused(const ig_plan *plan, const ig_kernel_def *kernel, ig_error *error)
{
    ig_text text = {0};
    describe(kernel, &text);
    ig_fail(error, IG_E_UNSUPPORTED, "the kernel '%s' can compute no step of %s", kernel->name, plan->graph->name);
    ig_error_expected(error, "%s", ig_text_get(&text));
    ig_error_found(error, "none among %d steps on %s", plan->n_steps, plan->limits.name);
    ig_error_hint(error, "fused steps are other operators: the passes may have to be left out");
    ig_text_release(&text);
    return IG_E_UNSUPPORTED;
}

static bool is_used(const ig_plan *plan, const ig_kernel_def *kernel)
{
    bool used = false;
    for (int i = 0; i < plan->n_steps; i++)
        used = used || plan->steps[i].kernel == kernel;
    return used;
}

ig_status ig_plan_check_used(const ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    for (int i = 0; i < params->n_force_kernels; i++) {
        const ig_kernel_def *kernel = find_kernel(plan, params->force_kernels[i]);
        if (!is_used(plan, kernel))
            return fail_unused(plan, kernel, error);
    }
    return IG_OK;
}
