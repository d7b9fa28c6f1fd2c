/* Resizing as Pillow does it, to the bit. */
#ifndef IG_IMAGE_RESIZE_H
#define IG_IMAGE_RESIZE_H

#include "ingot/image.h"

/* `out` is a new image of width x height with as many channels; `in` is not changed. */
ig_status ig_image_resize_bilinear(const ig_image *in, int width, int height, ig_image *out,
                                   ig_error *error) IG_MUST_USE;
ig_status ig_image_resize_nearest(const ig_image *in, int width, int height, ig_image *out,
                                  ig_error *error) IG_MUST_USE;

#endif
