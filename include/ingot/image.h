/** @file image.h
 *  Pixels in, tensors out: decoding and the pre-processing that a model description asks for. Knows no graph.
 */
#ifndef INGOT_IMAGE_H
#define INGOT_IMAGE_H

#include "ingot/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An 8-bit image, interleaved rows without padding. Own: release with ig_image_release(). */
typedef struct ig_image {
    int width, height;
    int channels; /**< 1 grey or 3 RGB */
    uint8_t *pixels;
} ig_image;

typedef enum ig_color { IG_COLOR_RGB, IG_COLOR_BGR, IG_COLOR_GRAY } ig_color;
typedef enum ig_resize_mode { IG_RESIZE_NONE, IG_RESIZE_BILINEAR, IG_RESIZE_NEAREST } ig_resize_mode;

/** How pixels become the input tensor: colour, resize, value * scale, minus mean, divided by std. */
typedef struct ig_preprocess {
    ig_color color;
    ig_resize_mode resize; /**< NONE: the image must already have the input's size */
    float scale;           /**< applied first; 1/255 maps bytes to 0..1; zero means 1/255 */
    float mean[3];
    float std[3]; /**< zero means 1 */
} ig_preprocess;

/** Decodes a JPEG, PNG, BMP, PGM/PPM, TGA or GIF (first frame) from memory to 8-bit grey or RGB.
 *
 *  16-bit files keep their high byte; alpha is dropped; CMYK/YCCK JPEG is refused (UNSUPPORTED).
 *  Error: DATA (truncated, not an image, over `IG_IMAGE_MAX_SIDE` on a side), NO_MEMORY. `name` is for messages.
 *  Own: `out` is the caller's. Thread: any.
 */
ig_status ig_image_decode(const void *bytes, size_t length, const char *name, ig_image *out,
                          ig_error *error) IG_MUST_USE;

/** Reads and decodes a file. Error: as ig_image_decode(), NO_INPUT, PERMISSION. */
ig_status ig_image_read(const char *path, ig_image *out, ig_error *error) IG_MUST_USE;

/** Largest width or height accepted; larger files are refused before their pixels are decoded. */
enum { IG_IMAGE_MAX_SIDE = 16384 };

/** Frees the pixels; NULL is fine. */
void ig_image_release(ig_image *image);

/** Fills one sample of an NCHW tensor from an image.
 *
 *  Shape: `out` holds channels x height x width floats; channels is 3 (RGB, BGR) or 1 (GRAY).
 *  Resize is Pillow's: separable triangle filter with antialiasing when shrinking, 8-bit rounding after the
 *  horizontal and again after the vertical pass, 22-bit fixed-point weights. Grey is ITU-R 601
 *  (19595 R + 38470 G + 7471 B + 32768) >> 16, taken before the resize.
 *  Error: DATA when NONE is asked and sizes differ; USAGE. Thread: any. Source: architectures' data protocol, Pillow.
 */
ig_status ig_image_to_tensor(const ig_image *image, const ig_preprocess *how, int channels, int height, int width,
                             float *out, ig_error *error) IG_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
