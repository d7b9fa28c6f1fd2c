/* Routines of libraries: what they compute, what their errors say, and that one device leaves them to another. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cl/internal.h"

static ig_device *open_device(void)
{
    ig_device *device = NULL;
    ig_error error;
    assert_int_equal(ig_device_open(&(ig_device_params){.select = "0"}, &device, &error), IG_OK);
    return device;
}

static ig_buffer *make_buffer(ig_device *device, const float *numbers, int count)
{
    ig_buffer *buffer = NULL;
    ig_error error;
    const int64_t bytes = count * (int64_t)sizeof *numbers;
    assert_int_equal(ig_buffer_create(device, bytes, &buffer, &error), IG_OK);
    assert_int_equal(ig_buffer_write(buffer, 0, numbers, bytes, true, &error), IG_OK);
    return buffer;
}

static void multiply(ig_device *device)
{
    /* Two matrices A taken in turn, each with two matrices B; everything but A begins at element 1. */
    static const float a[] = {1, 2, 3, 4, 0, 1, 1, 0}, b[] = {9, 1, 2, 3, 4, 5, 6, 7, 8}, zeros[9] = {0};
    /* A0 = [1 2; 3 4] with (1, 2) and (5, 6), A1 = [0 1; 1 0] with (3, 4) and (7, 8). */
    static const float want[] = {0, 5, 11, 4, 3, 17, 39, 8, 7};
    float got[9];
    ig_error error;
    ig_buffer *of_a = make_buffer(device, a, 8), *of_b = make_buffer(device, b, 9),
              *of_c = make_buffer(device, zeros, 9);
    const ig_gemm gemm = {.rows = 2, .columns = 1, .inner = 2, .count = 4, .count_a = 2};
    assert_int_equal(
        ig_queue_gemm(device, &gemm, (ig_floats){of_a, 0}, (ig_floats){of_b, 1}, (ig_floats){of_c, 1}, &error), IG_OK);
    assert_int_equal(ig_buffer_read(of_c, 0, got, sizeof got, true, &error), IG_OK);
    assert_memory_equal(got, want, sizeof want);
    ig_buffer_destroy(&of_a);
    ig_buffer_destroy(&of_b);
    ig_buffer_destroy(&of_c);
}

static void matrices_are_multiplied(void **state)
{
    (void)state;
    ig_device *first = open_device(), *second = open_device();
    multiply(first);
    multiply(second);
    ig_device_destroy(&first); /* what the second one uses stays */
    multiply(second);
    ig_device_destroy(&second);
    second = open_device();
    multiply(second);
    ig_device_destroy(&second);
}

static void a_library_names_its_errors(void **state)
{
    (void)state;
    static const float zeros[4] = {0};
    ig_device *device = open_device();
    ig_buffer *buffer = make_buffer(device, zeros, 4);
    ig_error error;
    const ig_floats all = {buffer, 0};
    const ig_gemm gemm = {.rows = 2, .columns = 2, .inner = 3, .count = 1, .count_a = 1};
    assert_int_equal(ig_queue_gemm(device, &gemm, all, all, all, &error), IG_E_DEVICE);
    assert_string_equal(error.cl_name, "CLBlastInsufficientMemoryA");
    ig_fft *fft = NULL;
    assert_int_equal(ig_fft_create(device, &(ig_fft_params){false, 17, 16, 1}, &fft, &error), IG_E_DEVICE);
    assert_string_equal(error.cl_name, "CLFFT_NOTIMPLEMENTED");
    ig_fft_destroy(&fft);
    ig_buffer_destroy(&buffer);
    ig_device_destroy(&device);
}

static void spectra_come_back_as_planes(void **state)
{
    (void)state;
    enum { HEIGHT = 10, WIDTH = 12, COUNT = 3, PLANES = HEIGHT * WIDTH * COUNT, HALF = WIDTH / 2 + 1 };
    float planes[PLANES], spectra[HEIGHT * HALF * COUNT * 2], back[PLANES];
    double sum = 0;
    ig_device *device = open_device();
    ig_fft *forward = NULL, *backward = NULL;
    ig_error error;
    for (int i = 0; i < PLANES; i++)
        planes[i] = (float)(i * 37 % 101) / 101;
    for (int i = 0; i < HEIGHT * WIDTH; i++)
        sum += (double)planes[HEIGHT * WIDTH + i];
    ig_buffer *real = make_buffer(device, planes, PLANES);
    ig_buffer *complex_ = make_buffer(device, planes, HEIGHT * HALF * COUNT * 2);
    assert_int_equal(ig_fft_create(device, &(ig_fft_params){false, HEIGHT, WIDTH, COUNT}, &forward, &error), IG_OK);
    assert_int_equal(ig_fft_create(device, &(ig_fft_params){true, HEIGHT, WIDTH, COUNT}, &backward, &error), IG_OK);
    assert_int_equal(ig_queue_fft(forward, real, complex_, &error), IG_OK);
    assert_int_equal(ig_buffer_read(complex_, 0, spectra, sizeof spectra, true, &error), IG_OK);
    assert_true(fabs((double)spectra[HEIGHT * HALF * 2] - sum) < 1e-4); /* frequency 0 of the second plane */
    assert_int_equal(ig_queue_fft(backward, complex_, real, &error), IG_OK);
    assert_int_equal(ig_buffer_read(real, 0, back, sizeof back, true, &error), IG_OK);
    for (int i = 0; i < PLANES; i++)
        assert_true(fabsf(back[i] - planes[i]) < 1e-6f);
    ig_fft_destroy(&forward);
    ig_fft_destroy(&backward);
    ig_buffer_destroy(&real);
    ig_buffer_destroy(&complex_);
    ig_device_destroy(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices_are_multiplied),
        cmocka_unit_test(a_library_names_its_errors),
        cmocka_unit_test(spectra_come_back_as_planes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
