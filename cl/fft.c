/* Fourier transforms by clFFT. */
#include "cl/internal.h"

#include <clFFT.h>
#include <stdlib.h>

struct ig_fft {
    ig_device *device;
    clfftPlanHandle plan;
    clfftDirection direction;
    bool made;
};

#define CODE(name)                                                                                                     \
    {                                                                                                                  \
        CLFFT_##name, "CLFFT_" #name                                                                                   \
    }

/* Those that are not OpenCL's. */
static const ig_cl_code CODES[] = {
    CODE(BUGCHECK),
    CODE(NOTIMPLEMENTED),
    CODE(TRANSPOSED_NOTIMPLEMENTED),
    CODE(FILE_NOT_FOUND),
    CODE(FILE_CREATE_FAILURE),
    CODE(VERSION_MISMATCH),
    CODE(INVALID_PLAN),
    CODE(DEVICE_NO_DOUBLE),
    CODE(DEVICE_MISMATCH),
    {0, NULL},
};

/* Planes of real numbers, and the half of their spectra that the other half mirrors. */
static clfftStatus describe(ig_fft *fft, const ig_fft_params *params)
{
    const size_t width = (size_t)params->width, height = (size_t)params->height, half = width / 2 + 1;
    const bool back = params->backward;
    size_t lengths[2] = {width, height}, real[2] = {1, width}, complex_[2] = {1, half};
    clfftStatus code = clfftCreateDefaultPlan(&fft->plan, fft->device->context, CLFFT_2D, lengths);
    fft->made = code == CLFFT_SUCCESS;
    if (!code)
        code = clfftSetPlanPrecision(fft->plan, CLFFT_SINGLE);
    if (!code)
        code = clfftSetResultLocation(fft->plan, CLFFT_OUTOFPLACE);
    if (!code)
        code = back ? clfftSetLayout(fft->plan, CLFFT_HERMITIAN_INTERLEAVED, CLFFT_REAL)
                    : clfftSetLayout(fft->plan, CLFFT_REAL, CLFFT_HERMITIAN_INTERLEAVED);
    if (!code)
        code = clfftSetPlanInStride(fft->plan, CLFFT_2D, back ? complex_ : real);
    if (!code)
        code = clfftSetPlanOutStride(fft->plan, CLFFT_2D, back ? real : complex_);
    if (!code)
        code = back ? clfftSetPlanDistance(fft->plan, half * height, width * height)
                    : clfftSetPlanDistance(fft->plan, width * height, half * height);
    if (!code)
        code = clfftSetPlanBatchSize(fft->plan, (size_t)params->count);
    return code;
}

int ig_cl_set_up_clfft(void)
{
    const clfftSetupData setup = {clfftVersionMajor, clfftVersionMinor, clfftVersionPatch, 0};
    return clfftSetup(&setup);
}

void ig_cl_clear_clfft(void)
{
    clfftTeardown();
}

ig_status ig_fft_create(ig_device *device, const ig_fft_params *params, ig_fft **out, ig_error *error)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return ig_fail_memory(error, sizeof **out);
    (*out)->device = device;
    (*out)->direction = params->backward ? CLFFT_BACKWARD : CLFFT_FORWARD;
    clfftStatus code = (clfftStatus)ig_cl_use_library(device, IG_LIBRARY_CLFFT);
    if (!code)
        code = describe(*out, params);
    if (!code)
        code = clfftBakePlan((*out)->plan, 1, &device->plain, NULL, NULL);
    return code ? ig_cl_fail_library(error, "clFFT", CODES, code) : IG_OK;
}

void ig_fft_destroy(ig_fft **fft)
{
    if (*fft && (*fft)->made)
        clfftDestroyPlan(&(*fft)->plan);
    free(*fft);
    *fft = NULL;
}

ig_status ig_queue_fft(ig_fft *fft, const ig_buffer *in, const ig_buffer *out, ig_error *error)
{
    cl_mem from = in->mem, to = out->mem;
    const clfftStatus code =
        clfftEnqueueTransform(fft->plan, fft->direction, 1, &fft->device->current, 0, NULL, NULL, &from, &to, NULL);
    return code ? ig_cl_fail_library(error, "clFFT", CODES, code) : IG_OK;
}
