/* An OpenCL driver that misbehaves on request, for tests of the command: preloaded, it stands between ingot and the
 * loader.
 *
 *   INGOT_FAULT=build       every program build fails with a log
 *   INGOT_FAULT=timestamps  event stamps end before they begin
 *   INGOT_FAULT=memory      buffers cannot be created
 *   INGOT_FAULT=enqueue     a launch fails, the tenth or that of INGOT_FAULT_LAUNCH
 *   INGOT_FAULT=idle        no launch does anything, but those of the device probe
 *   INGOT_FAULT=wrong       every result read back has one wrong number, as a miscompiled kernel would give
 *   INGOT_FAULT=unsteady    as wrong, and each time by another amount, as a race would give
 *
 * and of kernels alone whose build options contain the text of INGOT_FAULT_OPTION:
 *
 *   INGOT_FAULT=hang          a launch never returns
 *   INGOT_FAULT=crash         a launch takes the process with it
 *   INGOT_FAULT=wrong_kernel  what is read back after a launch has a wrong number */
#define _GNU_SOURCE
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int asked_for(const char *fault)
{
    const char *wanted = getenv("INGOT_FAULT");
    return wanted && strcmp(wanted, fault) == 0;
}

/* The loader's own function; a union because ISO C has no cast from object to function pointer. */
#define REAL(function, type)                                                                                           \
    union {                                                                                                            \
        void *object;                                                                                                  \
        type call;                                                                                                     \
    } real = {dlsym(RTLD_NEXT, #function)}

/* Programs built with the option, and whether a kernel of one has been launched. The tests' commands use one thread. */
enum { MAX_PROGRAMS = 4096 };
static cl_program bad_programs[MAX_PROGRAMS];
static int n_bad_programs, bad_launched;

static void note_program(cl_program program, const char *options)
{
    const char *option = getenv("INGOT_FAULT_OPTION");
    for (int i = 0; i < n_bad_programs; i++)
        if (bad_programs[i] == program)
            bad_programs[i] = NULL; /* a released one's address, given away again */
    if (option && options && strstr(options, option) && n_bad_programs < MAX_PROGRAMS)
        bad_programs[n_bad_programs++] = program;
}

static int is_bad_program(cl_program program)
{
    for (int i = 0; i < n_bad_programs; i++)
        if (program && bad_programs[i] == program)
            return 1;
    return 0;
}

static int is_bad(cl_kernel kernel)
{
    cl_program program = NULL;
    clGetKernelInfo(kernel, CL_KERNEL_PROGRAM, sizeof program, &program, NULL);
    return is_bad_program(program);
}

typedef cl_int (*build_fn)(cl_program, cl_uint, const cl_device_id *, const char *, void (*)(cl_program, void *),
                           void *);

cl_int clBuildProgram(cl_program program, cl_uint n, const cl_device_id *devices, const char *options,
                      void (*notify)(cl_program, void *), void *user)
{
    REAL(clBuildProgram, build_fn);
    if (asked_for("build"))
        return CL_BUILD_PROGRAM_FAILURE;
    note_program(program, options);
    return real.call(program, n, devices, options, notify, user);
}

typedef cl_int (*compile_fn)(cl_program, cl_uint, const cl_device_id *, const char *, cl_uint, const cl_program *,
                             const char **, void (*)(cl_program, void *), void *);

cl_int clCompileProgram(cl_program program, cl_uint n, const cl_device_id *devices, const char *options,
                        cl_uint n_headers, const cl_program *headers, const char **names,
                        void (*notify)(cl_program, void *), void *user)
{
    REAL(clCompileProgram, compile_fn);
    if (asked_for("build"))
        return CL_COMPILE_PROGRAM_FAILURE;
    note_program(program, options);
    return real.call(program, n, devices, options, n_headers, headers, names, notify, user);
}

typedef cl_program (*link_fn)(cl_context, cl_uint, const cl_device_id *, const char *, cl_uint, const cl_program *,
                              void (*)(cl_program, void *), void *, cl_int *);

cl_program clLinkProgram(cl_context context, cl_uint n, const cl_device_id *devices, const char *options,
                         cl_uint n_parts, const cl_program *parts, void (*notify)(cl_program, void *), void *user,
                         cl_int *code)
{
    REAL(clLinkProgram, link_fn);
    int bad = 0;
    for (cl_uint i = 0; i < n_parts; i++)
        bad |= is_bad_program(parts[i]);
    cl_program program = real.call(context, n, devices, options, n_parts, parts, notify, user, code);
    note_program(program, bad ? getenv("INGOT_FAULT_OPTION") : NULL);
    return program;
}

typedef cl_int (*build_info_fn)(cl_program, cl_device_id, cl_program_build_info, size_t, void *, size_t *);

cl_int clGetProgramBuildInfo(cl_program program, cl_device_id device, cl_program_build_info what, size_t size,
                             void *value, size_t *needed)
{
    static const char log[] = "fault.cl:1:1: error: this driver refuses every program\n";
    REAL(clGetProgramBuildInfo, build_info_fn);
    if (!asked_for("build") || what != CL_PROGRAM_BUILD_LOG)
        return real.call(program, device, what, size, value, needed);
    if (needed)
        *needed = sizeof log;
    if (value && size >= sizeof log)
        memcpy(value, log, sizeof log);
    return CL_SUCCESS;
}

typedef cl_int (*profiling_fn)(cl_event, cl_profiling_info, size_t, void *, size_t *);

cl_int clGetEventProfilingInfo(cl_event event, cl_profiling_info what, size_t size, void *value, size_t *needed)
{
    REAL(clGetEventProfilingInfo, profiling_fn);
    cl_int code = real.call(event, what, size, value, needed);
    if (asked_for("timestamps") && value && size == sizeof(cl_ulong))
        *(cl_ulong *)value = what == CL_PROFILING_COMMAND_END ? 1 : 1000;
    return code;
}

typedef cl_mem (*create_fn)(cl_context, cl_mem_flags, size_t, void *, cl_int *);

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *code)
{
    REAL(clCreateBuffer, create_fn);
    if (!asked_for("memory"))
        return real.call(context, flags, size, host, code);
    if (code)
        *code = CL_MEM_OBJECT_ALLOCATION_FAILURE;
    return NULL;
}

/* The kernels of autotune/probe.cl. */
static int is_probe(cl_kernel kernel)
{
    char name[64] = "";
    return clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL) == CL_SUCCESS &&
           strncmp(name, "probe_", strlen("probe_")) == 0;
}

typedef cl_int (*launch_fn)(cl_command_queue, cl_kernel, cl_uint, const size_t *, const size_t *, const size_t *,
                            cl_uint, const cl_event *, cl_event *);

cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint rank, const size_t *offset,
                              const size_t *global, const size_t *local, cl_uint n, const cl_event *wait,
                              cl_event *event)
{
    static int launches;
    REAL(clEnqueueNDRangeKernel, launch_fn);
    const char *fails = getenv("INGOT_FAULT_LAUNCH");
    if (asked_for("enqueue") && ++launches == (fails ? atoi(fails) : 10))
        return CL_OUT_OF_RESOURCES;
    const int bad = is_bad(kernel);
    if (bad && asked_for("crash"))
        abort();
    while (bad && asked_for("hang"))
        pause();
    bad_launched |= bad;
    if (asked_for("idle") && !event && !is_probe(kernel))
        return CL_SUCCESS;
    return real.call(queue, kernel, rank, offset, global, local, n, wait, event);
}

typedef cl_int (*read_fn)(cl_command_queue, cl_mem, cl_bool, size_t, size_t, void *, cl_uint, const cl_event *,
                          cl_event *);

cl_int clEnqueueReadBuffer(cl_command_queue queue, cl_mem memory, cl_bool blocking, size_t offset, size_t size,
                           void *data, cl_uint n, const cl_event *wait, cl_event *event)
{
    REAL(clEnqueueReadBuffer, read_fn);
    static float off = 100.0f;
    const int unsteady = asked_for("unsteady");
    const int wrong = unsteady || asked_for("wrong") || (bad_launched && asked_for("wrong_kernel"));
    bad_launched = 0;
    cl_int code = real.call(queue, memory, wrong ? CL_TRUE : blocking, offset, size, data, n, wait, event);
    if (wrong && code == CL_SUCCESS && size >= sizeof(float))
        ((float *)data)[size / sizeof(float) / 2] += off;
    if (unsteady)
        off += 100.0f;
    return code;
}
