/* The launches of a step with everything set: kernel objects of their own, or what a library's routine works on. */
#ifndef IG_RUNTIME_LAUNCH_H
#define IG_RUNTIME_LAUNCH_H

#include "cl/cl.h"
#include "plan/plan.h"

typedef struct ig_launch {
    ig_kernel *kernel;                         /* of a function */
    ig_floats buffers[IG_ROUTINE_MAX_BUFFERS]; /* of a routine */
    ig_fft *fft;                               /* of a Fourier transform */
} ig_launch;

/* Which memory stands for an argument that is a buffer. */
typedef struct ig_memory {
    const ig_buffer *(*find)(const void *user, const ig_plan_arg *arg);
    const void *user;
} ig_memory;

/* As many as the step has. ig_launches_destroy() in any case. */
ig_status ig_launches_create(ig_device *device, ig_program *program, const ig_step *step, ig_memory memory,
                             ig_launch **out, ig_error *error) IG_MUST_USE;
void ig_launches_destroy(ig_launch **launches, const ig_step *step);

/* Libraries build programs of their own when a routine first runs, which no frame should wait for. The results mean
 * nothing. */
ig_status ig_launches_warm(ig_device *device, const ig_launch *launches, const ig_step *step,
                           ig_error *error) IG_MUST_USE;

/* `events`, which may be NULL, receives those of the first launch and, if it is another, of the last one; a routine has
 * none. */
ig_status ig_launches_enqueue(ig_device *device, const ig_launch *launches, const ig_step *step, ig_event *events[2],
                              ig_error *error) IG_MUST_USE;

#endif
