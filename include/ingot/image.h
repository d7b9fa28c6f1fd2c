/** @file image.h
 *  Pixels in, tensors out: decoding and the pre-processing that a model description asks for; and the way back, from a
 *  network's numbers to boxes, class maps and pictures. Knows no graph.
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

/* --- pictures out ------------------------------------------------------------------------------------------------- */

/** Encodes an image as an 8-bit grey or RGB PNG.
 *
 *  Own: `*out` is malloc'ed, the caller frees it. Error: USAGE (channels), DATA (a size ig_image_decode() would
 * refuse), NO_MEMORY. Thread: any. Source: PNG specification; RFC 1950, 1951.
 */
ig_status ig_image_encode_png(const ig_image *image, uint8_t **out, size_t *length, ig_error *error) IG_MUST_USE;

/** Writes a PNG file atomically. Error: as ig_image_encode_png() and ig_file_write(). Thread: any. */
ig_status ig_image_write_png(const ig_image *image, const char *path, ig_error *error) IG_MUST_USE;

/** Makes a picture of planes with values from -1 (0) to 1 (255), as an image generator gives them.
 *
 *  Values outside are clipped, what is no number becomes 0; halves round up.
 *  Shape: `planes` holds channels (1 or 3, in the order of `color`) x height x width floats. Own: `out` is the
 * caller's. Error: USAGE, NO_MEMORY. Thread: any.
 */
ig_status ig_image_from_tensor(const float *planes, ig_color color, int channels, int height, int width, ig_image *out,
                               ig_error *error) IG_MUST_USE;

/* --- class maps --------------------------------------------------------------------------------------------------- */

/** Most classes a class map can hold: it is a grey image whose pixels are class indices. */
enum { IG_MASK_MAX_CLASSES = 256 };

/** Takes the class of highest score at each pixel; ties go to the lowest index, NaN never wins.
 *
 *  Shape: `scores` holds classes x height x width floats. Own: `out`, one channel, is the caller's.
 *  Error: USAGE (no class, over IG_MASK_MAX_CLASSES), NO_MEMORY. Thread: any.
 */
ig_status ig_mask_from_scores(const float *scores, int classes, int height, int width, ig_image *out,
                              ig_error *error) IG_MUST_USE;

/** Resizes a class map; every pixel takes the class of the nearest old one, so no new class appears.
 *  Own: `out` is the caller's. Error: USAGE, NO_MEMORY. Thread: any. */
ig_status ig_mask_resize(const ig_image *mask, int width, int height, ig_image *out, ig_error *error) IG_MUST_USE;

/** Counts the pixels of each class. Unit: pixels. Thread: any. */
void ig_mask_count(const ig_image *mask, int64_t counts[IG_MASK_MAX_CLASSES]);

/** Paints a class map in PASCAL VOC's colours: class 0 is black, every other one has a colour of its own.
 *  Own: `out`, RGB, is the caller's. Error: USAGE, NO_MEMORY. Thread: any. */
ig_status ig_mask_color(const ig_image *mask, ig_image *out, ig_error *error) IG_MUST_USE;

/* --- boxes -------------------------------------------------------------------------------------------------------- */

/** A detected object. Unit: pixels, from the left and upper edge; x2 and y2 are its right and lower edge. */
typedef struct ig_box {
    float x1, y1, x2, y2;
    float score;
    int class_index;
} ig_box;

/** Boxes in order. Own: release with ig_boxes_release(). */
typedef struct ig_box_list {
    ig_box *items;
    int64_t count;
} ig_box_list;

/** What is usual when boxes are shown to people. */
#define IG_BOX_MIN_SCORE 0.25
#define IG_BOX_MAX_IOU 0.45
enum { IG_BOX_MAX_COUNT = 300 };

/** A box is four numbers; a row of a decoder has five before its class scores: centre, size and objectness. */
enum { IG_BOX_SIDES = 4, IG_BOX_ROW_HEAD = 5 };

/** Reads rows of (centre x, centre y, width, height, objectness, score of each class): YOLO's decoded output.
 *
 *  A row counts with its best class (ties: the lowest index) when objectness and objectness x class score are above
 *  `min_score`. Sides below 2 or over 7680 pixels, and what is not finite, count as no object.
 *  Shape: `rows` holds count x columns floats; class_index counts from 0. Own: `out` is the caller's, in row order.
 *  Error: NO_MEMORY. Thread: any. Source: YOLOv5 v6.1, non_max_suppression.
 */
ig_status ig_boxes_from_rows(const float *rows, int64_t count, int64_t columns, float min_score, ig_box_list *out,
                             ig_error *error) IG_MUST_USE;

/** Reads a box for each class of each region, and the classes' probabilities: Faster R-CNN's output.
 *
 *  Every class but 0, the background, counts when its score is above `min_score` and its box has sides of 0.01 or more.
 *  Shape: `boxes` holds count x classes x (x1, y1, x2, y2) floats, `scores` count x classes.
 *  Own: `out` is the caller's, in order of regions, then classes. Error: NO_MEMORY. Thread: any.
 */
ig_status ig_boxes_from_scores(const float *boxes, const float *scores, int64_t count, int64_t classes, float min_score,
                               ig_box_list *out, ig_error *error) IG_MUST_USE;

/** Area of the intersection over that of the union; 0 when nothing is common. Thread: any. */
double ig_box_iou(const ig_box *a, const ig_box *b);

/** Class-wise greedy non-maximum suppression: by falling score (ties: in order) a box stays unless its IoU with one of
 *  the same class that stays is above `max_iou`; an equal one stays. At most `max_boxes` stay, out of the best 30000.
 *
 *  Error: NO_MEMORY, and the list is as it was. Thread: any. Source: YOLOv5 v6.1, non_max_suppression.
 */
ig_status ig_boxes_suppress(ig_box_list *list, double max_iou, int max_boxes, ig_error *error) IG_MUST_USE;

/** Moves boxes from a network's input to the picture that was stretched to it, and clips them to the picture.
 *  Unit: pixels. Thread: any. */
void ig_boxes_map(ig_box_list *list, int from_width, int from_height, int to_width, int to_height);

/** Frees the boxes; NULL is fine. */
void ig_boxes_release(ig_box_list *list);

#ifdef __cplusplus
}
#endif
#endif
