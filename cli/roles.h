/* What the outputs of a network are, by their names, shapes and the network's task (docs/yaml-format.md, outputs). */
#ifndef INGOT_CLI_ROLES_H
#define INGOT_CLI_ROLES_H

#include "ingot/graph.h"

/* Indices of outputs; -1: the network has none of the kind. */
typedef struct output_roles {
    int detections;    /* rows of boxes, objectness and class scores */
    int boxes, scores; /* a box and a score for each class of each region: both or none */
    int segmentation;  /* class scores of every pixel */
    int picture;       /* a picture in -1 .. 1 */
} output_roles;

/* None at all for a classifier and a discriminator. */
void roles_find(const ig_graph_info *info, output_roles *out);
bool roles_any(const output_roles *roles);
bool roles_boxes(const output_roles *roles);

#endif
