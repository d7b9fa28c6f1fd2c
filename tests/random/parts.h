/* The words of the grammar: single layers with drawn attributes. All take DRAFT_NONE and hand it on. */
#ifndef IG_TESTS_RANDOM_PARTS_H
#define IG_TESTS_RANDOM_PARTS_H

#include "tests/random/draft.h"

enum { PART_ANY = 0 }; /* for output channels, kernels and groups: drawn */

/* A convolution that stands over the middle of its window, but for `shift` less padding; strides and dilations of 0 are
 * 1. */
typedef struct part_map {
    int out, kernel, groups, stride, dilation, shift;
    bool bias;
} part_map;
int part_conv_as(draft *d, int x, const part_map *map);

/* Any convolution, rather one that keeps the extents, of any output channels. */
int part_conv(draft *d, int x);
/* One that keeps the extents, its bias drawn. */
int part_conv_same(draft *d, int x, int out, int kernel, int groups);
int part_linear(draft *d, int x, int out);
/* A parameter that broadcasts along all axes but the channels of `x`. */
int part_per_channel(draft *d, int x);
/* x times such a parameter, or that times x. */
int part_layer_scale(draft *d, int x);
int part_norm(draft *d, int x);
int part_act(draft *d, int x);
int part_scale(draft *d, int x);
/* A norm and an activation, each now and then, in either order. */
int part_tail(draft *d, int x);
/* add, sub or mul, operands in either order. */
int part_join(draft *d, int x, int y);
/* `op` with its operands in either order. */
int part_either_way(draft *d, const char *op, int x, int y);
int part_channels(draft *d);                      /* a number of output channels */
int part_groups(draft *d, int channels, int out); /* a divisor of both, often 1 or all */

#endif
