/* Every OpenCL call that a stream makes fails once, with mapped memory and with copies. Whatever fails, the stream is
 * not made, or every frame that was sent comes back in order, right or with an error; a failed launch costs one frame
 * and no more. Linked with --wrap for the calls. Without an OpenCL device there is nothing to test. */
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingot/ingot.h"

/* --- the failing driver ------------------------------------------------------------------------------------------- */

static long countdown = -1; /* calls until the failing one; negative: none fails */
static const char *failed;  /* the call that did */

static bool fails(const char *call)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    failed = call;
    return true;
}

/* A call that returns its code, and one that returns an object. Parameters and arguments come in brackets. */
#define WRAP_CODE(call, parameters, arguments)                                                                         \
    cl_int __real_##call parameters;                                                                                   \
    cl_int __wrap_##call parameters;                                                                                   \
    cl_int __wrap_##call parameters                                                                                    \
    {                                                                                                                  \
        return fails(#call) ? CL_OUT_OF_RESOURCES : __real_##call arguments;                                           \
    }
#define WRAP_OBJECT(type, call, parameters, arguments)                                                                 \
    type __real_##call parameters;                                                                                     \
    type __wrap_##call parameters;                                                                                     \
    type __wrap_##call parameters                                                                                      \
    {                                                                                                                  \
        if (!fails(#call))                                                                                             \
            return __real_##call arguments;                                                                            \
        *code = CL_OUT_OF_RESOURCES;                                                                                   \
        return NULL;                                                                                                   \
    }

WRAP_OBJECT(cl_mem, clCreateBuffer, (cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *code),
            (context, flags, size, host, code))
WRAP_OBJECT(cl_kernel, clCreateKernel, (cl_program program, const char *name, cl_int *code), (program, name, code))
WRAP_OBJECT(cl_command_queue, clCreateCommandQueue,
            (cl_context context, cl_device_id device, cl_command_queue_properties properties, cl_int *code),
            (context, device, properties, code))
WRAP_OBJECT(void *, clEnqueueMapBuffer,
            (cl_command_queue queue, cl_mem memory, cl_bool blocking, cl_map_flags flags, size_t offset, size_t size,
             cl_uint n, const cl_event *wait, cl_event *event, cl_int *code),
            (queue, memory, blocking, flags, offset, size, n, wait, event, code))
WRAP_CODE(clSetKernelArg, (cl_kernel kernel, cl_uint index, size_t size, const void *value),
          (kernel, index, size, value))
WRAP_CODE(clEnqueueNDRangeKernel,
          (cl_command_queue queue, cl_kernel kernel, cl_uint rank, const size_t *offset, const size_t *global,
           const size_t *local, cl_uint n, const cl_event *wait, cl_event *event),
          (queue, kernel, rank, offset, global, local, n, wait, event))
WRAP_CODE(clEnqueueUnmapMemObject,
          (cl_command_queue queue, cl_mem memory, void *mapped, cl_uint n, const cl_event *wait, cl_event *event),
          (queue, memory, mapped, n, wait, event))
WRAP_CODE(clEnqueueWriteBuffer,
          (cl_command_queue queue, cl_mem memory, cl_bool blocking, size_t offset, size_t size, const void *data,
           cl_uint n, const cl_event *wait, cl_event *event),
          (queue, memory, blocking, offset, size, data, n, wait, event))
WRAP_CODE(clEnqueueReadBuffer,
          (cl_command_queue queue, cl_mem memory, cl_bool blocking, size_t offset, size_t size, void *data, cl_uint n,
           const cl_event *wait, cl_event *event),
          (queue, memory, blocking, offset, size, data, n, wait, event))
WRAP_CODE(clEnqueueMarkerWithWaitList, (cl_command_queue queue, cl_uint n, const cl_event *wait, cl_event *event),
          (queue, n, wait, event))
WRAP_CODE(clEnqueueBarrierWithWaitList, (cl_command_queue queue, cl_uint n, const cl_event *wait, cl_event *event),
          (queue, n, wait, event))
WRAP_CODE(clFlush, (cl_command_queue queue), (queue))
WRAP_CODE(clWaitForEvents, (cl_uint n, const cl_event *events), (n, events))

/* --- one stream --------------------------------------------------------------------------------------------------- */

static const char text[] = "ingot: 1\nname: line\ninput: {name: input, shape: [1, 2, 5, 4]}\nlayers:\n"
                           "  - {op: conv2d, name: conv, out: 3, kernel: 3, pad: 1}\n"
                           "  - {op: softmax, name: soft, axis: 1}\n  - {op: max_pool2d, name: pool, kernel: 2}\n"
                           "  - {op: parameter, name: tokens, shape: [2, 2]}\n"
                           "outputs: {map: pool, tokens: tokens}\n";
enum { INPUT = 40, OUTPUT = 12, FRAMES = 7 };

typedef struct world {
    ig_session *session;
    float inputs[FRAMES][INPUT], want[FRAMES][OUTPUT];
} world;

typedef struct outcome {
    ig_status created, refused; /* of ig_stream_create(), and of the first frame that could not be sent */
    int sent, right, wrong, failed;
} outcome;

static void collect_one(const world *w, ig_stream *stream, outcome *o)
{
    ig_error error;
    ig_frame frame;
    const int due = o->right + o->wrong + o->failed;
    ig_status status = ig_stream_collect(stream, IG_STREAM_BLOCK, &frame, &error);
    if (status && frame.state == IG_FRAME_FAILED && frame.tag == (uint64_t)due && error.status == status)
        o->failed++;
    else if (!status && frame.tag == (uint64_t)due && frame.n_outputs == 2 &&
             memcmp(frame.outputs[0].data, w->want[due], sizeof w->want[due]) == 0)
        o->right++;
    else
        o->wrong++;
    ig_stream_release(stream);
}

static void run_stream(const world *w, bool copy, outcome *o)
{
    ig_error error;
    ig_stream *stream = NULL;
    *o = (outcome){0};
    o->created = ig_stream_create(w->session, &(ig_stream_params){.depth = 2, .copy = copy}, &stream, &error);
    for (int i = 0; i < FRAMES && !o->created && !o->refused; i++) {
        ig_tensor input = {.shape = {4, {1, 2, 5, 4}}, .data = (float *)(uintptr_t)w->inputs[i]};
        o->refused = ig_stream_submit(stream, &input, (uint64_t)i, &error);
        o->sent += !o->refused;
        if (o->sent == i + 1 && i > 0)
            collect_one(w, stream, o);
    }
    while (o->right + o->wrong + o->failed < o->sent)
        collect_one(w, stream, o);
    countdown = -1; /* what cannot be unmapped here, the driver keeps for good */
    ig_stream_destroy(&stream);
}

/* --- all failures ------------------------------------------------------------------------------------------------- */

static bool acceptable(const outcome *o)
{
    if (o->created)
        return (o->created == IG_E_DEVICE || o->created == IG_E_NO_MEMORY) && o->sent == 0;
    if (o->wrong || o->right + o->failed != o->sent)
        return false;
    if (strcmp(failed, "clEnqueueNDRangeKernel") == 0)
        return o->failed == 1 && o->sent == FRAMES;
    return o->failed > 0 && (o->refused ? o->sent < FRAMES : o->sent == FRAMES);
}

static int fail_each(const world *w, bool copy)
{
    outcome o;
    for (long nth = 0; nth < 100000; nth++) {
        failed = NULL;
        countdown = nth;
        run_stream(w, copy, &o);
        if (!failed) {
            printf("%ld calls, each failed once\n", nth);
            return nth > 100 && o.right == FRAMES ? 0 : 1;
        }
        if (!acceptable(&o)) {
            fprintf(stderr, "call %ld, %s: created %s, sent %d, right %d, wrong %d, failed %d, refused %s\n", nth,
                    failed, ig_status_name(o.created), o.sent, o.right, o.wrong, o.failed, ig_status_name(o.refused));
            return 1;
        }
    }
    return 1;
}

static ig_status compute_wanted(world *w, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < FRAMES && !status; i++) {
        ig_tensor input = {.shape = {4, {1, 2, 5, 4}}, .data = w->inputs[i]}, output = {.data = w->want[i]};
        for (int k = 0; k < INPUT; k++)
            w->inputs[i][k] = (float)(i * 7 + k % 11);
        status = ig_session_run(w->session, &input, &output, 1, error);
    }
    return status;
}

static int test_on(ig_device *device)
{
    static world w;
    ig_error error;
    ig_graph *graph = NULL;
    ig_weights *weights = NULL;
    ig_plan *plan = NULL;
    const ig_plan_params planning = {.limits = &ig_device_get_info(device)->limits};
    ig_status status = ig_graph_parse(text, sizeof text - 1, "line.yaml", NULL, &graph, &error);
    if (!status)
        status = ig_weights_seeded(graph, &weights, &error);
    if (!status)
        status = ig_plan_create(graph, &planning, &plan, &error);
    if (!status)
        status = ig_session_create(device, plan, weights, &w.session, &error);
    if (!status)
        status = compute_wanted(&w, &error);
    if (status)
        fprintf(stderr, "%s\n", error.message);
    int result = status || fail_each(&w, false) || fail_each(&w, true);
    ig_session_destroy(&w.session);
    ig_plan_destroy(&plan);
    ig_weights_destroy(&weights);
    ig_graph_destroy(&graph);
    return result;
}

int main(void)
{
    ig_error error;
    ig_device *device = NULL;
    if (ig_device_open(NULL, &device, &error)) {
        printf("no device: %s\n", error.message);
        return 0;
    }
    int result = test_on(device);
    ig_device_destroy(&device);
    return result;
}
