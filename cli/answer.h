/* What `run` tells of each image, whatever the network is for: classes, boxes, areas, a picture. */
#ifndef INGOT_CLI_ANSWER_H
#define INGOT_CLI_ANSWER_H

#include "cli/classes.h"
#include "cli/findings.h"
#include "cli/roles.h"

/* Options of `run`; 0 and NULL: not given. */
typedef struct answer_args {
    double conf, iou;
    const char *mask, *image;
    bool mask_color;
} answer_args;

/* A picture in the network's input. */
typedef struct sample {
    const char *name;
    int width, height; /* the picture's own; 0: unknown, the network's input stands for it */
} sample;

typedef struct answer {
    const answer_args *args;
    const ig_graph_info *info;
    output_roles roles;
    class_report classes;     /* when no output has a role */
    findings_report findings; /* otherwise */
    ig_image mask, picture;   /* of the last sample, for files */
} answer;

/* USAGE for values out of range, and for an option without the one it belongs to. */
ig_status answer_check(const answer_args *args, ig_error *error) IG_MUST_USE;
/* Starts with `args` and `info`, which must outlive it. USAGE for options that do not fit the network or `n_samples`
 * pictures, CLI_E_CANNOT_CREATE, PERMISSION. Release with answer_release() in any case. */
ig_status answer_open(answer *a, const answer_args *args, const ig_graph_info *info, int64_t n_samples,
                      ig_error *error) IG_MUST_USE;
void answer_release(answer *a);

void answer_begin(answer *a, output_format format, int top);
/* Adds sample `index` of the outputs. */
ig_status answer_add(answer *a, const sample *s, const ig_tensor *outputs, int index, ig_error *error) IG_MUST_USE;
/* Prints what has to wait for the end. */
ig_status answer_end(answer *a, ig_error *error) IG_MUST_USE;
/* Writes --mask and --image. */
ig_status answer_write(answer *a, ig_error *error) IG_MUST_USE;

#endif
