/* Variables, and evaluation of a header's expressions under them. */
#include "base/error.h"
#include "base/text.h"
#include "cl/kernels/kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int find_var(const ig_kernel_vars *vars, const char *name)
{
    for (int i = 0; i < vars->count; i++) {
        if (ig_text_equal(vars->name[i], name))
            return i;
    }
    return -1;
}

bool ig_kernel_vars_set(ig_kernel_vars *vars, const char *name, int64_t value)
{
    int i = find_var(vars, name);
    if (i < 0) {
        if (vars->count == IG_KERNEL_MAX_VARS)
            return false;
        i = vars->count++;
        vars->name[i] = name;
    }
    vars->value[i] = value;
    return true;
}

bool ig_kernel_vars_get(const ig_kernel_vars *vars, const char *name, int64_t *value)
{
    int i = find_var(vars, name);
    if (i < 0)
        return false;
    *value = vars->value[i];
    return true;
}

static bool look_up(void *user, const char *name, int64_t *value)
{
    return ig_kernel_vars_get(user, name, value);
}

ig_status ig_kernel_eval(const ig_kernel_def *kernel, const char *expr, const ig_kernel_vars *vars, int64_t *out,
                         ig_error *error)
{
    ig_error problem;
    const ig_expr_env env = {look_up, (void *)vars, vars->name, vars->count};
    ig_status status = ig_expr_eval(expr, &env, out, &problem);
    if (status == IG_OK)
        return IG_OK;
    ig_fail(error, status, "kernel '%s', expression '%.200s', character %d: %s", kernel->name, expr, problem.column,
            problem.message);
    ig_error_expected(error, "%s", problem.expected);
    ig_error_found(error, "%s", problem.found);
    ig_error_hint(error, "%s", problem.hint);
    return status;
}

static bool is_value(const ig_ktune *tune, int64_t value)
{
    for (int i = 0; i < tune->n_values; i++) {
        if (tune->values[i] == value)
            return true;
    }
    return false;
}

static ig_status fail_full(const ig_kernel_def *kernel, ig_error *error)
{
    return ig_fail(error, IG_E_INTERNAL, "kernel '%s' has more than %d variables", kernel->name, IG_KERNEL_MAX_VARS);
}

static ig_status bind_tunes(const ig_kernel_def *kernel, const int64_t *values, ig_kernel_vars *vars, ig_error *error)
{
    for (int i = 0; i < kernel->n_tunes; i++) {
        const ig_ktune *tune = &kernel->tunes[i];
        int64_t value = values ? values[i] : tune->fallback;
        if (!is_value(tune, value)) {
            ig_fail(error, IG_E_USAGE, "kernel '%s' does not take %s=%" PRId64, kernel->name, tune->name, value);
            ig_error_expected(error, "one of its values from %" PRId64 " to %" PRId64, tune->values[0],
                              tune->values[tune->n_values - 1]);
            return IG_E_USAGE;
        }
        if (!ig_kernel_vars_set(vars, tune->name, value))
            return fail_full(kernel, error);
    }
    return IG_OK;
}

/* The `when` lines before line `end` that were not evaluated yet. */
static ig_status check_whens(const ig_kernel_def *kernel, int end, int *next, ig_kernel_vars *vars, ig_error *error)
{
    ig_status status = IG_OK;
    for (; *next < end && !vars->refused && status == IG_OK; ++*next) {
        int64_t holds = 0;
        status = ig_kernel_eval(kernel, kernel->when[*next], vars, &holds, error);
        if (status == IG_OK && !holds)
            vars->refused = kernel->when[*next];
    }
    return status;
}

static ig_status bind_let(const ig_kernel_def *kernel, const ig_klet *let, ig_kernel_vars *vars, ig_error *error)
{
    int64_t value;
    ig_status status = ig_kernel_eval(kernel, let->expr, vars, &value, error);
    if (status == IG_OK && !ig_kernel_vars_set(vars, let->name, value))
        status = fail_full(kernel, error);
    return status;
}

ig_status ig_kernel_bind(const ig_kernel_def *kernel, const int64_t *values, ig_kernel_vars *vars, ig_error *error)
{
    int when = 0;
    vars->refused = NULL;
    ig_status status = bind_tunes(kernel, values, vars, error);
    for (int i = 0; status == IG_OK && i < kernel->n_lets && !vars->refused; i++) {
        status = check_whens(kernel, kernel->lets[i].n_when, &when, vars, error);
        if (status == IG_OK && !vars->refused)
            status = bind_let(kernel, &kernel->lets[i], vars, error);
    }
    return status == IG_OK ? check_whens(kernel, kernel->n_when, &when, vars, error) : status;
}
