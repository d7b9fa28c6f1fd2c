/* Kernels: creation, arguments, and the work-group this kernel can really run with. */
#include "cl/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ig_status query_kernel(ig_kernel *kernel, ig_error *error)
{
    ig_device *device = kernel->program->device;
    size_t group = 0;
    cl_int code =
        clGetKernelWorkGroupInfo(kernel->kernel, device->id, CL_KERNEL_WORK_GROUP_SIZE, sizeof group, &group, NULL);
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "the kernel '%s' has no work-group size on '%s'", kernel->name,
                          device->info.limits.name);
    cl_uint n_args = 0;
    code = clGetKernelInfo(kernel->kernel, CL_KERNEL_NUM_ARGS, sizeof n_args, &n_args, NULL);
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "the kernel '%s' does not tell its number of arguments", kernel->name);
    kernel->n_args = (int)n_args;
    /* Registers may leave fewer work-items than the device's limit; a driver that answers 0 knows nothing. */
    kernel->max_group = group > 0 ? (int64_t)group : 1;
    if (kernel->max_group > device->info.limits.max_work_group)
        kernel->max_group = device->info.limits.max_work_group;
    return IG_OK;
}

ig_status ig_kernel_create(ig_program *program, const char *name, ig_kernel **out, ig_error *error)
{
    *out = NULL;
    ig_kernel *kernel = calloc(1, sizeof *kernel);
    if (!kernel)
        return ig_fail_memory(error, sizeof *kernel);
    snprintf(kernel->name, sizeof kernel->name, "%s", name);
    kernel->program = program;
    program->references++;
    cl_int code;
    kernel->kernel = clCreateKernel(program->program, name, &code);
    ig_status status = IG_OK;
    if (code != CL_SUCCESS) {
        kernel->kernel = NULL;
        status =
            ig_cl_fail(error, code, "cannot create the kernel '%s' on '%s'", name, program->device->info.limits.name);
    } else {
        status = query_kernel(kernel, error);
    }
    if (status != IG_OK) {
        ig_kernel_destroy(&kernel);
        return status;
    }
    *out = kernel;
    return IG_OK;
}

void ig_kernel_destroy(ig_kernel **kernel)
{
    if (!kernel || !*kernel)
        return;
    if ((*kernel)->kernel)
        clReleaseKernel((*kernel)->kernel);
    ig_program_release(&(*kernel)->program);
    free(*kernel);
    *kernel = NULL;
}

/* The index is checked here because some drivers accept any (intel/compute-runtime issue 777). */
static ig_status set_arg(ig_kernel *kernel, int index, size_t size, const void *value, const char *what,
                         ig_error *error)
{
    if (index < 0 || index >= kernel->n_args) {
        ig_status status = ig_fail(error, IG_E_USAGE, "the kernel '%s' has no argument %d", kernel->name, index);
        ig_error_expected(error, "an index below %d", kernel->n_args);
        return status;
    }
    cl_int code = clSetKernelArg(kernel->kernel, (cl_uint)index, size, value);
    if (code == CL_SUCCESS)
        return IG_OK;
    return ig_cl_fail(error, code, "the kernel '%s' does not take %s as argument %d", kernel->name, what, index);
}

ig_status ig_kernel_set_buffer(ig_kernel *kernel, int index, const ig_buffer *buffer, ig_error *error)
{
    return set_arg(kernel, index, sizeof(cl_mem), &buffer->mem, "a buffer", error);
}

ig_status ig_kernel_set_int(ig_kernel *kernel, int index, int32_t value, ig_error *error)
{
    cl_int number = value;
    return set_arg(kernel, index, sizeof number, &number, "an int", error);
}

ig_status ig_kernel_set_float(ig_kernel *kernel, int index, float value, ig_error *error)
{
    cl_float number = value;
    return set_arg(kernel, index, sizeof number, &number, "a float", error);
}

ig_status ig_kernel_max_group(ig_kernel *kernel, int64_t *out, ig_error *error)
{
    (void)error; /* asked at creation, so it cannot fail here */
    *out = kernel->max_group;
    return IG_OK;
}
