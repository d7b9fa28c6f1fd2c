/* What the general decoder cannot be trusted with: JPEG kinds it would misread, and the netpbm formats. */
#ifndef IG_IMAGE_FORMATS_H
#define IG_IMAGE_FORMATS_H

#include "ingot/image.h"

/* Bytes a decoded picture may take: a grey one of 16384 x 16384 pixels, say. */
#define IG_IMAGE_MAX_BYTES ((uint64_t)1 << 28)

bool ig_image_is_jpeg(const uint8_t *bytes, size_t length);
/* UNSUPPORTED for four components (CMYK, YCCK), 12-bit samples, arithmetic coding and lossless files; DATA for tables
 * that the decoder must not see. */
ig_status ig_image_check_jpeg(const uint8_t *bytes, size_t length, ig_error *error) IG_MUST_USE;

bool ig_image_is_pnm(const uint8_t *bytes, size_t length);
/* Binary PGM (P5) and PPM (P6). Samples scale from 0..maxval to 0..255; of 16-bit ones the high byte is kept. */
ig_status ig_image_decode_pnm(const uint8_t *bytes, size_t length, ig_image *out, ig_error *error) IG_MUST_USE;

/* Refuses a size over IG_IMAGE_MAX_SIDE a side or IG_IMAGE_MAX_BYTES in all. */
ig_status ig_image_check_size(int64_t width, int64_t height, int channels, ig_error *error) IG_MUST_USE;
/* Allocates the pixels of a checked size. */
ig_status ig_image_alloc(int width, int height, int channels, ig_image *out, ig_error *error) IG_MUST_USE;

#endif
