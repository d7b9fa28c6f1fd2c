/* Shape maths every room shares: the one home of output sizes and of broadcasting. */
#ifndef IG_BASE_SHAPE_H
#define IG_BASE_SHAPE_H

#include "ingot/base.h"

enum { IG_MAX_EXTENT = 1 << 24 }; /* one axis */
#define IG_MAX_TENSOR_ELEMS                                                                                            \
    (INT64_C(1) << 30) /* one tensor: kernels index, and look one step ahead, in 32-bit integers */

ig_shape ig_shape_make(int rank, const int64_t *dim);
/* floor((in + 2 pad - dilation (kernel-1) - 1) / stride) + 1; below 1 when the window does not fit. With `ceil_mode`
 * the division rounds up, and a last window that would begin behind the input and its leading padding is left off. */
int64_t ig_shape_window(int64_t in, int64_t kernel, int64_t stride, int64_t pad, int64_t dilation, bool ceil_mode);
/* NumPy broadcasting of two shapes; false when they do not fit. */
bool ig_shape_broadcast(const ig_shape *a, const ig_shape *b, ig_shape *out);
/* Row-major strides in elements of `shape` seen as `out` (right-aligned): 0 along broadcast axes. */
void ig_shape_strides(const ig_shape *shape, const ig_shape *out, int64_t stride[IG_MAX_RANK]);
/* Axis -rank..rank-1 to 0..rank-1; -1 when out of range. */
int ig_shape_axis(const ig_shape *shape, int64_t axis);

#endif
