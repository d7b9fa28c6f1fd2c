#include "runtime/launch.h"

#include "base/error.h"

#include <stdlib.h>

/* --- functions ---------------------------------------------------------------------------------------------------- */

static ig_status set_arg(ig_kernel *kernel, const ig_plan_arg *arg, int index, ig_memory memory, ig_error *error)
{
    switch (arg->kind) {
    case IG_KARG_INPUT:
    case IG_KARG_SCRATCH:
    case IG_KARG_OUTPUT:
    case IG_KARG_PARAM: return ig_kernel_set_buffer(kernel, index, memory.find(memory.user, arg), error);
    case IG_KARG_INT: return ig_kernel_set_int(kernel, index, arg->i, error);
    case IG_KARG_FLOAT: return ig_kernel_set_float(kernel, index, arg->f, error);
    }
    return ig_fail(error, IG_E_INTERNAL, "unknown argument kind");
}

/* The stage's own arguments, then the epilogue's. */
static ig_status set_args(ig_kernel *kernel, const ig_step *step, const ig_kstage *stage, ig_memory memory,
                          ig_error *error)
{
    int index = 0;
    ig_status status = IG_OK;
    for (int i = 0; i < stage->n_args && !status; i++)
        status = set_arg(kernel, &step->args[stage->args[i]], index++, memory, error);
    for (int i = step->kernel->n_args; i < step->n_args && !status; i++)
        status = set_arg(kernel, &step->args[i], index++, memory, error);
    return status;
}

static ig_status check_group(ig_kernel *kernel, const ig_step *step, const int64_t local[3], ig_error *error)
{
    int64_t most = 0;
    ig_status status = ig_kernel_max_group(kernel, &most, error);
    if (!status && local[0] * local[1] * local[2] > most)
        return ig_fail(error, IG_E_DEVICE,
                       "%s needs work-groups of %lldx%lldx%lld, but the driver allows it only %lld items", step->word,
                       (long long)local[0], (long long)local[1], (long long)local[2], (long long)most);
    return status;
}

static ig_status bind_function(ig_program *program, const ig_step *step, const ig_kernel_launch *planned,
                               ig_memory memory, ig_launch *launch, ig_error *error)
{
    ig_status status = ig_kernel_create(program, planned->stage->name, &launch->kernel, error);
    if (!status)
        status = check_group(launch->kernel, step, planned->local, error);
    return status ? status : set_args(launch->kernel, step, planned->stage, memory, error);
}

/* --- routines ----------------------------------------------------------------------------------------------------- */

/* What a call of it needs, and the call. */
typedef struct routine {
    ig_status (*prepare)(ig_device *device, const int64_t *sizes, ig_launch *launch, ig_error *error); /* or NULL */
    ig_status (*enqueue)(ig_device *device, const int64_t *sizes, const ig_launch *launch, ig_error *error);
} routine;

static ig_status enqueue_gemm(ig_device *device, const int64_t *sizes, const ig_launch *launch, ig_error *error)
{
    const ig_gemm gemm = {sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]};
    return ig_queue_gemm(device, &gemm, launch->buffers[0], launch->buffers[1], launch->buffers[2], error);
}

static ig_status prepare_forward(ig_device *device, const int64_t *sizes, ig_launch *launch, ig_error *error)
{
    return ig_fft_create(device, &(ig_fft_params){false, sizes[0], sizes[1], sizes[2]}, &launch->fft, error);
}

static ig_status prepare_backward(ig_device *device, const int64_t *sizes, ig_launch *launch, ig_error *error)
{
    return ig_fft_create(device, &(ig_fft_params){true, sizes[0], sizes[1], sizes[2]}, &launch->fft, error);
}

static ig_status enqueue_fft(ig_device *device, const int64_t *sizes, const ig_launch *launch, ig_error *error)
{
    (void)device, (void)sizes;
    return ig_queue_fft(launch->fft, launch->buffers[0].buffer, launch->buffers[1].buffer, error);
}

static const routine ROUTINES[IG_ROUTINE_COUNT] = {
    [IG_ROUTINE_CLBLAST_GEMM] = {NULL, enqueue_gemm},
    [IG_ROUTINE_CLFFT_FORWARD] = {prepare_forward, enqueue_fft},
    [IG_ROUTINE_CLFFT_BACKWARD] = {prepare_backward, enqueue_fft},
};

static ig_status bind_routine(ig_device *device, const ig_step *step, const ig_kernel_launch *planned, ig_memory memory,
                              ig_launch *launch, ig_error *error)
{
    const ig_kstage *stage = planned->stage;
    for (int i = 0; i < stage->n_args; i++) {
        const ig_plan_arg *arg = &step->args[stage->args[i]];
        launch->buffers[i] = (ig_floats){memory.find(memory.user, arg), arg->at};
    }
    const routine *r = &ROUTINES[stage->routine];
    return r->prepare ? r->prepare(device, planned->sizes, launch, error) : IG_OK;
}

ig_status ig_launches_warm(ig_device *device, const ig_launch *launches, const ig_step *step, ig_error *error)
{
    bool any = false;
    ig_status status = IG_OK;
    for (int i = 0; i < step->launches.count && !status; i++) {
        const ig_kernel_launch *planned = &step->launches.at[i];
        if (planned->stage->routine == IG_ROUTINE_NONE)
            continue;
        status = ROUTINES[planned->stage->routine].enqueue(device, planned->sizes, &launches[i], error);
        any = true;
    }
    ig_status finish = any ? ig_queue_finish(device, status ? NULL : error) : IG_OK;
    return status ? status : finish;
}

/* --- all ---------------------------------------------------------------------------------------------------------- */

ig_status ig_launches_create(ig_device *device, ig_program *program, const ig_step *step, ig_memory memory,
                             ig_launch **out, ig_error *error)
{
    const int count = step->launches.count;
    *out = calloc((size_t)count, sizeof **out);
    if (!*out)
        return ig_fail_memory(error, (size_t)count * sizeof **out);
    ig_status status = IG_OK;
    for (int i = 0; i < count && !status; i++) {
        const ig_kernel_launch *planned = &step->launches.at[i];
        if (planned->stage->routine == IG_ROUTINE_NONE)
            status = bind_function(program, step, planned, memory, &(*out)[i], error);
        else
            status = bind_routine(device, step, planned, memory, &(*out)[i], error);
    }
    return status;
}

void ig_launches_destroy(ig_launch **launches, const ig_step *step)
{
    for (int i = 0; *launches && i < step->launches.count; i++) {
        ig_kernel_destroy(&(*launches)[i].kernel);
        ig_fft_destroy(&(*launches)[i].fft);
    }
    free(*launches);
    *launches = NULL;
}

ig_status ig_launches_enqueue(ig_device *device, const ig_launch *launches, const ig_step *step, ig_event *events[2],
                              ig_error *error)
{
    const int last = step->launches.count - 1;
    ig_status status = IG_OK;
    for (int i = 0; i <= last && !status; i++) {
        const ig_kernel_launch *planned = &step->launches.at[i];
        ig_event **event = !events ? NULL : i == 0 ? &events[0] : i == last ? &events[1] : NULL;
        status = planned->stage->routine == IG_ROUTINE_NONE
                     ? ig_queue_kernel(device, launches[i].kernel, planned->groups, planned->local, event, error)
                     : ROUTINES[planned->stage->routine].enqueue(device, planned->sizes, &launches[i], error);
    }
    return status;
}
