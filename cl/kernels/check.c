/* Whether one binding of a kernel may run, and with which geometry. */
#include "cl/kernels/kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct verdict {
    bool *legal;
    char *why;
    size_t why_size;
} verdict;

static void refuse(verdict *v, const char *format, ...) IG_PRINTF(2, 3);
static void refuse(verdict *v, const char *format, ...)
{
    *v->legal = false;
    if (!v->why || v->why_size == 0)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(v->why, v->why_size, format, args);
    va_end(args);
}

static ig_status read_launch(const ig_kernel_def *kernel, const ig_kernel_vars *vars, ig_kernel_launch *launch,
                             ig_error *error)
{
    const ig_kstage *stage = launch->stage;
    ig_status status = IG_OK;
    for (int i = 0; i < ig_routine_specs[stage->routine].n_sizes && status == IG_OK; i++)
        status = ig_kernel_eval(kernel, stage->sizes[i], vars, &launch->sizes[i], error);
    if (status == IG_OK && stage->routine != IG_ROUTINE_NONE)
        return IG_OK;
    status = ig_kernel_eval(kernel, stage->local_mem, vars, &launch->local_mem_bytes, error);
    for (int i = 0; i < 3 && status == IG_OK; i++) {
        status = ig_kernel_eval(kernel, stage->local[i], vars, &launch->local[i], error);
        if (status == IG_OK)
            status = ig_kernel_eval(kernel, stage->groups[i], vars, &launch->groups[i], error);
    }
    return status;
}

static void check_group(const ig_kernel_launch *launch, const ig_kernel_bounds *bounds, verdict *v)
{
    int64_t items = 1;
    for (int i = 0; i < 3 && *v->legal; i++) {
        int64_t n = launch->local[i];
        if (n < 1)
            refuse(v, "the work-group has %" PRId64 " work-items in dimension %d", n, i);
        else if (n > bounds->max_work_item[i])
            refuse(v, "%" PRId64 " work-items in dimension %d, at most %" PRId64 " can be", n, i,
                   bounds->max_work_item[i]);
        else if (n > bounds->max_work_group / items)
            refuse(v, "work-groups of %" PRId64 "x%" PRId64 "x%" PRId64 ", at most %" PRId64 " work-items can be",
                   launch->local[0], launch->local[1], launch->local[2], bounds->max_work_group);
        else
            items *= n;
    }
}

/* Global ids are 32-bit in the kernels. */
static void check_groups(const ig_kernel_launch *launch, verdict *v)
{
    for (int i = 0; i < 3 && *v->legal; i++) {
        if (launch->groups[i] < 1 || launch->groups[i] > INT32_MAX / launch->local[i])
            refuse(v, "%" PRId64 " groups of %" PRId64 " work-items in dimension %d", launch->groups[i],
                   launch->local[i], i);
    }
}

static void check_routine(const ig_kernel_launch *launch, verdict *v)
{
    const ig_routine_spec *spec = &ig_routine_specs[launch->stage->routine];
    for (int i = 0; i < spec->n_sizes && *v->legal; i++) {
        if (launch->sizes[i] < 1)
            refuse(v, "size %d of %s is %" PRId64, i, spec->name, launch->sizes[i]);
    }
}

static void check_launch(const ig_kernel_launch *launch, const ig_kernel_bounds *bounds, verdict *v)
{
    if (launch->stage->routine != IG_ROUTINE_NONE) {
        check_routine(launch, v);
        return;
    }
    check_group(launch, bounds, v);
    check_groups(launch, v);
    if (*v->legal && (launch->local_mem_bytes < 0 || launch->local_mem_bytes > bounds->local_mem_bytes))
        refuse(v, "%" PRId64 " bytes of local memory, at most %" PRId64 " can be", launch->local_mem_bytes,
               bounds->local_mem_bytes);
}

static ig_status check_scratch(const ig_kernel_def *kernel, const ig_kernel_vars *vars, const ig_kernel_bounds *bounds,
                               verdict *v, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < kernel->n_args && *v->legal && status == IG_OK && bounds->max_alloc_bytes > 0; i++) {
        int64_t bytes = 0;
        if (kernel->args[i].kind == IG_KARG_SCRATCH)
            status = ig_kernel_eval(kernel, kernel->args[i].bytes, vars, &bytes, error);
        if (bytes > bounds->max_alloc_bytes)
            refuse(v, "%" PRId64 " bytes of '%s', at most %" PRId64 " can be", bytes, kernel->args[i].name,
                   bounds->max_alloc_bytes);
    }
    return status;
}

/* False when the stage is left out. */
static ig_status is_wanted(const ig_kernel_def *kernel, const ig_kstage *stage, const ig_kernel_vars *vars,
                           bool *wanted, ig_error *error)
{
    int64_t holds = 1;
    ig_status status = stage->condition ? ig_kernel_eval(kernel, stage->condition, vars, &holds, error) : IG_OK;
    *wanted = holds != 0;
    return status;
}

ig_status ig_kernel_check(const ig_kernel_def *kernel, const ig_kernel_vars *vars, const ig_kernel_bounds *bounds,
                          bool *legal, ig_kernel_launches *launches, char *why, size_t why_size, ig_error *error)
{
    memset(launches, 0, sizeof *launches);
    *legal = true;
    if (why && why_size > 0)
        why[0] = '\0';
    verdict v = {legal, why, why_size};
    if (vars->refused)
        refuse(&v, "'%s' does not hold", vars->refused);
    ig_status status = check_scratch(kernel, vars, bounds, &v, error);
    for (int i = 0; i < kernel->n_stages && *legal && status == IG_OK; i++) {
        ig_kernel_launch *launch = &launches->at[launches->count];
        bool wanted;
        status = is_wanted(kernel, &kernel->stages[i], vars, &wanted, error);
        if (status != IG_OK || !wanted)
            continue;
        launches->count++;
        launch->stage = &kernel->stages[i];
        status = read_launch(kernel, vars, launch, error);
        if (status == IG_OK)
            check_launch(launch, bounds, &v);
    }
    return status;
}
