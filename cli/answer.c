#include "cli/answer.h"

#include "cli/destination.h"

#include "ingot/image.h"

#include <string.h>
#include <strings.h>

#define PNG_SUFFIX ".png"

/* --- options ------------------------------------------------------------------------------------------------------ */

static ig_status check_fraction(const char *name, double value, ig_error *error)
{
    if (value <= 1)
        return IG_OK;
    cli_fail(error, IG_E_USAGE, "--%s does not take this value", name);
    cli_expected(error, "a number above zero, 1 at most");
    cli_found(error, "%g", value);
    return IG_E_USAGE;
}

static ig_status check_png(const char *name, const char *path, ig_error *error)
{
    size_t length = path ? strlen(path) : 0, suffix = strlen(PNG_SUFFIX);
    if (!path || (length > suffix && strcasecmp(path + length - suffix, PNG_SUFFIX) == 0))
        return IG_OK;
    cli_fail(error, IG_E_USAGE, "--%s writes a PNG file", name);
    cli_expected(error, "a name that ends in " PNG_SUFFIX);
    cli_found(error, "%s", path);
    return IG_E_USAGE;
}

ig_status answer_check(const answer_args *args, ig_error *error)
{
    ig_status status = check_fraction("conf", args->conf, error);
    if (!status)
        status = check_fraction("iou", args->iou, error);
    if (!status)
        status = check_png("mask", args->mask, error);
    if (!status)
        status = check_png("image", args->image, error);
    if (status || !args->mask_color || args->mask)
        return status;
    cli_fail(error, IG_E_USAGE, "--mask-color says how --mask is written");
    cli_hint(error, "give --mask OUT.png too");
    return IG_E_USAGE;
}

static ig_status check_role(const answer *a, const char *name, bool fits, const char *needs, ig_error *error)
{
    if (fits)
        return IG_OK;
    const ig_graph_info *info = a->info;
    cli_fail(error, IG_E_USAGE, "--%s does not fit %s", name, info->name);
    cli_expected(error, "a network %s", needs);
    cli_found(error, "%s%s, first output %s", info->task[0] ? "task " : "no task", info->task, info->output_names[0]);
    cli_hint(error, "leave --%s out, or choose another network; --output writes any output as numbers", name);
    return IG_E_USAGE;
}

static ig_status check_roles(const answer *a, ig_error *error)
{
    static const char BOXES[] = "that detects: outputs detections, or boxes and scores";
    ig_status status = IG_OK;
    if (a->args->conf > 0)
        status = check_role(a, "conf", roles_boxes(&a->roles), BOXES, error);
    if (!status && a->args->iou > 0)
        status = check_role(a, "iou", roles_boxes(&a->roles), BOXES, error);
    if (!status && a->args->mask)
        status = check_role(a, "mask", a->roles.segmentation >= 0, "that segments: output segmentation", error);
    if (!status && a->args->image)
        status = check_role(a, "image", a->roles.picture >= 0, "of the task generation that makes a picture", error);
    return status;
}

ig_status answer_open(answer *a, const answer_args *args, const ig_graph_info *info, int64_t n_samples, ig_error *error)
{
    *a = (answer){.args = args, .info = info};
    roles_find(info, &a->roles);
    ig_status status = check_roles(a, error);
    if (!status && (args->mask || args->image) && n_samples > 1) {
        cli_fail(error, IG_E_USAGE, "--%s writes one picture, and there are more", args->mask ? "mask" : "image");
        cli_expected(error, "1 picture");
        cli_found(error, "%lld", (long long)n_samples);
        status = IG_E_USAGE;
    }
    if (!status && args->mask)
        status = check_can_create(args->mask, error);
    if (!status && args->image)
        status = check_can_create(args->image, error);
    return status;
}

void answer_release(answer *a)
{
    ig_image_release(&a->mask);
    ig_image_release(&a->picture);
}

/* --- one sample --------------------------------------------------------------------------------------------------- */

/* The network's input as a picture; 0 x 0 when it is none. */
static void input_size(const answer *a, int *width, int *height)
{
    const ig_shape *shape = &a->info->input_shape;
    *width = shape->rank == 4 ? (int)shape->dim[3] : 0;
    *height = shape->rank == 4 ? (int)shape->dim[2] : 0;
}

static const float *sample_data(const ig_tensor *t, int index)
{
    return t->data + ig_shape_elems(&t->shape) / t->shape.dim[0] * index;
}

static ig_status read_boxes(const answer *a, const ig_tensor *outputs, int index, ig_box_list *out, ig_error *error)
{
    float min_score = (float)(a->args->conf > 0 ? a->args->conf : IG_BOX_MIN_SCORE);
    if (a->roles.detections >= 0) {
        const ig_tensor *rows = &outputs[a->roles.detections];
        return ig_boxes_from_rows(sample_data(rows, index), rows->shape.dim[1], rows->shape.dim[2], min_score, out,
                                  error);
    }
    const ig_tensor *boxes = &outputs[a->roles.boxes], *scores = &outputs[a->roles.scores];
    return ig_boxes_from_scores(sample_data(boxes, index), sample_data(scores, index), scores->shape.dim[1],
                                scores->shape.dim[2], min_score, out, error);
}

static ig_status find_boxes(const answer *a, const sample *s, const ig_tensor *outputs, int index, ig_box_list *out,
                            ig_error *error)
{
    int width, height;
    ig_status status = read_boxes(a, outputs, index, out, error);
    if (!status)
        status = ig_boxes_suppress(out, a->args->iou > 0 ? a->args->iou : IG_BOX_MAX_IOU, IG_BOX_MAX_COUNT, error);
    input_size(a, &width, &height);
    if (!status && width > 0)
        ig_boxes_map(out, width, height, s->width > 0 ? s->width : width, s->height > 0 ? s->height : height);
    return status;
}

/* Labels may name a background that rows do not have, or leave out one that boxes and scores have. */
static int box_shift(const answer *a, const ig_tensor *outputs)
{
    int64_t n_labels = a->info->n_labels;
    if (a->roles.detections >= 0)
        return n_labels == outputs[a->roles.detections].shape.dim[2] - IG_BOX_ROW_HEAD + 1 ? 1 : 0;
    return n_labels + 1 == outputs[a->roles.scores].shape.dim[2] ? -1 : 0;
}

static ig_status find_mask(answer *a, const sample *s, const ig_tensor *output, int index, ig_error *error)
{
    const int64_t *dim = output->shape.dim;
    int width = s->width, height = s->height;
    ig_image map;
    ig_status status =
        ig_mask_from_scores(sample_data(output, index), (int)dim[1], (int)dim[2], (int)dim[3], &map, error);
    if (status)
        return status;
    if (width == 0)
        input_size(a, &width, &height);
    ig_image_release(&a->mask);
    status = ig_mask_resize(&map, width > 0 ? width : map.width, height > 0 ? height : map.height, &a->mask, error);
    ig_image_release(&map);
    return status;
}

static ig_status find_picture(answer *a, const ig_tensor *output, int index, ig_error *error)
{
    const int64_t *dim = output->shape.dim;
    ig_image_release(&a->picture);
    return ig_image_from_tensor(sample_data(output, index), a->info->preprocess.color, (int)dim[1], (int)dim[2],
                                (int)dim[3], &a->picture, error);
}

static ig_status add_findings(answer *a, const sample *s, const ig_tensor *outputs, int index, ig_error *error)
{
    ig_box_list boxes = {0};
    finding f = {.image = s->name};
    ig_status status = IG_OK;
    if (roles_boxes(&a->roles)) {
        status = find_boxes(a, s, outputs, index, &boxes, error);
        f.boxes = &boxes;
        f.box_shift = box_shift(a, outputs);
    }
    if (!status && a->roles.segmentation >= 0) {
        status = find_mask(a, s, &outputs[a->roles.segmentation], index, error);
        f.mask = &a->mask;
        f.mask_classes = (int)outputs[a->roles.segmentation].shape.dim[1];
    }
    if (!status && a->roles.picture >= 0) {
        status = find_picture(a, &outputs[a->roles.picture], index, error);
        f.picture = &a->picture;
    }
    if (!status)
        findings_add(&a->findings, &f);
    ig_boxes_release(&boxes);
    return status;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

void answer_begin(answer *a, output_format format, int top)
{
    if (roles_any(&a->roles))
        findings_begin(&a->findings, a->info, format);
    else
        classes_begin(&a->classes, a->info, format, top);
}

ig_status answer_add(answer *a, const sample *s, const ig_tensor *outputs, int index, ig_error *error)
{
    if (roles_any(&a->roles))
        return add_findings(a, s, outputs, index, error);
    classes_add(&a->classes, s->name, &outputs[0], index);
    return IG_OK;
}

ig_status answer_end(answer *a, ig_error *error)
{
    return roles_any(&a->roles) ? findings_end(&a->findings, error) : classes_end(&a->classes, error);
}

ig_status answer_write(answer *a, ig_error *error)
{
    ig_status status = IG_OK;
    if (a->args->mask && a->args->mask_color) {
        ig_image colored;
        status = ig_mask_color(&a->mask, &colored, error);
        if (!status)
            status = ig_image_write_png(&colored, a->args->mask, error);
        ig_image_release(&colored);
    } else if (a->args->mask) {
        status = ig_image_write_png(&a->mask, a->args->mask, error);
    }
    return !status && a->args->image ? ig_image_write_png(&a->picture, a->args->image, error) : status;
}
