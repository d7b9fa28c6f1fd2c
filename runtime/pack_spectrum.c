/* Weights as their spectra, for convolutions by Fourier transforms: in double precision, axis by axis. */
#include "runtime/session.h"

#include <math.h>
#include <stdlib.h>

typedef struct wave {
    double re, im;
} wave;

typedef struct transform {
    const ig_spectrum *s;
    int64_t columns; /* frequencies along the width; the rest mirrors them */
    wave *along_h, *along_w;
    wave *rows; /* of one kernel, transformed along the width */
} transform;

/* e^(-2 pi i k / n). */
static void fill_waves(wave *waves, int64_t n)
{
    const double turn = -2 * acos(-1.0) / (double)n;
    for (int64_t k = 0; k < n; k++)
        waves[k] = (wave){cos(turn * (double)k), sin(turn * (double)k)};
}

static void transform_rows(const transform *t, const float *kernel)
{
    const ig_spectrum *s = t->s;
    for (int64_t y = 0; y < s->kh; y++)
        for (int64_t f = 0; f < t->columns; f++) {
            wave sum = {0, 0};
            for (int64_t x = 0; x < s->kw; x++) {
                const wave w = t->along_w[f * x * s->dw % s->fw];
                sum.re += (double)kernel[y * s->kw + x] * w.re;
                sum.im += (double)kernel[y * s->kw + x] * w.im;
            }
            t->rows[y * t->columns + f] = sum;
        }
}

/* Real and imaginary parts lie `tile` apart, frequencies twice that. */
static void transform_kernel(const transform *t, const float *kernel, int64_t tile, float *out)
{
    const ig_spectrum *s = t->s;
    transform_rows(t, kernel);
    for (int64_t g = 0; g < s->fh; g++)
        for (int64_t f = 0; f < t->columns; f++) {
            wave sum = {0, 0};
            for (int64_t y = 0; y < s->kh; y++) {
                const wave w = t->along_h[g * y * s->dh % s->fh], v = t->rows[y * t->columns + f];
                sum.re += v.re * w.re - v.im * w.im;
                sum.im += v.re * w.im + v.im * w.re;
            }
            out[(g * t->columns + f) * 2 * tile] = (float)sum.re;
            out[((g * t->columns + f) * 2 + 1) * tile] = (float)sum.im;
        }
}

bool ig_pack_spectrum(const float *in, int64_t rows, int64_t columns, const ig_plan_param *param, float *out)
{
    const ig_spectrum *s = &param->spectrum;
    transform t = {.s = s, .columns = s->fw / 2 + 1};
    wave *waves = calloc((size_t)(s->fh + s->fw + s->kh * t.columns), sizeof *waves);
    if (!waves)
        return false;
    t.along_h = waves;
    t.along_w = waves + s->fh;
    t.rows = t.along_w + s->fw;
    fill_waves(t.along_h, s->fh);
    fill_waves(t.along_w, s->fw);
    const int64_t tile = param->tile, elems = s->fh * t.columns * 2 * tile;
    for (int64_t o = 0; o < rows; o++)
        for (int64_t i = 0; i < columns; i++)
            transform_kernel(&t, in + (o * columns + i) * s->kh * s->kw, tile,
                             out + (o / tile * columns + i) * elems + o % tile);
    free(waves);
    return true;
}
