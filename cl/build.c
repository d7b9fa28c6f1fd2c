/* From texts to programs by the driver's compiler. */
#include "cl/internal.h"

#include <stdlib.h>
#include <string.h>

static char *read_build_log(const ig_device *device, cl_program program)
{
    size_t size = 0;
    if (clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &size) != CL_SUCCESS)
        return NULL;
    char *log = calloc(size + 1, 1);
    if (log && clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, size, log, NULL) != CL_SUCCESS)
        log[0] = '\0';
    return log;
}

static ig_status fail_build(const ig_device *device, cl_program program, cl_int code, const char *options,
                            ig_error *error)
{
    ig_status status = ig_cl_fail(error, code, "the driver of '%s' does not build a program", device->info.limits.name);
    if (*options)
        ig_error_found(error, "options %s", options);
    char *log = read_build_log(device, program);
    ig_error_log(error, log);
    free(log);
    return status;
}

/* Compiled only, or built. */
static ig_status take_source(ig_device *device, const ig_program_part *part, bool compile, cl_program *out,
                             ig_error *error)
{
    const size_t length = strlen(part->source);
    const char *source = part->source;
    cl_int code;
    *out = NULL;
    cl_program program = clCreateProgramWithSource(device->context, 1, &source, &length, &code);
    if (code != CL_SUCCESS)
        return ig_cl_fail(error, code, "the driver of '%s' does not take a program", device->info.limits.name);
    code = compile ? clCompileProgram(program, 1, &device->id, part->options, 0, NULL, NULL, NULL, NULL)
                   : clBuildProgram(program, 1, &device->id, part->options, NULL, NULL);
    if (code != CL_SUCCESS) {
        ig_status status = fail_build(device, program, code, part->options, error);
        clReleaseProgram(program);
        return status;
    }
    *out = program;
    return IG_OK;
}

ig_status ig_cl_build(ig_device *device, const ig_program_part *part, cl_program *out, ig_error *error)
{
    return take_source(device, part, false, out, error);
}

static ig_status link_compiled(ig_device *device, const cl_program *compiled, int count, cl_program *out,
                               ig_error *error)
{
    cl_int code;
    *out = clLinkProgram(device->context, 1, &device->id, "", (cl_uint)count, compiled, NULL, NULL, &code);
    if (code == CL_SUCCESS)
        return IG_OK;
    ig_status status =
        *out ? fail_build(device, *out, code, "", error)
             : ig_cl_fail(error, code, "the driver of '%s' does not link programs", device->info.limits.name);
    if (*out)
        clReleaseProgram(*out);
    *out = NULL;
    return status;
}

ig_status ig_cl_link(ig_device *device, const ig_program_part *parts, int n_parts, cl_program *out, ig_error *error)
{
    *out = NULL;
    cl_program *compiled = calloc((size_t)n_parts, sizeof(cl_program));
    if (!compiled)
        return ig_fail_memory(error, (size_t)n_parts * sizeof(cl_program));
    ig_status status = IG_OK;
    for (int i = 0; i < n_parts && !status; i++)
        status = take_source(device, &parts[i], true, &compiled[i], error);
    if (!status)
        status = link_compiled(device, compiled, n_parts, out, error);
    for (int i = 0; i < n_parts && compiled[i]; i++)
        clReleaseProgram(compiled[i]);
    free(compiled);
    return status;
}
